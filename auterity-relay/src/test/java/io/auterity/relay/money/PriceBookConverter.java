package io.auterity.relay.money;

import io.auterity.definition.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the shipped price book from the published lists in {@code src/test/prices}, whose unit is US cents a token.
 *
 * <ul>
 *   <li>A rate of zero means "not published" there, and even stands for models nobody has heard of: it is left out, so
 *       that it becomes an unknown price or falls back to the meter it belongs to, and never free of charge. Only the
 *       models that turn texts into vectors and the moderation models have answers without a price.
 *   <li>Where two lists of one file disagree, the higher rate is taken.
 *   <li>Models that charge by the image, second or character are left out.
 *   <li>A name that ends in {@code -lte-200k} or {@code -gt-200k} is one model with two context tiers.
 *   <li>The figures are binary fractions of decimal ones, off by less than a millionth of a pico-dollar: the nearest
 *       whole number is meant, and anything else is refused.
 * </ul>
 */
public final class PriceBookConverter {

    private static final List<String> PROVIDERS = List.of("anthropic", "azure-openai", "google", "openai");
    private static final Pattern CONTEXT = Pattern.compile("(.+)-(lte|gt)-([0-9]+)k");
    private static final Pattern NOT_BY_TOKEN =
            Pattern.compile("default|whisper-.*|tts.*|dall-e.*|sora.*|veo.*|imagen.*|lyria.*");
    private static final Set<String> REGIONS = Set.of("us,eu,au,ca,jp,in,sg,kr,gb,ae");
    private static final Set<String> UNITS = Set.of("cache_write_1h", "web_search", "file_search");
    private static final Map<String, Meter> METERS = Map.ofEntries(
            Map.entry("request_token", Meter.INPUT),
            Map.entry("request_text_token", Meter.INPUT),
            Map.entry("response_token", Meter.OUTPUT),
            Map.entry("response_text_token", Meter.OUTPUT),
            Map.entry("cache_read_input_token", Meter.CACHED_INPUT),
            Map.entry("cache_read_text_input_token", Meter.CACHED_INPUT),
            Map.entry("cached_text_input_token", Meter.CACHED_INPUT),
            Map.entry("cache_write_input_token", Meter.CACHE_WRITE),
            Map.entry("cache_write_1h", Meter.CACHE_WRITE_1H),
            Map.entry("request_audio_token", Meter.AUDIO_INPUT),
            Map.entry("response_audio_token", Meter.AUDIO_OUTPUT),
            Map.entry("cache_read_audio_input_token", Meter.CACHED_AUDIO_INPUT),
            Map.entry("request_image_token", Meter.IMAGE_INPUT),
            Map.entry("cache_read_image_input_token", Meter.CACHED_IMAGE_INPUT),
            Map.entry("cached_image_input_token", Meter.CACHED_IMAGE_INPUT),
            Map.entry("response_image_token", Meter.IMAGE_OUTPUT),
            Map.entry("web_search", Meter.WEB_SEARCH),
            Map.entry("file_search", Meter.FILE_SEARCH));

    private final Map<String, Map<String, Map<String, Long>>> models = new TreeMap<>();

    private PriceBookConverter() {}

