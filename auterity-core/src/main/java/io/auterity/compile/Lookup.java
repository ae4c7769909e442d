package io.auterity.compile;

import io.auterity.compile.View.Moment;
import io.auterity.definition.Order.Join;
import io.auterity.expression.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A step found by name from some view: the innermost block that has a step of that name wins.
 *
 * @param step the step
 * @param depth frames between the view and the step's block
 * @param from the view's counterpart in the step's block: the enclosing step that reads, and when
 * @param undoing whether an undo lies between, so that no edge is made
 */
record Lookup(StepDraft step, int depth, View from, boolean undoing) {

    static @Nullable Lookup find(View view, String name) {
        boolean undoing = false;
        int depth = 0;
        for (View at = view; at != null; at = at.block().around()) {
            undoing |= at.moment() == Moment.UNDO;
            StepDraft step = at.block().step(name);
            if (step != null) {
                return new Lookup(step, depth, at, undoing);
            }
            depth++;
        }
        return null;
    }

    /** Whether the step is the one that reads, taken back: its output is certainly there. */
    boolean isOwnUndo() {
        return from.moment() == Moment.UNDO && from.reader() == step;
    }

    /** The type of the step's output as seen from here: optional unless the reader only runs when it is there. */
    Type outputType() {
        return isCertain() ? step.output() : Type.optional(step.output());
    }

    private boolean isCertain() {
        if (isOwnUndo()) {
            return true;
        }
        StepDraft reader = from.reader();
        if (step.continues()) {
            return false;
        }
        if (reader == null) {
            return !step.maySkip();
        }
        int[] before = reader.predecessors();
        if (undoing && Arrays.binarySearch(before, step.number()) < 0) {
            return false;
        }
        Join join = reader.join();
        return switch (join) {
            case ALL_SUCCESS -> true;
            case ANY_SUCCESS -> before.length == 1 || !step.maySkip();
            case NONE_FAILED -> !step.maySkip();
            case ALL_DONE -> false;
        };
    }
}
