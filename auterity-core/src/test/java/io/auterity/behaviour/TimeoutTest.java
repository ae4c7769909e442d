package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.StepCancelled;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimeoutTest {

    @OnEverySchedule
    void an_attempt_that_takes_too_long_fails_and_may_be_tried_again(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            AtomicInteger endless = new AtomicInteger();
            AtomicInteger cancelled = new AtomicInteger();
            lab.on("slow", (input, context) -> {
                if (context.attempt() >= 3) {
                    return "ok";
                }
                endless.incrementAndGet();
                context.onCancel(cancelled::incrementAndGet);
                return new CompletableFuture<>();
            });
            Run<Object> run =
                    lab.start("steps: {a: {uses: do.slow, timeout: 30ms, retry: {maxAttempts: 100, delay: 1ms}}}\n"
                            + "output: ${{ steps.a.output }}");
            assertThat(lab.end(run).orElseThrow()).isEqualTo("ok");
            lab.until(() -> cancelled.get() == endless.get());
            assertThat(run.steps().get("a").attempts()).isGreaterThanOrEqualTo(3);
            assertThat(run.entries().stream()
                            .filter(AttemptFailed.class::isInstance)
                            .map(entry -> ((AttemptFailed) entry).failure().code()))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .containsOnly(Failure.TIMEOUT);
            if (lab.isSimulated()) { // a stalled machine lets quick attempts time out too
                assertThat(cancelled).hasValue(2);
                assertThat(run.steps().get("a").attempts()).isEqualTo(3);
            }
        }
    }

    @Test
    void interrupts_blocking_code() throws InterruptedException {
        try (Lab lab = new Lab(Schedule.REAL)) {
            CountDownLatch interrupted = new CountDownLatch(1);
            lab.on("block", (input, context) -> {
                if (interrupted.getCount() == 0) {
                    return "interrupted before";
                }
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
                return null;
            });
            Run<Object> run =
                    lab.start("steps: {a: {uses: do.block, timeout: 20ms, retry: {maxAttempts: 100, delay: 1ms}}}\n"
                            + "output: ${{ steps.a.output }}");
            assertThat(lab.end(run).orElseThrow()).isEqualTo("interrupted before");
            assertThat(run.entries().stream()
                            .filter(AttemptFailed.class::isInstance)
                            .map(entry -> ((AttemptFailed) entry).failure().code()))
                    .isNotEmpty()
                    .containsOnly(Failure.TIMEOUT);
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
            Map<Integer, CompletableFuture<Object>> answers = new ConcurrentHashMap<>();
            lab.on("stubborn", (input, context) -> { // does not listen to cancellation
                CompletableFuture<Object> answer = new CompletableFuture<>();
                answers.put(context.attempt(), answer);
                answers.forEach((attempt, earlier) -> {
                    if (attempt < context.attempt()) {
                        earlier.complete("late");
                    }
                });
                return answer;
            });
            RunResult<Object> result = lab.run("""
                steps: {a: {uses: do.stubborn, timeout: 30ms, retry: {delay: 1ms, maxAttempts: 2}, onError: continue}}
                output: ${{ coalesce(steps.a.output, 'none') }}
                """);
            assertThat(result.orElseThrow()).isEqualTo("none");
            if (lab.isSimulated()) {
                assertThat(answers).hasSize(2);
            }
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
            Map<String, String> states = Lab.states(run);
            states.keySet().removeIf(path -> path.indexOf('/') < 0);
            assertThat(states.values()).allMatch(state -> isStopped(lab, state));
            if (lab.isSimulated()) { // a stalled machine stops the block before its items begin
                assertThat(states).containsOnlyKeys("each[0]/a", "each[1]/a", "each[2]/a");
            }
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
            assertThat(Lab.states(run)).containsOnlyKeys("a", "w");
            assertThat(Lab.states(run).values()).allMatch(state -> isStopped(lab, state));
        }
    }

    @Test
    void steps_whose_time_is_up_together_settle_once_each() {
        for (long seed = 1; seed <= 20; seed++) {
            try (Lab lab = new Lab(Schedule.SIMULATED, seed)) {
                Run<Object> run = lab.start("""
                    steps:
                      polls:
                        repeat: {until: "${{ index > 5 }}", delay: 1h, steps: {p: {value: 1}}}
                        timeout: 50ms
                      takes: {uses: do.take, with: {time: 1h}, timeout: 50ms}
                      cleans: {uses: do.take, with: {time: 1s}, needs: [takes], join: all-done}
                    """);
                assertThat(lab.end(run).status()).isEqualTo(RunStatus.FAILED);
                assertThat(Lab.states(run)).as("seed %d", seed).containsEntry("cleans", "succeeded");
                assertThat(run.entries().stream()
                                .filter(entry -> entry instanceof StepCancelled || entry instanceof StepFailed)
                                .map(entry -> ((OfStep) entry).step()))
                        .as("seed %d", seed)
                        .containsExactlyInAnyOrder("polls", "takes");
            }
        }
    }

    /** Whether a step was cancelled; one that no thread had taken yet was skipped. */
    private static boolean isStopped(Lab lab, String state) {
        return state.equals("cancelled") || !lab.isSimulated() && state.equals("skipped");
    }
}
