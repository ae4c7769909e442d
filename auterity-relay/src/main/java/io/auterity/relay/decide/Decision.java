package io.auterity.relay.decide;

import io.auterity.relay.budget.PassedThreshold;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.rules.Ruling;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a call goes, and why.
 *
 * @param attempts all that may be made, in the order they are to be tried; the policy says how many deployments are
 *     called at most. Empty if the call is refused
 * @param hedge a second call to make if the first is slow, or empty
 * @param reservation what the first attempt and the hedge can cost at most; nothing is set aside for what has no price
 * @param propensities the probability with which each model could have been chosen
 * @param refusal why the call must not be made, or empty
 * @param explanation the reasons
 */
public record Decision(
        List<Attempt> attempts,
        Optional<Hedge> hedge,
        Money reservation,
        Map<ModelName, Double> propensities,
        Optional<Refusal> refusal,
        Explanation explanation) {

    /** Copies the parts. */
    public Decision {
        attempts = List.copyOf(attempts);
        propensities = Map.copyOf(propensities);
        if (attempts.isEmpty() == refusal.isEmpty()) {
            throw new IllegalArgumentException("a decision has attempts, or else a refusal");
        }
    }

    /**
     * One try.
     *
     * @param deployment where, and under which model's name
     * @param maxOutput the limit of tokens to ask for
     * @param amount what it can cost at most; empty if nobody knows
     */
    public record Attempt(Deployment deployment, long maxOutput, Optional<Money> amount) {}

    /**
     * A second call.
     *
     * @param attempt the call
     * @param after how long to wait for a first token before making it
     */
    public record Hedge(Attempt attempt, Duration after) {}

    /**
     * Why a call must not be made.
     *
     * @param status the HTTP status
     * @param message why, for the caller
     * @param threshold the threshold of a budget that forbids it, or empty if something else does
     */
    public record Refusal(int status, String message, Optional<PassedThreshold> threshold) {}

    /**
     * Why a decision is what it is.
     *
     * @param reasons sentences, the most important first
     * @param candidates every model, the chosen one first
     * @param ruling what the rules said
     * @param withHalfTheBudget the model that half the money would have chosen; empty if none
     */
    public record Explanation(
            List<String> reasons, List<Candidate> candidates, Ruling ruling, Optional<ModelName> withHalfTheBudget) {
        /** Copies the lists. */
        public Explanation {
            reasons = List.copyOf(reasons);
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * A model that was considered.
     *
     * @param model the model
     * @param quality the score that is expected of it
     * @param cost what the call is expected to cost; empty if nobody knows
     * @param latency how long it is expected to take
     * @param value what that is worth to the objective, in dollars; comparable within one decision only. Without a price
     *     it counts as dear as the dearest that may be chosen
     * @param excluded why it may not be chosen, or empty
     */
    public record Candidate(
            ModelName model,
            double quality,
            Optional<Money> cost,
            Duration latency,
            double value,
            Optional<String> excluded) {}
}
