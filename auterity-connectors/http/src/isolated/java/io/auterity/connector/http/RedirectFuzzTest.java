package io.auterity.connector.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import io.auterity.testkit.ProcessorTime;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Tag;

/** R19: Whatever a server writes as {@code Location} is refused or leads to an address that the guard has seen. */
@Tag("isolated")
class RedirectFuzzTest {

    private static final OutboundGuard GUARD = OutboundGuard.builder().build();
    private static final HttpUrl FROM = HttpUrl.get("https://example.com/a/b?c=d#e");

    @FuzzTest(maxDuration = "1m")
    void any_location_is_refused_or_a_vetted_address(@NotNull String location) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(location));
    }

    private static void check(String location) {
        try {
            HttpUrl target = new FollowRedirects(GUARD, false).target(FROM, location);
            assertThat(target.scheme()).isEqualTo("https");
            assertThat(target.fragment()).isNull();
            Target.vet(target, GUARD);
            assertThat(target.username() + target.password()).isEmpty();
            assertThat(HttpUrl.get(target.toString())).isEqualTo(target);
        } catch (StepException refused) {
            assertThat(refused.code()).isEqualTo(OutboundGuard.REFUSED);
            assertThat(refused.isRetryable()).isFalse();
        }
    }
}
