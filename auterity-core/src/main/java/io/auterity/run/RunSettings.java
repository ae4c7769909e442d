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
 * @param limits how much it may ask for
 */
public record RunSettings(RunId id, @Nullable Object input, Origin origin, Limits limits) {

    /**
     * How much one run may ask for.
     *
     * @param maxParallelSteps the most attempts under way at a time
     * @param maxLoopItems the most items of all its loops together
     * @param maxEntries the most entries on its record before it has to end
     * @param maxRecordBytes the most bytes that the payloads of those entries have as JSON before it has to end
     */
    public record Limits(int maxParallelSteps, int maxLoopItems, int maxEntries, long maxRecordBytes) {

        /** 10,000 attempts at a time, 200,000 items, 1,000,000 entries, 50 MiB. */
        public static final Limits DEFAULT = new Limits(10_000, 200_000, 1_000_000, 50L * 1024 * 1024);

        /** Checks that the limits are positive. */
        public Limits {
            atLeastOne("maxParallelSteps", maxParallelSteps);
            atLeastOne("maxLoopItems", maxLoopItems);
            atLeastOne("maxEntries", maxEntries);
            atLeastOne("maxRecordBytes", maxRecordBytes);
        }

        private static void atLeastOne(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be 1 or more, not " + value);
            }
        }

        /**
         * Returns a copy with another number of attempts.
         *
         * @param attempts the most attempts under way at a time
         * @return the copy
         */
        public Limits withMaxParallelSteps(int attempts) {
            return new Limits(attempts, maxLoopItems, maxEntries, maxRecordBytes);
        }

        /**
         * Returns a copy with another number of items.
         *
         * @param items the most items of all loops together
         * @return the copy
         */
        public Limits withMaxLoopItems(int items) {
            return new Limits(maxParallelSteps, items, maxEntries, maxRecordBytes);
        }

        /**
         * Returns a copy with another number of entries.
         *
         * @param entries the most entries on the record
         * @return the copy
         */
        public Limits withMaxEntries(int entries) {
            return new Limits(maxParallelSteps, maxLoopItems, entries, maxRecordBytes);
        }

        /**
         * Returns a copy with another size of the record.
         *
         * @param bytes the most bytes that the payloads on the record have as JSON
         * @return the copy
         */
        public Limits withMaxRecordBytes(long bytes) {
            return new Limits(maxParallelSteps, maxLoopItems, maxEntries, bytes);
        }
    }
}
