package io.auterity.compile;

import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;

/** A wait for a signal. */
final class AwaitDraft implements KindDraft {

    private final KindSetting setting;
    private final StepKind.Await kind;

    AwaitDraft(KindSetting setting, StepKind.Await kind) {
        this.setting = setting;
        this.kind = kind;
    }

    @Override
    public void link() {
        // has no templates
    }

    @Override
    public Type check() {
        if (kind.signal().isBlank()) {
            setting.problem(Code.SETTING, "await", "the signal has no name", "write 'signal: <name>'");
        }
        Place place = setting.place().at("await");
        kind.within().ifPresent(within -> TimeoutRule.check(setting.compilation(), place, "within", within));
        return setting.compilation().schemas().type(place.at("schema"), kind.schema());
    }

    @Override
    public Body body() {
        return new Body.Await(kind.signal(), kind.within(), kind.schema());
    }
}
