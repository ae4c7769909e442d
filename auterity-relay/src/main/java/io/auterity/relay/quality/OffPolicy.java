package io.auterity.relay.quality;

import io.auterity.relay.money.ModelName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Estimates what another policy would have scored on the requests of a log, without calling a model again.
 *
 * <p>Three estimators: inverse propensity scoring (IPS; Horvitz and Thompson 1952), which is unbiased and noisy; its
 * self-normalised form (SNIPS; Swaminathan and Joachims 2015); and the doubly robust one (DR; Dudík, Langford and Li
 * 2011), which corrects the predicted scores by what was observed and is right if either the propensities or the
 * predictions are. The intervals are percentiles of the bootstrap (Efron 1979) over requests, drawn from a seed, so that
 * a report can be repeated. Stateless and thread-safe.
 */
public final class OffPolicy {

    private static final int RESAMPLES = 1_000;

    private static final String NO_SCORE = "no choice of the log has a score; feed scores back by request id first";

    private OffPolicy() {}

    /**
     * An estimated mean score.
     *
     * @param mean the estimate
     * @param low the lower end of the 95 % interval
     * @param high its upper end
     */
    public record Estimate(double mean, double low, double high) {}

    /**
     * What the estimators say.
     *
     * @param ips inverse propensity scoring
     * @param snips its self-normalised form
     * @param doublyRobust the doubly robust estimator
     * @param used how many choices had a score
     */
    public record Report(Estimate ips, Estimate snips, Estimate doublyRobust, int used) {}

    /**
     * Estimates a policy.
     *
     * @param log the choices; those without a score are left out
     * @param policy the probabilities with which the policy would choose, for a logged choice
     * @param seed makes the intervals repeatable
     * @return the estimates
     * @throws IllegalArgumentException if no choice has a score
     */
    public static Report evaluate(
            List<LoggedChoice> log, Function<LoggedChoice, Map<ModelName, Double>> policy, long seed) {
        List<double[]> terms = new ArrayList<>(); // weight, weighted score, doubly robust score
        for (LoggedChoice choice : log) {
            if (choice.score().isPresent()) {
                terms.add(terms(choice, choice.score().get(), policy.apply(choice)));
            }
        }
        if (terms.isEmpty()) {
            throw new IllegalArgumentException(NO_SCORE);
        }
        double[][] samples = new double[3][RESAMPLES];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < RESAMPLES; i++) {
            double[] sums = new double[3];
            for (int j = 0; j < terms.size(); j++) {
                add(sums, terms.get(random.nextInt(terms.size())));
            }
            put(samples, i, means(sums, terms.size()));
        }
        double[] sums = new double[3];
        terms.forEach(term -> add(sums, term));
        double[] means = means(sums, terms.size());
        return new Report(
                estimate(means[0], samples[0]),
                estimate(means[1], samples[1]),
                estimate(means[2], samples[2]),
                terms.size());
    }

    /**
     * Estimates how much more a policy would have scored than what was logged, request by request, so that what makes
     * some requests score more than others does not widen the interval.
     *
     * @param log the choices; those without a score are left out
     * @param policy the probabilities with which the policy would choose, for a logged choice
     * @param seed makes the interval repeatable
     * @return the doubly robust estimate of the difference
     * @throws IllegalArgumentException if no choice has a score
     */
    public static Estimate advantage(
            List<LoggedChoice> log, Function<LoggedChoice, Map<ModelName, Double>> policy, long seed) {
        double[] gains = log.stream()
                .filter(choice -> choice.score().isPresent())
                .mapToDouble(choice -> {
                    double score = choice.score().orElseThrow();
                    return terms(choice, score, policy.apply(choice))[2] - score;
                })
                .toArray();
        if (gains.length == 0) {
            throw new IllegalArgumentException(NO_SCORE);
        }
        double[] samples = new double[RESAMPLES];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int j = 0; j < gains.length; j++) {
                sum += gains[random.nextInt(gains.length)];
            }
            samples[i] = sum / gains.length;
        }
        return estimate(Arrays.stream(gains).sum() / gains.length, samples);
    }

    private static double[] terms(LoggedChoice choice, double score, Map<ModelName, Double> policy) {
        double weight = policy.getOrDefault(choice.chosen(), 0.0)
                / Objects.requireNonNull(choice.propensities().get(choice.chosen()));
        double direct = 0;
        for (Map.Entry<ModelName, Double> entry : new TreeMap<>(policy).entrySet()) { // sums depend on the order
            direct += entry.getValue() * choice.predicted().getOrDefault(entry.getKey(), 0.5);
        }
        double expected = choice.predicted().getOrDefault(choice.chosen(), 0.5);
        return new double[] {weight, weight * score, direct + weight * (score - expected)};
    }

    private static void add(double[] sums, double[] term) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += term[i];
        }
    }

    private static double[] means(double[] sums, int size) {
        return new double[] {sums[1] / size, sums[0] == 0 ? 0 : sums[1] / sums[0], sums[2] / size};
    }

    private static void put(double[][] samples, int at, double[] means) {
        for (int i = 0; i < means.length; i++) {
            samples[i][at] = means[i];
        }
    }

    private static Estimate estimate(double mean, double[] samples) {
        Arrays.sort(samples);
        return new Estimate(mean, samples[RESAMPLES / 40], samples[RESAMPLES - 1 - RESAMPLES / 40]);
    }
}
