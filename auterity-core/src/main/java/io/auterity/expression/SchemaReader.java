package io.auterity.expression;

import java.util.ArrayList;
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
 * never refused for a field that may be there. A local {@code $ref} becomes its definition, or a
 * {@link Type.Reference} where the definition is being read already.
 */
final class SchemaReader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_CONSTANTS = 1_000;
    private static final Set<String> CONDITIONAL = Set.of("if", "then", "else", "dependentSchemas", "patternProperties");

    private final Map<String, ?> root;
    /** Definitions read so far; only ever grows by equal values, so a race costs a second reading and nothing else. */
    private final Map<String, Type> definitions = new ConcurrentHashMap<>();

    SchemaReader(Map<String, ?> root) {
        this.root = root;
    }

    Type read() {
        return read(root, 0, Set.of("#"));
    }

    Type resolve(String pointer) {
        Type known = definitions.get(pointer);
        if (known != null) {
            return known;
        }
        Object target = find(pointer);
        Type type = target instanceof Map<?, ?> schema ? read(schema, 0, Set.of(pointer)) : Type.ANY;
        Type flat = type instanceof Type.Reference ? Type.ANY : type;
        definitions.put(pointer, flat);
        return flat;
    }

    private @Nullable Object find(String pointer) {
        Object place = root;
        for (String raw : pointer.substring(1).split("/", -1)) {
            String token = raw.replace("~1", "/").replace("~0", "~");
            if (token.isEmpty()) {
                continue;
            }
            place = place instanceof Map<?, ?> map ? map.get(token) : null;
        }
        return place;
    }

    private Type read(@Nullable Object schema, int depth, Set<String> open) {
        if (!(schema instanceof Map<?, ?> map) || depth > MAX_DEPTH) {
            return Type.ANY;
        }
        Type type = own(map, depth, open);
        if (map.get("$ref") instanceof String pointer) {
            type = intersect(reference(pointer, depth, open), type, depth);
        }
        if (map.get("allOf") instanceof List<?> parts) {
            for (Object part : parts) {
                type = intersect(type, read(part, depth + 1, open), depth);
            }
        }
        for (String keyword : List.of("anyOf", "oneOf")) {
            if (map.get(keyword) instanceof List<?> parts && !parts.isEmpty()) {
                List<Type> branches = new ArrayList<>();
                for (Object part : parts) {
                    branches.add(intersect(type, read(part, depth + 1, open), depth));
                }
                type = stringsAbsorbTimes(Unions.of(branches));
            }
        }
        return type;
    }

    private Type reference(String pointer, int depth, Set<String> open) {
        if (!pointer.startsWith("#") || !(find(pointer) instanceof Map<?, ?> target)) {
            return Type.ANY;
        }
        if (open.contains(pointer)) {
            return new Type.Reference(this, pointer);
        }
        Set<String> nested = new LinkedHashSet<>(open);
        nested.add(pointer);
        return read(target, depth + 1, nested);
    }

    /** What the schema's own keywords say, apart from those that combine schemas. */
    private Type own(Map<?, ?> schema, int depth, Set<String> open) {
        if (schema.containsKey("const")) {
            return constants(java.util.Collections.singletonList(schema.get("const")), schema);
        }
        if (schema.get("enum") instanceof List<?> constants && !constants.isEmpty()) {
            return constants(constants, schema);
        }
        Object type = schema.get("type");
        if (type instanceof List<?> names) {
            List<Type> alternatives = new ArrayList<>();
            for (Object name : names) {
                alternatives.add(named(String.valueOf(name), schema, depth, open));
            }
            return Unions.of(alternatives);
        }
        if (type instanceof String name) {
            return named(name, schema, depth, open);
        }
        if (schema.containsKey("properties") || schema.containsKey("additionalProperties")) {
            return object(schema, depth, open);
        }
        return schema.containsKey("items") || schema.containsKey("prefixItems") ? list(schema, depth, open) : Type.ANY;
    }

    private Type named(String name, Map<?, ?> schema, int depth, Set<String> open) {
        return switch (name) {
            case "null" -> Type.NULL;
            case "boolean" -> Type.BOOLEAN;
            case "integer" -> Type.INTEGER;
            case "number" -> Type.NUMBER;
            case "string" -> string(schema);
            case "array" -> list(schema, depth, open);
            case "object" -> object(schema, depth, open);
            default -> Type.ANY;
        };
    }

    private static Type string(Map<?, ?> schema) {
        if ("date-time".equals(schema.get("format"))) {
            return Type.TIMESTAMP;
        }
        return "duration".equals(schema.get("format")) ? Type.DURATION : Type.STRING;
    }

    private static Type constants(List<?> values, Map<?, ?> schema) {
        Object declared = schema.get("type");
        List<Type> alternatives = new ArrayList<>();
        for (Object value : values) {
            if (value instanceof List || value instanceof Map) {
                return Type.ANY;
            }
            boolean asNumber = "number".equals(declared) && value instanceof Number;
            alternatives.add(Type.ofValue(asNumber ? (Object) ((Number) value).doubleValue() : value));
        }
        if (alternatives.size() > MAX_CONSTANTS) {
            return Type.ANY;
        }
        return Unions.of(alternatives);
    }

    private Type list(Map<?, ?> schema, int depth, Set<String> open) {
        List<Type> elements = new ArrayList<>();
        if (schema.get("prefixItems") instanceof List<?> prefix) {
            for (Object item : prefix) {
                elements.add(read(item, depth + 1, open));
            }
        }
        if (!Boolean.FALSE.equals(schema.get("items"))) {
            elements.add(read(schema.get("items"), depth + 1, open));
        }
        return new Type.ListType(Unions.of(elements));
    }

    private Type object(Map<?, ?> schema, int depth, Set<String> open) {
        Map<String, Type> fields = new LinkedHashMap<>();
        if (schema.get("properties") instanceof Map<?, ?> properties) {
            properties.forEach((name, field) -> fields.put(String.valueOf(name), read(field, depth + 1, open)));
        }
        Set<String> required = new LinkedHashSet<>();
        if (schema.get("required") instanceof List<?> names) {
            names.forEach(name -> required.add(String.valueOf(name)));
        }
        Object additional = schema.get("additionalProperties");
        boolean conditional = CONDITIONAL.stream().anyMatch(schema::containsKey);
        if (fields.isEmpty() && !conditional && !Boolean.FALSE.equals(additional)) {
            return new Type.MapType(read(additional, depth + 1, open));
        }
        if (conditional || Boolean.TRUE.equals(additional)) {
            return new Type.ObjectType(fields, required, Type.Extra.TYPED, Type.ANY);
        }
        if (additional instanceof Map<?, ?>) {
            return new Type.ObjectType(fields, required, Type.Extra.TYPED, read(additional, depth + 1, open));
        }
        Type.Extra extra = Boolean.FALSE.equals(additional) ? Type.Extra.FORBIDDEN : Type.Extra.UNSTATED;
        return new Type.ObjectType(fields, required, extra, Type.ANY);
    }

    /** The values both types admit, or more. */
    private static Type intersect(Type left, Type right, int depth) {
        if (left instanceof Type.Any || left.equals(right)) {
            return right;
        }
        if (right instanceof Type.Any) {
            return left;
        }
        if (left instanceof Type.Reference reference && depth < MAX_DEPTH) {
            return intersect(reference.resolve(), right, depth + 1);
        }
        if (right instanceof Type.Reference reference && depth < MAX_DEPTH) {
            return intersect(left, reference.resolve(), depth + 1);
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
        if (left instanceof Type.Scalar one && right instanceof Type.Scalar two && one.kind() == two.kind()) {
            return one.constants().isEmpty() ? two : one;
        }
        return Type.ANY;
    }

    private static Type intersectObjects(Type.ObjectType one, Type.ObjectType two, int depth) {
        Map<String, Type> fields = new LinkedHashMap<>(one.fields());
        two.fields().forEach((name, type) ->
                fields.merge(name, type, (a, b) -> depth > MAX_DEPTH ? Type.ANY : intersect(a, b, depth + 1)));
        Set<String> required = new LinkedHashSet<>(one.required());
        required.addAll(two.required());
        boolean typed = one.extra() == Type.Extra.TYPED && two.extra() == Type.Extra.TYPED;
        return new Type.ObjectType(
                fields, required, typed ? Type.Extra.TYPED : Type.Extra.UNSTATED, typed ? one.extraType() : Type.ANY);
    }

    /** A value that may be any string cannot be read as a time. */
    private static Type stringsAbsorbTimes(Type type) {
        if (!(type instanceof Type.UnionType union)) {
            return type;
        }
        boolean strings = union.alternatives().stream().anyMatch(part -> isKind(part, Kind.STRING));
        boolean timestamps = union.alternatives().stream().anyMatch(part -> isKind(part, Kind.TIMESTAMP));
        boolean durations = union.alternatives().stream().anyMatch(part -> isKind(part, Kind.DURATION));
        if (!(timestamps && durations) && !(strings && (timestamps || durations))) {
            return type;
        }
        List<Type> rest = new ArrayList<>();
        for (Type part : union.alternatives()) {
            boolean text = isKind(part, Kind.STRING) || isKind(part, Kind.TIMESTAMP) || isKind(part, Kind.DURATION);
            rest.add(text ? Type.STRING : part);
        }
        return Unions.of(rest);
    }

    private static boolean isKind(Type type, Kind kind) {
        return type instanceof Type.Scalar scalar && scalar.kind() == kind;
    }
}
