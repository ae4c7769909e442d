package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.event.RunListener;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.RunStopping;
import io.auterity.journal.JournalEntry.StepSkipped;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What listeners hear of runs, and that they cannot hold them up. */
class ListenerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Workflow<Map<String, Object>, Object> chain(int steps) {
        StringBuilder yaml = new StringBuilder("steps:\n  s0: {value: 0}\n");
        for (int i = 1; i < steps; i++) {
            yaml.append("  s%d: {value: \"${{ steps.s%d.output + 1 }}\"}\n".formatted(i, i - 1));
        }
        return Lab.read(yaml + "output: ${{ steps.s%d.output }}\n".formatted(steps - 1));
    }

    /** Blocks at the first entry until it is released. */
    private static final class Blocking implements RunListener {
        private final CountDownLatch released = new CountDownLatch(1);
        private final List<JournalEntry> heard = new ArrayList<>(); // guarded by this
        private long missed; // guarded by this

        @Override
        public void onEntry(RunId run, String workflow, JournalEntry entry) {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            synchronized (this) {
                heard.add(entry);
                notifyAll();
            }
        }

        @Override
        public synchronized void onMissed(long entries) {
            missed += entries;
            notifyAll();
        }

        synchronized List<JournalEntry> untilHeardOf(long entries) throws InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (heard.size() + missed < entries && System.nanoTime() < end) {
                wait(100);
            }
            return List.copyOf(heard);
        }

        synchronized long missed() {
            return missed;
        }
    }

    @Test
    void a_listener_that_blocks_holds_up_no_run_and_hears_everything_later() throws InterruptedException {
        ExecutorService one = Executors.newFixedThreadPool(1);
        Blocking listener = new Blocking();
        Workflow<Map<String, Object>, Object> workflow = chain(300);
        try (Engine engine = Engine.builder()
                .executor(one)
                .listener(listener)
                .register(workflow)
                .build()) {
            Run<Object> run = engine.start(workflow, Map.of());
            assertThat(run.await(PATIENCE).orElseThrow()).isEqualTo(299L);
            listener.released.countDown();
            List<JournalEntry> heard = listener.untilHeardOf(602);
            assertThat(heard).hasSize(602);
            assertThat(heard.get(0)).isInstanceOf(RunStarted.class);
            assertThat(heard.get(601)).isInstanceOf(RunEnded.class);
            assertThat(heard.stream().filter(StepSucceeded.class::isInstance)).hasSize(300);
        } finally {
            listener.released.countDown();
            one.shutdownNow();
        }
    }

    @Test
    void a_listener_that_blocks_keeps_nothing_from_another() throws InterruptedException {
        ExecutorService one = Executors.newFixedThreadPool(1);
        Blocking listener = new Blocking();
        Blocking other = new Blocking();
        other.released.countDown();
        Workflow<Map<String, Object>, Object> workflow = chain(10);
        try (Engine engine = Engine.builder()
                .executor(one)
                .listener(listener)
                .listener(other)
                .register(workflow)
                .build()) {
            engine.start(workflow, Map.of()).await(PATIENCE).orElseThrow();
            assertThat(other.untilHeardOf(22)).hasSize(22);
        } finally {
            listener.released.countDown();
            one.shutdownNow();
        }
    }

    @Test
    void what_was_told_before_the_engine_is_closed_is_heard_all_the_same() throws InterruptedException {
        ExecutorService one = Executors.newFixedThreadPool(1);
        Blocking listener = new Blocking();
        Workflow<Map<String, Object>, Object> workflow = chain(3_000); // more than one turn of a queue
        try (Engine engine = Engine.builder()
                .executor(one)
                .listener(listener)
                .register(workflow)
                .build()) {
            engine.start(workflow, Map.of()).await(PATIENCE).orElseThrow();
        } finally {
            one.shutdownNow();
        }
        listener.released.countDown();
        List<JournalEntry> heard = listener.untilHeardOf(6_002);
        assertThat(heard).hasSize(6_002);
        assertThat(heard.get(6_001)).isInstanceOf(RunEnded.class);
    }

    @Test
    void listeners_are_told_on_the_threads_that_are_lent_for_them() throws InterruptedException {
        ExecutorService one = Executors.newFixedThreadPool(1, task -> new Thread(task, "lent"));
        CountDownLatch ended = new CountDownLatch(1);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        Workflow<Map<String, Object>, Object> workflow = chain(10);
        try (Engine engine = Engine.builder()
                .listenerExecutor(one)
                .listener((run, id, entry) -> {
                    threads.add(Thread.currentThread().getName());
                    if (entry instanceof RunEnded) {
                        ended.countDown();
                    }
                })
                .register(workflow)
                .build()) {
            engine.start(workflow, Map.of()).await(PATIENCE).orElseThrow();
            assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(threads).containsExactly("lent");
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void a_listener_that_falls_behind_misses_no_more_than_has_no_room() throws InterruptedException {
        Blocking listener = new Blocking();
        Workflow<Map<String, Object>, Object> workflow = chain(300);
        try (Engine engine = Engine.builder()
                .eventBuffer(10)
                .listener(listener)
                .register(workflow)
                .build()) {
            engine.start(workflow, Map.of()).await(PATIENCE).orElseThrow();
            listener.released.countDown();
            assertThat(listener.untilHeardOf(602)).hasSizeGreaterThanOrEqualTo(10);
            assertThat(listener.missed())
                    .isEqualTo(602 - listener.untilHeardOf(602).size());
        } finally {
            listener.released.countDown();
        }
    }

    @Test
    void of_more_than_the_buffer_holds_at_once_the_first_are_heard() {
        List<JournalEntry> heard = new ArrayList<>();
        StringBuilder yaml = new StringBuilder("steps:\n  no: {if: \"${{ input.n > 1 }}\", value: 0}\n");
        for (int i = 0; i < 99; i++) {
            yaml.append("  s%d: {value: %d, needs: [no]}\n".formatted(i, i));
        }
        try (Lab lab = new Lab(Schedule.SIMULATED)
                .with(builder -> builder.eventBuffer(10).listener((run, workflow, entry) -> heard.add(entry)))) {
            lab.run(yaml + "input: {n: integer}\n", Map.of("n", 1L));
            lab.world().runUntilIdle();
        }
        assertThat(heard.stream().filter(StepSkipped.class::isInstance)).hasSizeGreaterThanOrEqualTo(8);
    }

    @OnEverySchedule
    void nothing_is_heard_of_a_run_after_its_end(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                steps:
                  a: {uses: do.held, undo: {value: 1}}
                  b: {value: 1, undo: {value: 2}}
                  c: {needs: [a], join: all-done, value: 3}
                """);
            lab.untilCalled("a");
            lab.untilSeen(StepSucceeded.class, "b");
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.COMPENSATED);
            lab.release(); // the answer of a step that was cancelled
            lab.until(() -> !lab.events(RunEnded.class).isEmpty());
            if (lab.isSimulated()) {
                lab.world().runUntilIdle();
            }
            List<JournalEntry> heard = lab.events();
            assertThat(heard.get(0)).isInstanceOf(RunStarted.class);
            assertThat(heard.get(heard.size() - 1)).isInstanceOf(RunEnded.class);
            assertThat(heard.stream().filter(RunStopping.class::isInstance)).hasSize(1);
            assertThat(heard.stream().filter(entry -> entry.isDurable()).toList())
                    .isEqualTo(run.entries().stream()
                            .filter(JournalEntry::isDurable)
                            .toList());
        }
    }

    @OnEverySchedule
    void a_child_run_is_heard_of_before_the_end_of_the_step_that_waits_for_it(Schedule schedule) {
        List<String> heard = new ArrayList<>();
        try (Lab lab = new Lab(schedule)
                .with(builder -> builder.listener((run, workflow, entry) -> {
                    synchronized (heard) {
                        heard.add(workflow + " " + entry.getClass().getSimpleName());
                    }
                }))) {
            lab.register(Lab.read("id: child\nsteps: {a: {value: 1}}\n"));
            lab.run("steps: {call: {run: child}}").orElseThrow();
            lab.until(() -> lab.events(RunEnded.class).size() == 2);
            lab.until(() -> {
                synchronized (heard) {
                    return heard.contains("flow RunEnded");
                }
            });
            RunStarted child = lab.events(RunStarted.class).get(1);
            assertThat(child.origin().parent()).isEqualTo(Optional.of(RunId.of("run-1")));
            assertThat(child.origin().parentStep()).isEqualTo("call");
        }
        synchronized (heard) {
            assertThat(heard) // of the wait perhaps later, since it is recorded while the child starts
                    .contains("flow StepWaiting")
                    .containsSubsequence(
                            "child RunStarted",
                            "child StepSucceeded",
                            "child RunEnded",
                            "flow StepSucceeded",
                            "flow RunEnded");
        }
    }
}
