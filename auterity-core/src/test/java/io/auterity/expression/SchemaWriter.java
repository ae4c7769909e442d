package io.auterity.expression;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes types as JSON Schemas, so that tests can read them again; a recursive definition goes to {@code $defs} once. */
final class SchemaWriter {
    private final Map<Type.Reference, String> names = new LinkedHashMap<>();
    private final List<Type.Reference> open = new ArrayList<>();

    /** Returns the schema as plain Java values; an optional type is written as the type of its value. */
    static Map<String, Object> schemaOf(Type type) {
        return new SchemaWriter().write(type);
    }

    private Map<String, Object> write(Type type) {
        Map<String, Object> schema = schema(type);
        Map<String, Object> definitions = new LinkedHashMap<>();
        for (int index = 0; index < open.size(); index++) {
            Type.Reference reference = open.get(index);
            definitions.put(names.get(reference), schema(reference.resolve()));
        }
        if (!definitions.isEmpty()) {
            schema.put("$defs", definitions);
        }
        return schema;
    }

    private Map<String, Object> schema(Type type) {
        Map<String, Object> schema = new LinkedHashMap<>();
        if (type instanceof Type.Scalar scalar) {
            scalar(scalar, schema);
        } else if (type instanceof Type.ListType list) {
            schema.put("type", "array");
            put(schema, "items", list.element());
        } else if (type instanceof Type.MapType map) {
            schema.put("type", "object");
            put(schema, "additionalProperties", map.value());
        } else if (type instanceof Type.ObjectType object) {
            object(object, schema);
        } else if (type instanceof Type.OptionalType optional) {
            return schema(optional.value());
        } else if (type instanceof Type.UnionType union) {
            schema.put("anyOf", union.parts().stream().map(this::schema).toList());
        } else if (type instanceof Type.Reference reference) {
            schema.put("$ref", "#/$defs/" + nameOf(reference));
        }
        return schema;
    }

    private void put(Map<String, Object> schema, String keyword, Type type) {
        if (!(type instanceof Type.Any)) {
            schema.put(keyword, schema(type));
        }
    }

    private String nameOf(Type.Reference reference) {
        String known = names.get(reference);
        if (known != null) {
            return known;
        }
        String pointer = reference.pointer();
        String last = pointer.substring(pointer.lastIndexOf('/') + 1);
        String name = last.equals("#") || names.containsValue(last) ? "type" + names.size() : last;
        names.put(reference, name);
        open.add(reference);
        return name;
    }

    private static void scalar(Type.Scalar scalar, Map<String, Object> schema) {
        switch (scalar.kind()) {
            case TIMESTAMP -> {
                schema.put("type", "string");
                schema.put("format", "date-time");
            }
            case DURATION -> {
                schema.put("type", "string");
                schema.put("format", "duration");
            }
            case TYPE -> schema.put("type", "string");
            default -> schema.put("type", scalar.kind().label());
        }
        if (!scalar.constants().isEmpty()) {
            schema.put("enum", List.copyOf(scalar.constants()));
        }
    }

    private void object(Type.ObjectType object, Map<String, Object> schema) {
        schema.put("type", "object");
        Map<String, Object> properties = new LinkedHashMap<>();
        object.fields().forEach((name, type) -> properties.put(name, schema(type)));
        schema.put("properties", properties);
        List<String> required = object.fields().keySet().stream()
                .filter(object.required()::contains)
                .toList();
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        switch (object.extra()) {
            case FORBIDDEN -> schema.put("additionalProperties", false);
            case TYPED ->
                schema.put(
                        "additionalProperties",
                        object.extraType() instanceof Type.Any ? (Object) true : schema(object.extraType()));
            case UNSTATED -> {}
        }
    }
}
