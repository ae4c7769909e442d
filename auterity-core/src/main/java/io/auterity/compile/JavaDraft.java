package io.auterity.compile;

import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import io.auterity.plan.Compute;
import java.util.ArrayList;
import java.util.List;

/** Java code of the host program; an argument that is one whole value arrives as the object it is. */
final class JavaDraft implements KindDraft {

    private final KindSetting setting;
    private final StepKind.Java kind;
    private final List<TemplateDraft> inputs = new ArrayList<>();

    JavaDraft(KindSetting setting, StepKind.Java kind) {
        this.setting = setting;
        this.kind = kind;
        Place place = setting.place().at("java").at("inputs");
        for (Template input : kind.inputs()) {
            Place at = place.at(Integer.toString(inputs.size()));
            inputs.add(TemplateDraft.of(setting.compilation(), setting.view(), at, input));
        }
    }

    @Override
    public void link() {
        inputs.forEach(TemplateDraft::link);
    }

    /** The path under which a host program registers the code: the blocks of a {@code try} share one name space. */
    private String function() {
        return setting.path().replace(".catch/", "/").replace(".finally/", "/");
    }

    @Override
    public Type check() {
        if (!setting.compilation().claimFunction(function())) {
            setting.problem(
                    Code.DUPLICATE_STEP,
                    "another Java step has the path '" + function() + "'",
                    "give one of the two another name");
        }
        inputs.forEach(TemplateDraft::required);
        return setting.compilation().schemas().type(setting.place().at("java").at("output"), kind.output());
    }

    @Override
    public Body body() {
        List<Compute> arguments = new ArrayList<>(inputs.size());
        for (TemplateDraft input : inputs) {
            arguments.add(input.computeStored());
        }
        return new Body.Code(setting.compilation().links().function(function()), arguments);
    }
}
