package io.auterity.expression;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether values of one type can be handed to another.
 *
 * <p>Only certain mismatches are reported. A plain string handed to an enumeration, or a field that may be missing
 * handed to a required one, may be right, and is left to the check at run time; a value that may be null or absent
 * where that is not allowed is certain, because the author can say what to use instead.
 */
final class Assignability {
    private static final int MAX_DEPTH = 32;

    /** The pairs of recursive types that are compared already; inside themselves they are taken to fit. */
    private final Set<Pair> open = new HashSet<>();

    private record Pair(Type source, Type target) {}

    private Assignability() {}

    static Optional<Type.Mismatch> mismatch(Type source, Type target) {
        return new Assignability().mismatch(source, target, "", 0);
    }

    private static boolean isRecursive(Type type) {
        return type instanceof Type.Reference
                || type instanceof Type.UnionType union
                        && union.parts().stream().anyMatch(Type.Reference.class::isInstance);
    }

    private Optional<Type.Mismatch> mismatch(Type source, Type target, String path, int depth) {
        if (source instanceof Type.Any || target instanceof Type.Any || depth > MAX_DEPTH || source.equals(target)) {
            return Optional.empty();
        }
        if (isRecursive(source) && isRecursive(target) && !open.add(new Pair(source, target))) {
            return Optional.empty();
        }
        if (source instanceof Type.OptionalType) {
            if (target instanceof Type.OptionalType) {
                return mismatch(((Type.OptionalType) source).value(), target, path, depth);
            }
            return Optional.of(new Type.Mismatch(path, "may be absent, but " + article(target) + " is required"));
        }
        List<Type> targets = target.alternatives();
        for (Type alternative : source.alternatives()) {
            Optional<Type.Mismatch> first = Optional.empty();
            boolean fits = false;
            for (Type wanted : targets) {
                Optional<Type.Mismatch> mismatch = atom(alternative, wanted, path, depth);
                fits |= mismatch.isEmpty();
                if (first.isEmpty() || isDeeper(mismatch, first)) {
                    first = mismatch;
                }
            }
            if (!fits) {
                return targets.size() == 1 || isDeeper(first, Optional.of(new Type.Mismatch(path, "")))
                        ? first
                        : Optional.of(new Type.Mismatch(path, article(alternative) + " does not fit " + target));
            }
        }
        return Optional.empty();
    }

    private static boolean isDeeper(Optional<Type.Mismatch> one, Optional<Type.Mismatch> other) {
        return one.isPresent()
                && other.isPresent()
                && one.get().path().length() > other.get().path().length();
    }

    private Optional<Type.Mismatch> atom(Type source, Type target, String path, int depth) {
        if (source instanceof Type.Any || target instanceof Type.Any) {
            return Optional.empty();
        }
        if (source instanceof Type.Scalar one && target instanceof Type.Scalar two) {
            return scalar(one, two, path);
        }
        if (source instanceof Type.ListType one && target instanceof Type.ListType two) {
            return mismatch(one.element(), two.element(), path + "[]", depth + 1);
        }
        if (isMap(source) && isMap(target)) {
            return map(source, target, path, depth);
        }
        return wrong(source, target, path);
    }

    private static boolean isMap(Type type) {
        return type instanceof Type.MapType || type instanceof Type.ObjectType;
    }

    private static Optional<Type.Mismatch> wrong(Type source, Type target, String path) {
        return Optional.of(new Type.Mismatch(path, article(source) + " does not fit " + target));
    }

    private static Optional<Type.Mismatch> scalar(Type.Scalar source, Type.Scalar target, String path) {
        if (source.kind() != target.kind()) {
            if (source.kind() == Kind.INTEGER && target.kind() == Kind.NUMBER) {
                return constants(source, target, path);
            }
            if (source.kind() == Kind.NUMBER && target.kind() == Kind.INTEGER && isIntegral(source)) {
                return constants(source, target, path);
            }
            if (source.kind() == Kind.STRING && target.kind().isTemporal()) {
                return source.constants().stream().allMatch(text -> Times.isText(target.kind(), (String) text))
                        ? Optional.empty()
                        : wrong(source, target, path);
            }
            if (source.kind() == Kind.STRING && target.kind() == Kind.TYPE) {
                return Optional.empty();
            }
            boolean text = target.kind() == Kind.STRING && target.constants().isEmpty();
            return text && (source.kind().isTemporal() || source.kind() == Kind.TYPE)
                    ? Optional.empty()
                    : wrong(source, target, path);
        }
        return constants(source, target, path);
    }

