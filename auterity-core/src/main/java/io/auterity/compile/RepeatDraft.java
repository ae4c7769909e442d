package io.auterity.compile;

import io.auterity.compile.BlockDraft.Role;
import io.auterity.compile.View.Moment;
import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A repetition: it can end, and its conditions are decided where they can be. */
final class RepeatDraft implements KindDraft {

    private static final int MOST = 1_000_000;

    private final KindSetting setting;
    private final StepKind.Repeat kind;
    private final BlockDraft block;
    private final @Nullable Condition until;
    private final @Nullable Condition whileCondition;

    RepeatDraft(KindSetting setting, StepKind.Repeat kind) {
        this.setting = setting;
        this.kind = kind;
        this.block = setting.block(Role.REPEAT, setting.place().at("repeat"), kind.body(), null);
        this.until = condition("until", kind.until(), Moment.AFTER);
        this.whileCondition = condition("while", kind.whileCondition(), Moment.BEFORE);
    }

    private @Nullable Condition condition(String key, Optional<String> source, Moment moment) {
        View view = new View(block, null, moment, false);
        return source.map(text -> new Condition(
                        setting.compilation(),
                        view,
                        setting.place().at("repeat").at(key),
                        text))
                .orElse(null);
    }

    @Override
    public void link() {
        if (whileCondition != null) {
            whileCondition.link();
        }
        if (until != null) {
            until.link();
        }
        block.link();
    }

    @Override
    public Type check() {
        checkEnd();
        if (whileCondition != null) {
            whileCondition.check();
            if (whileCondition.isConstantly(false)) {
                setting.problem(
                        Code.UNREACHABLE, "repeat", "the block never runs: 'while' is always false", "remove the step");
            }
        }
        Type type = block.check();
        if (until != null) {
            until.check();
            if (until.isConstantly(false)) {
                setting.problem(
                        Code.REPEAT,
                        "repeat",
                        "the repetition never ends well: 'until' is always false",
                        "mend 'until'");
            }
        }
        return whileCondition == null ? type : Type.union(type, Type.NULL);
    }

    private void checkEnd() {
        if (until == null && whileCondition == null) {
            setting.problem(
                    Code.REPEAT,
                    "repeat",
                    "repeat has neither 'until' nor 'while', so that it could only end by exceeding 'max'",
                    "add 'until', an expression that holds when it is done");
        }
        if (kind.max() < 1 || kind.max() > MOST) {
            setting.problem(
                    Code.REPEAT,
                    "repeat",
                    "max is " + kind.max() + ", but must be 1 to " + MOST,
                    "write a number in that range");
        }
        if (kind.delay().isNegative()) {
            setting.problem(Code.REPEAT, "repeat", "the delay is negative", "write a duration of 0s or more");
        }
    }

    @Override
    public boolean alwaysFails() {
        return whileCondition == null && block.alwaysFails();
    }

    @Override
    public Body body() {
        return new Body.Repeat(
                block.graph(),
                until == null ? null : until.compute(),
                whileCondition == null ? null : whileCondition.compute(),
                kind.max(),
                kind.delay());
    }
}
