package io.auterity.connector;

import io.auterity.regex.Regex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses schemas that lead outside themselves, that apply themselves to one value again and again without an end, or
 * whose faults would show only when a value is checked.
 */
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

    /** Keywords whose schemas apply to the same value as the schema they stand in, not to a part of it. */
    private static final Set<String> IN_PLACE =
            Set.of("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas");

    private static final int DEEPEST = 200;
    private static final String TOO_MANY_IN_A_ROW = "more than " + DEEPEST + " schemas apply to one value in a row";

    private final Map<String, Object> root;
    private final Map<String, List<Schema>> anchors = new HashMap<>();
    private final Map<Object, Schema> schemas = new IdentityHashMap<>();
    private final List<Schema> inOrder = new ArrayList<>(); // an identity has none, and the message names the first
    private final Deque<Reference> references = new ArrayDeque<>();

    private SchemaCheck(Map<String, Object> root) {
        this.root = root;
    }

    /** Checks a schema, throwing IllegalArgumentException with the place of the first fault. */
    static void check(Map<String, Object> schema) {
        SchemaCheck check = new SchemaCheck(schema);
        check.schema(schema, null, "", 0);
        for (Reference next = check.references.poll(); next != null; next = check.references.poll()) {
            check.resolve(next);
        }
        check.inOrder.forEach(known -> follow(known, 0));
    }

    /** A schema that is an object, and those that apply to the same value as it does. */
    private static final class Schema {
        private final String path;
        private final List<Schema> inPlace = new ArrayList<>(0);
        private boolean begun;
        private int height;

        private Schema(String path) {
            this.path = path;
        }
    }

    /** A reference that has not been followed yet. */
    private record Reference(Schema from, String to, int depth) {}

    /** Checks a schema, which applies to the same value as another one does if there is one. */
    private void schema(@Nullable Object schema, @Nullable Schema user, String path, int depth) {
        if (schema instanceof Boolean) {
            return;
        }
        Map<?, ?> keywords = object(schema, path, "a schema is an object or a boolean");
        require(depth < DEEPEST, path, "the schema is nested more than " + DEEPEST + " levels deep");
        Schema known = schemas.get(keywords);
        Schema here = known == null ? new Schema(path) : known;
        if (user != null) {
            user.inPlace.add(here);
        }
        if (known == null) {
            schemas.put(keywords, here);
            inOrder.add(here);
            for (Map.Entry<?, ?> entry : keywords.entrySet()) {
                String keyword = String.valueOf(entry.getKey());
                keyword(here, keyword, entry.getValue(), path + "/" + keyword, depth);
            }
        }
    }

    private void keyword(Schema here, String keyword, @Nullable Object value, String path, int depth) {
        Schema user = IN_PLACE.contains(keyword) ? here : null;
        if (ONE.contains(keyword) && !(value instanceof List)) {
            schema(value, user, path, depth + 1);
        } else if (MANY.contains(keyword) || (ONE.contains(keyword) && value instanceof List)) {
            if (!(value instanceof List<?> list)) {
                throw refused(path, "expected a list of schemas");
            }
            int index = 0;
            for (Object item : list) {
                schema(item, user, path + "/" + index++, depth + 1);
            }
        } else if (NAMED.contains(keyword)) {
            object(value, path, "expected an object of schemas").forEach((name, item) -> {
                if (keyword.equals("patternProperties")) {
                    pattern(name, path);
                }
                schema(item, user, path + "/" + name, depth + 1);
            });
        } else {
            plain(here, keyword, value, path, depth);
        }
    }

    private void plain(Schema here, String keyword, @Nullable Object value, String path, int depth) {
        switch (keyword) {
            case "type" -> {
                List<?> types = value instanceof List<?> list ? list : List.of(String.valueOf(value));
                for (Object type : types) {
                    require(type instanceof String && TYPES.contains(type), path, "'" + type + "' is no type");
                }
            }
            case "pattern" -> pattern(value, path);
            case "dependencies" -> // of older dialects: a schema or a list of names for each property
                object(value, path, "expected an object").forEach((name, item) -> {
                    if (!(item instanceof List)) {
                        schema(item, here, path + "/" + name, depth + 1);
                    }
                });
            case "$ref", "$dynamicRef", "$recursiveRef" -> {
                if (!(value instanceof String reference && reference.startsWith("#"))) {
                    throw refused(path, "a reference begins with '#' and leads to a place in this schema");
                }
                references.add(new Reference(here, reference, depth));
            }
            case "$anchor", "$dynamicAnchor" ->
                anchors.computeIfAbsent("#" + value, name -> new ArrayList<>(1)).add(here);
            case "$recursiveAnchor" -> require(value instanceof Boolean, path, "expected true or false");
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
        if (!(pattern instanceof String text)) {
            throw refused(path, "a pattern is a text");
        }
        try {
            Regex.compile(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "at " + path + ": " + e.getMessage()
                            + " (patterns are RE2's, with no look-around and no back references)",
                    e);
        }
    }

    /** What a reference leads to is a schema, wherever it stands. */
    private void resolve(Reference reference) {
        List<Schema> anchored = anchors.get(reference.to());
        if (anchored == null) {
            schema(find(reference.to()), reference.from(), reference.to().substring(1), reference.depth() + 1);
        } else {
            reference.from().inPlace.addAll(anchored);
        }
    }

    private @Nullable Object find(String reference) {
        if (reference.equals("#")) {
            return root;
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
        return at;
    }

    /**
     * Refuses a schema that comes back to itself before it has gone into the value.
     *
     * @return how many schemas apply to one value in a row, from this one on
     */
    private static int follow(Schema schema, int depth) {
        if (schema.height > 0) {
            return schema.height;
        }
        require(!schema.begun, schema.path, "the schema applies itself to the same value again, without an end");
        require(depth < DEEPEST, schema.path, TOO_MANY_IN_A_ROW);
        schema.begun = true;
        int height = 1;
        for (Schema next : schema.inPlace) {
            height = Math.max(height, 1 + follow(next, depth + 1));
        }
        require(height <= DEEPEST, schema.path, TOO_MANY_IN_A_ROW);
        schema.height = height;
        return height;
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
