package io.auterity.relay.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import okhttp3.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What providers write into their headers of rate limits, and what others could. */
class RateLimitHeadersTest {

    private static final Instant NOW = Instant.parse("2026-05-01T08:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "1s, PT1S",
        "6m0s, PT6M",
        "20ms, PT0.02S",
        "1h2m3.5s, PT1H2M3.5S",
        "7.66s, PT7.66S",
        "2d, PT24H",
        "9999999999999d, PT24H",
        "12, PT12S",
        "0.25, PT0.25S",
        "1777622460, PT1M",
        "1777622460000, PT1M",
        "2026-05-01T08:01:30Z, PT1M30S",
        "2026-05-01T10:01:30+02:00, PT1M30S",
        "2026-05-01T07:00:00Z, PT0S",
        "9999-12-31T23:59:59Z, PT24H",
        "+999999999-12-31T23:59:59Z, PT24H",
        "-999999999-01-01T00:00:00Z, PT0S",
    })
    void a_reset_is_read_in_every_form_and_is_a_day_away_at_most(String text, Duration resets) {
        assertThat(RateLimitHeaders.resets(text, NOW)).contains(resets);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "soon", "-1s", "1s!", "!1s", "1 s", "1e9", "NaN", "1x"})
    void what_is_no_time_is_no_reset(String text) {
        assertThat(RateLimitHeaders.resets(text, NOW)).isEmpty();
        assertThat(RateLimitHeaders.resets("1s".repeat(100_000), NOW)).isEmpty();
    }

    @Test
    void the_tightest_limit_counts_and_of_those_used_up_the_one_that_takes_longest() {
        assertThat(read(
                        "x-ratelimit-limit-requests: 100",
                        "x-ratelimit-remaining-requests: 50",
                        "x-ratelimit-reset-requests: 1s",
                        "X-RateLimit-Limit-Tokens: 1000",
                        "X-RateLimit-Remaining-Tokens: 100",
                        "X-RateLimit-Reset-Tokens: 6m0s"))
                .contains(new Headroom(0.1, Duration.ofMinutes(6)));
        assertThat(read(
                        "anthropic-ratelimit-requests-limit: 100",
                        "anthropic-ratelimit-requests-remaining: 0",
                        "anthropic-ratelimit-requests-reset: 2026-05-01T08:00:10Z",
                        "anthropic-ratelimit-tokens-limit: 1000",
                        "anthropic-ratelimit-tokens-remaining: 0",
                        "anthropic-ratelimit-tokens-reset: 2026-05-01T08:00:40Z"))
                .contains(new Headroom(0, Duration.ofSeconds(40)));
    }

    @Test
    void nothing_left_counts_without_a_limit_and_without_a_reset() {
        assertThat(read("x-ratelimit-remaining: 0")).contains(new Headroom(0, RateLimitHeaders.UNTOLD));
        assertThat(read("x-ratelimit-remaining: 0", "x-ratelimit-reset: whenever"))
                .contains(new Headroom(0, RateLimitHeaders.UNTOLD));
    }

    @Test
    void what_says_nothing_of_a_part_is_left_out() {
        assertThat(read("x-ratelimit-remaining-requests: 3")).isEmpty();
        assertThat(read("x-ratelimit-remaining-requests: 3", "x-ratelimit-limit-requests: 0"))
                .isEmpty();
        assertThat(read("x-ratelimit-remaining-requests: -1", "x-ratelimit-limit-requests: 10"))
                .isEmpty();
        assertThat(read("x-ratelimit-remaining-requests: 99", "x-ratelimit-limit-requests: 10"))
                .contains(new Headroom(1, RateLimitHeaders.UNTOLD));
        assertThat(read("content-length: 0")).isEmpty();
    }

    private static Optional<Headroom> read(String... lines) {
        Headers.Builder headers = new Headers.Builder();
        for (String line : lines) {
            headers.add(line);
        }
        return RateLimitHeaders.read(headers.build(), NOW);
    }
}
