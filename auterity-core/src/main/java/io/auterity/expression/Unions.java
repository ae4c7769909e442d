package io.auterity.expression;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds unions in normal form: at most one scalar of each kind, one list and one map or object, and then references.
 *
 * <p>Merging weakens: constants are joined, an object keeps the fields of both sides and requires what both require. So
 * a union admits at least the values of its parts, and never leads to a wrong complaint. References stay as they are
 * until somebody asks for the alternatives, because a recursive schema would otherwise be expanded for ever.
 */
final class Unions {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_CONSTANTS = 1_000;

    private final EnumMap<Kind, Type.Scalar> scalars = new EnumMap<>(Kind.class);
    private final Set<Type.Reference> references = new LinkedHashSet<>(0);
    private final int depth;
    private final boolean expand;
    private @Nullable Type list;
    private @Nullable Type map;
    private boolean any;
    private boolean optional;

    private Unions(int depth, boolean expand) {
        this.depth = depth;
        this.expand = expand;
    }

    static Type of(Collection<Type> types) {
        return of(types, 0);
    }

    /** The alternatives of a union or reference, with every reference replaced by what it stands for. */
    static List<Type> expanded(Type type) {
        Unions union = new Unions(0, true);
        union.add(type);
        Type expanded = union.build();
        return expanded instanceof Type.UnionType parts ? parts.alternatives() : List.of(expanded);
    }

    private static Type of(Collection<Type> types, int depth) {
        if (types.size() == 1) {
            return types.iterator().next();
        }
        if (types.isEmpty() || depth > MAX_DEPTH) {
            return Type.ANY;
        }
        if (areEqual(types)) {
            return types.iterator().next();
        }
        Unions union = new Unions(depth, false);
        for (Type type : types) {
            union.add(type);
        }
        return union.build();
    }

    private static boolean areEqual(Collection<Type> types) {
        Type first = types.iterator().next();
        for (Type type : types) {
            if (type != first && !type.equals(first)) {
                return false;
            }
        }
        return true;
    }

    private Type merge(Type left, Type right) {
        return left.equals(right) ? left : of(List.of(left, right), depth + 1);
    }

    private void add(Type type) {
        if (type instanceof Type.OptionalType value) {
            optional = true;
            add(value.value());
        } else if (type instanceof Type.Any) {
            any = true;
        } else if (type instanceof Type.Scalar scalar) {
            Type.Scalar known = scalars.get(scalar.kind());
            scalars.put(scalar.kind(), known == null ? scalar : mergeScalars(known, scalar));
        } else if (type instanceof Type.ListType other) {
            list = list == null ? other : new Type.ListType(merge(((Type.ListType) list).element(), other.element()));
        } else if (type instanceof Type.UnionType union) {
            for (Type part : union.parts()) {
                add(part);
            }
        } else if (type instanceof Type.Reference reference) {
            if (references.add(reference) && expand) {
                add(reference.resolve());
            }
        } else {
            map = map == null ? type : mergeMaps(map, type);
        }
    }

    private static Type.Scalar mergeScalars(Type.Scalar left, Type.Scalar right) {
        if (left.constants().isEmpty() || right.constants().isEmpty()) {
            return (Type.Scalar) Type.Scalar.of(left.kind());
        }
        Set<Object> constants = new LinkedHashSet<>(left.constants());
        constants.addAll(right.constants());
        return new Type.Scalar(left.kind(), constants.size() > MAX_CONSTANTS ? Set.of() : constants);
    }

    private Type mergeMaps(Type left, Type right) {
        if (left instanceof Type.MapType one && right instanceof Type.MapType two) {
            return new Type.MapType(merge(one.value(), two.value()));
        }
        Type.ObjectType one = asObject(left);
        Type.ObjectType two = asObject(right);
        Map<String, Type> fields = new LinkedHashMap<>();
        one.fields().forEach((name, type) -> fields.put(name, two.fields().containsKey(name) ? type : also(type, two)));
        two.fields().forEach((name, type) -> {
            Type known = one.fields().get(name);
            fields.put(name, known == null ? also(type, one) : merge(known, type));
        });
        Set<String> required = new HashSet<>(one.required());
        required.retainAll(two.required());
        return extras(one, two, fields, required);
    }

    /** The type of a field that the other side does not name but may have. */
    private Type also(Type type, Type.ObjectType other) {
        return other.extra() == Type.Extra.TYPED ? merge(type, other.extraType()) : type;
    }

    private Type extras(Type.ObjectType one, Type.ObjectType two, Map<String, Type> fields, Set<String> required) {
        boolean typedOne = one.extra() == Type.Extra.TYPED;
        boolean typedTwo = two.extra() == Type.Extra.TYPED;
        if (typedOne || typedTwo) {
            Type extra = typedOne && typedTwo ? merge(one.extraType(), two.extraType()) : Type.ANY;
            return new Type.ObjectType(fields, required, Type.Extra.TYPED, extra);
        }
        Type.Extra extra = one.extra() == two.extra() ? one.extra() : Type.Extra.UNSTATED;
        return new Type.ObjectType(fields, required, extra, Type.ANY);
    }

    private static Type.ObjectType asObject(Type type) {
        return type instanceof Type.ObjectType object
                ? object
                : new Type.ObjectType(Map.of(), Set.of(), Type.Extra.TYPED, ((Type.MapType) type).value());
    }

    private Type build() {
        Type result = any ? Type.ANY : unionOfParts();
        return optional ? Type.optional(result) : result;
    }

    private Type unionOfParts() {
        Type.Scalar integer = scalars.get(Kind.INTEGER);
        Type.Scalar number = scalars.get(Kind.NUMBER);
        if (integer != null && number != null) {
            scalars.remove(Kind.INTEGER);
            scalars.put(Kind.NUMBER, mergeScalars(number, integer));
        }
        Type.Scalar nothing = scalars.remove(Kind.NULL);
        List<Type> parts = new ArrayList<>(scalars.values());
        if (list != null) {
            parts.add(list);
        }
        if (map != null) {
            parts.add(map);
        }
        if (!expand) {
            parts.addAll(references);
        }
        if (nothing != null) {
            parts.add(nothing);
        }
        if (parts.isEmpty()) {
            // A reference that stands for nothing but itself.
            return Type.ANY;
        }
        return parts.size() == 1 ? parts.get(0) : new Type.UnionType(parts);
    }
}
