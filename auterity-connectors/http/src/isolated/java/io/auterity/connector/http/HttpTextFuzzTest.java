package io.auterity.connector.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import io.auterity.testkit.ProcessorTime;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Tag;

/** R19: What a step writes before the first {@code |} is an address, then a header's name, then its value. */
@Tag("isolated")
class HttpTextFuzzTest {

    private static final OutboundGuard GUARD = OutboundGuard.builder().build();

    @FuzzTest(maxDuration = "1m")
    void any_address_and_header_is_refused_or_stays_one(@NotNull String text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(String text) {
        String[] parts = text.split("\\|", 3);
        try {
            HttpUrl url = Target.of(parts[0], GUARD);
            assertThat(url.scheme()).isIn("http", "https");
            assertThat(url.username() + url.password()).isEmpty();
            assertThat(HttpUrl.get(url.toString())).isEqualTo(url);
            assertThat(Target.shown(url)).doesNotContain("?", "#");
        } catch (StepException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
        if (parts.length < 3) {
            return;
        }
        try {
            Headers headers = HeaderText.of(Map.of(parts[1], parts[2]));
            assertThat(headers.size()).isEqualTo(1);
            assertThat(headers.toString()).doesNotContain("\r").containsOnlyOnce("\n");
        } catch (StepException refused) {
            assertThat(refused.getMessage()).startsWith("invalid input at /headers");
        }
    }
}
