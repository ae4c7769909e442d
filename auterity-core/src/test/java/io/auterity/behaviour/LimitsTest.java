package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LimitsTest {

    /** Counts how many attempts of {@code do.work} are under way. */
    private static final class Meter {
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        Lab in(Lab lab) {
            return lab.on("work", (input, context) -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                return lab.later(Duration.ofMillis(3), now::decrementAndGet);
            });
        }
    }

    @OnEverySchedule
    void an_engine_has_no_more_runs_under_way_than_allowed(Schedule schedule) {
        Meter meter = new Meter();
        try (Lab lab = meter.in(new Lab(schedule)).with(builder -> builder.maxRuns(3))) {
            Workflow<Map<String, Object>, Object> workflow = Lab.read("steps: {a: {uses: do.work}}");
            List<Run<Object>> runs = IntStream.range(0, 20)
                    .mapToObj(n -> lab.start(workflow, Map.of()))
                    .toList();
            if (lab.isSimulated()) { // on real threads the first may be over by now
                assertThat(runs.get(19).status()).isEqualTo(RunStatus.QUEUED);
            }
            runs.forEach(run -> assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED));
            assertThat(meter.most).hasValueLessThanOrEqualTo(3);
            if (lab.isSimulated()) { // real threads may be too slow to be there all at once
                assertThat(meter.most).hasValue(3);
            }
        }
    }

    @OnEverySchedule
    void a_workflow_has_no_more_runs_under_way_than_it_says(Schedule schedule) {
        Meter meter = new Meter();
        try (Lab lab = meter.in(new Lab(schedule))) {
            Workflow<Map<String, Object>, Object> scarce =
                    Lab.read("id: scarce\nmaxRuns: 2\nsteps: {a: {uses: do.work}}");
            Workflow<Map<String, Object>, Object> free = Lab.read("id: free\nsteps: {a: {uses: do.echo}}");
            List<Run<Object>> runs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                runs.add(lab.start(scarce, Map.of()));
            }
            lab.end(lab.start(free, Map.of())).orElseThrow(); // is not held up
            runs.forEach(run -> assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED));
            assertThat(meter.most).hasValueLessThanOrEqualTo(2);
            if (lab.isSimulated()) { // real threads may be too slow to be there all at once
                assertThat(meter.most).hasValue(2);
            }
        }
    }

    @OnEverySchedule
    void a_run_has_no_more_attempts_under_way_than_allowed(Schedule schedule) {
        Meter meter = new Meter();
        try (Lab lab = meter.in(new Lab(schedule)).with(builder -> builder.maxParallelSteps(4))) {
            lab.run("steps: {each: {forEach: '${{ range(50) }}', concurrency: 50, steps: {a: {uses: do.work}}}}")
                    .orElseThrow();
            assertThat(meter.most).hasValueLessThanOrEqualTo(4);
            if (lab.isSimulated()) { // real threads may be too slow to be there all at once
                assertThat(meter.most).hasValue(4);
            }
        }
    }

    @OnEverySchedule
    void free_places_go_round_the_workflows_that_wait(Schedule schedule) {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        try (Lab lab = new Lab(schedule).with(builder -> builder.maxRuns(1))) {
            lab.on("note", (input, context) -> order.add(context.workflow()));
            Run<Object> first = lab.start(Lab.read("id: gate\nsteps: {w: {await: go}}"), Map.of());
            List<Run<Object>> runs = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                runs.add(lab.start(Lab.read("id: flood\nsteps: {a: {uses: do.note}}"), Map.of()));
            }
            runs.add(lab.start(Lab.read("id: small\nsteps: {a: {uses: do.note}}"), Map.of()));
            runs.add(lab.start(Lab.read("id: tiny\nsteps: {a: {uses: do.note}}"), Map.of()));
            first.signal("go", null);
            runs.forEach(run -> lab.end(run).orElseThrow());
            assertThat(order).containsExactly("flood", "small", "tiny", "flood", "flood", "flood", "flood");
        }
    }

    @OnEverySchedule
    void a_full_queue_refuses_runs_and_says_so(Schedule schedule) {
        try (Lab lab = new Lab(schedule).with(builder -> builder.maxRuns(1).maxQueuedRuns(2))) {
            Workflow<Map<String, Object>, Object> workflow = Lab.read("steps: {w: {await: go}}");
            List<Run<Object>> runs = IntStream.range(0, 3)
                    .mapToObj(n -> lab.start(workflow, Map.of()))
                    .toList();
            assertThatThrownBy(() -> lab.start(workflow, Map.of())).isInstanceOfSatisfying(EngineException.class, e -> {
                assertThat(e.code()).isEqualTo(EngineException.FULL);
                assertThat(e).hasMessageContaining("run-4").hasMessageContaining("maxQueuedRuns");
            });
            assertThat(lab.engine().find(RunId.of("run-4"))).isEmpty();
            runs.get(1).cancel("make room");
            assertThat(lab.end(runs.get(1)).status()).isEqualTo(RunStatus.CANCELLED);
            Run<Object> late = lab.start(workflow, Map.of());
            for (Run<Object> run : List.of(runs.get(0), runs.get(2), late)) {
                run.signal("go", null);
                assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            }
        }
    }

    @OnEverySchedule
    void ten_thousand_queued_runs_that_take_no_time_do_not_grow_the_stack(Schedule schedule) {
        try (Lab lab = new Lab(schedule).with(builder -> builder.maxRuns(1))) {
            Workflow<Map<String, Object>, Object> nothing =
                    Lab.read("id: nothing\nsteps: {a: {if: '${{ has(input.never) }}', value: 1}}");
            Run<Object> first = lab.start(Lab.read("id: gate\nsteps: {w: {await: go}}"), Map.of());
            List<Run<Object>> runs = IntStream.range(0, 10_000)
                    .mapToObj(n -> lab.start(nothing, Map.of()))
                    .toList();
            first.signal("go", null);
            runs.forEach(run -> assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED));
        }
    }

    @OnEverySchedule
    void steps_find_threads_although_the_executor_refuses_some(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            if (schedule == Schedule.SIMULATED) {
                lab.world().refuse(0.7);
            } else {
                AtomicInteger count = new AtomicInteger();
                java.util.concurrent.ExecutorService pool = io.auterity.run.Threads.newPool(4);
                lab.with(builder -> builder.executor(task -> {
                    if (count.incrementAndGet() % 3 != 0) {
                        throw new java.util.concurrent.RejectedExecutionException("busy");
                    }
                    pool.execute(task);
                }));
            }
            lab.register(Lab.read("id: child\nsteps: {a: {uses: do.echo}}"));
            lab.run("steps: {each: {forEach: '${{ range(100) }}', steps: {a: {uses: do.take, with: {time:"
                            + " 1ms}}, c: {run: child, needs: [a]}}}}")
                    .orElseThrow();
            lab.until(() -> lab.events().stream()
                            .filter(io.auterity.journal.JournalEntry.RunEnded.class::isInstance)
                            .count()
                    == 101);
        }
    }

    @OnEverySchedule
    void the_loops_of_a_run_have_no_more_items_together_than_allowed(Schedule schedule) {
        for (int limit = 7; limit <= 9; limit++) { // two items, and three for each of them: eight
            int most = limit;
            try (Lab lab = new Lab(schedule).with(builder -> builder.maxLoopItems(most))) {
                RunResult<Object> result =
                        lab.run("steps: {a: {forEach: [1, 2], steps: {b: {forEach: [1, 2, 3], as: other,"
                                + " steps: {c: {value: 1}}}}}}");
                if (limit < 8) {
                    assertThat(result.failure().orElseThrow().code()).isEqualTo(Failure.TOO_MANY_ITEMS);
                    assertThat(result.failure().orElseThrow().message())
                            .contains("at most 7 items together (maxLoopItems); this one has 3, and 5 were counted"
                                    + " before");
                } else {
                    assertThat(result.status()).isEqualTo(RunStatus.SUCCEEDED);
                }
            }
        }
    }

    @OnEverySchedule
    void a_run_has_no_more_entries_on_its_record_than_allowed(Schedule schedule) {
        for (int limit = 2; limit <= 4; limit++) { // the start, a, and b, which brings the end along
            int most = limit;
            try (Lab lab = new Lab(schedule).with(builder -> builder.maxEntries(most))) {
                RunResult<Object> result = lab.run("steps: {a: {uses: do.echo}, b: {uses: do.echo, needs: [a]}}");
                if (limit < 3) {
                    assertThat(result.failure().orElseThrow().code()).isEqualTo(Failure.TOO_MANY_ENTRIES);
                    assertThat(result.failure().orElseThrow().message())
                            .contains("has 3 entries on its record and goes on, the limit is 2 (maxEntries)");
                } else {
                    assertThat(result.status()).isEqualTo(RunStatus.SUCCEEDED);
                }
            }
        }
    }

    @OnEverySchedule
    void a_run_with_too_many_entries_cleans_up(Schedule schedule) {
        AtomicInteger cleaned = new AtomicInteger();
        try (Lab lab = new Lab(schedule).with(builder -> builder.maxEntries(20))) {
            lab.on("clean", (input, context) -> cleaned.incrementAndGet());
            RunResult<Object> result = lab.run("""
                    steps:
                      whole:
                        try:
                          steps: {again: {repeat: {while: true, steps: {a: {uses: do.echo}}}}}
                        finally:
                          steps: {last: {uses: do.clean}}
                    """);
            assertThat(result.failure().orElseThrow().code()).isEqualTo(Failure.TOO_MANY_ENTRIES);
            assertThat(cleaned).hasValue(1);
        }
    }

    @OnEverySchedule
    void a_loop_that_is_tried_again_is_counted_once(Schedule schedule) {
        AtomicInteger calls = new AtomicInteger();
        try (Lab lab = new Lab(schedule).with(builder -> builder.maxLoopItems(3))) {
            lab.on("work", (input, context) -> {
                if (calls.incrementAndGet() < 5) {
                    throw new StepException("no", "not yet", true);
                }
                return "done";
            });
            assertThat(lab.run("steps: {a: {forEach: [1, 2, 3], concurrency: 1, retry: {maxAttempts: 9, delay: 1ms},"
                                    + " steps: {b: {uses: do.work}}}}")
                            .status())
                    .isEqualTo(RunStatus.SUCCEEDED);
        }
    }

    @Test
    void a_run_waits_until_the_executor_has_memory_for_one_more_thread() {
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicInteger refusals = new AtomicInteger(1);
        Executor poor = task -> {
            if (refusals.getAndDecrement() > 0) {
                throw new OutOfMemoryError("meant: unable to create native thread");
            }
            threads.execute(task);
        };
        CountDownLatch both = new CountDownLatch(2);
        try (Lab lab = new Lab(Schedule.REAL).with(builder -> builder.executor(poor))) {
            lab.on("fill", (input, context) -> {
                refusals.set(3);
                return null;
            });
            lab.on("meet", (input, context) -> {
                both.countDown();
                return both.await(60, TimeUnit.SECONDS);
            });
            RunResult<Object> result = lab.run("steps: {a: {uses: do.fill}, b: {uses: do.meet, needs: [a]},"
                    + " c: {uses: do.meet, needs: [a]}}\noutput: ['${{ steps.b.output }}', '${{ steps.c.output }}']");
            assertThat(result.orElseThrow()).isEqualTo(List.of(true, true));
            assertThat(refusals).hasValueLessThanOrEqualTo(0);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_run_whose_executor_breaks_is_lost_and_does_not_hang() {
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicBoolean breaks = new AtomicBoolean();
        Executor broken = task -> {
            if (breaks.getAndSet(false)) {
                throw new IllegalStateException("meant");
            }
            threads.execute(task);
        };
        try (Lab lab = new Lab(Schedule.REAL).deaf().with(builder -> builder.executor(broken))) {
            lab.on("break", (input, context) -> {
                breaks.set(true);
                return null;
            });
            lab.on("wait", (input, context) -> new CountDownLatch(1).await(60, TimeUnit.SECONDS));
            Run<Object> run = lab.start("steps: {a: {uses: do.break}, b: {uses: do.wait, needs: [a]},"
                    + " c: {uses: do.wait, needs: [a]}}");
            assertThatThrownBy(() -> lab.end(run))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("meant");
        } finally {
            threads.shutdownNow();
        }
    }
}
