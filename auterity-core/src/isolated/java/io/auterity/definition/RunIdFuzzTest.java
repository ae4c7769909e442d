package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.testkit.ProcessorTime;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class RunIdFuzzTest {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:-]{1,200}");

    @FuzzTest(maxDuration = "1m")
    void a_text_becomes_an_id_unchanged_or_is_refused(@NotNull String text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(String text) {
        if (ALLOWED.matcher(text).matches()) {
            assertThat(RunId.of(text).value()).isEqualTo(text);
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RunId.of(text))
                    .withMessageStartingWith("a run id has ");
        }
    }
}
