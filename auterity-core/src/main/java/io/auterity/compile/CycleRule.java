package io.auterity.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** The edges of a block form no cycle. */
final class CycleRule {

    private static final int MOST_SHOWN = 20;
    private static final List<String> NUMBERS =
            List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

    private CycleRule() {}

    /** Returns an order in which edges point forward; what is on or behind a cycle, which is reported, comes last. */
    static int[] order(Compilation compilation, BlockDraft block) {
        int[][] successors = successors(block);
        int[] order = topological(successors);
        if (order.length < block.steps().size()) {
            for (int[] cycle : Cycles.find(successors)) {
                report(compilation, block, cycle);
            }
            return withRest(order, block.steps().size());
        }
        return order;
    }

    private static int[][] successors(BlockDraft block) {
        List<StepDraft> steps = block.steps();
        int[] counts = new int[steps.size()];
        for (StepDraft step : steps) {
            for (int before : step.predecessors()) {
                counts[before]++;
            }
        }
        int[][] successors = new int[steps.size()][];
        for (int i = 0; i < counts.length; i++) {
            successors[i] = new int[counts[i]];
        }
        for (int i = counts.length - 1; i >= 0; i--) {
            for (int before : steps.get(i).predecessors()) {
                successors[before][--counts[before]] = i;
            }
        }
        return successors;
    }

    /** Returns the nodes in an order in which edges point forward; what is on or behind a cycle is left out. */
    static int[] topological(int[][] successors) {
        int size = successors.length;
        int[] waiting = new int[size];
        for (int[] row : successors) {
            for (int after : row) {
                waiting[after]++;
            }
        }
        int[] order = new int[size];
        int end = 0;
        for (int i = 0; i < size; i++) {
            if (waiting[i] == 0) {
                order[end++] = i;
            }
        }
        for (int next = 0; next < end; next++) {
            for (int after : successors[order[next]]) {
                if (--waiting[after] == 0) {
                    order[end++] = after;
                }
            }
        }
        return Arrays.copyOf(order, end);
    }

    private static int[] withRest(int[] order, int size) {
        boolean[] placed = new boolean[size];
        for (int step : order) {
            placed[step] = true;
        }
        int[] all = Arrays.copyOf(order, size);
        int end = order.length;
        for (int i = 0; i < size; i++) {
            if (!placed[i]) {
                all[end++] = i;
            }
        }
        return all;
    }

    private static void report(Compilation compilation, BlockDraft block, int[] cycle) {
        if (cycle.length == 1) {
            compilation
                    .problems()
                    .add(
                            Code.CYCLE,
                            block.step(cycle[0]).place(),
                            "the step waits for itself: "
                                    + path(cycle, place -> block.step(place).name()),
                            "remove what it reads of itself, or its own name from 'needs'");
            return;
        }
        String count = cycle.length < NUMBERS.size() ? NUMBERS.get(cycle.length) : Integer.toString(cycle.length);
        compilation
                .problems()
                .add(
                        Code.CYCLE,
                        block.place(),
                        "steps form a cycle: "
                                + path(cycle, place -> block.step(place).name()),
                        "remove one of these " + count + " edges");
    }

    /** Writes a cycle with the names of its nodes, and the middle of a long one as a number. */
    static String path(int[] cycle, IntFunction<String> name) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < cycle.length; i++) {
            if (cycle.length > MOST_SHOWN && i == MOST_SHOWN / 2) {
                i = cycle.length - MOST_SHOWN / 2;
                names.add("(" + (cycle.length - MOST_SHOWN) + " more)");
            }
            names.add(name.apply(cycle[i]));
        }
        names.add(name.apply(cycle[0]));
        return String.join(" -> ", names);
    }
}
