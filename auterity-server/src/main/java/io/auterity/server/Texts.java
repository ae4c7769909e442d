package io.auterity.server;

import io.auterity.connector.JsonSchema;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads values that people write on a command line, where quotes are a nuisance: what the schema wants as a text is
 * taken as it stands, anything else is JSON, unless the schema takes the text and not what it is as JSON.
 */
final class Texts {

    private Texts() {}

    /** A text that is not what its schema wants; the message says what that is. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /**
     * Reads a value.
     *
     * @param text the text
     * @param schema the JSON Schema of the value; empty when nothing is known of it
     * @return the value
     * @throws Unreadable if the schema wants something else than a text, and the text is not JSON
     */
    static @Nullable Object value(String text, Map<String, Object> schema) throws Unreadable {
        return value(
                text,
                schema,
                value -> schema.isEmpty()
                        || JsonSchema.of(schema).problems(value).isEmpty());
    }

    /**
     * Reads a value that stands inside another one.
     *
     * @param text the text
     * @param schema the JSON Schema of the value, as far as it is known
     * @param fits whether a value is one for this place; what {@code schema} says itself need not be looked at
     * @return the value
     * @throws Unreadable if the schema wants something else than a text, and the text is not JSON
     */
    static @Nullable Object value(String text, Map<?, ?> schema, Predicate<@Nullable Object> fits) throws Unreadable {
        Set<String> types = types(schema);
        if (types.equals(Set.of("string"))) {
            return text;
        }
        boolean mayBeText = types.isEmpty() || types.contains("string");
        try {
            Object value = Json.read(text);
            boolean isOfType = types.isEmpty() || types.contains(typeOf(value));
            return !mayBeText || isOfType && (fits.test(value) || !fits.test(text)) ? value : text;
        } catch (JsonException e) {
            if (mayBeText) {
                return text;
            }
            throw new Unreadable("expected " + String.join(" or ", types) + ", but this is not JSON");
        }
    }

    /** The types a schema allows, as far as its own keywords say; empty for any. */
    private static Set<String> types(Map<?, ?> schema) {
        Set<String> types = new TreeSet<>();
        Object type = schema.get("type");
        if (type instanceof String one) {
            types.add(one);
        } else if (type instanceof List<?> several) {
            several.forEach(one -> types.add(String.valueOf(one)));
        } else if (schema.get("enum") instanceof List<?> constants) {
            constants.forEach(constant -> types.add(typeOf(constant)));
        } else if (schema.containsKey("const")) {
            types.add(typeOf(schema.get("const")));
        }
        if (types.contains("number")) {
            types.add("integer");
        }
        return types;
    }

    private static String typeOf(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof String) {
            return "string";
        }
        if (value instanceof Boolean) {
            return "boolean";
        }
        if (value instanceof Number) {
            return value instanceof Double ? "number" : "integer";
        }
        return value instanceof List ? "array" : "object";
    }

    /** Walks down a schema; empty when it says nothing about the place. */
    static Map<?, ?> schemaAt(Map<?, ?> schema, List<String> path) {
        Map<?, ?> at = schema;
        for (String key : path) {
            Object next = at.get("properties") instanceof Map<?, ?> properties && properties.containsKey(key)
                    ? properties.get(key)
                    : at.get(key.matches("[0-9]+") ? "items" : "additionalProperties");
            if (!(next instanceof Map<?, ?> found)) {
                return Map.of();
            }
            at = found;
        }
        return at;
    }

    /** Splits the parts of a path at dots, unless a property of the schema has the dots in its name. */
    static List<String> path(String key, Map<?, ?> schema) {
        List<String> path = new ArrayList<>();
        String rest = key;
        while (!rest.isEmpty()) {
            Map<?, ?> at = schemaAt(schema, path);
            boolean isWhole = at.get("properties") instanceof Map<?, ?> properties && properties.containsKey(rest);
            int dot = isWhole ? -1 : rest.indexOf('.');
            path.add(dot < 0 ? rest : rest.substring(0, dot));
            rest = dot < 0 ? "" : rest.substring(dot + 1);
        }
        return path;
    }
}
