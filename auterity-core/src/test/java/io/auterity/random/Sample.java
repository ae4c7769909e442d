package io.auterity.random;

import io.auterity.definition.Definition;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A random workflow, an input, and what must come out.
 *
 * @param seed makes the same sample again, with the size
 * @param size about how many steps were asked for
 * @param definition the workflow, its steps in random order
 * @param input the input of the run
 * @param rules what holds while it runs
 * @param expected what the sequential reference computed
 */
public record Sample(
        long seed, int size, Definition definition, Map<String, Object> input, Rules rules, Expected expected) {

    /**
     * What must hold at every moment of a run.
     *
     * @param before by step name, the steps of the same block that must settle before it starts
     * @param concurrency by name of a {@code forEach} step, how many of its items may be under way
     * @param continuing the names of the steps whose failure stops nothing
     */
    public record Rules(Map<String, Set<String>> before, Map<String, Integer> concurrency, Set<String> continuing) {}

    /**
     * What must come of a run.
     *
     * @param succeeds whether the run succeeds
     * @param output the workflow's output, if it does
     * @param ends how each step ends, by path, unless it is stopped; steps that depend on what was stopped in time are not
     *     among them
     */
    public record Expected(boolean succeeds, @Nullable Object output, Map<String, End> ends) {}

    /**
     * How a step ends.
     *
     * @param status succeeded, failed, skipped, or stopped for one that is never begun since one before it fails its block
     * @param output its output; null unless it succeeded
     */
    public record End(String status, @Nullable Object output) {}

    @Override
    public String toString() {
        return "Sample[seed=" + seed + ", size=" + size + ", succeeds=" + expected.succeeds() + "]";
    }
}
