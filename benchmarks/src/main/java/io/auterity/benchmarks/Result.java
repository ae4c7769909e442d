package io.auterity.benchmarks;

import java.util.Map;

/** What a benchmark found out, as a line to print and as an object to write. */
public sealed interface Result permits Figure, Count {

    /** The names of the columns of {@link #line}. */
    String HEADER = "id, workload, ours, peer, ratio, unit, rounds";

    /**
     * Returns the line that is printed.
     *
     * @return the values of {@link #HEADER}, separated by a comma and a space
     */
    String line();

    /**
     * Returns what is written for programs to read.
     *
     * @return the values by the names of {@link #HEADER}, in their order; what there is no value of is left out
     */
    Map<String, Object> json();
}
