package io.auterity.compile;

import java.util.Map;

/** A workflow's input is an object. */
final class InputSchemaRule {

    private InputSchemaRule() {}

    static void check(Compilation compilation, Place place, Map<String, Object> schema) {
        Object type = schema.get("type");
        if (type != null && !type.equals("object")) {
            compilation.problems()
                    .add(
                            Code.SCHEMA,
                            place,
                            "the input of a workflow is an object, not of type " + type,
                            "put it under a name, as in {type: object, properties: {value: ...}}");
        }
    }
}
