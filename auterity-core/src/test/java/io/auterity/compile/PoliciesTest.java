package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Definition;
import io.auterity.definition.Policy;
import io.auterity.definition.Retry;
import io.auterity.definition.Settings;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Retries, time-outs and settings that make sense. */
class PoliciesTest {

    private static final StepKind CALL =
            new StepKind.Uses("http.request", Map.of("url", new Template("https://example.com")));

    private static String retry(Retry retry) {
        Policy policy = new Policy(Optional.of(retry), Optional.empty(), new Policy.OnError.Fail(), Optional.empty());
        return problem(Step.of("call", CALL).with(policy));
    }

    private static String timeout(Duration timeout) {
        Policy policy = new Policy(Optional.empty(), Optional.of(timeout), new Policy.OnError.Fail(), Optional.empty());
        return problem(Step.of("call", CALL).with(policy));
    }

    private static final Retry GOOD = Retry.exponential(Duration.ofMillis(200));

    @Test
    void the_attempts_are_1_to_1000() {
        assertThat(retry(GOOD.maxAttempts(1))).isEmpty();
        assertThat(retry(GOOD.maxAttempts(999))).isEmpty();
        assertThat(retry(GOOD.maxAttempts(1000))).isEmpty();
        assertThat(retry(GOOD.maxAttempts(1001)))
                .isEqualTo("AUT-C022 flow/call/retry: maxAttempts is 1001, but must be 1 to 1000\n"
                        + "  fix: write a number from 1 to 1000");
        assertThat(retry(GOOD.maxAttempts(0))).contains("maxAttempts is 0, but must be 1 to 1000");
    }

    @Test
    void the_longest_delay_is_not_shorter_than_the_first() {
        assertThat(retry(GOOD.maxDelay(Duration.ofMillis(200)))).isEmpty();
        assertThat(retry(GOOD.maxDelay(Duration.ofMillis(100))))
                .isEqualTo("AUT-C022 flow/call/retry: maxDelay (100ms) is shorter than delay (200ms)\n"
                        + "  fix: make maxDelay the longer of the two");
        assertThat(retry(Retry.exponential(Duration.ofSeconds(-1)))).contains("a delay is negative");
    }

    @Test
    void the_factor_and_the_spread_are_in_range() {
        assertThat(retry(new Retry(3, Duration.ZERO, 0.5, Duration.ZERO, 0, List.of())))
                .contains("multiplier is 0.5, but must be 1 to 1000");
        assertThat(retry(new Retry(3, Duration.ZERO, Double.NaN, Duration.ZERO, 0, List.of())))
                .contains("multiplier is NaN");
        assertThat(retry(new Retry(3, Duration.ZERO, 1_000, Duration.ZERO, 0, List.of())))
                .isEmpty();
        assertThat(retry(new Retry(3, Duration.ZERO, 1_000.5, Duration.ZERO, 0, List.of())))
                .contains("multiplier is 1000.5, but must be 1 to 1000");
        assertThat(retry(GOOD.jitter(1.5))).contains("jitter is 1.5, but must be 0 to 1");
        assertThat(retry(GOOD.jitter(-0.1))).contains("jitter is -0.1, but must be 0 to 1");
        assertThat(retry(GOOD.jitter(1))).isEmpty();
    }

    @Test
    void the_codes_can_occur() {
        assertThat(retry(GOOD.on("io", "timeout", "*", "http-429", "http-503", "http-404", "http-5xx", "http-xxx")))
                .isEmpty();
        assertThat(retry(GOOD.on("http-5x")))
                .isEqualTo(
                        "AUT-C022 flow/call/retry: code 'http-5x' never occurs: operation 'http.request' does not fail"
                                + " with it\n"
                                + "  fix: use 'http-5xx' (closest of: *, io, timeout, exception, cancelled, expression,"
                                + " invalid-input, http-429, http-5xx)");
        assertThat(retry(GOOD.on("503"))).contains("code '503' never occurs");
        assertThat(retry(GOOD.on("http 503"))).contains("'http 503' is no error code");
    }

