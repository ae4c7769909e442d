package io.auterity;

import io.auterity.definition.Failure;
import io.auterity.journal.JavaValue;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.StepCancelled;
import io.auterity.journal.JournalEntry.StepCompensated;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepSkipped;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.StepStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the journal knows of a step.
 *
 * @param step the step's path, as in {@code each[3]/greet}
 * @param status its state
 * @param attempts attempts that have ended, or all when it has settled
 * @param startedAt when the last attempt began; empty when none has
 * @param endedAt when it settled; empty when it has not
 * @param result what it ended with
 */
public record StepRecord(
        String step,
        StepStatus status,
        int attempts,
        Optional<Instant> startedAt,
        Optional<Instant> endedAt,
        Result result) {

    /**
     * What a step ended with.
     *
     * @param output a JSON value; null when there is none
     * @param failure the failure of the step or of its last attempt; empty when there is none
     */
    public record Result(@Nullable Object output, Optional<Failure> failure) {
        private static final Result NONE = new Result(null, Optional.empty());
    }

    /**
     * Puts the entries of a run together.
     *
     * @param entries all entries, in order
     * @return records by step path, in the order in which steps were first heard of
     */
    public static Map<String, StepRecord> of(List<JournalEntry> entries) {
        Map<String, StepRecord> steps = new LinkedHashMap<>();
        for (JournalEntry entry : entries) {
            if (entry instanceof OfStep ofStep) {
                steps.compute(ofStep.step(), (path, before) -> after(ofStep, before));
            }
        }
        return steps;
    }

    private static StepRecord after(OfStep entry, @Nullable StepRecord before) {
        if (entry instanceof StepSucceeded done) {
            Result result = new Result(JavaValue.jsonOf(done.output()), Optional.empty());
            return ended(entry, StepStatus.SUCCEEDED, done.attempt(), done.startedAt(), result);
        }
        if (entry instanceof StepFailed failed) {
            Result result = new Result(null, Optional.of(failed.failure()));
            return ended(entry, StepStatus.FAILED, failed.attempt(), failed.startedAt(), result);
        }
        if (entry instanceof AttemptFailed failed) {
            return new StepRecord(
                    failed.step(),
                    StepStatus.WAITING,
                    failed.attempt(),
                    instant(failed.startedAt()),
                    Optional.empty(),
                    new Result(null, Optional.of(failed.failure())));
        }
        if (entry instanceof StepSkipped) {
            return ended(entry, StepStatus.SKIPPED, 0, 0, Result.NONE);
        }
        StepRecord known = before == null
                ? new StepRecord(entry.step(), StepStatus.PENDING, 0, Optional.empty(), Optional.empty(), Result.NONE)
                : before;
        if (entry instanceof StepCancelled cancelled) {
            return new StepRecord(
                    entry.step(),
                    StepStatus.CANCELLED,
                    cancelled.attempt(),
                    known.startedAt,
                    instant(entry.at()),
                    known.result);
        }
        if (entry instanceof StepWaiting) {
            return known.as(StepStatus.WAITING, instant(entry.at()));
        }
        if (entry
                instanceof StepCompensated undone) { // the undo may have waited; what it could not take back stays done
            boolean isUndone = undone.failure().isEmpty();
            return known.as(isUndone ? StepStatus.COMPENSATED : StepStatus.SUCCEEDED, known.startedAt);
        }
        return known;
    }

    private static StepRecord ended(OfStep entry, StepStatus status, int attempts, long startedAt, Result result) {
        return new StepRecord(entry.step(), status, attempts, instant(startedAt), instant(entry.at()), result);
    }

    private StepRecord as(StepStatus newStatus, Optional<Instant> newStartedAt) {
        return new StepRecord(step, newStatus, attempts, newStartedAt, endedAt, result);
    }

    private static Optional<Instant> instant(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
