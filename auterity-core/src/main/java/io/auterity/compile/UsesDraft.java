package io.auterity.compile;

import io.auterity.connector.Operation;
import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import org.jspecify.annotations.Nullable;

/** A call of an operation: it exists, and its input fits. */
final class UsesDraft implements KindDraft {

    private final KindSetting setting;
    private final String operation;
    private final Operation.@Nullable Description description;
    private final TemplateDraft with;

    UsesDraft(KindSetting setting, StepKind.Uses uses) {
        this.setting = setting;
        this.operation = uses.operation();
        this.description = setting.compilation().world().operation(operation);
        boolean takesSecrets = description == null || !description.recordsInput();
        this.with = takesSecrets ? setting.secretInputs(uses.with()) : setting.inputs(uses.with());
    }

    @Override
    public void link() {
        with.link();
    }

    @Override
    public Type check() {
        World world = setting.compilation().world();
        if (description == null) {
            with.check();
            setting.problem(
                    Code.UNKNOWN_OPERATION,
                    "uses operation '" + operation + "', which no connector has",
                    setting.compilation().suggestion(operation, world.operationNames()));
            return Type.ANY;
        }
        Type input = setting.compilation().schemas().input(operation, description);
        InputRule.ofOperation(setting.compilation(), operation).check(with, input, description.input());
        if (operation.equals(CoreRunRule.OPERATION)) {
            CoreRunRule.check(setting, with);
        }
        return setting.compilation().schemas().output(operation, description);
    }

    @Override
    public Body body() {
        return new Body.Call(setting.compilation().links().operation(operation), with.compute());
    }
}
