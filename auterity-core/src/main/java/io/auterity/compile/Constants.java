package io.auterity.compile;

import io.auterity.connector.JsonSchema;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks constants against what schemas demand beyond types: lengths, bounds, patterns.
 *
 * <p>Schemas without such demands, which are most, never reach the schema library, whose first use takes a while.
 */
final class Constants {

    private static final int MAX_DEPTH = 64;
    private static final Set<String> DEMANDS = Set.of(
            "pattern",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minItems",
            "maxItems",
            "uniqueItems",
            "contains",
            "minProperties",
            "maxProperties",
            "patternProperties",
            "propertyNames",
            "dependentRequired",
            "dependentSchemas",
            "oneOf",
            "not",
            "if");

    private final Map<Map<?, ?>, Optional<JsonSchema>> schemas = new IdentityHashMap<>();

    /**
     * Checks a constant whose type fits.
     *
     * @param root the schema that references of the other one lead into
     * @param schema the schema of the constant
     * @param value the constant
     * @return what is wrong, each with its path as in {@code /items/3: must be ...}
     */
    List<String> problems(Map<String, Object> root, Map<?, ?> schema, @Nullable Object value) {
        return schemas.computeIfAbsent(schema, key -> prepare(root, key))
                .map(prepared -> prepared.problems(value))
                .orElse(List.of());
    }

    private static Optional<JsonSchema> prepare(Map<String, Object> root, Map<?, ?> schema) {
        if (!demands(schema, 0)) {
            return Optional.empty();
        }
        Map<String, Object> whole = new LinkedHashMap<>();
        for (String definitions : List.of("$defs", "definitions")) {
            if (root.containsKey(definitions)) {
                whole.put(definitions, root.get(definitions));
            }
        }
        schema.forEach((keyword, value) -> whole.put((String) keyword, value));
        try {
            return Optional.of(JsonSchema.of(whole));
        } catch (IllegalArgumentException e) {
            return Optional
                    .empty(); // refers to something outside of itself: the check at run time has the whole schema
        }
    }

    private static boolean demands(@Nullable Object schema, int depth) {
        if (depth > MAX_DEPTH) {
            return false;
        }
        if (schema instanceof Map<?, ?> map) {
            return map.keySet().stream().anyMatch(DEMANDS::contains)
                    || map.values().stream().anyMatch(value -> demands(value, depth + 1));
        }
        return schema instanceof List<?> list && list.stream().anyMatch(item -> demands(item, depth + 1));
    }
}
