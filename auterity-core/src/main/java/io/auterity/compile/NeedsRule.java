package io.auterity.compile;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Every name in {@code needs} is a step of the same block, another one. */
final class NeedsRule {

    private NeedsRule() {}

    static void check(Compilation compilation, StepDraft step) {
        for (String name : step.step().order().needs()) {
            StepDraft other = step.block().step(name);
            if (other == null) {
                unknown(compilation, step, name);
            } else if (step.block().role() == BlockDraft.Role.RACE) {
                compilation
                        .problems()
                        .add(
                                Code.RACE,
                                step.place().at("needs"),
                                "the branches of a race start together, so that none can need '" + name + "'",
                                "remove 'needs'");
            } else {
                step.addNeed(other.number());
            }
        }
    }

    private static void unknown(Compilation compilation, StepDraft step, String name) {
        boolean outside = Lookup.find(new View(step.block(), step, View.Moment.RUN, false), name) != null;
        compilation
                .problems()
                .add(
                        Code.UNKNOWN_STEP,
                        step.place().at("needs"),
                        outside
                                ? "step '" + name + "' is not in this block, but in one around it"
                                : "step '" + name + "' is not defined",
                        outside
                                ? "move it to the 'needs' of the enclosing step"
                                : compilation.suggestion(name, () -> others(step)));
    }

    private static Collection<String> others(StepDraft step) {
        Set<String> names = new LinkedHashSet<>(step.block().names());
        names.remove(step.name());
        return names;
    }
}
