package io.auterity.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.testkit.ProcessorTime;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class CronFuzzTest {

    private static final LocalDateTime START = LocalDateTime.parse("2026-01-01T00:00");

    @FuzzTest(maxDuration = "1m")
    void a_text_is_refused_with_a_reason_or_goes_forward(@NotNull String text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(String text) {
        Cron cron;
        try {
            cron = Cron.parse(text);
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotNull();
            return;
        }
        LocalDateTime at = START;
        for (int i = 0; i < 3; i++) {
            LocalDateTime next = cron.next(at).orElse(null);
            if (next == null) {
                return;
            }
            assertThat(next).isAfter(at);
            at = next;
        }
    }
}
