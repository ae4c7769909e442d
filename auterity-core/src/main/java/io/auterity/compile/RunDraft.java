package io.auterity.compile;

import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A run of another workflow: it exists, it does not lead back here, and its input fits. */
final class RunDraft implements KindDraft {

    private final KindSetting setting;
    private final String workflow;
    private final TemplateDraft with;

    RunDraft(KindSetting setting, StepKind.Run kind) {
        this.setting = setting;
        this.workflow = kind.workflow();
        this.with = setting.inputs(kind.with());
    }

    @Override
    public void link() {
        with.link();
    }

    @Override
    public Type check() {
        Compilation compilation = setting.compilation();
        compilation.addCall(workflow);
        if (RecursionRule.leadsBack(setting, workflow)) {
            with.check();
            return Type.ANY;
        }
        @Nullable Signature signature = compilation.world().workflow(workflow);
        if (signature == null) {
            with.check();
            setting.problem(
                    Code.UNKNOWN_WORKFLOW,
                    "run",
                    "runs workflow '" + workflow + "', which is not defined",
                    compilation.suggestion(workflow, this::others));
            return Type.ANY;
        }
        InputRule.ofWorkflow(compilation, workflow)
                .check(
                        with,
                        compilation.schemas().input(workflow, signature),
                        compilation.schemas().given(workflow, signature.input()));
        return signature.output();
    }

    private Collection<String> others() {
        Set<String> names = new LinkedHashSet<>(
                setting.compilation().world().workflowNames().get());
        names.remove(setting.compilation().definition().id());
        return names;
    }

    @Override
    public Body body() {
        return new Body.Child(workflow, with.compute());
    }
}