    private static boolean isIntegral(Type.Scalar source) {
        return !source.constants().isEmpty()
                && source.constants().stream().allMatch(value -> ((Number) value).doubleValue() % 1 == 0);
    }

    private static Optional<Type.Mismatch> constants(Type.Scalar source, Type.Scalar target, String path) {
        if (source.constants().isEmpty() || target.constants().isEmpty()) {
            return Optional.empty();
        }
        for (Object constant : source.constants()) {
            if (target.constants().stream().noneMatch(wanted -> Equality.areEqual(constant, wanted))) {
                String closest = constant instanceof String text
                        ? Closest.of(text, target.constants())
                                .map(name -> " (closest: '" + name + "')")
                                .orElse("")
                        : "";
                String shown = constant instanceof String ? "'" + constant + "'" : String.valueOf(constant);
                return Optional.of(new Type.Mismatch(path, shown + " is not one of " + target + closest));
            }
        }
        return Optional.empty();
    }

    private Optional<Type.Mismatch> map(Type source, Type target, String path, int depth) {
        if (target instanceof Type.MapType map) {
            return values(source, map.value(), path, depth);
        }
        Type.ObjectType wanted = (Type.ObjectType) target;
        for (Map.Entry<String, Type> field : wanted.fields().entrySet()) {
            String name = field.getKey();
            Optional<Type> found = fieldOf(source, name);
            if (found.isEmpty()) {
                if (wanted.required().contains(name)) {
                    return Optional.of(new Type.Mismatch(join(path, name), "is required, but missing"));
                }
                continue;
            }
            Optional<Type.Mismatch> mismatch = mismatch(found.get(), field.getValue(), join(path, name), depth + 1);
            if (mismatch.isPresent()) {
                return mismatch;
            }
        }
        return extras(source, wanted, path, depth);
    }

    private Optional<Type.Mismatch> extras(Type source, Type.ObjectType wanted, String path, int depth) {
        if (!(source instanceof Type.ObjectType object) || wanted.extra() == Type.Extra.UNSTATED) {
            return Optional.empty();
        }
        for (Map.Entry<String, Type> field : object.fields().entrySet()) {
            String name = field.getKey();
            if (wanted.fields().containsKey(name)) {
                continue;
            }
            if (wanted.extra() == Type.Extra.FORBIDDEN) {
                String closest = Closest.of(name, wanted.fields().keySet())
                        .map(known -> " (closest: '" + known + "')")
                        .orElse("");
                return Optional.of(new Type.Mismatch(join(path, name), "is not a known field" + closest));
            }
            Optional<Type.Mismatch> mismatch =
                    mismatch(field.getValue(), wanted.extraType(), join(path, name), depth + 1);
            if (mismatch.isPresent()) {
                return mismatch;
            }
        }
        return Optional.empty();
    }

    private Optional<Type.Mismatch> values(Type source, Type wanted, String path, int depth) {
        if (source instanceof Type.MapType map) {
            return mismatch(map.value(), wanted, path + "{}", depth + 1);
        }
        for (Map.Entry<String, Type> field : ((Type.ObjectType) source).fields().entrySet()) {
            Optional<Type.Mismatch> mismatch =
                    mismatch(field.getValue(), wanted, join(path, field.getKey()), depth + 1);
            if (mismatch.isPresent()) {
                return mismatch;
            }
        }
        return Optional.empty();
    }

    private static Optional<Type> fieldOf(Type source, String name) {
        if (source instanceof Type.MapType map) {
            return Optional.of(map.value());
        }
        Type.ObjectType object = (Type.ObjectType) source;
        Type field = object.fields().get(name);
        if (field != null) {
            return Optional.of(field);
        }
        return object.extra() == Type.Extra.TYPED ? Optional.of(object.extraType()) : Optional.empty();
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String article(Type type) {
        String text = type.toString();
        char first = text.charAt(0);
        if (!Character.isLetter(first)) {
            return text; // a constant
        }
        return ("aeio".indexOf(first) >= 0 ? "an " : "a ") + text;
    }
}
