package io.auterity.compile;

import io.auterity.compile.BlockDraft.Role;
import io.auterity.compile.StepDraft.Fate;
import io.auterity.definition.Block;
import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A race: at least two branches, which do not wait for each other. */
final class RaceDraft implements KindDraft {

    private final KindSetting setting;
    private final BlockDraft branches;

    RaceDraft(KindSetting setting, StepKind.Race kind) {
        this.setting = setting;
        Block block = new Block(kind.branches(), Optional.empty());
        this.branches = setting.block(Role.RACE, setting.place().at("race"), block, null);
    }

    @Override
    public void link() {
        branches.link();
    }

    @Override
    public Type check() {
        branches.check();
        List<StepDraft> steps = branches.steps();
        if (steps.size() < 2) {
            setting.problem(
                    Code.RACE,
                    "race",
                    steps.isEmpty() ? "the race has no branches" : "the race has only one branch",
                    steps.isEmpty() ? "add two branches or more" : "add a branch, or write the step without 'race'");
            return Type.ANY;
        }
        List<Type> outputs = new ArrayList<>();
        for (StepDraft step : steps) {
            outputs.add(step.output());
        }
        return Type.object()
                .field("winner", Type.enumeration(branches.names()))
                .field("output", Type.union(outputs))
                .build();
    }

    @Override
    public boolean alwaysFails() {
        return branches.steps().stream().allMatch(step -> step.fate() != Fate.OPEN);
    }

    @Override
    public Body body() {
        return new Body.Race(branches.graph());
    }
}
