package io.auterity.benchmarks;

import java.util.List;
import java.util.function.Consumer;

/**
 * One benchmark of the command line: it measures ours and its peers, interleaved, and reports a figure for each pair.
 *
 * <p>To add one, implement this and name it in {@link Benchmarks#ALL}.
 */
public interface Bench {

    /**
     * Returns the word that selects this benchmark on the command line.
     *
     * @return the id, in lower case
     */
    String id();

    /**
     * Returns what is measured, for the list of benchmarks.
     *
     * @return one line without a full stop
     */
    String summary();

    /**
     * Measures and reports.
     *
     * @param effort how much to measure
     * @param arguments what followed the id and the common options on the command line
     * @param figures told each figure and each count as soon as it is known
     * @throws UsageException if the arguments make no sense
     * @throws Exception if a measurement fails, which ends the program
     */
    void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception;

    /**
     * How much to measure.
     *
     * @param rounds how often ours and each peer are measured in turn; medians are reported
     * @param isQuick whether the smallest sizes suffice, to see that the benchmark works
     */
    record Effort(int rounds, boolean isQuick) {

        /** What figures that are published take. */
        public static final Effort FULL = new Effort(7, false);

        /** Enough to see that a benchmark works; its figures mean little. */
        public static final Effort QUICK = new Effort(3, true);

        /** Checks that there is a median. */
        public Effort {
            if (rounds < 1) {
                throw new IllegalArgumentException("rounds is at least 1, not " + rounds);
            }
        }
    }
}
