package io.auterity.relay.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.definition.Retry;
import io.auterity.testkit.ProcessorTime;
import java.time.Duration;
import java.time.Instant;
import okhttp3.Headers;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Tag;

/** R19: Whatever a provider writes as {@code Retry-After} is no wait, or one of at most the longest that is taken. */
@Tag("isolated")
class RetryAfterFuzzTest {

    private static final Instant NOW = Instant.parse("2026-01-31T09:30:00Z");
    private static final Request REQUEST =
            new Request.Builder().url("https://example.com/").build();

    @FuzzTest(maxDuration = "1m")
    void any_text_is_no_wait_or_a_bounded_one(@NotNull String text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> {
            check("Retry-After", text);
            check("retry-after-ms", text);
        });
    }

    private static void check(String name, String text) {
        Response response = new Response.Builder()
                .request(REQUEST)
                .protocol(Protocol.HTTP_1_1)
                .code(429)
                .message("")
                .headers(new Headers.Builder()
                        .addUnsafeNonAscii(name, legal(text))
                        .build())
                .build();
        ProviderException refusal = Refusals.of(response, "", NOW);
        assertThat(refusal.errorClass()).isEqualTo(ErrorClass.RATE_LIMIT);
        refusal.retryAfter().ifPresent(wait -> assertThat(wait).isBetween(Duration.ZERO, Retry.LONGEST_ASKED));
    }

    /** What the client takes for a header's value; it reads no line that has anything else. */
    private static String legal(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0a-\\x1f\\x7f]", "");
    }
}
