package io.auterity.run;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What distinguishes one run from another of the same plan.
 *
 * @param id the run's id
 * @param input its input: a JSON value or a {@link io.auterity.journal.JavaValue}
 * @param origin where it comes from
 * @param maxParallelSteps the most attempts under way at a time
 * @param maxLoopItems the most items of all its loops together
 * @param maxEntries the most entries on its record before it has to end
 */
public record RunSettings(
        RunId id, @Nullable Object input, Origin origin, int maxParallelSteps, int maxLoopItems, int maxEntries) {

    /** Attempts of one run under way at a time when no number is given. */
    public static final int DEFAULT_MAX_PARALLEL_STEPS = 10_000;

    /** Items of all loops of one run when no number is given. */
    public static final int DEFAULT_MAX_LOOP_ITEMS = 200_000;

    /** Entries on the record of one run when no number is given. */
    public static final int DEFAULT_MAX_ENTRIES = 1_000_000;
}
