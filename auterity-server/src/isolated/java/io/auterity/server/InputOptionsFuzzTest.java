package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.connector.JsonSchema;
import io.auterity.definition.Json;
import io.auterity.event.ProgressStyle;
import io.auterity.testkit.ProcessorTime;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** R19: Each line is one {@code --input}. */
@Tag("isolated")
class InputOptionsFuzzTest {

    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());
    private static final Shell SHELL = new Shell(
            InputStream.nullInputStream(),
            NOWHERE,
            NOWHERE,
            Map.of(),
            new ProgressStyle(false, false, false, 80, 24),
            Shell.Process.FOREIGN);

    @SuppressWarnings("unchecked")
    private static final Map<String, Object> SCHEMA = (Map<String, Object>) Json.read("""
        {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}, "s": {"type": "string"},
         "o": {"type": "object", "properties": {"a.b": {"type": ["number", "null"]}}}, "e": {"enum": [1, "x"]},
         "l": {"type": "array", "items": {"type": "boolean"}}}}
        """);

    private static final JsonSchema CHECKED = JsonSchema.of(SCHEMA);

    @FuzzTest(maxDuration = "1m")
    void any_options_are_refused_with_problems_or_satisfy_the_schema(@NotNull String text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(String text) {
        List<String> options =
                text.replace("@", "at").lines().limit(8).toList(); // '@' would read files, whichever the search names
        try {
            Map<String, ?> input = RunInput.read(SHELL, "flow", SCHEMA, options);
            assertThat(CHECKED.problems(input)).isEmpty();
        } catch (Refusal refused) {
            assertThat(refused.problems()).isNotEmpty();
        }
        try {
            assertThat(RunInput.read(SHELL, Map.of(), options)).isNotNull();
        } catch (Refusal refused) {
            assertThat(refused.problems()).isNotEmpty();
        }
    }
}
