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
     */
    public record Rules(Map<String, Set<String>> before, Map<String, Integer> concurrency) {}

    /**
     * What must come of a run.
     *
     * @param succeeds whether the run succeeds; if not, the rest says nothing
     * @param output the workflow's output
     * @param statuses the last state of each step of the workflow's own block: succeeded, failed or skipped
     */
    public record Expected(boolean succeeds, @Nullable Object output, Map<String, String> statuses) {}

    @Override
    public String toString() {
        return "Sample[seed=" + seed + ", size=" + size + ", expected="
                + (expected.succeeds() ? expected.statuses() : "failure") + "]";
    }
}