    /**
     * Writes a book.
     *
     * @param arguments the folder of the lists, the date of the prices, the file to write
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[2]), convert(Path.of(arguments[0]), arguments[1]));
    }

    static String convert(Path folder, String version) throws IOException {
        PriceBookConverter converter = new PriceBookConverter();
        for (String provider : PROVIDERS) {
            String text = Files.readString(folder.resolve(provider + ".json"), StandardCharsets.UTF_8);
            object(Json.read(text)).forEach((model, entry) -> converter.model(provider, model, object(entry)));
        }
        return converter.write(version);
    }

    private void model(String provider, String model, Map<String, Object> entry) {
        Map<String, Object> pricing = object(entry.get("pricing_config"));
        if (NOT_BY_TOKEN.matcher(model).matches() || pricing.isEmpty()) {
            return;
        }
        Matcher context = CONTEXT.matcher(model);
        boolean isTiered = context.matches();
        String name = provider + "/" + (isTiered ? context.group(1) : model);
        String suffix = isTiered && context.group(2).equals("gt") ? ">" + context.group(3) + "000" : "";
        add(name, "standard" + suffix, object(pricing.get("pay_as_you_go")));
        add(name, "batch" + suffix, object(pricing.get("batch_config")));
        object(object(entry.get("custom_pricing")).get("regions"))
                .forEach((region, content) -> region(name, region, object(content)));
    }

    private void region(String name, String region, Map<String, Object> content) {
        if (!region.equals("default") && !REGIONS.contains(region)) {
            throw new IllegalArgumentException(name + ": region " + region + " is new");
        }
        object(content.get("execution_modes")).forEach((mode, modeContent) -> {
            String regional = mode.equals("standard") ? "regional" : "regional-" + mode;
            String tier = region.equals("default") ? mode : regional;
            Map<String, Object> tiers = object(object(modeContent).get("context_tiers"));
            add(name, tier, payAsYouGo(object(modeContent)));
            tiers.forEach((length, at) -> {
                String above = length.startsWith("gt-") ? ">" + length.replaceAll("\\D", "") + "000" : "";
                add(name, tier + above, payAsYouGo(object(at)));
            });
        });
    }

    private static Map<String, Object> payAsYouGo(Map<String, Object> content) {
        return object(object(content.get("pricing_config")).get("pay_as_you_go"));
    }

    private void add(String name, String tier, Map<String, Object> prices) {
        Map<String, Long> rates = new TreeMap<>();
        prices.forEach((key, price) -> put(rates, key, object(price)));
        object(prices.get("additional_units")).forEach((key, price) -> {
            if (UNITS.contains(key)) { // the others are minutes, seconds and images under the names of tokens
                put(rates, key, object(price));
            }
        });
        boolean isFree = name.contains("moderation");
        if (!rates.containsKey("input") && !isFree) {
            return; // priced by something else than tokens, or not at all
        }
        if (isFree) {
            rates.put("input", 0L);
        }
        if (isFree || name.contains("embedding") || name.contains("/ada")) {
            rates.put("output", 0L);
        }
        Map<String, Long> known =
                models.computeIfAbsent(name, key -> new TreeMap<>()).computeIfAbsent(tier, key -> new TreeMap<>());
        rates.forEach((meter, rate) -> known.merge(meter, rate, Math::max));
    }

    private static void put(Map<String, Long> rates, String key, Map<String, Object> price) {
        Meter meter = METERS.get(key);
        if (meter != null && price.get("price") instanceof Number cents && cents.doubleValue() > 0) {
            rates.merge(meter.key(), picos(cents), Math::max);
        }
    }

    private static long picos(Number cents) {
        BigDecimal exact = new BigDecimal(cents.toString()).movePointRight(10);
        BigDecimal whole = exact.setScale(0, RoundingMode.HALF_EVEN);
        if (exact.subtract(whole).abs().compareTo(new BigDecimal("0.000001")) > 0) {
            throw new IllegalArgumentException(cents + " cents are no whole number of pico-dollars");
        }
        return whole.longValueExact();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /** A line for each model, so that a renewed book can be compared. */
    private String write(String version) {
        StringBuilder text = new StringBuilder("{\n\"version\": " + Json.write(version)
                + ",\n\"unit\": \"pico-dollars\",\n\"source\": \"Portkey-AI/models (MIT), converted by"
                + " PriceBookConverter\",\n\"models\": {\n");
        Map<String, String> lines = new LinkedHashMap<>();
        models.forEach((name, tiers) -> lines.put(name, Json.write(tiers)));
        text.append(String.join(
                ",\n",
                lines.entrySet().stream()
                        .map(line -> Json.write(line.getKey()) + ": " + line.getValue())
                        .toList()));
        return text.append("\n}\n}\n").toString();
    }
}
