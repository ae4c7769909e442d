package io.auterity.compile;

import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;

/** Something told to listeners. */
final class EmitDraft implements KindDraft {

    private final KindSetting setting;
    private final String event;
    private final TemplateDraft data;

    EmitDraft(KindSetting setting, StepKind.Emit kind) {
        this.setting = setting;
        this.event = kind.event();
        this.data = setting.template("emit", kind.data());
    }

    @Override
    public void link() {
        data.link();
    }

    @Override
    public Type check() {
        if (event.isBlank()) {
            setting.problem(Code.SETTING, "emit", "the event has no name", "write 'event: <name>'");
        }
        return data.required();
    }

    @Override
    public Body body() {
        return new Body.Emit(event, data.compute());
    }
}
