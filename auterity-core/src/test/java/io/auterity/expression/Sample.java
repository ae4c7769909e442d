package io.auterity.expression;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The variables the tests of this package read: an input with a schema, a few steps, and one value of no type. */
final class Sample {
    static final Type INPUT = Type.of(object(
            List.of("email", "visits", "address"),
            "email",
            Map.of("type", "string"),
            "budget",
            Map.of("type", "number"),
            "visits",
            Map.of("type", "integer"),
            "tier",
            Map.of("enum", List.of("hot", "cold")),
            "phone",
            Map.of("type", "string"),
            "nickname",
            Map.of("type", List.of("string", "null")),
            "placedAt",
            Map.of("type", "string", "format", "date-time"),
            "patience",
            Map.of("type", "string", "format", "duration"),
            "visitedAt",
            Map.of("type", "array", "items", Map.of("type", "string", "format", "date-time")),
            "tags",
            Map.of("type", "array", "items", Map.of("type", "string")),
            "scores",
            Map.of("type", "object", "additionalProperties", Map.of("type", "integer")),
            "address",
            object(List.of(), "city", Map.of("type", "string"), "street", Map.of("type", "string"))));

    static final Environment ENVIRONMENT = Environment.builder()
            .variable("input", 0, INPUT)
            .variable("steps.score.output", 1, Type.NUMBER)
            .variable("steps.score.status", 2, Type.enumeration(List.of("succeeded", "failed")))
            .variable(
                    "steps.call.output",
                    3,
                    Type.optional(Type.object().field("sid", Type.STRING).build()))
            .variable(
                    "steps.charge-card.output",
                    4,
                    Type.object().field("id", Type.INTEGER).build())
            .variable("anything", 5, Type.ANY)
            .variable("secrets.crm", 6, Type.STRING)
            .build();

    static final Bindings BINDINGS = bindings();

    private Sample() {}

    /** A schema of an object. */
    static Map<String, Object> object(List<String> required, Object... properties) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < properties.length; i += 2) {
            fields.put((String) properties[i], properties[i + 1]);
        }
        return Map.of("type", "object", "required", required, "properties", fields);
    }

    private static Bindings bindings() {
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("email", "ada@example.org");
        input.put("budget", 5000L);
        input.put("visits", 3L);
        input.put("tier", "hot");
        input.put("nickname", null);
        input.put("placedAt", "2026-01-31T09:30:00+02:00");
        input.put("patience", "PT1H30M");
        input.put("visitedAt", List.of("2026-01-01T04:00:00+02:00", "2026-01-01T01:00:00Z"));
        input.put("tags", List.of("new", "vip"));
        input.put("scores", Map.of("maths", 1L, "art", 2L));
        input.put("address", Map.of("city", "London"));
        Map<String, Object> anything = new LinkedHashMap<>();
        anything.put("n", 7L);
        anything.put("text", "b+");
        anything.put("list", List.of(1L, Map.of("deep", true)));
        anything.put("nothing", null);
        anything.put("at", "2026-01-31T09:30:00+02:00");
        Object[] values = {input, 0.5, "succeeded", Bindings.ABSENT, Map.of("id", 7L), anything, "s3cret"};
        return slot -> values[slot];
    }

    static Object evaluate(String source) {
        return Expression.compile(source, ENVIRONMENT).evaluate(BINDINGS);
    }
}
