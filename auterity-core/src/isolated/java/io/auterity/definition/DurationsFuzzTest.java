package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.testkit.ProcessorTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class DurationsFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void any_text_is_no_duration_or_survives_writing(@NotNull String text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(String text) {
        Optional<Duration> read = Durations.parse(text);
        if (read.isEmpty()) {
            return;
        }
        Duration duration = read.get();
        assertThat(duration).isBetween(Duration.ZERO, Durations.LONGEST);
        assertThat(Durations.parse(Durations.print(duration))).contains(duration);
        assertThat(text).matches(Durations.SHORT + "|" + Durations.ISO);
    }
}
