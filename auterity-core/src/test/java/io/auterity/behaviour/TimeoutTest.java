package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimeoutTest {

    @OnEverySchedule
    void an_attempt_that_takes_too_long_fails_and_may_be_tried_again(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            AtomicInteger cancelled = new AtomicInteger();
            lab.on("slow", (input, context) -> {
                context.onCancel(cancelled::incrementAndGet);
                return lab.later(context.attempt() < 3 ? Duration.ofHours(1) : Duration.ofMillis(1), () -> "ok");
            });
            Run<Object> run =
                    lab.start("steps: {a: {uses: do.slow, timeout: 30ms, retry: {maxAttempts: 3, delay: 1ms}}}\n"
                            + "output: ${{ steps.a.output }}");
            assertThat(lab.end(run).orElseThrow()).isEqualTo("ok");
            assertThat(cancelled).hasValue(2);
            assertThat(run.steps().get("a").attempts()).isEqualTo(3);
        }
    }

    @Test
    void interrupts_blocking_code() throws InterruptedException {
        try (Lab lab = new Lab(Schedule.REAL)) {
            CountDownLatch interrupted = new CountDownLatch(1);
            lab.on("block", (input, context) -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
                return null;
            });
            RunResult<Object> result = lab.run("steps: {a: {uses: do.block, timeout: 20ms}}");
            assertThat(result.failure().map(Failure::code)).contains(Failure.TIMEOUT);
            assertThat(interrupted.await(10, java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void attempts_have_five_minutes_when_nothing_is_said() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            RunResult<Object> result = lab.run("steps: {a: {uses: do.take, with: {time: 1h}}}");
            assertThat(result.failure().map(Failure::code)).contains(Failure.TIMEOUT);
            assertThat(lab.world().age()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
        }
    }

    @Test
    void fallbacks_and_undos_have_five_minutes_too_whatever_their_step_is() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {await: {signal: never, within: 1m}, onError: {fallback: {uses: do.take, with: {time: 1d}}}}
                    """);
            RunResult<Object> result = lab.end(run);
            assertThat(result.failure().map(Failure::code)).contains(Failure.TIMEOUT);
            assertThat(lab.world().age()).isEqualTo(Duration.ofMinutes(6));
        }
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            Run<Object> run = lab.start("""
                    defaults: {timeout: 10s}
                    steps:
                      a: {wait: 1m, undo: {uses: do.take, with: {time: 1d}}}
                      b: {uses: do.fail, needs: [a]}
                    """);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.FAILED);
            assertThat(lab.world().age()).isEqualTo(Duration.ofSeconds(70));
        }
    }

    @OnEverySchedule
    void a_late_result_of_an_attempt_that_timed_out_does_not_count(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.on("stubborn", (input, context) -> {
                int attempt = context.attempt(); // does not listen to cancellation
                return lab.later(Duration.ofMillis(attempt == 1 ? 60 : 100), () -> "attempt " + attempt);
            });
            RunResult<Object> result = lab.run("""
                    steps: {a: {uses: do.stubborn, timeout: 30ms, retry: {delay: 1ms, maxAttempts: 2}, onError: {fallback: none}}}
                    output: ${{ steps.a.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo("none");
        }
    }

    @OnEverySchedule
    void a_block_that_takes_too_long_is_stopped_with_what_is_in_it(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      each:
                        forEach: ${{ [1, 2, 3] }}
                        timeout: 50ms
                        onError: continue
                        steps: {a: {uses: do.take, with: {time: 1h}}}
                      after: {value: "${{ coalesce(steps.each.error.code, '') }}"}
                    output: ${{ steps.after.output }}
                    """);
            assertThat(lab.end(run).orElseThrow()).isEqualTo(Failure.TIMEOUT);
            assertThat(Lab.states(run)).containsEntry("each[0]/a", "cancelled").containsEntry("each[2]/a", "cancelled");
        }
    }

    @OnEverySchedule
    void a_run_that_takes_too_long_fails(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    timeout: 50ms
                    steps:
                      a: {uses: do.take, with: {time: 1h}, timeout: 40ms, retry: {maxAttempts: 100, delay: 1ms}}
                      w: {wait: 1h}
                    """);
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure().map(Failure::code)).contains(Failure.TIMEOUT);
            assertThat(Lab.states(run)).containsEntry("a", "cancelled").containsEntry("w", "cancelled");
        }
    }
}
