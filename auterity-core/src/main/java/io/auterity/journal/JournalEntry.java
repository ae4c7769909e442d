package io.auterity.journal;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened in a run. Entries are numbered from 1 without gaps in the order they happened; together the
 * durable ones are all that is needed to go on with the run elsewhere.
 *
 * <p>Times are milliseconds since the epoch by the engine's clock. A step is named by its path, as in
 * {@code each[3]/greet}.
 *
 * <p>Immutable, but for the objects that Java steps return.
 */
public sealed interface JournalEntry {

    /**
     * Returns when it happened.
     *
     * @return milliseconds since the epoch
     */
    long at();

    /**
     * Says whether a store must keep the entry. Entries that only tell observers how work goes on are lost in a crash
     * without harm.
     *
     * @return whether it is part of the record
     */
    default boolean isDurable() {
        return true;
    }

    /** An entry about one step. */
    sealed interface OfStep extends JournalEntry {
        /**
         * Returns the step it is about.
         *
         * @return the step's path
         */
        String step();
    }

    /**
     * The run was accepted.
     *
     * @param at when
     * @param workflow the workflow's identifier
     * @param version the definition's semantic hash
     * @param input the run's input: a JSON value or a {@link JavaValue}
     * @param origin where the run comes from
     */
    record RunStarted(
            long at,
            String workflow,
            String version,
            @Nullable Object input,
            Origin origin) implements JournalEntry {}

    /**
     * Where a run comes from.
     *
     * @param tenant the tenant it belongs to; empty when there are none
     * @param parent the run whose step started it
     * @param parentStep that step's path; empty without a parent, or when the run deals with the parent's failure
     * @param labels words by name that runs can be looked for by
     * @param depth how many runs stand above it: its parent, that one's parent and so on; 0 where it is not told
     */
    record Origin(String tenant, Optional<RunId> parent, String parentStep, Map<String, String> labels, int depth) {
        /** No tenant, no parent, no labels. */
        public static final Origin NONE = new Origin("", Optional.empty(), "");

        /** Copies the labels. */
        public Origin {
            labels = Map.copyOf(labels);
        }

        /**
         * Makes an origin that does not tell how many runs stand above it.
         *
         * @param tenant the tenant it belongs to; empty when there are none
         * @param parent the run whose step started it
         * @param parentStep that step's path; empty without a parent
         * @param labels words by name that runs can be looked for by
         */
        public Origin(String tenant, Optional<RunId> parent, String parentStep, Map<String, String> labels) {
            this(tenant, parent, parentStep, labels, 0);
        }

        /**
         * Makes an origin without labels.
         *
         * @param tenant the tenant it belongs to; empty when there are none
         * @param parent the run whose step started it
         * @param parentStep that step's path; empty without a parent
         */
        public Origin(String tenant, Optional<RunId> parent, String parentStep) {
            this(tenant, parent, parentStep, Map.of());
        }
    }

    /**
     * An attempt began. Not durable: a crash makes it happen again.
     *
     * @param at when
     * @param step the step's path
     * @param attempt 1 for the first
     */
    record StepStarted(long at, String step, int attempt) implements OfStep {
        @Override
        public boolean isDurable() {
            return false;
        }
    }

    /**
     * A step told how far it is. Not durable.
     *
     * @param at when
     * @param step the step's path
     * @param done units done
     * @param total units in all, or 0 when unknown
     * @param message a few words for people; may be empty
     */
    record StepProgressed(long at, String step, long done, long total, String message) implements OfStep {
        @Override
        public boolean isDurable() {
            return false;
        }
    }

    /**
     * A step told a piece of its result. Not durable.
     *
     * @param at when
     * @param step the step's path
     * @param data a JSON value
     */
    record StepStreamed(long at, String step, @Nullable Object data) implements OfStep {
        @Override
        public boolean isDurable() {
            return false;
        }
    }

    /**
     * A step waits without holding a thread.
     *
     * @param at when it began to wait
     * @param step the step's path
     * @param reason for what
     * @param subject the signal's name, the child run's id, or the roles that may approve; empty for time
     * @param until when the waiting ends at the latest; 0 for never
     */
    record StepWaiting(long at, String step, Reason reason, String subject, long until) implements OfStep {
        /** What a step waits for. */
        public enum Reason {
            /** For time to pass. */
            TIMER,
            /** For a signal. */
            SIGNAL,
            /** For a person's decision. */
            APPROVAL,
            /** For a child run to end. */
            CHILD
        }
    }

