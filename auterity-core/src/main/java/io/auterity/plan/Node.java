package io.auterity.plan;

import io.auterity.definition.Order.Join;
import io.auterity.definition.Retry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The graph's view of a step.
 *
 * @param name the step's name
 * @param start when it may start
 * @param body what it does
 * @param recovery how it deals with time and failure
 */
public record Node(String name, Start start, Body body, Recovery recovery) {

    /**
     * When a node may start.
     *
     * @param join how the states of its predecessors decide
     * @param condition computes a Boolean; false skips the node; null always holds
     */
    public record Start(Join join, @Nullable Compute condition) {
        /** All predecessors succeeded, no condition. */
        public static final Start DEFAULT = new Start(Join.ALL_SUCCESS, null);
    }

    /**
     * How a node deals with time and failure.
     *
     * @param retry when it is tried again
     * @param timeout the time-out of one attempt, null for none
     * @param continues whether a failure leaves the node failed and lets its dependants run
     * @param fallback replaces a failed node; it may read the node's own error; null for none
     * @param undo takes the node back when the run fails later; it may read the node's own output; null for none
     */
    public record Recovery(
            Retry retry,
            @Nullable Duration timeout,
            boolean continues,
            @Nullable Body fallback,
            @Nullable Body undo) {
        /** One attempt without a time-out; a failure fails the block. */
        public static final Recovery NONE = new Recovery(Retry.NONE, null, false, null, null);
    }
}
