package io.auterity.compile;

import io.auterity.compile.BlockDraft.Role;
import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import org.jspecify.annotations.Nullable;

/** A try block with what it does after a failure and in any case. */
final class TryDraft implements KindDraft {

    private final KindSetting setting;
    private final BlockDraft block;
    private final @Nullable BlockDraft onError;
    private final @Nullable BlockDraft last;

    TryDraft(KindSetting setting, StepKind.Try kind) {
        this.setting = setting;
        this.block = setting.block(Role.TRY, setting.place().at("try"), kind.body(), null);
        this.onError = kind.onError()
                .map(body -> setting.block(Role.CATCH, setting.place().at("catch"), body, "error"))
                .orElse(null);
        this.last = kind.last()
                .map(body -> setting.block(Role.FINALLY, setting.place().at("finally"), body, null))
                .orElse(null);
    }

    @Override
    public void link() {
        block.link();
        if (onError != null) {
            onError.link();
        }
        if (last != null) {
            last.link();
        }
    }

    @Override
    public Type check() {
        Type type = block.check();
        if (onError != null) {
            onError.variableType(Names.errorType());
            Type mended = onError.check();
            type = block.alwaysFails() ? mended : Type.union(type, mended);
        }
        if (last != null) {
            last.check();
        }
        if (onError == null && last == null && !setting.isAlone()) {
            setting.problem(
                    Code.SETTING,
                    "try",
                    "the block has neither 'catch' nor 'finally'",
                    "add one, or write the steps without 'try'");
        }
        return type;
    }

    @Override
    public boolean alwaysFails() {
        boolean ends = block.alwaysFails() && (onError == null || onError.alwaysFails());
        return ends || (last != null && last.alwaysFails());
    }

    @Override
    public Body body() {
        return new Body.Try(
                block.graph(), onError == null ? null : onError.graph(), last == null ? null : last.graph());
    }
}
