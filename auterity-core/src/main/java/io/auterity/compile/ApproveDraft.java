package io.auterity.compile;

import io.auterity.definition.StepKind;
import io.auterity.definition.StepKind.Approve.Otherwise;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A person's decision: who, until when, and the form. */
final class ApproveDraft implements KindDraft {

    private final KindSetting setting;
    private final StepKind.Approve kind;
    private final Map<String, Object> form;

    ApproveDraft(KindSetting setting, StepKind.Approve kind) {
        this.setting = setting;
        this.kind = kind;
        this.form = formSchema(kind.form());
    }

    /** Makes an object schema of a form; what is no schema yet is taken for the properties of one. */
    private static Map<String, Object> formSchema(Map<String, Object> form) {
        boolean schema = form.isEmpty() || "object".equals(form.get("type")) || form.get("properties") instanceof Map;
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", "object");
        if (schema) {
            object.putAll(form);
        } else {
            object.put("properties", form);
        }
        return object;
    }

    @Override
    public void link() {
        // has no templates
    }

    @Override
    public Type check() {
        Place place = setting.place().at("approve");
        kind.within().ifPresent(within -> TimeoutRule.check(setting.compilation(), place, "within", within));
        if (kind.within().isEmpty() && kind.otherwise() != Otherwise.FAIL) {
            setting.problem(
                    Code.APPROVAL,
                    "approve",
                    "'else' says what happens when nobody decides in time, but there is no 'within'",
                    "add 'within: 24h', or remove 'else'");
        }
        List<String> blank = new ArrayList<>(kind.by());
        blank.removeIf(role -> !role.isBlank());
        if (!blank.isEmpty()) {
            setting.problem(Code.APPROVAL, "approve", "'by' has a role without a name", "remove it");
        }
        Type filled = setting.compilation().schemas().type(place.at("form"), form);
        return Type.object()
                .field("approved", Type.BOOLEAN)
                .field("by", Type.STRING)
                .field("at", Type.TIMESTAMP)
                .field("form", filled)
                .build();
    }

    @Override
    public Body body() {
        return new Body.Approve(kind.by(), kind.within(), form, kind.otherwise());
    }
}
