package io.auterity.random;

import io.auterity.definition.Order.Join;
import io.auterity.definition.Step;
import io.auterity.random.Formulas.Formula;
import io.auterity.random.Frame.Outcome;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** A step of a random workflow, as its definition and as the reference runs it. */
record StepModel(Step step, Set<String> before, Work work, Shape shape, boolean maySkip) {

    /** What the step does; throws {@link ArithmeticException} or {@link Failed} where it fails. */
    interface Work {

        /** Returns the output; null if the step is skipped. */
        @Nullable
        Object run(Frame frame);
    }

    /** The failure of a step. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed() {
            super("failed", null, false, false);
        }
    }

    /** What an output looks like, and how a formula makes an integer of it. */
    enum Shape {
        NUMBER("", "7"),
        LIST(".sum()", "[7]"),
        RACE(".output", "{\"output\": 7}");

        private final String selection;
        private final String otherwise;

        Shape(String selection, String otherwise) {
            this.selection = selection;
            this.otherwise = otherwise;
        }
    }

    boolean continues() {
        return step.policy().onError() instanceof io.auterity.definition.Policy.OnError.Continue;
    }

    /** How another step of the block reads this one: with a default unless the output is certainly there. */
    Formula read(Join join, int predecessors) {
        boolean certain = !continues()
                && switch (join) {
                    case ALL_SUCCESS -> true;
                    case ANY_SUCCESS -> predecessors == 1 || !maySkip;
                    case NONE_FAILED -> !maySkip;
                    case ALL_DONE -> false;
                };
        return read(certain);
    }

    /** How the block's output reads this step. */
    Formula readAfterwards() {
        return read(!continues() && !maySkip);
    }

    private Formula read(boolean certain) {
        String name = step.name();
        String path = (name.contains("-") ? "steps['" + name + "']" : "steps." + name) + ".output";
        String text =
                certain ? path + shape.selection : "coalesce(" + path + ", " + shape.otherwise + ")" + shape.selection;
        ToLongFunction<Frame> value = frame -> {
            Object output = frame.value(name);
            if (output == null) {
                return 7;
            }
            if (output instanceof java.util.List<?> list) {
                return list.stream().mapToLong(item -> (Long) item).sum();
            }
            return output instanceof java.util.Map<?, ?> race ? (Long) race.get("output") : (Long) output;
        };
        return new Formula(text, Set.of(name), value);
    }

    Outcome run(Frame frame) {
        frame.begin(step.name(), step.order().join(), before);
        Outcome outcome = outcome(frame);
        frame.end(outcome);
        return outcome;
    }

    private Outcome outcome(Frame frame) {
        if (before.stream().map(frame::outcome).anyMatch(other -> other == Outcome.FATAL || other == Outcome.STOPPED)) {
            return Outcome.STOPPED;
        }
        if (!joins(frame)) {
            return Outcome.SKIPPED;
        }
        try {
            Object value = work.run(frame);
            return value == null ? Outcome.SKIPPED : Outcome.of(value);
        } catch (ArithmeticException | Failed e) {
            return continues() ? Outcome.FAILED : Outcome.FATAL;
        }
    }

    private boolean joins(Frame frame) {
        int succeeded = 0;
        int skipped = 0;
        int failed = 0;
        for (String name : before) {
            String status = frame.outcome(name).status();
            switch (status) {
                case "skipped" -> skipped++;
                case "failed" -> {
                    failed++;
                }
                default -> succeeded++;
            }
        }
        // A failed step that did not end the block has 'onError: continue' and counts as one that succeeded.
        return switch (step.order().join()) {
            case ALL_SUCCESS -> skipped == 0;
            case ANY_SUCCESS -> before.isEmpty() || succeeded + failed > 0;
            case NONE_FAILED, ALL_DONE -> true;
        };
    }
}
