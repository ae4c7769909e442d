package io.auterity.relay.decide;

import io.auterity.relay.budget.Allowance;
import io.auterity.relay.money.Money;
import io.auterity.relay.quality.Prediction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What was known when a decision was made.
 *
 * @param prediction what is expected of each model for the prompt
 * @param allowance what the budgets leave, and which of their thresholds are in force
 * @param health how each deployment does, by its id; one that is not there has not been called yet
 */
public record StateView(Prediction prediction, Allowance allowance, Map<String, Health> health) {

    /** Nothing known, no budgets. */
    public static final StateView NONE = new StateView(Prediction.nothing(), Allowance.UNLIMITED, Map.of());

    /** Copies the map. */
    public StateView {
        Objects.requireNonNull(prediction, "prediction");
        Objects.requireNonNull(allowance, "allowance");
        health = Map.copyOf(health);
    }

    /**
     * Makes a view in which no threshold of a budget is in force.
     *
     * @param prediction what is expected of each model for the prompt
     * @param left what the budgets leave, or empty if there are none
     * @param health how each deployment does, by its id
     */
    public StateView(Prediction prediction, Optional<Money> left, Map<String, Health> health) {
        this(prediction, new Allowance(left, List.of()), health);
    }

    /**
     * Returns what the budgets leave.
     *
     * @return the money, or empty if there are no budgets
     */
    public Optional<Money> left() {
        return allowance.left();
    }

    /**
     * How a deployment does.
     *
     * @param latency the peak-sensitive moving average of its time to the first token, which fades while nobody calls; a
     *     minute, which fades as well, when it has refused all its keys or does not know the model
     * @param p95 the 95th percentile of that time; zero until it has been measured
     * @param inFlight how many calls are on their way
     * @param isAvailable whether its breaker lets calls through and no limit makes it rest
     * @param headroom how much of its rate limits is left, 0 to 1; at 0 it is called only if nothing else can be
     */
    public record Health(Duration latency, Duration p95, int inFlight, boolean isAvailable, double headroom) {}
}
