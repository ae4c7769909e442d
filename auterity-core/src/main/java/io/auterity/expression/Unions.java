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
 * Builds unions in normal form: at most one scalar of each kind, one list, one map or object.
 *
 * <p>Merging weakens: constants are joined, an object keeps the fields of both sides and requires what both require. So
 * a union admits at least the values of its parts, and never leads to a wrong complaint.
 */
final class Unions {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_CONSTANTS = 1_000;

    private final EnumMap<Kind, Type.Scalar> scalars = new EnumMap<>(Kind.class);
    private final int depth;
    private @Nullable Type list;
    private @Nullable Type map;
    private boolean any;
    private boolean optional;

    private Unions(int depth) {
        this.depth = depth;
    }

    static Type of(Collection<Type> types) {
        return of(types, 0);
    }

    private static Type of(Collection<Type> types, int depth) {
        if (types.size() == 1) {
            return types.iterator().next();
        }
        if (types.isEmpty() || depth > MAX_DEPTH) {
            return Type.ANY;
        }
        Type first = types.iterator().next();
        if (types.stream().allMatch(first::equals)) {
            return first;
        }
        Unions union = new Unions(depth);
        types.forEach(union::add);
        return union.build();
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
            scalars.merge(scalar.kind(), scalar, Unions::mergeScalars);
        } else if (type instanceof Type.ListType other) {
            list = list == null ? other : new Type.ListType(merge(((Type.ListType) list).element(), other.element()));
        } else if (type instanceof Type.UnionType union) {
            union.alternatives().forEach(this::add);
        } else if (type instanceof Type.Reference reference) {
            add(reference.resolve());
        } else {
            map = map == null ? type : mergeMaps(map, type);
        }
    }

    private static Type.Scalar mergeScalars(Type.Scalar left, Type.Scalar right) {
        if (left.constants().isEmpty() || right.constants().isEmpty()) {
            return new Type.Scalar(left.kind(), Set.of());
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
        Map<String, Type> fields = new LinkedHashMap<>(one.fields());
        two.fields().forEach((name, type) -> fields.merge(name, type, this::merge));
        Set<String> required = new HashSet<>(one.required());
        required.retainAll(two.required());
        return extras(one, two, fields, required);
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
        List<Type> alternatives = new ArrayList<>();
        Type.Scalar nothing = scalars.remove(Kind.NULL);
        alternatives.addAll(scalars.values());
        if (list != null) {
            alternatives.add(list);
        }
        if (map != null) {
            alternatives.add(map);
        }
        if (nothing != null) {
            alternatives.add(nothing);
        }
        return alternatives.size() == 1 ? alternatives.get(0) : new Type.UnionType(alternatives);
    }
}
