package io.auterity.relay.quality;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a predictor weighs what it has seen.
 *
 * @param neighbours how many of the most similar examples are asked
 * @param taskWeight how many neighbours of perfect likeness the average of the task counts as; what
 *     the words say counts half as much
 * @param globalWeight how many examples of a task the average of all tasks counts as
 * @param maxExamples the most examples that are kept, a million at most; the oldest eighth makes room
 * @param halfLife after what time an example counts half, to follow models and prompts that drift; empty for never
 */
public record PredictorSettings(
        int neighbours, double taskWeight, double globalWeight, int maxExamples, Optional<Duration> halfLife) {

    /** What the published figures were made with. */
    public static final PredictorSettings DEFAULT = new PredictorSettings(60, 1, 5, 20_000, Optional.empty());

    /** Checks the ranges. */
    public PredictorSettings {
        if (neighbours < 1 || maxExamples < 8 || !(taskWeight > 0) || !(globalWeight > 0)) {
            throw new IllegalArgumentException(
                    "neighbours is 1 or more, maxExamples 8 or more, and weights are above 0");
        }
        if (maxExamples > Neighbours.MOST_EXAMPLES) {
            throw new IllegalArgumentException(
                    "maxExamples is " + Neighbours.MOST_EXAMPLES + " or less, not " + maxExamples);
        }
        if (halfLife.isPresent()
                && (halfLife.get().isNegative() || halfLife.get().isZero())) {
            throw new IllegalArgumentException("halfLife is above zero, not " + halfLife.get());
        }
    }

    /**
     * Returns a copy in which old examples count less.
     *
     * @param time after what time an example counts half
     * @return the copy
     */
    public PredictorSettings halfLife(Duration time) {
        return new PredictorSettings(neighbours, taskWeight, globalWeight, maxExamples, Optional.of(time));
    }

    /** What is left of an example's weight after a time: halved for every half-life that has passed. */
    double kept(Instant from, Instant to) {
        if (halfLife.isEmpty() || !from.isBefore(to)) {
            return 1;
        }
        Duration age = Duration.between(from, to);
        return Math.pow(0.5, seconds(age) / seconds(halfLife.get()));
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }
}
