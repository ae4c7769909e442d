package io.auterity.compile;

import io.auterity.expression.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is passed to an operation or a workflow fits its input schema, as far as can be told before a run. */
final class InputRule {

    private final Compilation compilation;
    private final String receiver;

    /** Makes the rule for one receiver, as in {@code operation 'http.request'}. */
    InputRule(Compilation compilation, String receiver) {
        this.compilation = compilation;
        this.receiver = receiver;
    }

    /** Checks the inputs; unlike elsewhere, one that is not required may be absent and is then left out. */
    void check(TemplateDraft with, Type wanted) {
        match(with, wanted, "", false);
    }

    private void match(TemplateDraft draft, Type wanted, String path, boolean mayBeAbsent) {
        Map<String, TemplateDraft> fields = draft.objectFields();
        Type.ObjectType object = objectIn(wanted);
        if (fields != null && object != null) {
            fields(draft, fields, object, path);
            return;
        }
        Type.MapType map = mapIn(wanted);
        if (fields != null && (map != null || wanted instanceof Type.Any)) {
            Type value = map == null ? Type.ANY : map.value();
            fields.forEach((name, field) -> match(field, value, join(path, name), true));
            return;
        }
        List<TemplateDraft> items = draft.listItems();
        Type.ListType list = listIn(wanted);
        if (items != null && list != null) {
            for (TemplateDraft item : items) {
                match(item, list.element(), path + "[]", false);
            }
            return;
        }
        leaf(draft, wanted, path, mayBeAbsent);
    }

    private void fields(
            TemplateDraft draft, Map<String, TemplateDraft> fields, Type.ObjectType wanted, String path) {
        fields.forEach((name, field) -> {
            Type known = wanted.fields().get(name);
            if (known == null && wanted.extra() == Type.Extra.FORBIDDEN) {
                field.check();
                compilation.problems()
                        .add(
                                Code.UNKNOWN_INPUT,
                                field.place(),
                                receiver + " has no input '" + join(path, name) + "'",
                                compilation.suggestion(name, wanted.fields().keySet()));
            } else {
                Type type = known != null ? known : wanted.extraType();
                match(field, type, join(path, name), !wanted.required().contains(name));
            }
        });
        for (Map.Entry<String, Type> field : wanted.fields().entrySet()) {
            String name = field.getKey();
            if (wanted.required().contains(name) && !fields.containsKey(name)) {
                compilation.problems()
                        .add(
                                Code.MISSING_INPUT,
                                draft.place(),
                                receiver + " needs input '" + join(path, name) + "'",
                                "add '" + name + "', " + article(field.getValue()));
            }
        }
    }

    private void leaf(TemplateDraft draft, Type wanted, String path, boolean mayBeAbsent) {
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
        Optional<Type.Mismatch> mismatch = type.mismatchWith(wanted);
        if (mismatch.isPresent()) {
            String deeper = mismatch.get().path();
            compilation.problems()
                    .add(
                            Code.WRONG_INPUT,
                            draft.place(),
                            "input '" + (deeper.isEmpty() ? path : join(path, deeper)) + "' of " + receiver + ": "
                                    + mismatch.get().reason(),
                            "pass " + article(wanted));
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String article(Type type) {
        String text = type.toString();
        return ("aeio".indexOf(text.charAt(0)) >= 0 ? "an " : "a ") + text;
    }

    private static Type.@Nullable ObjectType objectIn(Type type) {
        return only(type, Type.ObjectType.class);
    }

    private static Type.@Nullable MapType mapIn(Type type) {
        return only(type, Type.MapType.class);
    }

    private static Type.@Nullable ListType listIn(Type type) {
        return only(type, Type.ListType.class);
    }

    private static <T extends Type> @Nullable T only(Type type, Class<T> wanted) {
        List<T> found = new ArrayList<>(1);
        for (Type alternative : type.alternatives()) {
            if (wanted.isInstance(alternative)) {
                found.add(wanted.cast(alternative));
            }
        }
        return found.size() == 1 ? found.get(0) : null;
    }
}
