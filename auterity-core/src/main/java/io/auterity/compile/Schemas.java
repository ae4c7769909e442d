package io.auterity.compile;

import io.auterity.connector.Operation;
import io.auterity.expression.Type;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types that schemas stand for, each read once. */
final class Schemas {

    private final Compilation compilation;
    private final Map<String, Type> inputs = new HashMap<>();
    private final Map<String, Type> outputs = new HashMap<>();
    private final Map<String, Map<String, Object>> given = new HashMap<>();
    private final Constants constants = new Constants();

    Schemas(Compilation compilation) {
        this.compilation = compilation;
    }

    /** Checks a schema of the definition and returns the type it stands for. */
    Type type(Place place, Map<String, Object> schema) {
        boolean sound = SchemaRule.check(compilation, place, schema);
        return sound && !schema.isEmpty() ? Type.of(schema) : Type.ANY;
    }

    Type input(String operation, Operation.Description description) {
        return inputs.computeIfAbsent(operation, name -> objectType(description.input()));
    }

    Type output(String operation, Operation.Description description) {
        return outputs.computeIfAbsent(operation, name -> {
            Map<String, Object> schema = description.output();
            return schema.isEmpty() ? Type.ANY : Type.of(schema);
        });
    }

    /** Returns the type of what a workflow may be started with. */
    Type input(String workflow, Signature signature) {
        return inputs.computeIfAbsent("run " + workflow, name -> objectType(given(workflow, signature.input())));
    }

    /** Returns the schema of what a workflow may be started with: what its input has a default for may be missing. */
    @SuppressWarnings("unchecked") // a copy of a schema
    Map<String, Object> given(String workflow, Map<String, Object> input) {
        return given.computeIfAbsent(workflow, name -> (Map<String, Object>) withoutDefaulted(input));
    }

    /** Goes the way that defaults are filled in: down the properties. */
    private static @Nullable Object withoutDefaulted(@Nullable Object schema) {
        if (!(schema instanceof Map<?, ?> keywords) || !(keywords.get("properties") instanceof Map<?, ?> properties)) {
            return schema;
        }
        Map<Object, @Nullable Object> inner = new LinkedHashMap<>();
        properties.forEach((name, property) -> inner.put(name, withoutDefaulted(property)));
        Map<Object, @Nullable Object> whole = new LinkedHashMap<>(keywords);
        whole.put("properties", inner);
        if (keywords.get("required") instanceof List<?> required) {
            whole.put(
                    "required",
                    required.stream()
                            .filter(name ->
                                    !(properties.get(name) instanceof Map<?, ?> one && one.containsKey("default")))
                            .toList());
        }
        return whole;
    }

    /** Checks constants against schemas. */
    Constants constants() {
        return constants;
    }

    static Type objectType(Map<String, Object> schema) {
        return schema.isEmpty() ? Type.map(Type.ANY) : Type.of(schema);
    }
}
