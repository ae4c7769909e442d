package io.auterity.connector.jdbc;

import io.auterity.definition.Json;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunStatus;
import io.auterity.journal.Write;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one batch changes in the row of one run, all its writes together: parts of one statement do not see each other's
 * changes, so a run appears in at most one of them.
 */
final class Change {

    /** The number that stands in the database for a run that takes back what had succeeded, and has not ended. */
    static final int COMPENSATING = 6;

    final RunId run;
    final long id;

    @Nullable
    RunStarted start;

    @Nullable
    RunEnded end;

    /** For how long it is parked, in milliseconds; negative when it is not. */
    long park = -1;

    /** How many messages leave its inbox. */
    int taken;

    /** Whether a run that it waits for has ended. */
    boolean woken;

    /** Whether it begins to take back what had succeeded. */
    boolean compensates;

    Change(RunId run, long id) {
        this.run = run;
        this.id = id;
    }

    void add(Write write) {
        if (write.starts()) {
            start = (RunStarted) write.entries().get(0);
        }
        write.end().ifPresent(last -> end = last);
        compensates |= write.compensates();
        taken += write.taken().size();
        write.park().ifPresent(time -> park = Math.max(0, time.toMillis()));
    }

    /** Whether the row changes in another way than by starting or by ending. */
    boolean isOther() {
        return end == null && (park >= 0 || taken > 0 || woken || compensates);
    }

    boolean isPlainStart() {
        return start != null && end == null && !isOther();
    }

    RunStarted started() {
        if (start == null) {
            throw new IllegalStateException("run '" + run + "' does not start here");
        }
        return start;
    }

    RunEnded ended() {
        if (end == null) {
            throw new IllegalStateException("run '" + run + "' does not end here");
        }
        return end;
    }

    /** The number that comes to stand for its status; 0 if that does not change. */
    int status() {
        return end != null ? numberOf(end.status()) : compensates ? COMPENSATING : 0;
    }

    @Nullable
    String failure() {
        if (end == null || end.failure().isEmpty()) {
            return null;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("code", end.failure().get().code());
        fields.put("message", end.failure().get().message());
        fields.put("retryable", end.failure().get().retryable());
        // JSON escapes what a text column refuses: U+0000 and halves of surrogate pairs.
        return Json.write(fields);
    }

    /** The number that stands for an end in the database, for ever. */
    static int numberOf(RunStatus status) {
        return switch (status) {
            case SUCCEEDED -> 1;
            case FAILED -> 2;
            case CANCELLED -> 3;
            case COMPENSATED -> 4;
            case DEAD_LETTERED -> 5;
            case QUEUED, RUNNING, WAITING, COMPENSATING ->
                throw new IllegalArgumentException("no run ends " + status.text());
        };
    }

    static RunStatus statusOf(int number) {
        return switch (number) {
            case 1 -> RunStatus.SUCCEEDED;
            case 2 -> RunStatus.FAILED;
            case 3 -> RunStatus.CANCELLED;
            case 4 -> RunStatus.COMPENSATED;
            case 5 -> RunStatus.DEAD_LETTERED;
            default -> throw new IllegalArgumentException("no run ends with status " + number);
        };
    }
}
