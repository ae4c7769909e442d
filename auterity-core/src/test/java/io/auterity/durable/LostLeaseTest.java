package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.FencedException;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.RunSummary;
import io.auterity.journal.Write;
import io.auterity.testkit.SimulatedWorld;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an engine does to keep its lease, and what a start does when it is lost and the engine has not noticed yet. */
class LostLeaseTest {

    private static final Workflow<Map<String, Object>, Object> FLOW = Workflow.read(
            "auterity: 1\nid: flow\nsteps: {a: {value: 1}}\noutput: '${{ steps.a.output }}'", "flow.yaml");

    private final SimulatedWorld world = new SimulatedWorld(17);
    private final InMemoryJournal journal = new InMemoryJournal(1_000, world.clock());

    @ParameterizedTest
    @CsvSource({"PT10S, PT15S", "PT0.5S, PT1S", "PT10S, PT1H", "PT10S, PT1S"})
    void a_lease_is_kept_however_seldom_the_engine_looks(Duration lease, Duration pollInterval) {
        List<Duration> renewals = new ArrayList<>();
        Journal watched = answering("renew", (method, arguments) -> {
            renewals.add(world.age());
            return method.invoke(journal, arguments);
        });
        try (Engine engine = engine("one", watched, FLOW)
                .lease(lease)
                .pollInterval(pollInterval)
                .build()) {
            world.pass(lease.multipliedBy(20));
        }
        Duration before = Duration.ZERO;
        for (Duration renewal : renewals) {
            assertThat(renewal.minus(before)).isBetween(lease.dividedBy(3), lease.dividedBy(2));
            before = renewal;
        }
        assertThat(before).isGreaterThan(lease.multipliedBy(19));
    }

    @Test
    void the_run_is_started_under_a_new_lease() {
        try (Engine engine = world.engine()
                .id("one")
                .journal(journal)
                .ticker(() -> world.age().toNanos())
                .lease(Duration.ofHours(10))
                .register(FLOW)
                .build()) {
            Run<Object> before = engine.start(FLOW, RunId.of("before"), Map.of());
            world.await(before);
            long epoch = journal.open("one", Duration.ofHours(1)).epoch(); // ends the engine's lease

            Run<Object> run = engine.start(FLOW, RunId.of("r"), Map.of());

            assertThat(journal.catalog().find(RunId.of("r")).map(RunSummary::id))
                    .contains(RunId.of("r"));
            assertThat(world.await(run).orElseThrow()).isEqualTo(1L);
            assertThat(journal.open("other", Duration.ofHours(1)).epoch()).isEqualTo(epoch + 2); // one more was opened
        }
    }

    @Test
    void an_engine_without_leases_that_run_out_does_not_take_its_name_back() {
        try (Engine engine =
                world.engine().id("one").journal(journal).register(FLOW).build()) {
            journal.open("one", Duration.ofHours(1));
            assertThatThrownBy(() -> engine.start(FLOW, RunId.of("r"), Map.of()))
                    .isInstanceOf(FencedException.class);
        }
    }

    @Test
    void a_run_that_is_let_go_of_while_it_records_is_not_said_to_have_ended() {
        Workflow<Map<String, Object>, Object> fails =
                Workflow.read("auterity: 1\nid: flow\nsteps: {a: {fail: {code: x, message: y}}}", "flow.yaml");
        CompletableFuture<Void> answer = new CompletableFuture<>();
        Journal slow = answeringLate(StepFailed.class, answer);
        try (Engine engine = engine("one", slow, fails).recovery(false).build()) {
            Run<Object> run = engine.start(fails, RunId.of("r"), Map.of());
            world.pass(Duration.ofSeconds(1));
            journal.open("one", Duration.ofSeconds(10)); // ends the engine's lease; its next renewal finds out
            assertThat(world.runUntil(() -> engine.find(RunId.of("r")).isEmpty()))
                    .isTrue();

            answer.complete(null);

            assertThat(run.entries()).noneMatch(RunEnded.class::isInstance);
            assertThat(run.result().toCompletableFuture()).isNotDone();
            try (Engine next = engine("next", journal, fails).build()) {
                assertThat(world.await(run).failure().map(Failure::code)).contains("x");
                assertThat(next.attach(RunId.of("r")).orElseThrow().entries()).anyMatch(RunEnded.class::isInstance);
            }
        }
    }

    private Engine.Builder engine(String id, Journal store, Workflow<?, ?> workflow) {
        return world.engine()
                .id(id)
                .journal(store)
                .ticker(() -> world.age().toNanos())
                .lease(Duration.ofSeconds(10))
                .register(workflow);
    }

    private interface Answer {
        Object to(Method method, Object[] arguments) throws ReflectiveOperationException;
    }

    /** The journal, but for one method. */
    private Journal answering(String name, Answer answer) {
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(),
                new Class<?>[] {Journal.class},
                (proxy, method, arguments) -> method.getName().equals(name)
                        ? answer.to(method, arguments)
                        : method.invoke(journal, arguments));
    }

    /** The journal, whose first answer to a write with such an entry waits for another one. */
    private Journal answeringLate(Class<? extends JournalEntry> kind, CompletableFuture<Void> answer) {
        boolean[] held = {false};
        return answering("append", (method, arguments) -> {
            CompletionStage<?> result = (CompletionStage<?>) method.invoke(journal, arguments);
            boolean holds = !held[0]
                    && arguments[1] instanceof Write write
                    && write.entries().stream().anyMatch(kind::isInstance);
            held[0] |= holds;
            return holds ? answer.thenCompose(nothing -> result) : result;
        });
    }
}
