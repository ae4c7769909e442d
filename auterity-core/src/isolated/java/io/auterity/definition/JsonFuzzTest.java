package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.testkit.ProcessorTime;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class JsonFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void any_bytes_are_refused_or_survive_writing(byte @NotNull [] text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(byte[] text) {
        Object value;
        try {
            value = Json.read(text);
        } catch (JsonException e) {
            assertThat(e.line()).isPositive();
            assertThat(e.column()).isPositive();
            return;
        }
        assertThat(Json.read(Json.write(value))).isEqualTo(value);
        assertThat(Json.read(Json.writeBytes(value))).isEqualTo(value);
        assertThat(Json.read(Json.pretty(value).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(value);
    }
}
