package io.auterity.expression;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON Schema of draft 2020-12 as a type.
 *
 * <p>Every approximation is on the safe side: what the reader does not understand admits more, so an expression is
 * never refused for a field that may be there. As the draft says, {@code properties} and {@code items} describe objects
 * and arrays without demanding any: where neither {@code type} nor what is combined with the schema says what the value
 * is, it may be anything. A local {@code $ref} that stands alone becomes a {@link Type.Reference}
 * and is read when it is first asked for; one beside other keywords is read at once, to be combined with them.
 *
 * <p>A schema may come from a stranger: depth is limited to 64 and the number of subschemas read in one go to 100,000,
 * which also ends definitions that double from one to the next. What lies beyond is {@code any}.
 */
final class SchemaReader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_SUBSCHEMAS = 100_000;
    private static final int MAX_CONSTANTS = 1_000;
    private static final List<String> CONDITIONAL =
            List.of("if", "then", "else", "dependentSchemas", "patternProperties");

    private final Map<String, ?> root;
    /** Definitions read so far; a race only reads one twice, with equal results. */
    private final Map<String, Type> definitions = new ConcurrentHashMap<>();

    SchemaReader(Map<String, ?> root) {
        this.root = root;
    }

    Type read() {
        Type type = new Reading(this).read(root, 0);
        return type instanceof Type.Reference reference ? reference.resolve() : type;
    }

    Type resolve(String pointer) {
        Type known = definitions.get(pointer);
        if (known != null) {
            return known;
        }
        Type type = new Reading(this).definition(pointer, 0);
        definitions.put(pointer, type);
        return type;
    }

    private @Nullable Object find(String pointer) {
        Object place = root;
        for (String raw : pointer.substring(1).split("/", -1)) {
            String token = raw.replace("~1", "/").replace("~0", "~");
            if (token.isEmpty()) {
                continue;
            }
            if (place instanceof List<?> list) {
                place = token.matches("[0-9]{1,6}") && Integer.parseInt(token) < list.size()
                        ? list.get(Integer.parseInt(token))
                        : null;
            } else {
                place = place instanceof Map<?, ?> map ? map.get(token) : null;
            }
        }
        return place;
    }

    /**
     * What a schema says.
     *
     * @param type of every value
     * @param ifSuch types of objects and of lists, for a value that is such a thing
     */
    private record Said(Type type, List<Type> ifSuch) {
        static final Said NOTHING = new Said(Type.ANY, List.of());
    }

    /** One walk over a schema. */
    private static final class Reading {
        private final SchemaReader schemas;
        /** The definitions that are being read at once; one that needs itself to be combined is any. */
        private final Set<String> open = new HashSet<>();

        private int count;

        Reading(SchemaReader schemas) {
            this.schemas = schemas;
        }

        /** Reads a definition now, through definitions that only name another. */
        Type definition(String pointer, int depth) {
            if (!open.add(pointer)) {
                return Type.ANY;
            }
            Type type = read(schemas.find(pointer), depth);
            Type flat = type instanceof Type.Reference reference ? definition(reference.pointer(), depth) : type;
            open.remove(pointer);
            return flat;
        }

        Type read(@Nullable Object schema, int depth) {
            return settled(said(schema, depth), depth);
        }

        private Said said(@Nullable Object schema, int depth) {
            if (!(schema instanceof Map<?, ?> map) || depth > MAX_DEPTH || ++count > MAX_SUBSCHEMAS) {
                return Said.NOTHING;
            }
            Said said = own(map, depth);
            if (map.get("$ref") instanceof String pointer && pointer.startsWith("#")) {
                Type reference = new Type.Reference(schemas, pointer);
                boolean alone = said.type() instanceof Type.Any && said.ifSuch().isEmpty();
                said = both(alone ? new Said(reference, List.of()) : referred(pointer, depth), said, depth);
            }
            if (map.get("allOf") instanceof List<?> parts) {
                for (Object part : parts) {
                    said = both(said, said(part, depth + 1), depth);
                }
            }
            for (String keyword : List.of("anyOf", "oneOf")) {
                if (map.get(keyword) instanceof List<?> parts && !parts.isEmpty()) {
                    List<Type> branches = new ArrayList<>();
                    for (Object part : parts) {
                        branches.add(settled(both(said, said(part, depth + 1), depth), depth));
                    }
                    said = new Said(stringsAbsorbTimes(Unions.of(branches)), said.ifSuch());
                }
            }
            return said;
        }

        /** What a definition says that is to be combined with more. */
        private Said referred(String pointer, int depth) {
            if (!open.add(pointer)) {
                return Said.NOTHING;
            }
            Said said = said(schemas.find(pointer), depth + 1);
            open.remove(pointer);
            return said;
        }

        private Said both(Said one, Said two, int depth) {
            if (two.ifSuch().isEmpty()) {
                return new Said(intersect(one.type(), two.type(), depth), one.ifSuch());
            }
            List<Type> ifSuch = new ArrayList<>(one.ifSuch());
            ifSuch.addAll(two.ifSuch());
            return new Said(intersect(one.type(), two.type(), depth), ifSuch);
        }

        /** The type of values of which no more is said. */
        private Type settled(Said said, int depth) {
            Type type = said.type();
            for (Type ifSuch : said.ifSuch()) {
                type = narrowed(type, ifSuch, depth);
            }
            return type;
        }

        /** A type whose objects, or lists, are of another type too. */
        private Type narrowed(Type type, Type ifSuch, int depth) {
            if (type instanceof Type.Reference reference) {
                return narrowed(definition(reference.pointer(), depth + 1), ifSuch, depth);
            }
            if (type instanceof Type.UnionType) {
                List<Type> parts = new ArrayList<>();
                for (Type part : type.alternatives()) {
                    parts.add(narrowed(part, ifSuch, depth));
                }
                return Unions.of(parts);
            }
            boolean list = ifSuch instanceof Type.ListType;
            boolean such = list
                    ? type instanceof Type.ListType
                    : type instanceof Type.ObjectType || type instanceof Type.MapType;
            return such ? intersect(type, ifSuch, depth) : type;
        }

        /** What the schema's own keywords say, apart from those that combine schemas. */
        private Said own(Map<?, ?> schema, int depth) {
            if (schema.containsKey("const")) {
                return new Said(constants(Collections.singletonList(schema.get("const")), schema), List.of());
            }
            if (schema.get("enum") instanceof List<?> constants && !constants.isEmpty()) {
                return new Said(constants(constants, schema), List.of());
            }
            Object type = schema.get("type");
            if (type instanceof List<?> names) {
                List<Type> alternatives = new ArrayList<>();
                for (Object name : names) {
                    alternatives.add(named(String.valueOf(name), schema, depth));
                }
                return new Said(Unions.of(alternatives), List.of());
            }
            if (type instanceof String name) {
                return new Said(named(name, schema, depth), List.of());
            }
            List<Type> ifSuch = new ArrayList<>(0);
            if (schema.containsKey("properties") || schema.containsKey("additionalProperties")) {
                ifSuch.add(object(schema, depth));
            }
            if (schema.containsKey("items") || schema.containsKey("prefixItems")) {
                ifSuch.add(list(schema, depth));
            }
            return new Said(Type.ANY, ifSuch);
        }

        private Type named(String name, Map<?, ?> schema, int depth) {
            return switch (name) {
                case "null" -> Type.NULL;
                case "boolean" -> Type.BOOLEAN;
                case "integer" -> Type.INTEGER;
                case "number" -> Type.NUMBER;
                case "string" -> string(schema);
                case "array" -> list(schema, depth);
                case "object" -> object(schema, depth);
                default -> Type.ANY;
            };
        }

        private Type list(Map<?, ?> schema, int depth) {
            List<Type> elements = new ArrayList<>();
            if (schema.get("prefixItems") instanceof List<?> prefix) {
                for (Object item : prefix) {
                    elements.add(read(item, depth + 1));
                }
            }
            if (!Boolean.FALSE.equals(schema.get("items"))) {
                elements.add(read(schema.get("items"), depth + 1));
            }
            return new Type.ListType(Unions.of(elements));
        }

        private Type object(Map<?, ?> schema, int depth) {
            Map<String, Type> fields = new LinkedHashMap<>();
            if (schema.get("properties") instanceof Map<?, ?> properties) {
                for (Map.Entry<?, ?> field : properties.entrySet()) {
                    fields.put(String.valueOf(field.getKey()), read(field.getValue(), depth + 1));
                }
            }
            Set<String> required = new LinkedHashSet<>();
            if (schema.get("required") instanceof List<?> names) {
                for (Object name : names) {
                    required.add(String.valueOf(name));
                }
                for (String name : required) {
                    // Not described, but certainly there.
                    fields.putIfAbsent(name, Type.ANY);
                }
            }
            Object additional = schema.get("additionalProperties");
            boolean conditional = false;
            for (String keyword : CONDITIONAL) {
                conditional |= schema.containsKey(keyword);
            }
            if (fields.isEmpty() && !conditional && !Boolean.FALSE.equals(additional)) {
                return new Type.MapType(read(additional, depth + 1));
            }
            if (conditional || Boolean.TRUE.equals(additional)) {
                return new Type.ObjectType(fields, required, Type.Extra.TYPED, Type.ANY);
            }
            if (additional instanceof Map<?, ?>) {
                return new Type.ObjectType(fields, required, Type.Extra.TYPED, read(additional, depth + 1));
            }
            Type.Extra extra = Boolean.FALSE.equals(additional) ? Type.Extra.FORBIDDEN : Type.Extra.UNSTATED;
            return new Type.ObjectType(fields, required, extra, Type.ANY);
        }

        /** The values both types admit, or more. */
        private Type intersect(Type left, Type right, int depth) {
            if (left instanceof Type.Any || left.equals(right)) {
                return right;
            }
            if (right instanceof Type.Any) {
                return left;
            }
            if (depth > MAX_DEPTH || ++count > MAX_SUBSCHEMAS) {
                return Type.ANY;
            }
            if (left instanceof Type.Reference reference) {
                return intersect(definition(reference.pointer(), depth + 1), right, depth + 1);
            }
            if (right instanceof Type.Reference reference) {
                return intersect(left, definition(reference.pointer(), depth + 1), depth + 1);
            }
            if (left instanceof Type.ObjectType one && right instanceof Type.ObjectType two) {
                return intersectObjects(one, two, depth);
            }
            if (left instanceof Type.MapType && right instanceof Type.ObjectType) {
                return right;
            }
            if (right instanceof Type.MapType && left instanceof Type.ObjectType) {
                return left;
            }
            if (left instanceof Type.ListType one && right instanceof Type.ListType two) {
                return new Type.ListType(intersect(one.element(), two.element(), depth + 1));
            }
            if (left instanceof Type.Scalar one && right instanceof Type.Scalar two && one.kind() == two.kind()) {
                return one.constants().isEmpty() ? two : one;
            }
            return Type.ANY;
        }

        private Type intersectObjects(Type.ObjectType one, Type.ObjectType two, int depth) {
            Map<String, Type> fields = new LinkedHashMap<>(one.fields());
            for (Map.Entry<String, Type> field : two.fields().entrySet()) {
                Type known = fields.get(field.getKey());
                fields.put(
                        field.getKey(),
                        known == null ? field.getValue() : intersect(known, field.getValue(), depth + 1));
            }
            Set<String> required = new LinkedHashSet<>(one.required());
            required.addAll(two.required());
            boolean typed = one.extra() == Type.Extra.TYPED && two.extra() == Type.Extra.TYPED;
            return new Type.ObjectType(
                    fields,
                    required,
                    typed ? Type.Extra.TYPED : Type.Extra.UNSTATED,
                    typed && one.extraType().equals(two.extraType()) ? one.extraType() : Type.ANY);
        }
    }

    private static Type string(Map<?, ?> schema) {
        if ("date-time".equals(schema.get("format"))) {
            return Type.TIMESTAMP;
        }
        return "duration".equals(schema.get("format")) ? Type.DURATION : Type.STRING;
    }

    private static Type constants(List<?> values, Map<?, ?> schema) {
        if (values.size() > MAX_CONSTANTS) {
            return Type.ANY;
        }
        Object declared = schema.get("type");
        List<Type> alternatives = new ArrayList<>();
        for (Object value : values) {
            if (value instanceof List || value instanceof Map) {
                return Type.ANY;
            }
            boolean asNumber = "number".equals(declared) && value instanceof Number;
            alternatives.add(Type.ofValue(asNumber ? (Object) ((Number) value).doubleValue() : value));
        }
        return Unions.of(alternatives);
    }

    /** A value that may be any string cannot be read as a time. */
    private static Type stringsAbsorbTimes(Type type) {
        if (!(type instanceof Type.UnionType union)) {
            return type;
        }
        int kinds = 0;
        for (Type part : union.parts()) {
            kinds += isText(part) ? 1 : 0;
        }
        if (kinds < 2) {
            return type;
        }
        List<Type> rest = new ArrayList<>();
        for (Type part : union.parts()) {
            rest.add(isText(part) ? Type.STRING : part);
        }
        return Unions.of(rest);
    }

    private static boolean isText(Type type) {
        return type instanceof Type.Scalar scalar
                && (scalar.kind() == Kind.STRING || scalar.kind().isTemporal());
    }
}
