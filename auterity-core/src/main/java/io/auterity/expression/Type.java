package io.auterity.expression;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The static type of a value, read from a JSON Schema or inferred from an expression.
 *
 * <p>Types are gradual: {@link #ANY} agrees with everything and is checked when the value is there. A union is kept in
 * a normal form with at most one scalar of each kind, one list and one map or object, so that its size is bounded
 * whatever the schema says; merging two objects keeps the fields of both and requires only what both require. A
 * {@link Reference} stands for a recursive definition and is expanded one level at a time. A list, map, object or union
 * that is put together from types is {@link #ANY} where it would have more than 5,000 parts or 512 levels.
 *
 * <p>Instances are immutable and safe for use by any thread. The records write out {@code equals} and {@code hashCode},
 * because the generated ones cost the first expression of a JVM more than its whole compilation.
 */
public sealed interface Type {
    /** Anything at all, checked at run time. */
    Type ANY = new Any();
    /** The JSON {@code null}. */
    Type NULL = new Scalar(Kind.NULL, Set.of());
    /** {@code true} or {@code false}. */
    Type BOOLEAN = new Scalar(Kind.BOOLEAN, Set.of());
    /** A 64-bit signed integer. */
    Type INTEGER = new Scalar(Kind.INTEGER, Set.of());
    /** A number, integral or not, which arithmetic reads as floating point. */
    Type NUMBER = new Scalar(Kind.NUMBER, Set.of());
    /** Unicode text. */
    Type STRING = new Scalar(Kind.STRING, Set.of());
    /** A point on the time line, a string of format {@code date-time} in JSON. */
    Type TIMESTAMP = new Scalar(Kind.TIMESTAMP, Set.of());
    /** A length of time, a string of format {@code duration} in JSON. */
    Type DURATION = new Scalar(Kind.DURATION, Set.of());
    /** The type of a type, which {@code type(x)} yields. */
    Type TYPE = new Scalar(Kind.TYPE, Set.of());

    /** The gradual type: agrees with every other, and its values are checked when they are used. */
    record Any() implements Type {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Any;
        }

        @Override
        public int hashCode() {
            return 0;
        }

        @Override
        public String toString() {
            return "any";
        }
    }

    /**
     * A value without parts.
     *
     * @param kind what it is
     * @param constants the only values it can have (strings, longs or doubles), or empty when it can have any
     */
    record Scalar(Kind kind, Set<Object> constants) implements Type {
        /** The scalar type of each kind without constants. */
        static Type of(Kind kind) {
            return switch (kind) {
                case NULL -> NULL;
                case BOOLEAN -> BOOLEAN;
                case INTEGER -> INTEGER;
                case NUMBER -> NUMBER;
                case STRING -> STRING;
                case TIMESTAMP -> TIMESTAMP;
                case DURATION -> DURATION;
                case TYPE -> TYPE;
            };
        }

        /** Copies the constants. */
        public Scalar {
            constants = constants.isEmpty() ? Set.of() : Collections.unmodifiableSet(new LinkedHashSet<>(constants));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof Scalar scalar && kind == scalar.kind && constants.equals(scalar.constants);
        }

        @Override
        public int hashCode() {
            return kind.hashCode() * 31 + constants.hashCode();
        }

        @Override
        public String toString() {
            return TypeText.of(this);
        }
    }

    /**
     * A list whose elements have one type.
     *
     * @param element the type of every element
     */
    record ListType(Type element) implements Type {
        /** Checks the component. */
        public ListType {
            Objects.requireNonNull(element, "element");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || other instanceof ListType list && element.equals(list.element);
        }

        @Override
        public int hashCode() {
            return 1 + element.hashCode() * 31;
        }

        @Override
        public String toString() {
            return TypeText.of(this);
        }
    }

    /**
     * A map from strings to values of one type.
     *
     * @param value the type of every value
     */
    record MapType(Type value) implements Type {
        /** Checks the component. */
        public MapType {
            Objects.requireNonNull(value, "value");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || other instanceof MapType map && value.equals(map.value);
        }

        @Override
        public int hashCode() {
            return 2 + value.hashCode() * 31;
        }

        @Override
        public String toString() {
            return TypeText.of(this);
        }
    }

    /** What an object type says about fields it does not name. */
    enum Extra {
        /** The schema is silent: such fields may come in data, but an expression that reads one is wrong. */
        UNSTATED,
        /** The schema forbids them. */
        FORBIDDEN,
        /** The schema describes them: they may be read. */
        TYPED
    }

    /**
     * An object with known fields.
     *
     * @param fields the type of each known field, in order of declaration
     * @param required those of the known fields that are always there
     * @param extra what is said about other fields
     * @param extraType the type of other fields, {@link Type#ANY} unless {@code extra} is {@link Extra#TYPED}
     */
    record ObjectType(Map<String, Type> fields, Set<String> required, Extra extra, Type extraType) implements Type {
        /** Copies the fields. */
        public ObjectType {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
            required = Set.copyOf(required);
            if (!fields.keySet().containsAll(required)) {
                throw new IllegalArgumentException("required fields must be known: " + required + " of " + fields);
            }
            Objects.requireNonNull(extra, "extra");
            Objects.requireNonNull(extraType, "extraType");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof ObjectType object
                            && extra == object.extra
                            && fields.equals(object.fields)
                            && required.equals(object.required)
                            && extraType.equals(object.extraType);
        }

        @Override
        public int hashCode() {
            return 5 + fields.hashCode() * 31 + required.hashCode();
        }

        @Override
        public String toString() {
            return TypeText.of(this);
        }
    }

    /**
     * One of several types, in normal form; made by {@link Type#union}.
     *
     * @param parts two or more types, none of them {@code any}, a union or optional
     */
    record UnionType(List<Type> parts) implements Type {
        /** Copies the parts. */
        public UnionType {
            parts = List.copyOf(parts);
        }

        private boolean hasReference() {
            for (Type part : parts) {
                if (part instanceof Reference) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || other instanceof UnionType union && parts.equals(union.parts);
        }

        @Override
        public int hashCode() {
            return 4 + parts.hashCode() * 31;
        }

        @Override
        public String toString() {
            return TypeText.of(this);
        }
    }

    /**
     * A value that may not be there at all, such as the output of a step that may be skipped.
     *
     * @param value the type of the value when it is there
     */
    record OptionalType(Type value) implements Type {
        /** Checks the component. */
        public OptionalType {
            Objects.requireNonNull(value, "value");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || other instanceof OptionalType optional && value.equals(optional.value);
        }

        @Override
        public int hashCode() {
            return 3 + value.hashCode() * 31;
        }

        @Override
        public String toString() {
            return TypeText.of(this);
        }
    }

    /** A recursive definition of a schema ({@code $ref}), expanded one level at a time by {@link #resolve()}. */
    final class Reference implements Type {
        private final SchemaReader reader;
        private final String pointer;

        Reference(SchemaReader reader, String pointer) {
            this.reader = reader;
            this.pointer = pointer;
        }

        /**
         * Expands the reference by one level.
         *
         * @return the type it stands for, never itself a reference
         */
        public Type resolve() {
            return reader.resolve(pointer);
        }

        /**
         * Returns where the definition stands in its schema.
         *
         * @return a JSON pointer with a leading {@code #}, such as {@code #/$defs/tree}
         */
        public String pointer() {
            return pointer;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Reference reference
                    && reference.reader == reader
                    && reference.pointer.equals(pointer);
        }

        @Override
        public int hashCode() {
            return pointer.hashCode();
        }

        @Override
        public String toString() {
            return TypeText.of(this);
        }
    }

    /** Collects the fields of an object type; not safe for use by several threads. */
    final class ObjectBuilder {
        private final Map<String, Type> fields = new LinkedHashMap<>();
        private final Set<String> required = new LinkedHashSet<>();

        private ObjectBuilder() {}

        /**
         * Adds a field that is always there, or may be absent when its type is optional.
         *
         * @param name the name of the field
         * @param type its type; an {@link OptionalType} makes the field one that may be absent
         * @return this builder
         */
        public ObjectBuilder field(String name, Type type) {
            if (type instanceof OptionalType optional) {
                fields.put(name, optional.value());
                required.remove(name);
            } else {
                fields.put(name, type);
                required.add(name);
            }
            return this;
        }

        /**
         * Builds an object type that has these fields and no others.
         *
         * @return the object type
         */
        public Type build() {
            return TypeSize.limited(new ObjectType(fields, required, Extra.FORBIDDEN, ANY));
        }

        /**
         * Builds an object type that may have further fields of a type.
         *
         * @param extra the type of fields not named
         * @return the object type
         */
        public Type buildOpen(Type extra) {
            return TypeSize.limited(new ObjectType(fields, required, Extra.TYPED, extra));
        }
    }

    /**
     * Reads a JSON Schema of draft 2020-12; what cannot be expressed becomes {@link #ANY}, never a wrong claim.
     *
     * @param schema the schema as plain Java values
     * @return the type of the values the schema admits
     */
    static Type of(Map<String, ?> schema) {
        return new SchemaReader(schema).read();
    }

    /**
     * Returns the exact type of a constant, so that it can be compared with a schema.
     *
     * @param constant a JSON value: null, Boolean, Long, Double, String, List or Map
     * @return its type; strings and numbers keep their value as the only constant
     */
    static Type ofValue(@Nullable Object constant) {
        return ConstantTypes.of(constant, 0);
    }

    /**
     * Returns the type of a list.
     *
     * @param element the type of its elements
     * @return the list type
     */
    static Type list(Type element) {
        return TypeSize.limited(new ListType(element));
    }

    /**
     * Returns the type of a map with string keys.
     *
     * @param value the type of its values
     * @return the map type
     */
    static Type map(Type value) {
        return TypeSize.limited(new MapType(value));
    }

    /**
     * Starts an object type.
     *
     * @return a builder without fields
     */
    static ObjectBuilder object() {
        return new ObjectBuilder();
    }

    /**
     * Returns the object type with exactly these fields.
     *
     * @param fields the type of each field; an optional type marks a field that may be absent
     * @return the object type
     */
    static Type object(Map<String, Type> fields) {
        ObjectBuilder builder = object();
        for (Map.Entry<String, Type> field : fields.entrySet()) {
            builder.field(field.getKey(), field.getValue());
        }
        return builder.build();
    }

    /**
     * Returns the type of values that have one of several types.
     *
     * @param types the alternatives
     * @return their union in normal form; optional when one of them is
     */
    static Type union(Collection<Type> types) {
        return types.size() == 1 ? types.iterator().next() : TypeSize.limited(Unions.of(types));
    }

    /**
     * Returns the type of values that have one of several types.
     *
     * @param types the alternatives
     * @return their union in normal form; optional when one of them is
     */
    static Type union(Type... types) {
        return union(List.of(types));
    }

    /**
     * Returns the type of a string that is one of some constants.
     *
     * @param constants the only values
     * @return the enumeration
     */
    static Type enumeration(Collection<String> constants) {
        return new Scalar(Kind.STRING, new LinkedHashSet<>(constants));
    }

    /**
     * Returns the type of a value that may not be there.
     *
     * @param value its type when it is there
     * @return the optional type; an optional type stays as it is
     */
    static Type optional(Type value) {
        return value instanceof OptionalType ? value : new OptionalType(value);
    }

    /**
     * Says whether every value of this type is acceptable where the target is wanted, as far as can be told.
     *
     * @param target the wanted type
     * @return true when no mismatch is certain
     */
    default boolean isAssignableTo(Type target) {
        return mismatchWith(target).isEmpty();
    }

    /**
     * Returns the first reason why this type does not fit the target.
     *
     * <p>Parts that are {@code any} fit. A narrower domain of the same kind (an enumeration, a format) is left to the
     * check at run time unless this type is a constant that is plainly outside it.
     *
     * @param target the wanted type
     * @return the place and reason of the first mismatch, or empty when this type fits
     */
    default Optional<Mismatch> mismatchWith(Type target) {
        return Assignability.mismatch(this, target);
    }

    /**
     * Returns the alternatives of this type: those of a union, or the type itself.
     *
     * @return one or more types without unions, references or optional types
     */
    default List<Type> alternatives() {
        if (this instanceof OptionalType optional) {
            return optional.value().alternatives();
        }
        if (this instanceof UnionType union && !union.hasReference()) {
            return union.parts();
        }
        return this instanceof UnionType || this instanceof Reference ? Unions.expanded(this) : List.of(this);
    }

    /**
     * Says whether a value of this type may be {@code null}.
     *
     * @return true when null is an alternative; false for {@code any}, of which nothing is known
     */
    default boolean isNullable() {
        for (Type alternative : alternatives()) {
            if (alternative instanceof Scalar scalar && scalar.kind() == Kind.NULL) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns this type without {@code null}.
     *
     * @return the type of the values that are not null; {@code null} itself stays
     */
    default Type withoutNull() {
        if (this instanceof Scalar || !isNullable()) {
            return this;
        }
        if (this instanceof OptionalType optional) {
            return optional(optional.value().withoutNull());
        }
        List<Type> rest = new ArrayList<>();
        for (Type alternative : alternatives()) {
            if (!(alternative instanceof Scalar scalar && scalar.kind() == Kind.NULL)) {
                rest.add(alternative);
            }
        }
        return Unions.of(rest);
    }

    /**
     * The place and reason of a mismatch between two types.
     *
     * @param path where, such as {@code items[].price}; empty for the value itself
     * @param reason what does not fit, as a clause without a full stop
     */
    record Mismatch(String path, String reason) {
        /** Checks the components. */
        public Mismatch {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public String toString() {
            return path.isEmpty() ? reason : path + ": " + reason;
        }
    }
}
