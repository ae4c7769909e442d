package io.auterity.compile;

import io.auterity.expression.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is passed to an operation or a workflow fits its input schema, as far as can be told before a run. */
final class InputRule {

    private final Compilation compilation;
    private final String receiver;
    private Map<String, Object> root = Map.of();
    private boolean insideConstant;

    /** Makes the rule for one receiver, as in {@code operation 'http.request'}. */
    InputRule(Compilation compilation, String receiver) {
        this.compilation = compilation;
        this.receiver = receiver;
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
            if (known == null && object.extra() == Type.Extra.FORBIDDEN) {
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
