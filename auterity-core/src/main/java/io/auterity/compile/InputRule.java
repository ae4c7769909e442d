package io.auterity.compile;

import io.auterity.definition.Closest;
import io.auterity.expression.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is passed to an operation or a workflow fits its input schema, as far as can be told before a run. */
final class InputRule {

    /** Of shorter names any is close to any. */
    private static final int SHORTEST_MISTYPED = 3;

    private final Compilation compilation;
    private final String receiver;
    /** Whether the receiver can read nothing by name but what its schema names, so that a name close to one is mistyped. */
    private final boolean isWorkflow;

    private Map<String, Object> root = Map.of();
    private boolean insideConstant;

    private InputRule(Compilation compilation, String receiver, boolean isWorkflow) {
        this.compilation = compilation;
        this.receiver = receiver;
        this.isWorkflow = isWorkflow;
    }

    static InputRule ofOperation(Compilation compilation, String name) {
        return new InputRule(compilation, "operation '" + name + "'", false);
    }

    static InputRule ofWorkflow(Compilation compilation, String id) {
        return new InputRule(compilation, "workflow '" + id + "'", true);
    }

    /**
     * Checks the inputs; unlike elsewhere, one that is not required may be absent and is then left out.
     *
     * @param with the object of the inputs
     * @param wanted the type of the schema
     * @param schema the schema, which says more of constants than its type does
     */
    void check(TemplateDraft with, Type wanted, Map<String, Object> schema) {
        root = schema;
        match(with, new Wanted(wanted, schema, ""), false);
    }

    /** What is wanted at one place of the input: the type, the part of the schema if it is known, and the path. */
    private record Wanted(Type type, @Nullable Map<?, ?> schema, String path) {

        Wanted field(String name, Type type) {
            Object properties = schema == null ? null : schema.get("properties");
            Object field = properties instanceof Map<?, ?> map ? map.get(name) : null;
            Object own = field == null && schema != null ? schema.get("additionalProperties") : field;
            return new Wanted(type, own instanceof Map<?, ?> map ? map : null, join(path, name));
        }

        Wanted item(Type type) {
            Object items = schema == null ? null : schema.get("items");
            return new Wanted(type, items instanceof Map<?, ?> map ? map : null, path + "[]");
        }
    }

    private void match(TemplateDraft draft, Wanted wanted, boolean mayBeAbsent) {
        if (!(draft instanceof TemplateDraft.Fixed fixed) || insideConstant) {
            if (wanted.schema() != null
                    && !insideConstant
                    && wanted.schema().get("contentMediaType") instanceof String language) {
                refuseComputed(draft, wanted.path(), language);
            }
            walk(draft, wanted, mayBeAbsent);
            return;
        }
        int before = compilation.problems().size();
        insideConstant = true;
        walk(draft, wanted, mayBeAbsent);
        insideConstant = false;
        Map<?, ?> schema = wanted.schema();
        if (schema != null && compilation.problems().size() == before) {
            for (String problem : compilation.schemas().constants().problems(root, schema, fixed.value())) {
                int colon = problem.indexOf(": ");
                String deeper = problem.substring(1, colon).replace('/', '.');
                wrong(draft, join(wanted.path(), deeper), problem.substring(colon + 2), wanted.type());
            }
        }
    }

    private void walk(TemplateDraft draft, Wanted wanted, boolean mayBeAbsent) {
        Type type = wanted.type();
        Map<String, TemplateDraft> fields = draft.objectFields();
        Type.ObjectType object = only(type, Type.ObjectType.class);
        Type.MapType map = only(type, Type.MapType.class);
        List<TemplateDraft> items = draft.listItems();
        Type.ListType list = only(type, Type.ListType.class);
        if (fields != null && object != null) {
            fields(draft, fields, object, wanted);
        } else if (fields != null && (map != null || type instanceof Type.Any)) {
            Type value = map == null ? Type.ANY : map.value();
            fields.forEach((name, field) -> match(field, wanted.field(name, value), true));
        } else if (items != null && list != null) {
            items.forEach(item -> match(item, wanted.item(list.element()), false));
        } else {
            leaf(draft, wanted, mayBeAbsent);
        }
    }

    private void fields(TemplateDraft draft, Map<String, TemplateDraft> fields, Type.ObjectType object, Wanted wanted) {
        fields.forEach((name, field) -> {
            Type known = object.fields().get(name);
            boolean isUnknown = known == null
                    && (object.extra() == Type.Extra.FORBIDDEN
                            || object.extra() == Type.Extra.UNSTATED && isMistyped(name, fields, object, wanted));
            if (isUnknown) {
                field.check();
                compilation
                        .problems()
                        .add(
                                Code.UNKNOWN_INPUT,
                                field.place(),
                                receiver + " has no input '" + join(wanted.path(), name) + "'",
                                compilation.suggestion(
                                        name, () -> object.fields().keySet()));
            } else {
                Type type = known != null ? known : object.extraType();
                match(field, wanted.field(name, type), !object.required().contains(name));
            }
        });
        for (Map.Entry<String, Type> field : object.fields().entrySet()) {
            String name = field.getKey();
            if (object.required().contains(name) && !fields.containsKey(name)) {
                compilation
                        .problems()
                        .add(
                                Code.MISSING_INPUT,
                                draft.place(),
                                receiver + " needs input '" + join(wanted.path(), name) + "'",
                                "add '" + name + "': " + field.getValue());
            }
        }
    }

    /** Whether a name that may be passed on, but not be read, is close to one that may be read and is not passed on. */
    private boolean isMistyped(String name, Map<String, TemplateDraft> given, Type.ObjectType object, Wanted wanted) {
        return isWorkflow
                && wanted.path().isEmpty()
                && name.length() >= SHORTEST_MISTYPED
                && Closest.to(name, object.fields().keySet())
                        .filter(close -> !given.containsKey(close))
                        .isPresent();
    }

    private void leaf(TemplateDraft draft, Wanted wanted, boolean mayBeAbsent) {
        Type type = draft.check();
        if (type instanceof Type.OptionalType optional) {
            if (!mayBeAbsent) {
                draft.reportAbsent();
                return;
            }
            type = optional.value();
        }
        if (draft.isBroken()) {
            return;
        }
        Optional<Type.Mismatch> mismatch = type.mismatchWith(wanted.type());
        mismatch.ifPresent(m -> wrong(draft, join(wanted.path(), m.path()), m.reason(), wanted.type()));
    }

    private void wrong(TemplateDraft draft, String path, String reason, Type wanted) {
        compilation
                .problems()
                .add(
                        Code.WRONG_INPUT,
                        draft.place(),
                        "input '" + path + "' of " + receiver + ": " + reason,
                        "pass a value that fits: " + wanted);
    }

    /** A program put together from values is how injections come about. */
    private void refuseComputed(TemplateDraft draft, String path, String language) {
        compilation
                .problems()
                .add(
                        Code.WRITTEN_OUT,
                        draft.place(),
                        "input '" + path + "' of " + receiver + " is " + language
                                + " and must be written out, without ${{ }}",
                        "write the text as it is, and pass values as parameters");
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
    }

    private static <T extends Type> @Nullable T only(Type type, Class<T> wanted) {
        T found = null;
        for (Type alternative : type.alternatives()) {
            if (wanted.isInstance(alternative)) {
                found = wanted.cast(alternative);
            }
        }
        return found;
    }
}
