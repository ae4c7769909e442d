package io.auterity.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The short way to write an object schema: {@code name: string} for each property.
 *
 * <p>An object with {@code type: object}, or with a key that begins with {@code $}, is a schema already and taken as it
 * is. Any other is a list of properties, each
 * with a schema or one of the type words. A property is required unless its schema has a {@code default} or its name ends
 * in {@code ?} ({@code note?: string}).
 */
final class SchemaShorthand {

    static final Set<String> TYPES =
            Keys.ordered("string", "integer", "number", "boolean", "object", "array", "null", "any");

    /** What a name ends in that is not required. */
    static final String OPTIONAL = "?";

    /** The keywords of JSON Schema that take a text. */
    private static final Set<String> TEXT_KEYWORDS = Set.of(
            "type",
            "title",
            "description",
            "default",
            "const",
            "format",
            "pattern",
            "contentEncoding",
            "contentMediaType");

    private static final String TYPE_WORD = "a type such as string, or a JSON Schema";

    private SchemaShorthand() {}

    /** The schema that a part stands for. */
    static Map<String, Object> read(Part part) {
        boolean object = part.get("type").filter(type -> type.is("object")).isPresent();
        if (object || !part.keys().contains("type") && isReference(part.keys())) {
            return full(part);
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        List<Object> required = new ArrayList<>();
        for (Part entry : part.entries("an object of properties, or a JSON Schema with 'type: object'")) {
            String key = entry.segment();
            boolean optional = key.endsWith(OPTIONAL);
            String name = optional ? key.substring(0, key.length() - OPTIONAL.length()) : key;
            Map<String, Object> schema = schema(entry);
            if (properties.put(name, schema) != null) {
                entry.problemAtKey(
                        Codes.REPEATED,
                        "'" + Quote.of(name) + "' is written twice, once with '?'",
                        "remove one of the two");
            }
            if (!optional && !schema.containsKey("default")) {
                required.add(name);
            }
        }
        return object(properties, required);
    }

    /** A copy of a schema that says it is an object's. */
    static Map<String, Object> objectSchema(Map<String, Object> schema) {
        if (schema.isEmpty() || "object".equals(schema.get("type"))) {
            return Values.copyOf(schema);
        }
        if (schema.containsKey("type")) {
            throw new IllegalArgumentException(
                    "a workflow's input and an approval's form are objects, not of type " + schema.get("type"));
        }
        Map<String, Object> typed = new LinkedHashMap<>();
        typed.put("type", "object");
        typed.putAll(schema);
        return Values.copyOf(typed);
    }

    /** A schema, or the word for one. */
    static Map<String, Object> schema(Part part) {
        if (!part.isText()) {
            part.get("required")
                    .filter(Part::isBoolean)
                    .ifPresent(required -> required.problem(
                            Codes.TYPE,
                            "'required' of a JSON Schema is a list of the property's own properties",
                            "remove it; a name that ends in '?' is not required"));
            properties(
                    part,
                    "is no keyword of JSON Schema",
                    "write properties inside a property as {type: object, properties: {...}}");
            return part.jsonObject(TYPE_WORD);
        }
        String type = part.text("").orElseThrow();
        if (!TYPES.contains(type)) {
            part.problem(Codes.WORD, "'" + Quote.of(type) + "' is no type", Closest.fix(type, TYPES));
        }
        return type.equals("any") ? Map.of() : Map.of("type", type);
    }

    /** The short way to write a schema, if there is one that reads back as the same schema. */
    static Optional<Map<String, Object>> compact(Map<String, Object> schema) {
        if (!(schema.get("properties") instanceof Map<?, ?> properties) || properties.isEmpty()) {
            return Optional.empty();
        }
        List<?> required = schema.get("required") instanceof List<?> list ? list : List.of();
        Map<String, Object> compact = new LinkedHashMap<>();
        Map<String, Object> again = new LinkedHashMap<>();
        List<Object> requiredAgain = new ArrayList<>();
        for (Map.Entry<?, ?> property : properties.entrySet()) {
            String name = String.valueOf(property.getKey());
            if (!(property.getValue() instanceof Map<?, ?> value) || name.endsWith(OPTIONAL) || hasProperties(value)) {
                return Optional.empty();
            }
            boolean needed = required.contains(name);
            if (needed && value.containsKey("default")) {
                return Optional.empty();
            }
            boolean marked = !needed && !value.containsKey("default");
            compact.put(marked ? name + OPTIONAL : name, word(value));
            again.put(name, value);
            if (needed) {
                requiredAgain.add(name);
            }
        }
        boolean same = object(again, requiredAgain).equals(schema) && !isSchema(compact);
        return same ? Optional.of(compact) : Optional.empty();
    }

    /** The word for a schema, or the schema. */
    static Object word(Map<?, ?> schema) {
        if (schema.isEmpty()) {
            return "any";
        }
        boolean plain = schema.size() == 1 && schema.get("type") instanceof String type && TYPES.contains(type);
        return plain && !"any".equals(schema.get("type")) ? String.valueOf(schema.get("type")) : schema;
    }

    /** Says whether the short form would be taken for a schema. */
    private static boolean isSchema(Map<String, Object> compact) {
        return "object".equals(compact.get("type")) || isReference(compact.keySet());
    }

    private static boolean isReference(Set<String> keys) {
        return keys.stream().anyMatch(key -> key.startsWith("$"));
    }

    private static Map<String, Object> full(Part part) {
        properties(
                part,
                "is no keyword of a JSON Schema, which 'type: object' makes of this",
                "write the property called type as 'type: {type: object}', or put all under 'properties'");
        return part.jsonObject("");
    }

    /** Refuses what can only be meant as the short form of properties where a JSON Schema stands. */
    private static void properties(Part part, String what, String fix) {
        for (String key : part.keys()) {
            Part entry = part.get(key).orElseThrow();
            boolean property = entry.isText() && TYPES.contains(entry.text("").orElseThrow());
            if (property && !isTextKeyword(key)) {
                entry.problemAtKey(Codes.CONTRADICTION, "'" + Quote.of(key) + "' " + what, fix);
            }
        }
    }

    /** Whether {@link #properties} would refuse a schema. */
    private static boolean hasProperties(Map<?, ?> schema) {
        return schema.entrySet().stream()
                .anyMatch(entry -> entry.getValue() instanceof String word
                        && TYPES.contains(word)
                        && !isTextKeyword(String.valueOf(entry.getKey())));
    }

    private static boolean isTextKeyword(String key) {
        return key.startsWith("$") || key.startsWith("x-") || TEXT_KEYWORDS.contains(key);
    }

    private static Map<String, Object> object(Map<String, Object> properties, List<Object> required) {
        if (properties.isEmpty()) {
            return Map.of();
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        return schema;
    }
}