    /**
     * An attempt failed and another, or the fallback, follows.
     *
     * @param at when
     * @param step the step's path
     * @param attempt the attempt, 1-based; 0 when the step failed before its first
     * @param startedAt when the attempt began
     * @param failure what it ended with
     * @param retryAt when what follows is due
     */
    record AttemptFailed(long at, String step, int attempt, long startedAt, Failure failure, long retryAt)
            implements OfStep {}

    /**
     * A step succeeded; its body is never entered again.
     *
     * @param at when
     * @param step the step's path
     * @param attempt the attempt that succeeded, 1-based
     * @param startedAt when that attempt began
     * @param output a JSON value or a {@link JavaValue}
     */
    record StepSucceeded(
            long at,
            String step,
            int attempt,
            long startedAt,
            @Nullable Object output) implements OfStep {}

    /**
     * A step failed for good.
     *
     * @param at when
     * @param step the step's path
     * @param attempt the last attempt, 1-based; 0 when it failed before its first
     * @param startedAt when that attempt began
     * @param failure what it ended with
     */
    record StepFailed(long at, String step, int attempt, long startedAt, Failure failure) implements OfStep {}

    /**
     * A step will not run.
     *
     * @param at when that was decided
     * @param step the step's path
     */
    record StepSkipped(long at, String step) implements OfStep {}

    /**
     * A step was stopped under way.
     *
     * @param at when
     * @param step the step's path
     * @param attempt the attempt that was stopped, 1-based; 0 when none had begun
     */
    record StepCancelled(long at, String step, int attempt) implements OfStep {}

    /**
     * A block or a child run took longer than it may; the steps in it are being stopped, and how the step itself ends
     * follows when they have.
     *
     * @param at when
     * @param step the step's path
     * @param failure {@link Failure#TIMEOUT}
     */
    record StepStopping(long at, String step, Failure failure) implements OfStep {}

    /**
     * A step was taken back, or could not be.
     *
     * @param at when
     * @param step the step's path
     * @param failure why it could not be taken back; empty when it was
     */
    record StepCompensated(long at, String step, Optional<Failure> failure) implements OfStep {}

    /**
     * A step told listeners something.
     *
     * @param at when
     * @param step the step's path
     * @param event the event's name
     * @param data a JSON value
     */
    record Emitted(
            long at, String step, String event, @Nullable Object data) implements OfStep {}

    /**
     * A signal reached the run.
     *
     * @param at when
     * @param signal its name
     * @param payload a JSON value
     */
    record SignalReceived(long at, String signal, @Nullable Object payload) implements JournalEntry {}

    /**
     * A person decided.
     *
     * @param at when
     * @param step the step's path
     * @param approved the decision
     * @param by who decided
     * @param form what the person filled in
     */
    record ApprovalDecided(long at, String step, boolean approved, String by, Map<String, Object> form)
            implements OfStep {}

    /**
     * The run starts no more attempts until it is resumed.
     *
     * @param at when
     */
    record RunPaused(long at) implements JournalEntry {}

    /**
     * The run goes on.
     *
     * @param at when
     */
    record RunResumed(long at) implements JournalEntry {}

    /**
     * The run is being stopped from outside or by its time-out.
     *
     * @param at when
     * @param failure {@link Failure#CANCELLED} or {@link Failure#TIMEOUT}, with the reason as its message
     */
    record RunStopping(long at, Failure failure) implements JournalEntry {}

    /**
     * Undo steps begin.
     *
     * @param at when
     * @param failure why
     */
    record RunCompensating(long at, Failure failure) implements JournalEntry {}

    /**
     * The run ended.
     *
     * @param at when
     * @param status a terminal status
     * @param output a JSON value or a {@link JavaValue}; null unless it succeeded
     * @param failure why it did not succeed; empty when it did
     */
    record RunEnded(long at, RunStatus status, @Nullable Object output, Optional<Failure> failure)
            implements JournalEntry {}
}
