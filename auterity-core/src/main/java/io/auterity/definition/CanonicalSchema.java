package io.auterity.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * JSON Schemas without the order that carries no meaning: that of {@code required} and of several {@code type}s.
 *
 * <p>Everything else stays, annotations such as {@code description} too, because models and forms read them.
 */
final class CanonicalSchema {

    private static final Set<String> SCHEMAS_BY_NAME =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");
    private static final Set<String> SCHEMA_LISTS = Set.of("allOf", "anyOf", "oneOf", "prefixItems");
    private static final Set<String> SCHEMAS = Set.of(
            "items",
            "contains",
            "not",
            "if",
            "then",
            "else",
            "propertyNames",
            "additionalProperties",
            "unevaluatedItems",
            "unevaluatedProperties",
            "contentSchema");
    private static final Set<String> SETS_OF_TEXTS = Set.of("required", "type");

    private CanonicalSchema() {}

    static Map<String, Object> of(Map<?, ?> schema) {
        Map<String, Object> canonical = new LinkedHashMap<>();
        schema.forEach((key, value) -> canonical.put(String.valueOf(key), keyword(String.valueOf(key), value)));
        return canonical;
    }

    private static Object keyword(String keyword, Object value) {
        if (value instanceof Map<?, ?> map) {
            if (SCHEMAS_BY_NAME.contains(keyword)) {
                Map<String, Object> schemas = new LinkedHashMap<>();
                map.forEach((name, schema) -> schemas.put(String.valueOf(name), schema(schema)));
                return schemas;
            }
            return SCHEMAS.contains(keyword) ? of(map) : value;
        }
        if (value instanceof List<?> list) {
            if (SETS_OF_TEXTS.contains(keyword) && list.stream().allMatch(String.class::isInstance)) {
                return List.copyOf(new TreeSet<>(list));
            }
            if (SCHEMA_LISTS.contains(keyword)) {
                List<Object> schemas = new ArrayList<>();
                list.forEach(schema -> schemas.add(schema(schema)));
                return schemas;
            }
        }
        return value;
    }

    private static Object schema(Object schema) {
        return schema instanceof Map<?, ?> map ? of(map) : schema;
    }
}