    @Test
    void a_retry_needs_something_that_may_turn_out_differently() {
        for (String kind : new String[] {
            "value: 1",
            "switch: [{else: true, value: 1}]",
            "wait: 1s",
            "await: {signal: s, within: 1h}",
            "approve: {by: [x], within: 1h}",
            "emit: e",
            "fail: no"
        }) {
            assertThat(problem("steps: {a: {" + kind + ", retry: {maxAttempts: 2}}}"))
                    .startsWith("AUT-C022 flow/a/retry: a retry makes no sense here: ")
                    .endsWith("fix: remove 'retry'");
        }
        assertThat(problems("""
            steps:
              a: {run: alert-operations, retry: {maxAttempts: 2}}
              b: {forEach: "${{ input.l }}", steps: {x: {value: 1}}, retry: {maxAttempts: 2}}
            """)).isEmpty();
    }

    @Test
    void a_time_out_is_positive_and_not_absurd() {
        assertThat(timeout(Duration.ofNanos(1))).isEmpty();
        assertThat(timeout(Duration.ofDays(36_500))).isEmpty();
        assertThat(timeout(Duration.ZERO))
                .isEqualTo("AUT-C023 flow/call/timeout: timeout is PT0S, so that nothing could end in time\n"
                        + "  fix: write a duration such as 30s, or remove it");
        assertThat(timeout(Duration.ofSeconds(-5))).startsWith("AUT-C023");
        assertThat(timeout(Duration.ofDays(36_501))).contains("timeout is longer than 36500 days");
    }

    @Test
    void a_step_does_not_get_more_time_than_the_run() {
        assertThat(problem("timeout: 1m\nsteps: {a: {uses: email.send, with: {to: x}, timeout: 2m}}"))
                .isEqualTo("AUT-C023 flow/a/timeout: timeout (2m) is longer than that of the whole run (1m)\n"
                        + "  fix: shorten it, or lengthen the workflow's timeout");
        assertThat(problems("timeout: 2m\nsteps: {a: {uses: email.send, with: {to: x}, timeout: 2m}}"))
                .isEmpty();
    }

    @Test
    void the_defaults_of_the_workflow_are_checked_too() {
        Settings settings = new Settings(
                new Settings.Defaults(Optional.of(Duration.ZERO), Optional.of(GOOD.maxAttempts(0))),
                Map.of(),
                Optional.of(Duration.ofSeconds(-1)),
                Optional.of(0),
                Optional.empty());
        Definition definition = new Definition(
                "flow", "", Map.of(), settings, io.auterity.definition.Block.of(Step.of("call", CALL)), List.of());
        assertThat(problems(definition))
                .hasSize(4)
                .anyMatch(problem -> problem.startsWith("AUT-C023 flow/timeout: "))
                .anyMatch(problem -> problem.startsWith("AUT-C023 flow/defaults/timeout: "))
                .anyMatch(problem -> problem.startsWith("AUT-C022 flow/defaults/retry: "))
                .anyMatch(problem ->
                        problem.startsWith("AUT-C031 flow/maxRuns: maxRuns is 0, so that nothing could run"));
    }

    @Test
    void waiting_has_no_time_out_of_an_attempt() {
        assertThat(problems("""
                        steps:
                          reply: {await: go, timeout: 1h}
                          ok: {approve: {by: [boss]}, timeout: 1h}
                          pause: {wait: 10s, timeout: 1h}
                        """))
                .containsExactlyInAnyOrder(
                        "AUT-C023 flow/reply/timeout: a timeout is that of an attempt, and waiting is none\n"
                                + "  fix: write 'within' in 'await'",
                        "AUT-C023 flow/ok/timeout: a timeout is that of an attempt, and waiting is none\n"
                                + "  fix: write 'within' in 'approve'",
                        "AUT-C023 flow/pause/timeout: a timeout is that of an attempt, and waiting is none\n"
                                + "  fix: remove 'timeout'");
    }

    @Test
    void the_runs_at_a_time_are_1_to_100000() {
        assertThat(maxRuns(1)).isEmpty();
        assertThat(maxRuns(99_999)).isEmpty();
        assertThat(maxRuns(100_000)).isEmpty();
        assertThat(maxRuns(100_001))
                .containsExactly("AUT-C031 flow/maxRuns: maxRuns is 100001\n  fix: write 1 to 100000");
    }

    private static List<String> maxRuns(int most) {
        Settings settings =
                new Settings(Settings.Defaults.NONE, Map.of(), Optional.empty(), Optional.of(most), Optional.empty());
        return problems(new Definition(
                "flow", "", Map.of(), settings, io.auterity.definition.Block.of(Step.of("call", CALL)), List.of()));
    }
}
