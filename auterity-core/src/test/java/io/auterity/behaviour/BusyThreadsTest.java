package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.RunStatus;
import io.auterity.run.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A journal that takes its time holds up the run whose entries it takes, and no thread that others wait for. */
class BusyThreadsTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @SuppressWarnings("unchecked") // an input without a schema is a map
    private static final Class<Map<String, Object>> ANY_INPUT = (Class<Map<String, Object>>) (Class<?>) Map.class;

    private final ExecutorService single = Executors.newSingleThreadExecutor();
    private final ExecutorService pool = Executors.newFixedThreadPool(4);

    @AfterEach
    void endThreads() {
        single.shutdownNow();
        pool.shutdownNow();
    }

    @Test
    void a_slow_journal_of_one_run_does_not_delay_the_timers_of_another() throws Exception {
        List<Runnable> waits = new CopyOnWriteArrayList<>();
        Timer timer = (delay, task) -> {
            if (delay.toHours() == 1) {
                waits.add(task);
            }
            return () -> {};
        };
        HeldJournal held = new HeldJournal();
        Workflow<Map<String, Object>, Object> workflow = Lab.read("steps: {w: {wait: 1h}}");
        try (Engine engine = Engine.builder()
                .journal(held.journal())
                .executor(pool)
                .timer(timer)
                .register(workflow)
                .build()) {
            Run<Object> slow = engine.start(workflow, RunId.of("slow"), Map.of());
            Run<Object> other = engine.start(workflow, RunId.of("other"), Map.of());
            assertThat(waits).hasSize(2);
            held.block("slow");
            single.execute(waits.get(0));
            assertThat(held.awaitHeld()).isTrue();
            single.execute(waits.get(1));
            assertThat(other.await(LONG).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(slow.result().toCompletableFuture()).isNotDone();
            held.release();
            assertThat(slow.await(LONG).status()).isEqualTo(RunStatus.SUCCEEDED);
        }
    }

    @Test
    void a_slow_journal_does_not_hold_the_thread_that_brings_the_result_of_a_step() throws Exception {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        HeldJournal held = new HeldJournal();
        Workflow<Map<String, Object>, Long> workflow = Workflow.define("asks", ANY_INPUT, (flow, input) -> {
            Handle<Long> one = flow.step("one").run(Long.class, () -> 1L);
            return flow.step("ask").runAsync(Long.class, one, (value, context) -> answer);
        });
        try (Engine engine = Engine.builder()
                .journal(held.journal())
                .executor(pool)
                .register(workflow)
                .build()) {
            Run<Long> run = engine.start(workflow, RunId.of("slow"), Map.of());
            held.block("step=ask");
            single.submit(() -> answer.complete(7L)).get(60, TimeUnit.SECONDS);
            assertThat(held.awaitHeld()).isTrue();
            assertThat(run.result().toCompletableFuture()).isNotDone();
            held.release();
            assertThat(run.await(LONG).orElseThrow()).isEqualTo(7L);
        }
    }
}
