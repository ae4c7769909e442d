package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.definition.DefinitionException;
import io.auterity.journal.Claim;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CloseTest {

    @Test
    void closing_interrupts_steps_and_tells_those_who_wait() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        Lab lab = new Lab(Schedule.REAL);
        lab.on("block", (input, context) -> {
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
            return null;
        });
        Run<Object> run = lab.start("steps: {a: {uses: do.block}}");
        lab.untilCalled("a");
        lab.engine().close();
        assertThatThrownBy(() -> run.await(Duration.ofSeconds(60)))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.CLOSED));
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> lab.start("steps: {a: {value: 1}}"))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.CLOSED));
        lab.close();
    }

    @Test
    void unfinished_runs_of_a_closed_engine_can_be_claimed() {
        InMemoryJournal journal = new InMemoryJournal();
        Workflow<Map<String, Object>, Object> workflow = Lab.read("steps: {w: {await: go}}");
        Run<Object> run;
        try (Engine engine =
                Engine.builder().journal(journal).register(workflow).build()) {
            run = engine.start(workflow, Map.of());
        }
        Journal.Lease successor = journal.open("successor", Duration.ofMinutes(1));
        assertThat(journal.claim(successor, 10, Set.of()))
                .extracting(Claim::run)
                .containsExactly(run.id());
    }

    @Test
    void nobody_waits_for_ever_when_engines_are_closed_under_load() {
        for (int round = 0; round < 100; round++) {
            Workflow<Map<String, Object>, Object> workflow = Lab.read(
                    "steps: {each: {forEach: '${{ range(50) }}', steps: {a: {value: '${{ index }}'}, b: {wait: 1ms,"
                            + " needs: [a]}}}}");
            List<Run<Object>> runs = new ArrayList<>();
            Engine engine = Engine.builder().register(workflow).build();
            for (int i = 0; i < 5; i++) {
                runs.add(engine.start(workflow, Map.of()));
            }
            engine.close();
            for (Run<Object> run : runs) {
                assertThat(endOf(run)).isIn("succeeded", EngineException.CLOSED);
            }
        }
    }

    private static String endOf(Run<Object> run) {
        try {
            return run.await(Duration.ofSeconds(60)).status().text();
        } catch (EngineException e) {
            return e.code();
        }
    }

    @Test
    void everything_is_closed_although_the_journal_does_not_answer() {
        AtomicInteger closed = new AtomicInteger();
        Engine engine = Engine.builder()
                .journal(journal("close", new IllegalStateException("no route to the database")))
                .connector(new Closing(closed))
                .build();
        assertThatThrownBy(engine::close).hasMessage("no route to the database");
        assertThat(closed).hasValue(1);
    }

    @Test
    void an_engine_that_cannot_be_built_leaves_nothing_open() {
        AtomicInteger closed = new AtomicInteger();
        Engine.Builder builder = Engine.builder()
                .journal(journal("open", new AssertionError("no lease is asked for")))
                .connector(new Closing(closed))
                .register(Lab.read("steps: {a: {uses: nobody.knows}}"));
        assertThatThrownBy(builder::build).isInstanceOf(DefinitionException.class);
        assertThat(closed).hasValue(1);
    }

    /** A journal in memory that throws when it is asked to do something with a lease. */
    private static Journal journal(String failing, Throwable failure) {
        InMemoryJournal store = new InMemoryJournal();
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(failing)) {
                        throw failure;
                    }
                    return method.invoke(store, arguments);
                });
    }

    /** Counts how often it is closed. */
    private record Closing(AtomicInteger closed) implements Connector {
        @Override
        public String name() {
            return "closing";
        }

        @Override
        public List<Operation> operations() {
            return List.of();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
