package io.auterity.relay.money;

import io.auterity.definition.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A dated, versioned list of prices.
 *
 * <p>The book is data: a JSON file whose lines are
 * {@code "openai/gpt-4o": {"standard": {"input": 2500000, "output": 10000000}}}. The rates are whole pico-dollars by
 * {@link Meter#key}; a tier may be followed by the prompt length above which other rates hold, as in
 * {@code standard>272000}. A model is found by its exact name only, because names that look alike have different prices.
 * The hash of the content stands on every line of the ledger, so that each cost can be computed again.
 *
 * <p>Immutable and thread-safe.
 */
public final class PriceBook {

    private static final String SHIPPED = "prices-2026-08-21.json";

    private final String version;
    private final Map<ModelName, Tiers> models;
    private final String hash;

    /** Rates by the prompt length above which they hold, by tier. */
    private record Tiers(Map<ServiceTier, NavigableMap<Long, Rates>> rates) {

        Optional<Rates> find(ServiceTier tier, long inputTokens) {
            Optional<Map.Entry<Long, Rates>> step = step(tier, inputTokens);
            Optional<Map.Entry<Long, Rates>> usual = step(ServiceTier.STANDARD, inputTokens);
            boolean isLong = usual.isPresent()
                    && step.isPresent()
                    && usual.get().getKey() > step.get().getKey();
            // a tier without rates for long prompts, of a model that has such rates, is not offered for them
            return isLong ? Optional.empty() : step.map(Map.Entry::getValue);
        }

        private Optional<Map.Entry<Long, Rates>> step(ServiceTier tier, long inputTokens) {
            return Optional.ofNullable(rates.get(tier)).map(steps -> steps.lowerEntry(Math.max(1, inputTokens)));
        }
    }

    private PriceBook(String version, Map<ModelName, Tiers> models) {
        this.version = version;
        this.models = models;
        hash = sha256(Json.write(content(models)));
    }

    /**
     * Reads the book that comes with this library.
     *
     * @return the book
     */
    public static PriceBook shipped() {
        try (InputStream in = Objects.requireNonNull(PriceBook.class.getResourceAsStream(SHIPPED), SHIPPED)) {
            return read(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a book.
     *
     * @param json the file's bytes
     * @return the book
     * @throws IllegalArgumentException if it is no price book; the message names the place
     */
    public static PriceBook read(byte[] json) {
        Map<?, ?> file = object(Json.read(json), "the price book");
        String unit = String.valueOf(file.get("unit"));
        if (!unit.equals("pico-dollars")) {
            throw new IllegalArgumentException("the price book's unit is 'pico-dollars', not '" + unit + "'");
        }
        Map<ModelName, Tiers> models = new LinkedHashMap<>();
        object(file.get("models"), "models").forEach((name, tiers) -> {
            ModelName model = ModelName.of((String) name);
            models.put(model, tiers(object(tiers, name), model));
        });
        return new PriceBook(String.valueOf(file.get("version")), models);
    }

    private static Tiers tiers(Map<?, ?> json, ModelName model) {
        Map<ServiceTier, NavigableMap<Long, Rates>> tiers = new EnumMap<>(ServiceTier.class);
        json.forEach((key, rates) -> {
            String[] parts = ((String) key).split(">", 2);
            long above = parts.length == 2 ? Long.parseLong(parts[1]) : 0;
            Map<Meter, Long> picos = new EnumMap<>(Meter.class);
            object(rates, model + " " + key).forEach((meter, rate) -> {
                if (!(rate instanceof Long whole)) {
                    throw new IllegalArgumentException(
                            model + " " + key + "/" + meter + " is a whole number of pico-dollars, not " + rate);
                }
                picos.put(Meter.of((String) meter), whole);
            });
            tiers.computeIfAbsent(ServiceTier.of(parts[0]), tier -> new TreeMap<>())
                    .put(above, Rates.of(picos));
        });
        return new Tiers(tiers);
    }

    private static Map<?, ?> object(@Nullable Object value, Object place) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException(place + " is an object, not " + value);
    }

    /**
     * Returns a copy in which a model has other rates, as a contract may say, in every tier and at every length.
     *
     * @param model the model; it need not be in the book
     * @param rates its rates
     * @return the copy, with a hash of its own
     */
    public PriceBook with(ModelName model, Rates rates) {
        Map<ServiceTier, NavigableMap<Long, Rates>> tiers = new EnumMap<>(ServiceTier.class);
        for (ServiceTier tier : ServiceTier.values()) {
            tiers.put(tier, new TreeMap<>(Map.of(0L, rates)));
        }
        Map<ModelName, Tiers> copy = new LinkedHashMap<>(models);
        copy.put(model, new Tiers(tiers));
        return new PriceBook(version, copy);
    }

    /**
     * Returns the price of a call.
     *
     * @param model the model
     * @param tier the class of service
     * @param inputTokens the prompt's length, for models that charge more for long ones
     * @param unknown what to do if the book does not have it
     * @return the price
     * @throws PriceException if the book does not have it and the policy is to refuse
     */
    public Price price(ModelName model, ServiceTier tier, long inputTokens, UnknownPrice unknown) {
        Optional<Rates> found = find(model, tier, inputTokens);
        return found.isPresent()
                ? new Price(Price.Certainty.KNOWN, found, hash)
                : unknown(model, tier, Usage.NONE, unknown);
    }

    /**
     * Returns the price of a call that may use some meters. A model that has no rate for one of them counts as one that is
     * not in the book: what nobody knows a part of, nobody knows.
     *
     * @param model the model
     * @param tier the class of service
     * @param most the most of each meter that the call can use
     * @param unknown what to do if the book does not have a rate for each of them
     * @return the price; it has a rate for each of them, unless it is unknown
     * @throws PriceException if the book does not have them and the policy is to refuse, or if the dearest are to stand in
     *     and no model of the book has them
     */
    public Price price(ModelName model, ServiceTier tier, Usage most, UnknownPrice unknown) {
        Optional<Rates> found = find(model, tier, most.inputTokens())
                .filter(rates -> rates.unpriced(most).isEmpty());
        return found.isPresent() ? new Price(Price.Certainty.KNOWN, found, hash) : unknown(model, tier, most, unknown);
    }

    /**
     * Says what the book lacks to tell the price of a call.
     *
     * @param model the model
     * @param tier the class of service
     * @param most the most of each meter that the call can use
     * @return a part of a sentence, as in {@code price of it} or {@code price of its output}; empty if nothing is missing
     */
    public Optional<String> missing(ModelName model, ServiceTier tier, Usage most) {
        Optional<Rates> found = find(model, tier, most.inputTokens());
        return found.isEmpty()
                ? Optional.of("price of it")
                : found.get().unpriced(most).map(meter -> "price of its " + meter.key());
    }

    private Optional<Rates> find(ModelName model, ServiceTier tier, long inputTokens) {
        return Optional.ofNullable(models.get(model)).flatMap(tiers -> tiers.find(tier, inputTokens));
    }

    private Price unknown(ModelName model, ServiceTier tier, Usage most, UnknownPrice unknown) {
        return switch (unknown) {
            case REFUSE ->
                throw new PriceException("the price book of " + version + " has no price of " + model + " in tier "
                        + tier.key()
                        + find(model, tier, most.inputTokens())
                                .flatMap(rates -> rates.unpriced(most))
                                .map(meter -> " for " + meter.key())
                                .orElse("")
                        + "\n  fix: add one with PriceBook.with(...), or choose another policy for"
                        + " unknown prices");
            case WORST_CASE ->
                new Price(Price.Certainty.WORST_CASE, Optional.of(dearest(model.provider(), most)), hash);
            case ALLOW_AND_FLAG -> new Price(Price.Certainty.UNKNOWN, Optional.empty(), hash);
        };
    }

    /** Of its provider, or of all, if its provider is not listed or has no rate for something either. */
    private Rates dearest(String provider, Usage most) {
        boolean isListed =
                models.keySet().stream().anyMatch(name -> name.provider().equals(provider));
        Rates own = dearest(name -> !isListed || name.provider().equals(provider));
        Rates rates = own.unpriced(most).isEmpty() ? own : dearest(name -> true);
        rates.unpriced(most).ifPresent(meter -> {
            throw new PriceException("the price book of " + version + " has no price of any model for " + meter.key()
                    + "\n  fix: add one with PriceBook.with(...)");
        });
        return rates;
    }

    private Rates dearest(Predicate<ModelName> isOf) {
        return models.entrySet().stream()
                .filter(entry -> isOf.test(entry.getKey()))
                .flatMap(entry -> entry.getValue().rates().values().stream())
                .flatMap(steps -> steps.values().stream())
                .reduce(Rates::dearest)
                .orElseThrow(() -> new PriceException("the price book of " + version + " is empty"));
    }

    /**
     * Returns the models that have a price, in the order of the file.
     *
     * @return the names
     */
    public Set<ModelName> models() {
        return Collections.unmodifiableSet(models.keySet());
    }

    /**
     * Returns the book's version.
     *
     * @return the date of the prices, as in {@code 2026-08-21}
     */
    public String version() {
        return version;
    }

    /**
     * Returns the hash of the prices.
     *
     * @return SHA-256 of the canonical content, 64 hexadecimal digits
     */
    public String hash() {
        return hash;
    }

    private static Map<String, Object> content(Map<ModelName, Tiers> models) {
        Map<String, Object> content = new TreeMap<>();
        models.forEach((name, tiers) -> {
            Map<String, Object> keys = new TreeMap<>();
            tiers.rates()
                    .forEach((tier, steps) -> steps.forEach((above, rates) ->
                            keys.put(above == 0 ? tier.key() : tier.key() + ">" + above, rates.published())));
            content.put(name.toString(), keys);
        });
        return content;
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "PriceBook[" + version + ", " + models.size() + " models, " + hash.substring(0, 12) + "]";
    }
}
