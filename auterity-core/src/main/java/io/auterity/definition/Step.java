package io.auterity.definition;

import java.util.Objects;

/**
 * One unit of work in a workflow.
 *
 * @param name the name that is unique in its block, {@code [A-Za-z0-9][A-Za-z0-9_-]{0,199}} once compiled
 * @param kind what the step does
 * @param order when it may start
 * @param policy how it deals with time and failure
 * @param description a sentence for people; empty when there is none
 */
public record Step(String name, StepKind kind, Order order, Policy policy, String description) {

    /** Checks that every part is there. */
    public Step {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(description, "description");
    }

    /**
     * Makes a step with default order and policy.
     *
     * @param name the name
     * @param kind what the step does
     * @return the step
     */
    public static Step of(String name, StepKind kind) {
        return new Step(name, kind, Order.DEFAULT, Policy.DEFAULT, "");
    }

    /**
     * Returns a copy with another order.
     *
     * @param newOrder when the step may start
     * @return the copy
     */
    public Step with(Order newOrder) {
        return new Step(name, kind, newOrder, policy, description);
    }

    /**
     * Returns a copy with another policy.
     *
     * @param newPolicy how the step deals with time and failure
     * @return the copy
     */
    public Step with(Policy newPolicy) {
        return new Step(name, kind, order, newPolicy, description);
    }
}
