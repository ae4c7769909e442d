package io.auterity.expression;

/**
 * Keeps the types that are put together from others small: what is larger is {@code any}.
 *
 * <p>A part may stand in a type many times over, as in {@code {'a': v, 'b': v}}, and costs no memory then; but whoever
 * compares types or looks for something in them walks each of its places. So a size counts them all.
 */
final class TypeSize {
    /** The most parts of a type; a constant of an enumeration is one as well. */
    static final int MAX_PARTS = 5_000;

    private static final int MAX_DEPTH = Equality.MAX_DEPTH;

    private int left = MAX_PARTS;

    private TypeSize() {}

    /** The type, or {@code any} in its place. */
    static Type limited(Type type) {
        if (type instanceof Type.OptionalType optional) {
            return Type.optional(limited(optional.value()));
        }
        return new TypeSize().holds(type, 0) ? type : Type.ANY;
    }

    private boolean holds(Type type, int depth) {
        if (--left < 0 || depth > MAX_DEPTH) {
            return false;
        }
        if (type instanceof Type.Scalar scalar) {
            left -= scalar.constants().size();
            return left >= 0;
        }
        if (type instanceof Type.ListType list) {
            return holds(list.element(), depth + 1);
        }
        if (type instanceof Type.MapType map) {
            return holds(map.value(), depth + 1);
        }
        if (type instanceof Type.OptionalType optional) {
            return holds(optional.value(), depth + 1);
        }
        if (type instanceof Type.ObjectType object) {
            return holdsAll(object.fields().values(), depth) && holds(object.extraType(), depth + 1);
        }
        return !(type instanceof Type.UnionType union) || holdsAll(union.parts(), depth);
    }

    private boolean holdsAll(Iterable<Type> types, int depth) {
        for (Type type : types) {
            if (!holds(type, depth + 1)) {
                return false;
            }
        }
        return true;
    }
}
