package io.auterity.relay.quality;

import io.auterity.definition.Json;
import io.auterity.relay.money.ModelName;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers choices until their score comes, by request id, and teaches the predictor then.
 *
 * <p>Scores come late: a test that passed, a thumb of a user, a colleague's correction. At most {@code capacity} choices
 * are kept; the oldest make room, whether scored or not. Thread-safe.
 */
public final class ChoiceLog {

    private final int capacity;
    private final QualityPredictor predictor;
    private final Map<String, Remembered> choices = new LinkedHashMap<>(); // guarded by itself

    /**
     * A choice, and the words of its prompt. They are cut when they are first asked for, by a score or by {@link #write}, so
     * that a call need not wait for it, and kept from then on.
     */
    static final class Remembered {

        private final LoggedChoice choice;
        private volatile @Nullable Grams grams; // the same whoever cuts them

        Remembered(LoggedChoice choice, @Nullable Grams grams) {
            this.choice = choice;
            this.grams = grams;
        }

        LoggedChoice choice() {
            return choice;
        }

        Grams grams() {
            Grams known = grams;
            if (known == null) {
                known = Grams.of(choice.prompt());
                grams = known;
            }
            return known;
        }

        Remembered scored(double score) {
            return new Remembered(choice.scored(score), grams);
        }
    }

    /**
     * Makes an empty log.
     *
     * @param capacity the most choices, 1 or more
     * @param predictor learns each score
     */
    public ChoiceLog(int capacity, QualityPredictor predictor) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is 1 or more, not " + capacity);
        }
        this.capacity = capacity;
        this.predictor = predictor;
    }

    /**
     * Remembers a choice.
     *
     * @param choice the choice
     */
    public void add(LoggedChoice choice) {
        add(new Remembered(choice, null));
    }

    private void add(Remembered remembered) {
        synchronized (choices) {
            choices.put(remembered.choice().request(), remembered);
            if (choices.size() > capacity) {
                choices.remove(choices.keySet().iterator().next());
            }
        }
    }

    /**
     * Tells how well a request went.
     *
     * @param request the request's id
     * @param task what kind of prompt it was, if known
     * @param score between 0 and 1
     * @param at when the answer was given
     * @return whether the request was known and had no score yet; otherwise nothing is learned
     */
    public boolean score(String request, Optional<String> task, double score, Instant at) {
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("a score is between 0 and 1, not " + score);
        }
        Remembered remembered;
        synchronized (choices) {
            remembered = choices.get(request);
            if (remembered == null || remembered.choice().score().isPresent()) {
                return false;
            }
            choices.put(request, remembered.scored(score));
        }
        LoggedChoice choice = remembered.choice();
        predictor.learn(remembered.grams(), new Example(choice.prompt(), task, Map.of(choice.chosen(), score), at));
        return true;
    }

    /**
     * Returns the choices.
     *
     * @return oldest first
     */
    public List<LoggedChoice> choices() {
        synchronized (choices) {
            return choices.values().stream().map(Remembered::choice).toList();
        }
    }

    /**
     * Writes the choices down, prompts as the hashes of their words.
     *
     * @return a line of JSON for each, oldest first
     */
    public List<String> write() {
        List<Remembered> all;
        synchronized (choices) {
            all = List.copyOf(choices.values());
        }
        return all.stream().map(ChoiceLog::line).toList();
    }

    private static String line(Remembered remembered) {
        LoggedChoice choice = remembered.choice();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("request", choice.request());
        json.put("words", remembered.grams().write());
        json.put("chosen", choice.chosen().toString());
        json.put("propensities", numbers(choice.propensities()));
        json.put("predicted", numbers(choice.predicted()));
        choice.score().ifPresent(score -> json.put("score", score));
        return Json.write(json);
    }

    private static Map<String, Double> numbers(Map<ModelName, Double> byModel) {
        Map<String, Double> numbers = new TreeMap<>();
        byModel.forEach((model, number) -> numbers.put(model.toString(), number));
        return numbers;
    }

    /**
     * Reads what {@link #write} wrote. The prompts of the choices are empty texts; scores that come for them teach all the same.
     *
     * @param lines the lines
     * @param capacity the most choices, 1 or more; of more lines the last count
     * @param predictor learns each score that is still to come
     * @return a log that remembers the same choices
     * @throws IllegalArgumentException if a line is none of those
     */
    public static ChoiceLog read(List<String> lines, int capacity, QualityPredictor predictor) {
        ChoiceLog log = new ChoiceLog(capacity, predictor);
        lines.forEach(line -> log.add(remembered(line)));
        return log;
    }

    private static Remembered remembered(String line) {
        if (Json.read(line) instanceof Map<?, ?> json
                && json.get("request") instanceof String request
                && json.get("words") instanceof List<?> words
                && json.get("chosen") instanceof String chosen) {
            Optional<Double> score =
                    json.get("score") instanceof Number number ? Optional.of(number.doubleValue()) : Optional.empty();
            LoggedChoice choice = new LoggedChoice(
                    request,
                    "",
                    ModelName.of(chosen),
                    numbers(json.get("propensities")),
                    numbers(json.get("predicted")),
                    score);
            return new Remembered(choice, Grams.read(words));
        }
        throw new IllegalArgumentException("the line is no choice: " + line.substring(0, Math.min(100, line.length())));
    }

    private static Map<ModelName, Double> numbers(@Nullable Object json) {
        Map<ModelName, Double> byModel = new HashMap<>();
        if (json instanceof Map<?, ?> map) {
            map.forEach((model, number) -> {
                if (number instanceof Number value) {
                    byModel.put(ModelName.of(String.valueOf(model)), value.doubleValue());
                }
            });
        }
        return byModel;
    }
}
