package io.auterity.compile;

import io.auterity.definition.StepKind;
import io.auterity.definition.StepKind.Switch.Case;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import io.auterity.plan.Compute;
import io.auterity.plan.ComputeException;
import io.auterity.plan.Scope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first case that holds: one must, and each can be reached. */
final class SwitchDraft implements KindDraft {

    /** The failure of a switch that no case holds for; only a gradual type can bring it about. */
    static final String NO_CASE = "no-case";

    private final KindSetting setting;
    private final List<CaseDraft> cases = new ArrayList<>();

    private record CaseDraft(Place place, @Nullable Condition condition, TemplateDraft value) {}

    SwitchDraft(KindSetting setting, StepKind.Switch kind) {
        this.setting = setting;
        Place place = setting.place().at("switch");
        for (Case one : kind.cases()) {
            Place at = place.at(Integer.toString(cases.size()));
            Condition condition = one.condition()
                    .map(source -> new Condition(setting.compilation(), setting.view(), at.at("if"), source))
                    .orElse(null);
            TemplateDraft value = TemplateDraft.of(setting.compilation(), setting.view(), at.at("value"), one.value());
            cases.add(new CaseDraft(at, condition, value));
        }
    }

    @Override
    public void link() {
        for (CaseDraft one : cases) {
            if (one.condition() != null) {
                one.condition().link();
            }
            one.value().link();
        }
    }

    @Override
    public Type check() {
        List<Type> types = new ArrayList<>();
        List<Condition> conditions = new ArrayList<>();
        boolean decided = false;
        for (CaseDraft one : cases) {
            Condition condition = one.condition();
            if (condition != null) {
                condition.check();
                conditions.add(condition);
            }
            types.add(one.value().required());
            boolean never = condition != null && condition.isConstantly(false);
            if (decided || never) {
                setting.compilation()
                        .problems()
                        .add(
                                Code.UNREACHABLE,
                                one.place(),
                                never
                                        ? "the case never holds"
                                        : "the case is never reached: one before it always holds",
                                "remove the case");
            }
            decided |= condition == null || condition.isConstantly(true);
        }
        if (!decided && !Exhaustion.isExhaustive(conditions)) {
            setting.problem(
                    Code.SWITCH,
                    "switch",
                    cases.isEmpty() ? "the switch has no cases" : "no case may hold, and there is no 'else'",
                    "add '- {else: true, value: ...}' as the last case");
        }
        return types.isEmpty() ? Type.ANY : Type.union(types);
    }

    @Override
    public Body body() {
        Compute[] conditions = new Compute[cases.size()];
        Compute[] values = new Compute[cases.size()];
        for (int i = 0; i < conditions.length; i++) {
            Condition condition = cases.get(i).condition();
            conditions[i] = condition == null ? Compute.constant(true) : condition.compute();
            values[i] = cases.get(i).value().compute();
        }
        return new Body.Value(new FirstCase(setting.place(), conditions, values));
    }

    /** Tries the cases in order. */
    private record FirstCase(Place place, Compute[] conditions, Compute[] values) implements Compute {
        @Override
        public @Nullable Object apply(Scope scope) {
            for (int i = 0; i < conditions.length; i++) {
                if (Boolean.TRUE.equals(conditions[i].apply(scope))) {
                    return values[i].apply(scope);
                }
            }
            throw new ComputeException(NO_CASE, place + ": no case of the switch holds");
        }
    }
}
