package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.RunStatus;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancelTest {

    @Test
    void defect_14_cancel_interrupts_the_code_that_blocks() throws InterruptedException {
        try (Lab lab = new Lab(Schedule.REAL)) {
            CountDownLatch interrupted = new CountDownLatch(1);
            lab.on("block", (input, context) -> {
                try {
                    new CountDownLatch(1).await();
                } finally {
                    interrupted.countDown();
                }
                return null;
            });
            Run<Object> run = lab.start("steps: {a: {uses: do.block}, b: {value: 1, needs: [a]}}");
            lab.untilCalled("a");
            run.cancel("changed my mind");
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(result.failure())
                    .get()
                    .extracting(Failure::code, Failure::message)
                    .containsExactly(Failure.CANCELLED, "changed my mind");
            assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Lab.states(run)).containsEntry("a", "cancelled").containsEntry("b", "skipped");
        }
    }

    @OnEverySchedule
    void defect_14_cancel_stops_asynchronous_work(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            AtomicBoolean stopped = new AtomicBoolean();
            AtomicBoolean saw = new AtomicBoolean();
            AtomicBoolean registered = new AtomicBoolean();
            lab.on("async", (input, context) -> {
                context.onCancel(() -> {
                    stopped.set(true);
                    saw.set(context.isCancelled());
                });
                registered.set(true);
                return new java.util.concurrent.CompletableFuture<>();
            });
            Run<Object> run = lab.start("steps: {a: {uses: do.async}}");
            lab.until(registered::get);
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(stopped).isTrue();
            assertThat(saw).isTrue();
        }
    }

    /** The thread that has recorded one step takes the next along, and then finds that it is not to be done. */
    @Test
    void a_step_is_not_entered_by_the_thread_that_has_stopped_it() {
        List<Run<?>> runs = new ArrayList<>();
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            lab.with(engine -> engine.journal(cancelling(runs, "step=a")));
            Run<Object> run = lab.start("steps: {a: {uses: do.echo}, b: {uses: do.echo, needs: [a]}}");
            runs.add(run);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            lab.world().runUntilIdle();
            assertThat(lab.calls()).containsExactly("a");
            assertThat(Lab.states(run)).containsEntry("a", "succeeded").containsEntry("b", "cancelled");
        }
    }

    /** A journal in memory; while something with this text in it is appended, runs are cancelled. */
    private static Journal cancelling(List<Run<?>> runs, String text) {
        Journal store = new InMemoryJournal();
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append")
                            && Arrays.deepToString(arguments).contains(text)) {
                        runs.forEach(run -> run.cancel("meanwhile"));
                    }
                    return method.invoke(store, arguments);
                });
    }

    @OnEverySchedule
    void what_is_registered_after_the_cancellation_runs_at_once(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            AtomicInteger actions = new AtomicInteger();
            AtomicBoolean left = new AtomicBoolean();
            Run<?>[] run = new Run<?>[1];
            lab.on("self", (input, context) -> {
                lab.engine().find(context.runId()).orElseThrow().cancel("from inside");
                try {
                    new CountDownLatch(1).await(60, TimeUnit.SECONDS);
                } catch (InterruptedException cancelled) {
                    context.onCancel(actions::incrementAndGet);
                }
                left.set(true);
                return null;
            });
            if (schedule == Schedule.REAL) { // waiting inside a step is for real threads
                run[0] = lab.start("steps: {a: {uses: do.self}}");
                lab.until(left::get);
                assertThat(actions).hasValue(1);
            } else {
                lab.on("self", (input, context) -> {
                    lab.engine().find(context.runId()).orElseThrow().cancel("from inside");
                    context.onCancel(actions::incrementAndGet);
                    return null;
                });
                run[0] = lab.start("steps: {a: {uses: do.self}}");
                lab.end(run[0]);
                assertThat(actions).hasValue(1);
            }
            assertThat(lab.end(run[0]).status()).isEqualTo(RunStatus.CANCELLED);
        }
    }

    @OnEverySchedule
    void an_action_that_throws_does_not_keep_others_from_stopping(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            AtomicInteger actions = new AtomicInteger();
            AtomicInteger registered = new AtomicInteger();
            lab.on("async", (input, context) -> {
                context.onCancel(actions::incrementAndGet);
                context.onCancel(() -> {
                    throw new IllegalStateException("on purpose");
                });
                context.onCancel(() -> {
                    throw new AssertionError("on purpose");
                });
                context.onCancel(actions::incrementAndGet);
                registered.incrementAndGet();
                return new java.util.concurrent.CompletableFuture<>();
            });
            Run<Object> run = lab.start("steps: {a: {uses: do.async}, b: {uses: do.async}}");
            lab.until(() -> registered.get() == 2);
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(actions).hasValue(4);
        }
    }

    @OnEverySchedule
    void no_attempt_starts_after_a_cancellation(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      gate: {await: go}
                      a: {uses: do.flaky, with: {failures: 99}, retry: {maxAttempts: 100, delay: 1h, maxDelay: 2h}}
                      b: {uses: do.echo, needs: [a]}
                    """);
            lab.untilSeen(io.auterity.journal.JournalEntry.AttemptFailed.class, "a");
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(lab.events(StepStarted.class))
                    .extracting(StepStarted::step)
                    .containsOnlyOnce("a");
            assertThat(Lab.states(run)).containsEntry("a", "cancelled").containsEntry("gate", "cancelled");
        }
    }

    @OnEverySchedule
    void cancelling_twice_or_after_the_end_changes_nothing(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("steps: {gate: {await: go}}");
            run.cancel("first");
            run.cancel("second");
            assertThat(lab.end(run).failure().map(Failure::message)).contains("first");
            run.cancel("third");
            assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(run.entries())
                    .filteredOn(io.auterity.journal.JournalEntry.RunStopping.class::isInstance)
                    .hasSize(1);
        }
    }

    @OnEverySchedule
    void cleanup_steps_run_after_a_cancellation(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      work: {uses: do.take, with: {time: 1h}}
                      cleanup: {uses: do.take, with: {time: 10ms, value: "${{ steps.work.status }}"}, join: all-done}
                    """);
            lab.untilCalled("work");
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(run.steps().get("cleanup").result().output()).isEqualTo("cancelled");
        }
    }

    @OnEverySchedule
    void a_cancelled_run_whose_cleanup_waits_without_an_end_ends(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {value: 1}
                      waits: {await: {signal: ok}, needs: [a], join: all-done}
                      block: {needs: [a], join: all-done, forEach: [1, 2], steps: {ask: {approve: {by: [boss]}}}}
                      work: {await: {signal: never}}
                      later: {await: {signal: ok}, needs: [work], join: all-done, onError: {fallback: nobody came}}
                      t:
                        try: {steps: {w: {await: {signal: never}}}}
                        finally: {steps: {f: {await: {signal: ok}}}}
                      inside:
                        try: {steps: {}}
                        finally: {steps: {f: {await: {signal: ok}}}}
                      shown: {uses: do.echo, with: {value: "${{ steps.waits.error.code }}"}, needs: [waits, block], join: all-done}
                    """);
            for (String step : List.of("waits", "block[1]/ask", "work", "t/w", "inside.finally/f")) {
                lab.untilSeen(StepWaiting.class, step);
            }
            run.cancel("enough");
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(result.failure().map(Failure::message)).contains("enough");
            assertThat(Lab.states(run))
                    .containsEntry("waits", "failed")
                    .containsEntry("block", "failed")
                    .containsEntry("block[0]/ask", "failed")
                    .containsEntry("work", "cancelled")
                    .containsEntry("later", "succeeded")
                    .containsEntry("t", "cancelled")
                    .containsEntry("t.finally/f", "failed")
                    .containsEntry("inside", "cancelled")
                    .containsEntry("inside.finally/f", "failed");
            assertThat(run.steps().get("shown").result().output()).isEqualTo(Failure.CANCELLED);
        }
    }

    @OnEverySchedule
    void what_cleans_up_waits_as_long_as_it_says(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      work: {await: {signal: never}}
                      asks: {approve: {by: [boss], within: 1h}, needs: [work], join: all-done}
                      takes: {await: {signal: early}, needs: [asks], join: all-done}
                      rests: {wait: 10ms, needs: [takes], join: all-done}
                    """);
            lab.untilSeen(StepWaiting.class, "work");
            run.signal("early", "here");
            run.cancel("enough");
            lab.untilSeen(StepWaiting.class, "asks");
            run.cancel("enough again");
            run.decide("asks", true, "kim", Map.of());
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(Lab.states(run))
                    .containsEntry("asks", "succeeded")
                    .containsEntry("takes", "succeeded")
                    .containsEntry("rests", "succeeded");
        }
    }

    @OnEverySchedule
    void a_run_that_is_out_of_time_waits_for_nobody_without_an_end(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    timeout: 100ms
                    steps:
                      a: {value: 1}
                      ask: {await: {signal: ok}, needs: [a], join: all-done}
                    """);
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure().map(Failure::code)).contains(Failure.TIMEOUT);
        }
    }

    @Test
    void a_step_that_leaves_its_thread_interrupted_does_not_disturb_the_next() {
        try (Lab lab = new Lab(Schedule.REAL)) {
            lab.on("rude", (input, context) -> {
                Thread.currentThread().interrupt();
                return null;
            });
            AtomicBoolean disturbed = new AtomicBoolean();
            lab.on("next", (input, context) -> {
                disturbed.compareAndSet(false, Thread.currentThread().isInterrupted());
                return null;
            });
            lab.run("steps: {a: {uses: do.rude}, b: {uses: do.next, needs: [a]}, c: {uses: do.next, needs: [b]}}")
                    .orElseThrow();
            assertThat(disturbed).isFalse();
        }
    }

    /** The evaluation reads a secret before and another behind what takes its time; it is cancelled while it reads the first. */
    @Test
    void an_evaluation_ends_when_its_run_is_cancelled() throws Exception {
        CountDownLatch reads = new CountDownLatch(1);
        List<String> secrets = new CopyOnWriteArrayList<>();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Lab lab = new Lab(Schedule.REAL)
                .with(builder -> builder.executor(thread).secrets(name -> {
                    secrets.add(name);
                    reads.countDown();
                    untilInterrupted();
                    return Optional.of(name);
                }))) {
            Run<Object> run = lab.start("""
                steps:
                  a:
                    uses: do.echo
                    with:
                      value: "${{ string(range(size(secrets.before) + 1000).map(i, i * i).sum()) + secrets.behind }}"
                """);
            assertThat(reads.await(60, TimeUnit.SECONDS)).isTrue();
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            thread.submit(() -> {}).get(60, TimeUnit.SECONDS); // it is done with the evaluation
            assertThat(secrets).containsExactly("before");
        } finally {
            thread.shutdownNow();
        }
    }

    private static void untilInterrupted() {
        try {
            new CountDownLatch(1).await(60, TimeUnit.SECONDS);
        } catch (InterruptedException cancelled) {
            // goes on, as code does that has work of its own left
        }
    }
}
