package io.auterity.compile;

import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;

/** A deliberate failure: its code can be matched by a retry, its message is a text. */
final class FailDraft implements KindDraft {

    private final KindSetting setting;
    private final String code;
    private final TemplateDraft message;

    FailDraft(KindSetting setting, StepKind.Fail kind) {
        this.setting = setting;
        this.code = kind.code();
        this.message = setting.template("fail", kind.message());
    }

    @Override
    public void link() {
        message.link();
    }

    @Override
    public Type check() {
        if (code.isBlank()) {
            setting.problem(Code.SETTING, "fail", "the failure has no code", "remove 'code', or write a short word");
        }
        Type type = message.required();
        if (!message.isBroken() && !type.isAssignableTo(Type.STRING)) {
            setting.problem(
                    Code.TYPE,
                    "fail",
                    "the message must be a text, but this is " + type,
                    "write string(...) around it");
        }
        return Type.ANY;
    }

    @Override
    public boolean alwaysFails() {
        return true;
    }

    @Override
    public Body body() {
        return new Body.Fail(code, message.compute());
    }
}
