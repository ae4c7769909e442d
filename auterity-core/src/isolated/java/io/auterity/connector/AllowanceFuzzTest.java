package io.auterity.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.testkit.ProcessorTime;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class AllowanceFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void any_text_is_refused_with_an_example_or_names_hosts(@NotNull String text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(String text) {
        Allowance allowance;
        try {
            allowance = Allowance.parse(text);
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).contains("write HOST[:PORT]");
            return;
        }
        assertThat(allowance.port()).isBetween(0, 65_535);
        if (allowance.hosts() instanceof Allowance.Named named) {
            assertThatCode(() -> HostText.parse(named.name())).doesNotThrowAnyException();
            assertThat(allowance.covers(named.isParent() ? "a." + named.name() : named.name()))
                    .isTrue();
        }
    }
}
