package io.auterity.compile;

import io.auterity.connector.Operation;
import io.auterity.expression.Type;
import java.util.HashMap;
import java.util.Map;

/** The types that schemas stand for, each read once. */
final class Schemas {

    private final Compilation compilation;
    private final Map<String, Type> inputs = new HashMap<>();
    private final Map<String, Type> outputs = new HashMap<>();
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

    Type input(String workflow, Signature signature) {
        return inputs.computeIfAbsent("run " + workflow, name -> objectType(signature.input()));
    }

    /** Checks constants against schemas. */
    Constants constants() {
        return constants;
    }

    static Type objectType(Map<String, Object> schema) {
        return schema.isEmpty() ? Type.map(Type.ANY) : Type.of(schema);
    }
}
