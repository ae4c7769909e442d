package io.auterity.compile;

import io.auterity.compile.StepDraft.Fate;

/**
 * What the join of a step makes of its predecessors: whether it may be skipped, and whether it can run at all.
 *
 * <p>A step can never run when its condition is always false, or when its join waits for the success of a step that
 * always fails. Only the first step of such a chain is reported.
 */
final class Reachability {

    private Reachability() {}

    static boolean maySkip(StepDraft step) {
        int[] before = step.predecessors();
        BlockDraft block = step.block();
        return switch (step.join()) {
            case ALL_DONE -> false;
            case ALL_SUCCESS -> {
                boolean any = false;
                for (int other : before) {
                    any |= block.step(other).maySkip();
                }
                yield any;
            }
            case NONE_FAILED -> false;
            case ANY_SUCCESS -> {
                boolean all = before.length > 0;
                for (int other : before) {
                    all &= block.step(other).maySkip();
                }
                yield all;
            }
        };
    }

    static Fate byPredecessors(Compilation compilation, StepDraft step) {
        int skipped = 0;
        StepDraft failing = null;
        for (int other : step.predecessors()) {
            StepDraft one = step.block().step(other);
            if (one.fate() == Fate.NEVER_RUNS) {
                skipped++;
            } else if (one.fate() == Fate.ALWAYS_FAILS && !one.continues() && failing == null) {
                failing = one;
            }
        }
        boolean allSkipped = skipped > 0 && skipped == step.predecessors().length;
        boolean never = switch (step.join()) {
            case ALL_SUCCESS -> skipped > 0 || failing != null;
            case ANY_SUCCESS -> allSkipped || failing != null;
            case NONE_FAILED -> failing != null;
            case ALL_DONE -> false;
        };
        if (never && failing != null && skipped == 0) {
            compilation
                    .problems()
                    .add(
                            Code.UNREACHABLE,
                            step.place(),
                            "the step never runs: it waits for step '" + failing.name() + "', which always fails",
                            "add 'join: all-done', or give '" + failing.name() + "' a condition");
        }
        return never ? Fate.NEVER_RUNS : Fate.OPEN;
    }
}
