package io.auterity.relay.decide;

import java.util.Objects;

/**
 * All that a decision rests on, beside the policy: with the same policy the same situation gives the same decision.
 *
 * @param request the call
 * @param state what was known at the moment
 * @param seed the randomness of exploration and balancing
 */
public record Situation(RouteRequest request, StateView state, long seed) {

    /** Checks that every part is there. */
    public Situation {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(state, "state");
    }

    /**
     * Decides.
     *
     * @param policy what the operator has decided
     * @return the decision
     */
    public Decision decide(Policy policy) {
        return Decider.decide(request, policy, state, seed);
    }
}
