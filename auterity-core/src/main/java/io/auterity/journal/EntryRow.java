package io.auterity.journal;

import java.util.Arrays;
import java.util.Objects;

/**
 * An entry as stores keep it: what is asked for by column, and the rest as JSON.
 *
 * @param kind the number of the entry's kind and form, 1 or more; a number keeps its meaning for ever
 * @param at when it happened, in milliseconds since the epoch
 * @param step the step's path; empty for entries about the whole run
 * @param attempt the attempt, 1-based; 0 when the entry has none
 * @param startedAt when that attempt began, in milliseconds since the epoch; 0 when the entry does not say
 * @param payload the rest as JSON in UTF-8; empty when there is none; not to be changed
 */
public record EntryRow(int kind, long at, String step, int attempt, long startedAt, byte[] payload) {

    /** Checks that every part is there. */
    public EntryRow {
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(payload, "payload");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntryRow row
                && kind == row.kind
                && at == row.at
                && step.equals(row.step)
                && attempt == row.attempt
                && startedAt == row.startedAt
                && Arrays.equals(payload, row.payload);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, at, step, attempt, startedAt, Arrays.hashCode(payload));
    }

    @Override
    public String toString() {
        return "EntryRow[" + kind + ", " + at + ", '" + step + "', attempt " + attempt + ", " + startedAt + ", "
                + payload.length + " bytes]";
    }
}
