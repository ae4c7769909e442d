package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.RunStatus;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * R15: a step that would bring a program down in other ways than by halting it fails alone: its run says why, and the runs
 * beside it end as they should. On real threads.
 */
class PoisonStepsTest {

    private static final int NEIGHBOURS = 200;
    private static final long MOST_BYTES = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicInteger attempts = new AtomicInteger();

    private interface Poison {
        Object taken() throws Exception;
    }

    private Workflow<Map, Object> workflow(String id, Poison poison) {
        return Workflow.define(
                id,
                Map.class,
                (flow, input) -> flow.step("s").timeout(Duration.ofSeconds(2)).run(Object.class, () -> {
                    attempts.incrementAndGet();
                    return poison.taken();
                }));
    }

    /** A journal that is durable and takes outputs of some size. */
    private static Journal journal() {
        InMemoryJournal store = new InMemoryJournal();
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(),
                new Class<?>[] {Journal.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isDurable" -> true;
                    case "maxOutputBytes" -> MOST_BYTES;
                    default -> method.invoke(store, arguments);
                });
    }

    /**
     * Runs the poison once the first of its neighbours are under way, the others behind it; returns why it failed. Prints
     * how long neighbours took, and others without such a neighbour: a bar would be about the machine.
     */
    private Failure among(Workflow<Map, Object> poison, Runnable begun) {
        Workflow<Map, Object> neighbour = workflow("neighbour", () -> "well");
        long undisturbed = undisturbed(neighbour);
        attempts.set(0);
        Journal journal = journal();
        try (Engine engine = engine(journal, poison, neighbour)) {
            List<Run<Object>> neighbours = new ArrayList<>();
            for (int i = 0; i < NEIGHBOURS / 2; i++) {
                neighbours.add(engine.start(neighbour, RunId.of("before-" + i), Map.of()));
            }
            Run<Object> run = engine.start(poison, RunId.of("poison"), Map.of());
            begun.run();
            for (int i = 0; i < NEIGHBOURS / 2; i++) {
                neighbours.add(engine.start(neighbour, RunId.of("after-" + i), Map.of()));
            }
            RunResult<Object> result = run.await(PATIENCE);
            neighbours.forEach(
                    each -> assertThat(each.await(PATIENCE).orElseThrow()).isEqualTo("well"));
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(attempts).hasValue(NEIGHBOURS + 1);
            Failure failure = result.failure().orElseThrow();
            System.out.printf(
                    "R15 %s: 95 of 100 neighbours took at most %d ms, without the poison %d ms%n",
                    failure.code(), most(journal, neighbours), undisturbed);
            return failure;
        }
    }

    private static Engine engine(Journal journal, Workflow<?, ?>... workflows) {
        return Engine.builder()
                .journal(journal)
                .lease(Duration.ofHours(1)) // a stalled machine keeps it
                .register(workflows)
                .build();
    }

    private static long undisturbed(Workflow<Map, Object> neighbour) {
        Journal journal = journal();
        try (Engine engine = engine(journal, neighbour)) {
            List<Run<Object>> all = new ArrayList<>();
            for (int i = 0; i < NEIGHBOURS; i++) {
                all.add(engine.start(neighbour, RunId.of("run-" + i), Map.of()));
            }
            all.forEach(each -> each.await(PATIENCE).orElseThrow());
            return most(journal, all);
        }
    }

    /** Returns the milliseconds that 95 of 100 runs took at most. */
    private static long most(Journal journal, List<Run<Object>> runs) {
        return runs.stream()
                .map(run -> journal.read(run.id()))
                .mapToLong(entries ->
                        entries.get(entries.size() - 1).at() - entries.get(0).at())
                .sorted()
                .skip(runs.size() * 95L / 100)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void R15_a_step_that_overflows_its_stack_fails_alone() {
        Failure failure = among(workflow("poison", PoisonStepsTest::fall), () -> {});
        assertThat(failure.message()).contains("StackOverflowError");
    }

    @SuppressWarnings("InfiniteRecursion") // is what is tried
    private static Object fall() {
        Object deeper = fall();
        return deeper + "."; // after the call, so that it stays one
    }

    @Test
    void R15_a_step_that_never_ends_and_cannot_be_interrupted_is_given_up_after_its_timeout() throws Exception {
        AtomicBoolean released = new AtomicBoolean();
        CountDownLatch spins = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try {
            Failure failure = among(
                    workflow("poison", () -> {
                        spins.countDown();
                        while (!released.get()) {
                            Thread.onSpinWait();
                        }
                        over.countDown();
                        return "too late";
                    }),
                    () -> await(spins));
            assertThat(failure.code()).isEqualTo(Failure.TIMEOUT);
        } finally {
            released.set(true);
        }
        await(over);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void R15_a_step_whose_output_is_larger_than_the_journal_takes_fails_alone() {
        Failure failure = among(workflow("poison", () -> "x".repeat(20_000_000)), () -> {});
        assertThat(failure.code()).isEqualTo("output-too-large");
        assertThat(failure.message()).contains("20000002 bytes", "takes " + MOST_BYTES);
    }
}
