package io.auterity.relay.budget;

import io.auterity.relay.money.Money;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the budgets allow a scope at a moment; each call may change it.
 *
 * @param left the least that is left on any account that pays, or empty if there is no budget
 * @param thresholds what is in force on those accounts, those of {@link Enforcement.Notify} left out; from the tenant inwards
 */
public record Allowance(Optional<Money> left, List<PassedThreshold> thresholds) {

    /** What nobody limits. */
    public static final Allowance UNLIMITED = new Allowance(Optional.empty(), List.of());

    /** Copies the list. */
    public Allowance {
        Objects.requireNonNull(left, "left");
        thresholds = List.copyOf(thresholds);
    }
}
