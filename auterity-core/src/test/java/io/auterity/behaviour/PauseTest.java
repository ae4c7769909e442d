package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry.RunPaused;
import io.auterity.journal.JournalEntry.RunResumed;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import io.auterity.run.Threads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PauseTest {

    @OnEverySchedule
    void attempts_under_way_end_and_no_others_start_until_resumed(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                steps:
                  a: {uses: do.held}
                  b: {uses: do.echo, needs: [a]}
                """);
            lab.untilCalled("a");
            run.pause();
            lab.until(run::isPaused);
            lab.release();
            lab.untilSeen(StepSucceeded.class, "a");
            if (lab.isSimulated()) {
                lab.world().runUntilIdle();
            }
            assertThat(lab.calls()).containsExactly("a");
            run.resume();
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(run.isPaused()).isFalse();
            assertThat(lab.calls()).containsExactly("a", "b");
            assertThat(run.entries()).filteredOn(RunPaused.class::isInstance).hasSize(1);
            assertThat(run.entries()).filteredOn(RunResumed.class::isInstance).hasSize(1);
        }
    }

    @OnEverySchedule
    void a_paused_run_can_be_cancelled(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("steps: {gate: {await: go}, a: {uses: do.echo, needs: [gate]}}");
            run.pause();
            run.signal("go", null);
            if (lab.isSimulated()) {
                lab.world().runUntilIdle();
            }
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(lab.calls()).isEmpty();
        }
    }

    @Test
    void what_cleans_up_after_a_paused_run_was_cancelled_has_its_time_out() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            lab.on("hang", (input, context) -> {
                CompletableFuture<Object> never = new CompletableFuture<>();
                context.onCancel(() -> never.cancel(false));
                return never;
            });
            Run<Object> run = lab.start("""
                steps:
                  a: {uses: do.held}
                  tidy: {uses: do.hang, needs: [a], join: all-done, timeout: 1m}
                """);
            lab.untilCalled("a");
            run.pause();
            lab.until(run::isPaused);
            lab.release();
            lab.untilSeen(StepSucceeded.class, "a");
            lab.world().pass(Duration.ofMinutes(5)); // while it is held back, no time-out of its own runs
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(run.steps().get("tidy").result().failure().orElseThrow().code())
                    .isEqualTo(Failure.TIMEOUT);
        }
    }

    @Test
    void a_pause_of_a_fan_out_keeps_the_items_back_that_no_thread_has_taken() {
        ExecutorService few = Threads.newPool(2);
        try (Lab lab = new Lab(Schedule.REAL)) {
            CountDownLatch go = new CountDownLatch(1);
            AtomicInteger begun = new AtomicInteger();
            lab.on("hold", (input, context) -> {
                begun.incrementAndGet();
                go.await();
                return null;
            });
            lab.with(builder -> builder.executor(few));
            Run<Object> run = lab.start(
                    "steps: {all: {forEach: '${{ range(100) }}', concurrency: 100, steps: {a: {uses: do.hold}}}}");
            lab.until(() -> begun.get() == 2);
            run.pause();
            lab.until(run::isPaused);
            go.countDown();
            lab.until(() -> lab.events(StepSucceeded.class).size() == 2);
            assertThat(begun).hasValue(2);
            run.resume();
            lab.end(run).orElseThrow();
            assertThat(begun).hasValue(100);
        } finally {
            few.shutdownNow();
        }
    }

    @Test
    void timers_of_a_paused_run_go_on_and_take_effect_when_it_is_resumed() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            Run<Object> run = lab.start("steps: {w: {wait: 10m}, a: {uses: do.echo, needs: [w]}}");
            run.pause();
            lab.world().pass(java.time.Duration.ofMinutes(20));
            assertThat(Lab.states(run)).containsEntry("w", "succeeded").doesNotContainKey("a");
            run.resume();
            lab.end(run).orElseThrow();
            assertThat(lab.world().age()).isLessThan(java.time.Duration.ofMinutes(21));
        }
    }
}
