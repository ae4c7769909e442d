package io.auterity.compile;

import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;

/** A computed value: its type is that of the template. */
final class ValueDraft implements KindDraft {

    private final TemplateDraft value;

    ValueDraft(KindSetting setting, StepKind.Value kind) {
        this.value = setting.template("value", kind.template());
    }

    @Override
    public void link() {
        value.link();
    }

    @Override
    public Type check() {
        return value.required();
    }

    @Override
    public Body body() {
        return new Body.Value(value.compute());
    }
}
