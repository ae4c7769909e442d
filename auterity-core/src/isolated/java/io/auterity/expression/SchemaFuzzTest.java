package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.connector.JsonSchema;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.testkit.ProcessorTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** R19: Reads {@code [schema, value]} with both readers of JSON Schemas: the one that checks values and the one of types. */
@Tag("isolated")
class SchemaFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void any_schema_is_refused_or_a_value_that_satisfies_it_has_its_type(byte @NotNull [] json) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(json));
    }

    @SuppressWarnings("unchecked")
    private static void check(byte[] json) {
        Object pair;
        try {
            pair = Json.read(json);
        } catch (JsonException e) {
            return;
        }
        if (!(pair instanceof List<?> list) || list.size() != 2 || !(list.get(0) instanceof Map<?, ?> map)) {
            return;
        }
        Map<String, Object> schema = (Map<String, Object>) map;
        Object value = list.get(1);
        Type type = Type.of(schema);
        assertThat(Type.of(SchemaWriter.schemaOf(type))).isNotNull();
        JsonSchema checked;
        try {
            checked = JsonSchema.of(schema);
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        if (checked.problems(value).isEmpty()) {
            assertThat(Type.ofValue(value).isAssignableTo(type))
                    .as("%s satisfies %s and is a %s", value, schema, type)
                    .isTrue();
        }
    }
}
