package io.auterity.relay.quality;

import io.auterity.definition.Json;
import io.auterity.relay.money.ModelName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Predicts the score of every model for a prompt from scored examples.
 *
 * <p>The prediction is a shrinkage blend (James and Stein's idea: trust an average as far as there is evidence for it):
 * the average of all examples, pulled towards that of the prompt's task and towards what its words say, pulled towards that
 * of its most similar examples. The task is the one the application names, or else the vote of the similar examples. What
 * words say is a linear regression of the score on the hashed words, learned by stochastic gradient descent (Widrow and
 * Hoff's rule of 1960, with steps after AdaGrad, Duchi et al. 2011). So a model that is new, a task that is rare and a
 * prompt unlike any other all get a sensible prediction, in microseconds and plain Java.
 *
 * <p>The same examples, learned by the same calls in the same order, give the same predictions. {@link #write} and {@link #read}
 * keep the examples; the predictions after them may differ a little where examples were learned one by one: {@code read} learns
 * them together, the words in a shuffled order (the same each time) and weighed by all examples. A predictor that learns one by
 * one does the same now and then, when it has grown by half or is full. Of a prompt only the hashes of its words are kept, not the
 * text.
 *
 * <p>Thread-safe: predictions run side by side, and go on with what was known before while examples are learned anew; one thread
 * learns at a time.
 */
public final class QualityPredictor {

    private static final int NO_TASK = -1;

    /** What the words say counts as so much of what the average of the task counts as. */
    private static final double WORDS_SHARE = 0.5;

    private final PredictorSettings settings;
    private final ReentrantLock learning =
            new ReentrantLock(); // who has it may read what lock guards: nobody else writes
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private int indexed; // how many examples the index and the effects were last made of; guarded by learning
    private List<Stored> stored = new ArrayList<>(); // guarded by lock, like all below
    private Neighbours index = Neighbours.of(List.of());
    private WordEffects effects;
    private final List<ModelName> models = new ArrayList<>();
    private final Map<ModelName, Integer> numbers = new HashMap<>();
    private Averages global = new Averages();
    private final Map<String, Integer> taskNumbers = new LinkedHashMap<>(); // in the order of the numbers
    private final List<Averages> tasks = new ArrayList<>(); // by the task's number

    /** An example as it comes: its prompt may be known by its words only. */
    private record Lesson(Grams grams, Example example) {}

    /**
     * An example as it is kept.
     *
     * @param task the number of its task, {@link #NO_TASK} without one
     * @param scores by the model's number, NaN for those not tried
     * @param at when it was tried
     */
    private record Stored(Grams grams, int task, double[] scores, Instant at) {}

    /** Sums of scores and how many there are, by the model's number; both fade with the half-life. */
    private static final class Averages {
        private double[] sums = new double[0];
        private double[] counts = new double[0];
        private Instant latest = Instant.MIN;

        void add(double[] scores, Instant at, PredictorSettings settings) {
            if (settings.halfLife().isPresent() && at.isAfter(latest)) {
                double kept = settings.kept(latest, at);
                for (int i = 0; i < sums.length; i++) {
                    sums[i] *= kept;
                    counts[i] *= kept;
                }
                latest = at;
            }
            if (scores.length > sums.length) {
                sums = Arrays.copyOf(sums, scores.length);
                counts = Arrays.copyOf(counts, scores.length);
            }
            for (int i = 0; i < scores.length; i++) {
                if (!Double.isNaN(scores[i])) {
                    sums[i] += scores[i];
                    counts[i]++;
                }
            }
        }

        /** The average of a model, of which {@code weight} examples are taken to have the prior's score. */
        double shrunk(int model, double prior, double weight) {
            return model >= sums.length ? prior : (sums[model] + weight * prior) / (counts[model] + weight);
        }
    }

    /**
     * Makes a predictor that has seen nothing.
     *
     * @param settings how it weighs
     */
    public QualityPredictor(PredictorSettings settings) {
        this.settings = settings;
        effects = new WordEffects(settings);
    }

    /**
     * Learns an example.
     *
     * @param example the example
     */
    public void learn(Example example) {
        learn(List.of(example));
    }

    /**
     * Learns examples, as a warm start does with those of an evaluation.
     *
     * @param examples the examples, oldest first
     */
    public void learn(Collection<Example> examples) {
        study(examples.stream()
                .map(example -> new Lesson(Grams.of(example.prompt()), example))
                .toList());
    }

    /** Learns an example whose prompt is known by its words only. */
    void learn(Grams grams, Example example) {
        study(List.of(new Lesson(grams, example)));
    }

    private void study(List<Lesson> lessons) {
        learning.lock();
        try {
            boolean isOne = lessons.size() == 1;
            change(() -> {
                lessons.forEach(lesson -> add(lesson, isOne));
                effects.widen(models.size());
            });
            if (!isOne || stored.size() > settings.maxExamples() || stored.size() > indexed + indexed / 2) {
                learnAnew();
            }
        } finally {
            learning.unlock();
        }
    }

    /** Changes what predictions look at, which wait meanwhile. */
    private void change(Runnable change) {
        lock.writeLock().lock();
        try {
            change.run();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void add(Lesson lesson, boolean isOne) {
        Example example = lesson.example();
        Stored added = new Stored(lesson.grams(), task(example), scores(example), example.at());
        stored.add(added);
        average(added);
        if (isOne) {
            index.add(added.grams());
            hear(effects, added, means());
        }
    }

    /** Forgets the oldest if there are too many, and makes the index and the effects of words of the others. */
    private void learnAnew() {
        int most = settings.maxExamples();
        int forgotten = stored.size() > most ? Math.max(stored.size() / 8, stored.size() - most) : 0;
        List<Stored> kept = new ArrayList<>(stored.subList(forgotten, stored.size()));
        if (forgotten > 0) {
            change(() -> {
                global = new Averages();
                tasks.replaceAll(old -> new Averages());
                kept.forEach(this::average);
            });
        }
        Neighbours found = Neighbours.of(kept.stream().map(Stored::grams).toList());
        WordEffects heard = heard(kept);
        change(
                () -> { // together, because the index gives the places in the list
                    stored = kept;
                    index = found;
                    effects = heard;
                });
        indexed = kept.size();
    }

    /** Learns the effects of words anew, in an order of its own: an evaluation may come task by task. */
    private WordEffects heard(List<Stored> all) {
        WordEffects heard = new WordEffects(settings);
        List<Stored> order = new ArrayList<>(all);
        Collections.shuffle(order, new Random(order.size()));
        double[] means = means();
        order.forEach(one -> hear(heard, one, means));
        return heard;
    }

    private static void hear(WordEffects effects, Stored one, double[] means) {
        double[] beyond = one.scores().clone();
        for (int model = 0; model < beyond.length; model++) {
            beyond[model] -= means[model];
        }
        effects.learn(one.grams(), beyond, one.at());
    }

    /** The average of all examples by model. */
    private double[] means() {
        double[] means = new double[models.size()];
        for (int model = 0; model < means.length; model++) {
            means[model] = global.shrunk(model, 0.5, 1);
        }
        return means;
    }

    private int task(Example example) {
        return example.task()
                .map(name -> taskNumbers.computeIfAbsent(name, added -> {
                    tasks.add(new Averages());
                    return tasks.size() - 1;
                }))
                .orElse(NO_TASK);
    }

    private double[] scores(Example example) {
        new TreeMap<>(example.scores())
                .keySet()
                .forEach(model -> numbers.computeIfAbsent(model, name -> {
                    models.add(name);
                    return models.size() - 1;
                }));
        double[] scores = new double[models.size()];
        for (int i = 0; i < scores.length; i++) {
            Double score = example.scores().get(models.get(i));
            scores[i] = score == null ? Double.NaN : score;
        }
        return scores;
    }

    private void average(Stored added) {
        global.add(added.scores(), added.at(), settings);
        if (added.task() != NO_TASK) {
            tasks.get(added.task()).add(added.scores(), added.at(), settings);
        }
    }

    /**
     * Predicts the score of every model that has been tried.
     *
     * @param prompt the prompt's text
     * @param task what kind of prompt it is, if the application says so
     * @param now the time, for examples that have aged
     * @return the prediction
     */
    public Prediction predict(String prompt, Optional<String> task, Instant now) {
        if (size() == 0) {
            return new Prediction(Map.of()); // whatever its words are
        }
        Grams grams = Grams.of(prompt);
        lock.readLock().lock();
        try {
            Neighbours.Found found = index.find(grams, settings.neighbours());
            double[] weights = weights(found, now);
            double[] means = means();
            double[] priors = priors(found, weights, means, task);
            WordEffects.Effects words = effects.of(grams);
            double wordsWeight = WORDS_SHARE * settings.taskWeight() * words.known();
            double[] sums = new double[models.size()];
            double[] evidence = new double[sums.length];
            for (int i = 0; i < weights.length; i++) {
                double[] scores = stored.get(found.ids()[i]).scores();
                for (int model = 0; model < scores.length; model++) {
                    if (!Double.isNaN(scores[model])) {
                        sums[model] += weights[i] * scores[model];
                        evidence[model] += weights[i];
                    }
                }
            }
            Map<ModelName, Prediction.Quality> quality = new HashMap<>();
            for (int model = 0; model < sums.length; model++) {
                double byWords = Math.max(0, Math.min(1, means[model] + words.byModel()[model]));
                double mean = (sums[model] + settings.taskWeight() * priors[model] + wordsWeight * byWords)
                        / (evidence[model] + settings.taskWeight() + wordsWeight);
                quality.put(models.get(model), new Prediction.Quality(mean, evidence[model]));
            }
            return new Prediction(quality);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The square of the likeness, halved for every half-life that has passed. */
    private double[] weights(Neighbours.Found found, Instant now) {
        double[] weights = new double[found.ids().length];
        for (int i = 0; i < weights.length; i++) {
            double kept = settings.kept(stored.get(found.ids()[i]).at(), now);
            weights[i] = kept * found.likeness()[i] * found.likeness()[i];
        }
        return weights;
    }

    /** The average of the task by model: the named one, or those of the neighbours by their weight. */
    private double[] priors(Neighbours.Found found, double[] weights, double[] means, Optional<String> named) {
        double[] votes = new double[tasks.size()];
        int task = named.map(taskNumbers::get).orElse(NO_TASK);
        double all = 0;
        if (task != NO_TASK) {
            votes[task] = 1;
            all = 1;
        } else {
            for (int i = 0; i < weights.length; i++) {
                int neighbours = stored.get(found.ids()[i]).task();
                if (neighbours != NO_TASK) {
                    votes[neighbours] += weights[i];
                    all += weights[i];
                }
            }
        }
        if (all == 0) {
            return means;
        }
        double[] priors = new double[means.length];
        for (int voted = 0; voted < votes.length; voted++) {
            for (int model = 0; votes[voted] > 0 && model < priors.length; model++) {
                priors[model] +=
                        votes[voted] / all * tasks.get(voted).shrunk(model, means[model], settings.globalWeight());
            }
        }
        return priors;
    }

    /**
     * Returns how many examples are kept.
     *
     * @return the number
     */
    public int size() {
        lock.readLock().lock();
        try {
            return stored.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Writes the examples down, prompts as the hashes of their words.
     *
     * @return a line of JSON for each, oldest first
     */
    public List<String> write() {
        lock.readLock().lock();
        try {
            List<String> names = List.copyOf(taskNumbers.keySet());
            return stored.stream().map(one -> line(one, names)).toList();
        } finally {
            lock.readLock().unlock();
        }
    }

    private String line(Stored one, List<String> names) {
        Map<String, Object> scores = new TreeMap<>();
        for (int model = 0; model < one.scores().length; model++) {
            if (!Double.isNaN(one.scores()[model])) {
                scores.put(models.get(model).toString(), one.scores()[model]);
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", one.at().toString());
        if (one.task() != NO_TASK) {
            json.put("task", names.get(one.task()));
        }
        json.put("words", one.grams().write());
        json.put("scores", scores);
        return Json.write(json);
    }

    /**
     * Reads what {@link #write} wrote, or examples with a {@code prompt} in the place of {@code words}.
     *
     * @param lines the lines
     * @param settings how the predictor weighs
     * @return a predictor that has learned the same examples
     * @throws IllegalArgumentException if a line is none of those
     */
    public static QualityPredictor read(List<String> lines, PredictorSettings settings) {
        QualityPredictor predictor = new QualityPredictor(settings);
        predictor.study(lines.stream().map(QualityPredictor::lesson).toList());
        return predictor;
    }

    private static Lesson lesson(String line) {
        if (Json.read(line) instanceof Map<?, ?> json
                && json.get("scores") instanceof Map<?, ?> scores
                && (json.get("words") instanceof List<?> || json.get("prompt") instanceof String)) {
            Map<ModelName, Double> byModel = new HashMap<>();
            scores.forEach((model, score) -> byModel.put(ModelName.of(String.valueOf(model)), number(score)));
            Grams grams = json.get("words") instanceof List<?> words
                    ? Grams.read(words)
                    : Grams.of(String.valueOf(json.get("prompt")));
            Object task = json.get("task");
            return new Lesson(
                    grams,
                    new Example(
                            "",
                            Optional.ofNullable(task).map(String::valueOf),
                            byModel,
                            Instant.parse(String.valueOf(json.get("at")))));
        }
        throw new IllegalArgumentException(
                "the line is no example: " + line.substring(0, Math.min(100, line.length())));
    }

    private static double number(@Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw new IllegalArgumentException("a score is a number, not " + value);
    }
}
