package io.auterity.compile;

import io.auterity.compile.BlockDraft.Role;
import io.auterity.definition.StepKind;
import io.auterity.definition.StepKind.ForEach.ItemErrors;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import java.util.List;

/** A loop over items: they are a list, and its variable has a name of its own. */
final class ForEachDraft implements KindDraft {

    private static final String OF_OBJECT =
            "read a list; x.transformList(key, value, {'key': key, 'value': value}) makes one of an object x";

    private final KindSetting setting;
    private final StepKind.ForEach kind;
    private final TemplateDraft items;
    private final BlockDraft block;

    ForEachDraft(KindSetting setting, StepKind.ForEach kind) {
        this.setting = setting;
        this.kind = kind;
        this.items = setting.template("forEach", kind.items());
        this.block = setting.block(Role.LOOP, setting.place(), kind.body(), kind.as());
    }

    @Override
    public void link() {
        items.link();
        block.link();
    }

    @Override
    public Type check() {
        VariableNameRule.loop(setting, kind.as());
        int most = setting.compilation().limits().maxConcurrency();
        if (kind.concurrency() < 1 || kind.concurrency() > most) {
            setting.problem(
                    Code.LIMIT,
                    "concurrency",
                    "concurrency is " + kind.concurrency() + ", but must be 1 to " + most + " (maxConcurrency)",
                    "write a number from 1 to " + most);
        }
        block.variableType(itemType(items.required()));
        Type element = block.check();
        if (kind.onItemError() == ItemErrors.COLLECT) {
            element = Type.union(
                    element, Type.object().field("error", Names.errorType()).build());
        }
        return Type.list(element);
    }

    private Type itemType(Type type) {
        if (items.isBroken() || type instanceof Type.Any) {
            return Type.ANY;
        }
        if (items instanceof TemplateDraft.Fixed fixed && fixed.value() instanceof List<?> list && list.isEmpty()) {
            setting.problem(
                    Code.UNREACHABLE, "forEach", "the list is always empty", "remove the step, or mend the list");
            return Type.ANY;
        }
        List<Type> alternatives = type.alternatives();
        if (alternatives.size() == 1 && alternatives.get(0) instanceof Type.ListType list) {
            return list.element();
        }
        boolean nullable = type.isNullable() && alternatives.size() == 2;
        setting.problem(
                Code.LIST,
                "forEach",
                "forEach needs a list, but this is " + type,
                nullable ? "write coalesce(..., []) around it" : isObject(alternatives) ? OF_OBJECT : "read a list");
        return Type.ANY;
    }

    private static boolean isObject(List<Type> alternatives) {
        return alternatives.stream().allMatch(type -> type instanceof Type.ObjectType || type instanceof Type.MapType);
    }

    @Override
    public Body body() {
        return new Body.ForEach(items.computeStored(), block.graph(), kind.concurrency(), kind.onItemError());
    }
}
