package io.auterity.definition;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a step deals with time and failure.
 *
 * @param retry when the step is tried again; the workflow's default when empty
 * @param timeout the time-out of one attempt; the workflow's default when empty
 * @param onError what a failure that is not tried again does to the rest
 * @param undo the step that takes this one back when the run fails after it succeeded (saga)
 */
public record Policy(Optional<Retry> retry, Optional<Duration> timeout, OnError onError, Optional<StepKind> undo) {

    /** The time-out of one attempt when neither step nor workflow says one: 5 minutes. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

    /** The workflow's retry and time-out; a failure fails the block; nothing to undo. */
    public static final Policy DEFAULT =
            new Policy(Optional.empty(), Optional.empty(), new OnError.Fail(), Optional.empty());

    /** Checks that every part is there. */
    public Policy {
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(onError, "onError");
        Objects.requireNonNull(undo, "undo");
    }

    /** What a failure does that is not tried again. */
    public sealed interface OnError {

        /** The failure fails the block the step stands in; the default. */
        record Fail() implements OnError {}

        /** The step stays failed, its dependants run, and its output reads as absent. */
        record Continue() implements OnError {}

        /**
         * The step succeeds with another value.
         *
         * @param value the value; its expressions may read {@code error}
         */
        record FallbackValue(Template value) implements OnError {}

        /**
         * The step succeeds with the output of another step, run once in its place.
         *
         * @param kind what that step does; its expressions may read {@code error}
         */
        record FallbackStep(StepKind kind) implements OnError {}
    }
}
