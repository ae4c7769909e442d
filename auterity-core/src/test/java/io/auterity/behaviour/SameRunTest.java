package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SameRunTest {

    private static final int THREADS = 64;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private <T> List<T> together(Callable<T> task) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            futures.add(threads.submit(() -> {
                barrier.await();
                return task.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get(90, TimeUnit.SECONDS));
        }
        return results;
    }

    @Test
    void the_same_id_from_64_threads_starts_one_run() throws Exception {
        AtomicInteger bodies = new AtomicInteger();
        try (Lab lab = new Lab(Schedule.REAL).on("count", (input, context) -> (long) bodies.incrementAndGet())) {
            Workflow<Map<String, Object>, Object> workflow =
                    Lab.read("steps: {a: {uses: do.count}}\noutput: ${{ steps.a.output }}");
            lab.register(workflow);
            for (int round = 1; round <= 100; round++) {
                RunId id = RunId.of("same-" + round);
                List<Object> outputs = together(() -> lab.engine()
                        .start(workflow, id, Map.of())
                        .await(Duration.ofSeconds(60))
                        .orElseThrow());
                assertThat(bodies).hasValue(round);
                assertThat(outputs).containsOnly((long) round);
            }
        }
    }

    @Test
    void the_same_id_from_64_threads_that_do_not_wait_starts_one_run() throws Exception {
        AtomicInteger bodies = new AtomicInteger();
        Workflow<Map, Long> workflow = Workflow.define(
                "flow",
                Map.class,
                (flow, input) -> flow.step("a").run(Long.class, () -> (long) bodies.incrementAndGet()));
        try (Lab lab = new Lab(Schedule.REAL).with(builder -> builder.journal(new HeldJournal().journal()))) {
            lab.register(workflow);
            for (int round = 1; round <= 100; round++) {
                RunId id = RunId.of("same-" + round);
                List<Long> outputs = together(() -> lab.engine()
                        .startAsync(workflow, id, Map.of())
                        .thenCompose(Run::result)
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .orElseThrow());
                assertThat(bodies).hasValue(round);
                assertThat(outputs).containsOnly((long) round);
            }
        }
    }

    @Test
    void whoever_is_told_of_a_run_may_wait_for_what_it_does() throws Exception {
        Workflow<Map<String, Object>, Object> workflow =
                Lab.read("steps: {a: {value: 1}, w: {await: go, needs: [a]}}\noutput: ${{ steps.w.output }}");
        try (Lab lab = new Lab(Schedule.REAL).with(builder -> builder.journal(new HeldJournal().journal()))) {
            lab.register(workflow);
            List<Object> outputs = together(() -> lab.engine()
                    .startAsync(workflow, Map.of())
                    .thenApply(run -> {
                        run.signal("go", 1L);
                        return run.await(Duration.ofSeconds(60)).orElseThrow();
                    })
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS));
            assertThat(outputs).containsOnly(1L);
        }
    }

    @Test
    void all_64_threads_are_told_when_the_engine_is_full() throws Exception {
        try (Lab lab = new Lab(Schedule.REAL).with(builder -> builder.maxRuns(1).maxQueuedRuns(0))) {
            Workflow<Map<String, Object>, Object> workflow = Lab.read("steps: {w: {await: go}}");
            lab.start(workflow, Map.of());
            for (int round = 1; round <= 20; round++) {
                RunId id = RunId.of("refused-" + round);
                List<String> codes = together(() -> {
                    try {
                        return lab.engine()
                                .start(workflow, id, Map.of())
                                .status()
                                .text();
                    } catch (EngineException e) {
                        return e.code();
                    }
                });
                assertThat(codes).containsOnly(EngineException.FULL);
            }
        }
    }

    @Test
    void a_run_that_ended_before_is_attached_to_from_64_threads() throws Exception {
        InMemoryJournal journal = new InMemoryJournal(100_000);
        Workflow<Map<String, Object>, Object> workflow =
                Lab.read("steps: {a: {value: 1}}\noutput: ${{ steps.a.output }}");
        try (Engine engine =
                Engine.builder().journal(journal).register(workflow).build()) {
            for (int round = 1; round <= 20; round++) {
                RunId id = RunId.of("again-" + round);
                engine.start(workflow, id, Map.of())
                        .await(Duration.ofSeconds(60))
                        .orElseThrow();
                List<Object> outputs = together(() -> engine.start(workflow, id, Map.of())
                        .await(Duration.ofSeconds(60))
                        .orElseThrow());
                assertThat(outputs).containsOnly(1L);
                assertThat(journal.read(id))
                        .filteredOn(RunStarted.class::isInstance)
                        .hasSize(1);
            }
        }
    }

    @OnEverySchedule
    void starting_a_run_again_attaches_to_it(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Workflow<Map<String, Object>, Object> workflow =
                    Lab.read("steps: {w: {await: go}}\noutput: ${{ steps.w.output }}");
            lab.register(workflow);
            Run<Object> first = lab.engine().start(workflow, RunId.of("one"), Map.of());
            Run<Object> second = lab.engine().start(workflow, RunId.of("one"), Map.of());
            second.signal("go", 1L);
            assertThat(lab.end(first).orElseThrow()).isEqualTo(1L);
            assertThat(lab.end(second).orElseThrow()).isEqualTo(1L);
            Run<Object> third = lab.engine().start(workflow, RunId.of("one"), Map.of());
            assertThat(third.status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(lab.end(third).orElseThrow()).isEqualTo(1L);
        }
    }

    @OnEverySchedule
    void an_id_of_another_workflow_is_refused_while_that_run_is_under_way_and_after(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Workflow<Map<String, Object>, Object> one = Lab.read("id: one\nsteps: {w: {await: go}}");
            Workflow<Map<String, Object>, Object> other = Lab.read("id: other\nsteps: {a: {value: 2}}");
            lab.register(one, other);
            RunId id = RunId.of("taken");
            Run<Object> run = lab.engine().start(one, id, Map.of());
            for (boolean ended : new boolean[] {false, true}) {
                assertThatThrownBy(() -> lab.engine().start(other, id, Map.of()))
                        .as("after its end: %s", ended)
                        .isInstanceOfSatisfying(
                                EngineException.class, e -> assertThat(e.code()).isEqualTo("AUT-R012"))
                        .hasMessageContaining("'taken'")
                        .hasMessageContaining("'one'")
                        .hasMessageContaining("'other'");
                if (!ended) {
                    run.signal("go", 1L);
                    lab.end(run).orElseThrow();
                }
            }
            assertThat(lab.engine().start(one, id, Map.of()).status()).isEqualTo(RunStatus.SUCCEEDED);
        }
    }

    @OnEverySchedule
    void starting_a_run_again_with_another_input_attaches_to_it(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Workflow<Map<String, Object>, Object> workflow = Lab.read(
                    "steps: {a: {value: '${{ input.x }}'}}\n" + "output: ${{ steps.a.output }}\ninput: {x: any}");
            lab.register(workflow);
            Run<Object> first = lab.engine().start(workflow, RunId.of("once"), Map.of("x", 1L));
            Run<Object> second = lab.engine().start(workflow, RunId.of("once"), Map.of("x", 2L));
            assertThat(lab.end(first).orElseThrow()).isEqualTo(1L);
            assertThat(lab.end(second).orElseThrow()).isEqualTo(1L);
        }
    }
}
