package io.auterity.relay.decide;

import io.auterity.relay.money.Money;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a call is to achieve, in the user's units.
 *
 * <p>Among the models that satisfy the constraints, the one with the greatest value is chosen: its expected score times
 * {@code worthOfQuality}, minus its expected cost, minus its expected time times {@code worthOfSecond}. How much may be
 * spent in a day or month is said by budgets.
 *
 * @param worthOfQuality what the difference between a useless and a right answer is worth, a call
 * @param worthOfSecond what a second less to wait is worth, a call
 * @param minQuality the least expected score, between 0 and 1; if no model reaches it, the best one is taken
 * @param maxCost the most a call may cost, or empty
 * @param maxLatency the longest a call may be expected to take, or empty
 */
public record Objective(
        Money worthOfQuality,
        Money worthOfSecond,
        double minQuality,
        Optional<Money> maxCost,
        Optional<Duration> maxLatency) {

    /** A right answer is worth a cent: expensive models only where they make a great difference. */
    public static final Objective COST_SAVING = worth("0.01");

    /** A right answer is worth ten cents. */
    public static final Objective BALANCED = worth("0.10");

    /** A right answer is worth ten dollars: the best model nearly always. */
    public static final Objective QUALITY_FIRST = worth("10");

    /** Checks the ranges. */
    public Objective {
        Objects.requireNonNull(maxCost, "maxCost");
        Objects.requireNonNull(maxLatency, "maxLatency");
        if (worthOfQuality.isNegative() || worthOfSecond.isNegative() || !(minQuality >= 0 && minQuality <= 1)) {
            throw new IllegalArgumentException("worths are 0 or more, and minQuality is between 0 and 1");
        }
    }

    private static Objective worth(String dollars) {
        return new Objective(Money.dollars(dollars), Money.ZERO, 0, Optional.empty(), Optional.empty());
    }

    /**
     * Returns a copy that weighs quality, cost and time as another one does, within the same limits.
     *
     * @param other the other one
     * @return the copy
     */
    public Objective weighing(Objective other) {
        return new Objective(other.worthOfQuality, other.worthOfSecond, minQuality, maxCost, maxLatency);
    }

    /**
     * Returns a copy with a least quality.
     *
     * @param score between 0 and 1
     * @return the copy
     */
    public Objective atLeast(double score) {
        return new Objective(worthOfQuality, worthOfSecond, score, maxCost, maxLatency);
    }

    /**
     * Returns a copy with a limit of time.
     *
     * @param time the longest a call may be expected to take
     * @return the copy
     */
    public Objective within(Duration time) {
        return new Objective(worthOfQuality, worthOfSecond, minQuality, maxCost, Optional.of(time));
    }

    /**
     * Returns a copy with a limit of cost.
     *
     * @param most the most a call may cost
     * @return the copy
     */
    public Objective atMost(Money most) {
        return new Objective(worthOfQuality, worthOfSecond, minQuality, Optional.of(most), maxLatency);
    }
}
