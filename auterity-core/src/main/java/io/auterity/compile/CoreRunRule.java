package io.auterity.compile;

import java.util.Collection;
import java.util.Map;

/**
 * A workflow that {@code core.run} names without an expression exists. Unlike that of a {@code run} step it may lead back
 * here, since whether it does may depend on the input; how deep it gets is counted when it runs.
 */
final class CoreRunRule {

    /** The operation. */
    static final String OPERATION = "core.run";

    private static final String WORKFLOW = "workflow";

    private CoreRunRule() {}

    /** Reports a workflow that is not there; one that an expression names is looked for when the step runs. */
    static void check(KindSetting setting, TemplateDraft with) {
        Map<String, TemplateDraft> fields = with.objectFields();
        if (!setting.compilation().world().isRecorded()
                && fields != null
                && fields.get(WORKFLOW) instanceof TemplateDraft.Fixed fixed
                && fixed.value() instanceof String workflow) {
            Compilation compilation = setting.compilation();
            Collection<String> known = compilation.world().workflowNames().get();
            if (!workflow.equals(compilation.definition().id()) && !known.contains(workflow)) {
                compilation
                        .problems()
                        .add(
                                Code.UNKNOWN_WORKFLOW,
                                fixed.place(),
                                "runs workflow '" + workflow + "', which is not defined",
                                compilation.suggestion(workflow, () -> known));
            }
        }
    }
}
