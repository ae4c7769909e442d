package io.auterity.connector;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refuses schemas that lead outside themselves, or whose faults would show only when a value is checked. */
final class SchemaCheck {

    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "integer", "number", "boolean", "null");
    private static final Set<String> ONE = Set.of(
            "items",
            "additionalItems",
            "unevaluatedItems",
            "contains",
            "additionalProperties",
            "unevaluatedProperties",
            "propertyNames",
            "not",
            "if",
            "then",
            "else",
            "contentSchema");
    private static final Set<String> MANY = Set.of("allOf", "anyOf", "oneOf", "prefixItems");
    private static final Set<String> NAMED =
            Set.of("properties", "patternProperties", "dependentSchemas", "$defs", "definitions");
    private static final int DEEPEST = 200;

    private final Map<String, Object> root;
    private final Set<String> anchors = new HashSet<>();
    private final Set<String> references = new HashSet<>();

    private SchemaCheck(Map<String, Object> root) {
        this.root = root;
    }

    /** Checks a schema, throwing IllegalArgumentException with the place of the first fault. */
    static void check(Map<String, Object> schema) {
        SchemaCheck check = new SchemaCheck(schema);
        check.schema(schema, "", 0);
        check.references.forEach(check::resolve);
    }

    private void schema(@Nullable Object schema, String path, int depth) {
        if (schema instanceof Boolean) {
            return;
        }
        Map<?, ?> keywords = object(schema, path, "a schema is an object or a boolean");
        require(depth < DEEPEST, path, "the schema is nested more than " + DEEPEST + " levels deep");
        for (Map.Entry<?, ?> entry : keywords.entrySet()) {
            String keyword = String.valueOf(entry.getKey());
            keyword(keyword, entry.getValue(), path + "/" + keyword, depth);
        }
    }

    private void keyword(String keyword, @Nullable Object value, String path, int depth) {
        if (ONE.contains(keyword) && !(value instanceof List)) {
            schema(value, path, depth + 1);
        } else if (MANY.contains(keyword) || (ONE.contains(keyword) && value instanceof List)) {
            if (!(value instanceof List<?> schemas)) {
                throw refused(path, "expected a list of schemas");
            }
            int index = 0;
            for (Object item : schemas) {
                schema(item, path + "/" + index++, depth + 1);
            }
        } else if (NAMED.contains(keyword)) {
            object(value, path, "expected an object of schemas").forEach((name, item) -> {
                if (keyword.equals("patternProperties")) {
                    pattern(name, path);
                }
                schema(item, path + "/" + name, depth + 1);
            });
        } else {
            plain(keyword, value, path, depth);
        }
    }

    private void plain(String keyword, @Nullable Object value, String path, int depth) {
        switch (keyword) {
            case "type" -> {
                List<?> types = value instanceof List<?> list ? list : List.of(String.valueOf(value));
                for (Object type : types) {
                    require(type instanceof String && TYPES.contains(type), path, "'" + type + "' is no type");
                }
            }
            case "pattern" -> pattern(value, path);
            case "$ref", "$dynamicRef" -> {
                require(
                        value instanceof String reference && reference.startsWith("#"),
                        path,
                        "a reference begins with '#' and leads to a place in this schema");
                references.add((String) value);
            }
            case "$anchor", "$dynamicAnchor" -> anchors.add("#" + value);
            case "$id" -> require(depth == 0, path, "only the outermost schema may have an $id");
            case "$schema" ->
                require(
                        value instanceof String dialect && dialect.matches("https?://json-schema\\.org/.*"),
                        path,
                        "only dialects of json-schema.org are known");
            default -> {
                // Other keywords hold plain values, or are no keywords and have no meaning.
            }
        }
    }

    private static void pattern(@Nullable Object pattern, String path) {
        try {
            require(pattern instanceof String, path, "a pattern is a text");
            Pattern.compile((String) pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "at " + path
                            + ": the pattern is not in RE2 syntax, which has no look-around and no back references: "
                            + e.getDescription(),
                    e);
        }
    }

    private void resolve(String reference) {
        if (reference.equals("#") || anchors.contains(reference)) {
            return;
        }
        require(reference.startsWith("#/"), reference, "no schema here has this anchor");
        Object at = root;
        for (String part : reference.substring(2).split("/", -1)) {
            String key = part.replace("~1", "/").replace("~0", "~");
            if (at instanceof Map<?, ?> map && map.containsKey(key)) {
                at = map.get(key);
            } else if (at instanceof List<?> list && key.matches("[0-9]{1,9}") && Integer.parseInt(key) < list.size()) {
                at = list.get(Integer.parseInt(key));
            } else {
                throw new IllegalArgumentException("at " + reference + ": nothing in this schema stands there");
            }
        }
    }

    private static Map<?, ?> object(@Nullable Object value, String path, String message) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw refused(path, message);
    }

    private static void require(boolean holds, String path, String message) {
        if (!holds) {
            throw refused(path, message);
        }
    }

    private static IllegalArgumentException refused(String path, String message) {
        return new IllegalArgumentException("at " + (path.isEmpty() ? "/" : path) + ": " + message);
    }
}
