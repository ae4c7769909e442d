package io.auterity.relay.budget;

import io.auterity.relay.money.ModelName;
import java.util.Objects;

/**
 * A threshold that a call is under, because its budget has passed it.
 *
 * @param budget which budget, as in {@code the DAILY budget of tenant:acme}
 * @param threshold the threshold
 */
public record PassedThreshold(String budget, Threshold threshold) {

    /** Checks that both are there. */
    public PassedThreshold {
        Objects.requireNonNull(budget, "budget");
        Objects.requireNonNull(threshold, "threshold");
    }

    /**
     * Says whether a model may still be called.
     *
     * @param model the model
     * @return whether it may
     */
    public boolean allows(ModelName model) {
        return threshold.enforcement().allows(model);
    }

    /**
     * Says whether the cheapest model is to be called.
     *
     * @return whether it is
     */
    public boolean isDowngrade() {
        return threshold.enforcement() instanceof Enforcement.Downgrade;
    }

    /**
     * Returns why no model may be called, for the caller.
     *
     * @return what has been passed, and what can be done about it
     */
    public String refusal() {
        String fix = threshold.enforcement() instanceof Enforcement.RestrictModels
                ? "let the call go to one of them, or raise the budget"
                : "raise the budget";
        return this + "\n  fix: " + fix;
    }

    /** Says what has been passed, and what happens from there on. */
    @Override
    public String toString() {
        return budget + " has passed " + threshold.percent() + " %, from where on "
                + threshold.enforcement().consequence();
    }
}
