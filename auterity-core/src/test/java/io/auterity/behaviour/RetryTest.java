package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.RunStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetryTest {

    @OnEverySchedule
    void tries_again_until_it_succeeds(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                steps:
                  a: {uses: do.flaky, with: {failures: 3, value: ok}, retry: {maxAttempts: 5, delay: 1ms}}
                output: ["${{ steps.a.output }}", "${{ steps.a.attempts }}"]
                """);
            assertThat(lab.end(run).orElseThrow()).isEqualTo(List.of("ok", 4L));
            assertThat(lab.calls()).hasSize(4);
            assertThat(run.steps().get("a").attempts()).isEqualTo(4);
        }
    }

    @OnEverySchedule
    void retries_until_the_last_attempt_then_fails(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                steps:
                  a: {uses: do.flaky, with: {failures: 9, code: odd}, retry: {maxAttempts: 3, delay: 1ms}}
                """);
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure().map(Failure::code)).contains("odd");
            assertThat(lab.calls()).hasSize(3);
            assertThat(attempts(run)).containsExactly(1, 2);
            assertThat(run.steps().get("a").attempts()).isEqualTo(3);
        }
    }

    @OnEverySchedule
    void does_not_try_again_what_says_that_it_is_pointless(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run(
                    "steps: {a: {uses: do.fail, with: {retryable: false}, retry: {maxAttempts: 5, delay: 1ms}}}");
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(lab.calls()).hasSize(1);
        }
    }

    @OnEverySchedule
    void defect_8_codes_of_a_retry_list_match(Schedule schedule) {
        Map<String, Integer> attempts =
                Map.of("http-503", 3, "http-500", 3, "http-429", 3, "http-404", 1, "io", 3, "timeout", 1);
        attempts.forEach((code, expected) -> {
            try (Lab lab = new Lab(schedule)) {
                lab.on("http", (input, context) -> {
                    throw code.equals("io") ? new IOException("reset") : new StepException(code, "no", false);
                });
                lab.run("steps: {a: {uses: do.http, retry: {maxAttempts: 3, delay: 0s, on: [io, http-429,"
                        + " http-5xx]}}}");
                assertThat(lab.calls()).as(code).hasSize(expected);
            }
        });
    }

    @OnEverySchedule
    void the_workflows_default_holds_where_a_step_says_nothing(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.run("""
                defaults: {retry: {maxAttempts: 4, delay: 0s}}
                steps:
                  a: {uses: do.fail, with: {retryable: true}, onError: continue}
                  b: {uses: do.fail, with: {retryable: true}, retry: {maxAttempts: 2, delay: 0s}, onError: continue}
                """);
            assertThat(lab.calls()).filteredOn("a"::equals).hasSize(4);
            assertThat(lab.calls()).filteredOn("b"::equals).hasSize(2);
        }
    }

    @Test
    void delays_grow_to_the_longest() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            Run<Object> run = lab.start("""
                steps:
                  a:
                    uses: do.flaky
                    with: {failures: 6}
                    retry: {maxAttempts: 7, delay: 1s, multiplier: 3, maxDelay: 20s, jitter: 0}
                """);
            lab.end(run).orElseThrow();
            assertThat(delays(run)).containsExactly(1_000L, 3_000L, 9_000L, 20_000L, 20_000L, 20_000L);
            assertThat(lab.world().age()).isGreaterThanOrEqualTo(Duration.ofSeconds(73));
        }
    }

    @Test
    void jitter_spreads_delays_around_their_middle() {
        List<Long> delays = new ArrayList<>();
        for (int seed = 0; seed < 50; seed++) {
            try (Lab lab = new Lab(Schedule.SIMULATED, seed)) {
                Run<Object> run = lab.start(
                        "steps: {a: {uses: do.flaky, with: {failures: 1}, retry: {delay: 10s, jitter: 0.2}}}");
                lab.end(run).orElseThrow();
                delays.addAll(delays(run));
            }
        }
        assertThat(delays).allSatisfy(delay -> assertThat(delay).isBetween(8_000L, 12_000L));
        assertThat(delays.stream().distinct().count()).isGreaterThan(40);
        assertThat(delays.stream().mapToLong(Long::longValue).average().orElseThrow())
                .isBetween(9_600.0, 10_400.0);
    }

    @Test
    void the_other_side_may_ask_for_more_time() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            lab.on("busy", (input, context) -> {
                if (context.attempt() == 1) {
                    throw new StepException("http-429", "slow down", true).retryAfter(Duration.ofSeconds(30));
                }
                return "ok";
            });
            Run<Object> run = lab.start("steps: {a: {uses: do.busy, retry: {delay: 1s, jitter: 0}}}");
            lab.end(run).orElseThrow();
            assertThat(delays(run)).containsExactly(30_000L);
        }
    }

    @Test
    void what_the_other_side_asks_for_has_a_limit() {
        Duration day = Duration.ofDays(1);
        assertThat(delayWhenAskedFor(day.minusMillis(1), "1m")).isEqualTo(day.minusMillis(1));
        assertThat(delayWhenAskedFor(day, "1m")).isEqualTo(day);
        assertThat(delayWhenAskedFor(day.plusMillis(1), "1m")).isEqualTo(day);
        assertThat(delayWhenAskedFor(Duration.ofSeconds(999_999_999), "1m")).isEqualTo(day);
        assertThat(delayWhenAskedFor(ChronoUnit.FOREVER.getDuration(), "1m")).isEqualTo(day);

        Duration three = Duration.ofDays(3);
        assertThat(delayWhenAskedFor(three.minusMillis(1), "3d")).isEqualTo(three.minusMillis(1));
        assertThat(delayWhenAskedFor(three, "3d")).isEqualTo(three);
        assertThat(delayWhenAskedFor(three.plusMillis(1), "3d")).isEqualTo(three);
    }

    private static Duration delayWhenAskedFor(Duration asked, String maxDelay) {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            lab.on("busy", (input, context) -> {
                if (context.attempt() == 1) {
                    throw new StepException("http-503", "not now", true).retryAfter(asked);
                }
                return "ok";
            });
            Run<Object> run =
                    lab.start("steps: {a: {uses: do.busy, retry: {delay: 1s, jitter: 0, maxDelay: " + maxDelay + "}}}");
            lab.end(run).orElseThrow();
            return Duration.ofMillis(delays(run).get(0));
        }
    }

    private static List<Integer> attempts(Run<?> run) {
        return run.entries().stream()
                .filter(AttemptFailed.class::isInstance)
                .map(entry -> ((AttemptFailed) entry).attempt())
                .toList();
    }

    private static List<Long> delays(Run<?> run) {
        return run.entries().stream()
                .filter(AttemptFailed.class::isInstance)
                .map(entry -> ((AttemptFailed) entry).retryAt() - entry.at())
                .toList();
    }
}
