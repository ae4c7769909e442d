package io.auterity.compile;

import io.auterity.definition.Order.Join;
import io.auterity.expression.Type;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says why the output of a step may be absent where it is read. */
final class Absence {

    private static final Pattern OUTPUT =
            Pattern.compile("steps(?:\\.([\\w-]+)|\\[['\"]([\\w-]+)['\"]\\])\\.(output|error)\\b");

    private Absence() {}

    /**
     * Returns the reason as a clause to append.
     *
     * @param text the text that names the step
     * @return the clause, or nothing when the text names no step that may be without output
     */
    static String because(View view, String text) {
        Matcher output = OUTPUT.matcher(text);
        if (!output.find()) {
            return "";
        }
        String name = output.group(1) != null ? output.group(1) : output.group(2);
        Lookup found = Lookup.find(view, name);
        if (found == null) {
            return "";
        }
        if (output.group(3).equals("error")) {
            return ", because step '" + name + "' need not have failed";
        }
        return found.outputType() instanceof Type.OptionalType ? ", because " + reason(found) : "";
    }

    private static String reason(Lookup found) {
        StepDraft step = found.step();
        StepDraft reader = found.from().reader();
        if (step.continues()) {
            return "step '" + step.name() + "' may fail and has 'onError: continue'";
        }
        if (step.maySkip()) {
            StepDraft root = origin(step);
            return root == step
                    ? "step '" + step.name() + "' has a condition"
                    : "step '" + step.name() + "' is skipped when '" + root.name() + "' is, which has a condition";
        }
        if (found.undoing()) {
            return "step '" + step.name() + "' need not have run when this is undone";
        }
        Join join = reader == null ? Join.ALL_SUCCESS : reader.join();
        return "the join '" + join.text() + "' lets this run when step '" + step.name() + "' did not succeed";
    }

    /** Finds the step with the condition that a skipped step is skipped for. */
    private static StepDraft origin(StepDraft skipped) {
        Set<StepDraft> seen = new HashSet<>(); // the steps may form a cycle, which is a problem of its own
        StepDraft step = skipped;
        while (step != null && !step.hasOpenCondition()) {
            step = seen.add(step) ? skippedBefore(step) : null;
        }
        return step == null ? skipped : step;
    }

    private static @Nullable StepDraft skippedBefore(StepDraft step) {
        for (int before : step.predecessors()) {
            StepDraft one = step.block().step(before);
            if (one.maySkip()) {
                return one;
            }
        }
        return null;
    }
}
