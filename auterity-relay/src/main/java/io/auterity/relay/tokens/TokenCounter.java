package io.auterity.relay.tokens;

import io.auterity.definition.Json;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Prompt;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the tokens of prompts before a model has.
 *
 * <p>For OpenAI's models their own vocabularies count the texts, and an allowance is added for what frames messages and
 * tools: that is the bound. The vocabularies of other models are not published. Until enough usage of a model has come
 * back, its bound is the number of bytes, which no byte-level tokenizer exceeds; from then on it is what 99 of 100 of the
 * latest prompts did not exceed, measured in tokens of OpenAI's, and a tenth more. Such a bound is a statement about
 * prompts like those before: what a prompt has beyond it is booked as overrun. {@link #provable} never learns and stays with
 * the bytes, about four times the truth.
 *
 * <p>An image is not looked into. At OpenAI's models it is expected to have what one of 1024 pixels square has by the tiles or
 * patches of OpenAI's guide "Images and vision" (765 at gpt-4o, 25,501 at gpt-4o-mini), at others 1,334; its bound is 8,000, but
 * 48,169 at gpt-4o-mini (2,833 and 8 tiles of 5,667), and 12,000 at those since GPT-5.2. A model is known by its name.
 *
 * <p>Thread-safe. It remembers ordinary words of the prompts, each by itself, and nothing that has a digit. Texts beyond
 * 4 Mi characters of one prompt are not cut into tokens; their bytes count.
 */
public final class TokenCounter {

    private static final int BYTES_A_TOKEN = 4;

    /** What others make of a token of OpenAI's, until it has been seen. */
    private static final double UNSEEN_MEAN = 1.2;

    private static final double UNSEEN_LIKELY = 2;

    /** Prompts with fewer tokens say more about the frame than about the vocabulary. */
    private static final long LEAST_LEARNED = 16;

    private final boolean isCalibrated;
    private final Words words = new Words();
    private final Map<ModelName, Calibration> calibrations = new ConcurrentHashMap<>();

    private TokenCounter(boolean isCalibrated) {
        this.isCalibrated = isCalibrated;
    }

    /**
     * Makes a counter that uses vocabularies and learns.
     *
     * @return a counter that has not learned anything yet
     */
    public static TokenCounter calibrated() {
        return new TokenCounter(true);
    }

    /**
     * Makes a counter whose bounds hold for every prompt and every model, and which never learns.
     *
     * @return the counter
     */
    public static TokenCounter provable() {
        return new TokenCounter(false);
    }

    /**
     * Counts a prompt.
     *
     * @param prompt the prompt
     * @return its size; ask it for a model on the same thread
     */
    public Counted count(Prompt prompt) {
        return new Counted(Contents.of(prompt));
    }

    /**
     * Counts a text by itself.
     *
     * @param text the text
     * @return how many tokens it probably has, 1 or more
     */
    public long expected(String text) {
        boolean isCut = isCalibrated && text.length() <= Contents.MOST_COUNTED;
        return Math.max(1, isCut ? words.count(Vocabulary.O200K, text) : Contents.bytes(text) / BYTES_A_TOKEN);
    }

    /**
     * Counts the bytes of a text, which are the most tokens it can have.
     *
     * @param text the text
     * @return the length in UTF-8
     */
    public static long bytes(String text) {
        return Contents.bytes(text);
    }

    /**
     * Counts the tokens of a text in OpenAI's newest vocabulary, whatever the counter: a measure of how long an answer is at
     * models whose vocabulary is not known. Most need more tokens for the same text, and hardly any only half as many.
     *
     * @param text the text
     * @return the tokens
     */
    public static long measured(String text) {
        return Vocabulary.O200K.count(text);
    }

    /** A prompt that has been counted. Confined to one thread. */
    public final class Counted {

        private final Contents contents;

        private Counted(Contents contents) {
            this.contents = contents;
        }

        /**
         * Returns what the prompt and an answer can use at most, at any model.
         *
         * @param maxOutput the limit of tokens of the answer
         * @return the usage
         */
        public Usage most(long maxOutput) {
            return Usage.NONE
                    .with(
                            contents.writesCache() ? Meter.CACHE_WRITE_1H : Meter.INPUT,
                            contents.bytes() + contents.images() * ImageTokens.mostOfAny())
                    .with(Meter.OUTPUT, maxOutput);
        }

        /**
         * Returns the tokens of the prompt at one model.
         *
         * @param model the model
         * @return the tokens
         */
        public RouteRequest.Tokens of(ModelName model) {
            long most = contents.bytes();
            if (!isCalibrated) {
                return tokens(model, most / BYTES_A_TOKEN, most, most);
            }
            Vocabulary known = Vocabulary.of(model).orElse(null);
            Calibration learned = calibrations.get(model);
            double mean = learned == null ? Double.NaN : learned.mean();
            if (known != null) {
                long texts = contents.tokens(known, words);
                long bound = Math.min(most, texts + contents.frame());
                long exact = contents.images() > 0 || Double.isNaN(mean)
                        ? texts + contents.chatFrame()
                        : Math.round(texts * mean);
                return tokens(model, exact, bound, bound);
            }
            long texts = contents.tokens(Vocabulary.O200K, words);
            long expected = Math.round(texts * (Double.isNaN(mean) ? UNSEEN_MEAN : mean));
            double upper = learned == null ? Double.NaN : learned.upper();
            long likely = (long) Math.ceil(texts * (Double.isNaN(upper) ? UNSEEN_LIKELY : upper)) + contents.frame();
            return tokens(model, expected, Math.min(most, likely), Double.isNaN(upper) ? most : Math.min(most, likely));
        }

        /** Adds the images to what the texts have. */
        private RouteRequest.Tokens tokens(ModelName model, long expected, long likely, long most) {
            ImageTokens image = ImageTokens.of(model);
            long images = contents.images();
            return new RouteRequest.Tokens(
                    Math.max(1, Math.min(expected, likely) + images * image.expected()),
                    Math.max(1, likely + images * image.window()),
                    Math.max(1, most + images * image.most()));
        }

        /**
         * Learns how many tokens the prompt had in truth. Prompts with images or hardly any text teach nothing.
         *
         * @param model the model that said so
         * @param tokens the tokens of the prompt, cached ones included
         */
        public void learn(ModelName model, long tokens) {
            if (!isCalibrated || contents.images() > 0) {
                return;
            }
            long texts = contents.tokens(Vocabulary.of(model).orElse(Vocabulary.O200K), words);
            if (texts >= LEAST_LEARNED) {
                calibrations.computeIfAbsent(model, name -> new Calibration()).learn(texts, contents.frame(), tokens);
            }
        }
    }

    /**
     * Writes down what has been learned.
     *
     * @return a line of JSON for each model
     */
    public List<String> write() {
        return new TreeMap<>(calibrations)
                .entrySet().stream()
                        .map(entry -> Json.write(Map.of(
                                entry.getKey().toString(),
                                Arrays.stream(entry.getValue().samples())
                                        .map(sample -> List.of(sample[0], sample[1], sample[2]))
                                        .toList())))
                        .toList();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param lines the lines
     * @return a counter that counts the same
     * @throws IllegalArgumentException if a line is none of those
     */
    public static TokenCounter read(List<String> lines) {
        TokenCounter counter = calibrated();
        for (String line : lines) {
            if (!(Json.read(line) instanceof Map<?, ?> models)) {
                throw noSample(line);
            }
            new HashMap<>(models).forEach((model, samples) -> {
                Calibration calibration = new Calibration();
                for (Object sample : samples instanceof List<?> list ? list : List.of()) {
                    if (!(sample instanceof List<?> three
                            && three.size() == 3
                            && three.get(0) instanceof Long texts
                            && texts > 0
                            && three.get(1) instanceof Long frame
                            && three.get(2) instanceof Long tokens)) {
                        throw noSample(String.valueOf(sample));
                    }
                    calibration.learn(texts, frame, tokens);
                }
                calibration.samples(); // so that all of them count
                counter.calibrations.put(ModelName.of(String.valueOf(model)), calibration);
            });
        }
        return counter;
    }

    private static IllegalArgumentException noSample(String text) {
        return new IllegalArgumentException(
                "this is not what a counter wrote: " + text.substring(0, Math.min(100, text.length())));
    }
}
