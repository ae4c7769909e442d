package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.testkit.ProcessorTime;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class SchemaShorthandFuzzTest {

    private static final DefinitionReader READER = new DefinitionReader();

    @FuzzTest(maxDuration = "1m")
    void any_input_schema_is_refused_with_problems_or_survives_writing(byte @NotNull [] json) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(json));
    }

    private static void check(byte[] json) {
        Object input;
        try {
            input = Json.read(json);
        } catch (JsonException e) {
            return;
        }
        if (input == null) {
            return; // the key without a value
        }
        Map<String, Object> text = Values.copyOf(
                Map.of("auterity", 1L, "id", "fuzz", "input", input, "steps", Map.of("a", Map.of("value", List.of()))));
        Definition definition;
        try {
            definition = READER.read(Json.write(text).getBytes(StandardCharsets.UTF_8), "fuzz")
                    .definition();
        } catch (DefinitionException e) {
            assertThat(e.problems()).isNotEmpty();
            return;
        }
        Map<String, Object> schema = definition.input();
        assertThat(schema.isEmpty()
                        || "object".equals(schema.get("type"))
                        || schema.keySet().stream().anyMatch(key -> key.startsWith("$")))
                .as("%s is an object's", schema)
                .isTrue();
        String yaml = DefinitionWriter.yaml(definition);
        assertThat(READER.read(yaml).definition().input()).as(yaml).isEqualTo(schema);
    }
}
