package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.definition.Retry;
import io.auterity.definition.RunId;
import io.auterity.definition.Settings;
import io.auterity.definition.Template;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JavaValue;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunSummary;
import io.auterity.journal.Write;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.TestConnector;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on record of a run that nobody waits for, and when. */
class StartAsyncTest {

    private static final Duration LEASE = Duration.ofHours(10);

    /** Longer than a start waits for an entry to ride with. */
    private static final Duration A_WHILE = Duration.ofMillis(20);

    private final SimulatedWorld world = new SimulatedWorld(23);
    private final InMemoryJournal store = new InMemoryJournal(1_000, world.clock());
    private final List<Write> writes = new ArrayList<>();
    private final List<String> entered = new ArrayList<>();
    private @Nullable CompletableFuture<Void> answer;

    /** The store; tells what is written, and answers when, or what, {@link #answer} says. */
    private Journal watched() {
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("append")) {
                        return method.invoke(store, arguments);
                    }
                    Write write = (Write) arguments[1];
                    writes.add(write);
                    CompletableFuture<Void> first = answer;
                    return first == null || isChild(write)
                            ? store.append((Journal.Lease) arguments[0], write)
                            : first.thenCompose(nothing -> store.append((Journal.Lease) arguments[0], write));
                });
    }

    /** Nobody may wait in a simulated world, and who starts a child does. */
    private static boolean isChild(Write write) {
        return write.entries().get(0) instanceof RunStarted start
                && start.origin().parent().isPresent();
    }

    private Engine.Builder builder(Workflow<?, ?>... workflows) {
        return world.engine()
                .id("one")
                .journal(watched())
                .ticker(() -> world.age().toNanos())
                .lease(LEASE)
                .connector(connector())
                .register(workflows);
    }

    private Connector connector() {
        Operation operation = Operation.of("enter", Map.class, String.class, (input, context) -> enter(context.step()));
        return new TestConnector("do", List.of(operation));
    }

    private String enter(String step) {
        entered.add(step);
        return step;
    }

    /** A workflow of Java steps one after the other that see nothing but their inputs. */
    private Workflow<Map, Object> chain(int steps) {
        return Workflow.define("flow", Map.class, (flow, input) -> {
            Handle<Object> last = flow.step("s0").run(Object.class, () -> enter("s0"));
            for (int i = 1; i < steps; i++) {
                String name = "s" + i;
                last = flow.step(name).run(Object.class, last, before -> enter(name));
            }
            return last;
        });
    }

    /** A workflow of one Java step that takes its time. */
    private Workflow<Map, Object> slow(Duration time) {
        return Workflow.define(
                "flow",
                Map.class,
                (flow, input) -> flow.step("slow").run(Object.class, () -> {
                    enter("slow");
                    return world.later(time, () -> "done");
                }));
    }

    private static List<Class<?>> kinds(Write write) {
        return write.entries().stream()
                .filter(JournalEntry::isDurable)
                .<Class<?>>map(Object::getClass)
                .toList();
    }

    // --- what rides ---

    @Test
    void the_start_rides_with_the_first_step_and_the_end_with_the_last() {
        Workflow<Map, Object> workflow = chain(10);
        try (Engine engine = builder(workflow).build()) {
            world.await(engine.start(workflow, RunId.of("waited-for"), Map.of()));
            assertThat(writes).hasSize(11);
            writes.clear();

            Run<Object> run = world.await(engine.startAsync(workflow, Map.of()));

            assertThat(world.await(run).orElseThrow()).isEqualTo("s9");
            assertThat(writes).hasSize(10);
            assertThat(kinds(writes.get(0))).containsExactly(RunStarted.class, StepSucceeded.class);
            assertThat(kinds(writes.get(9))).containsExactly(StepSucceeded.class, RunEnded.class);
            assertThat(store.read(run.id())).isEqualTo(writtenOf(run.id()));
        }
    }

    private List<JournalEntry> writtenOf(RunId run) {
        return writes.stream()
                .filter(write -> write.run().equals(run))
                .flatMap(write -> write.entries().stream())
                .filter(JournalEntry::isDurable)
                .toList();
    }

    @Test
    void a_run_of_one_step_is_one_write() {
        Workflow<Map<String, Object>, Object> workflow =
                Workflow.read("auterity: 1\nid: flow\nsteps: {a: {value: 1}}\noutput: '${{ steps.a.output }}'", "");
        try (Engine engine = builder(workflow).build()) {
            Run<Object> run = world.await(engine.startAsync(workflow, Map.of()));
            assertThat(world.await(run).orElseThrow()).isEqualTo(1L);
            assertThat(writes).hasSize(1);
            assertThat(kinds(writes.get(0))).containsExactly(RunStarted.class, StepSucceeded.class, RunEnded.class);
        }
    }

    @Test
    void a_start_is_recorded_by_itself_when_its_first_step_takes_its_time() {
        Workflow<Map, Object> workflow = slow(Duration.ofMinutes(2));
        try (Engine engine = builder(workflow).build()) {
            CompletionStage<Run<Object>> started = engine.startAsync(workflow, Map.of());
            assertThat(world.runUntil(() -> !entered.isEmpty())).isTrue();
            assertThat(writes).isEmpty();
            assertThat(started.toCompletableFuture()).isNotDone();

            world.pass(A_WHILE);

            assertThat(writes).hasSize(1);
            assertThat(kinds(writes.get(0))).containsExactly(RunStarted.class);
            Run<Object> run = world.await(started);
            assertThat(world.age()).isLessThan(Duration.ofMinutes(1));
            assertThat(world.await(run).orElseThrow()).isEqualTo("done");
            assertThat(writes).hasSize(2);
        }
    }

    @Test
    void a_first_step_that_is_tried_again_takes_the_start_along() {
        Workflow<Map, Object> workflow = Workflow.define(
                "flow",
                Map.class,
                (flow, input) -> flow.step("flaky")
                        .retry(Retry.fixed(Duration.ofSeconds(1)).maxAttempts(2))
                        .run(Object.class, () -> {
                            if (entered.isEmpty()) {
                                enter("flaky");
                                throw new IllegalStateException("not yet");
                            }
                            return enter("flaky");
                        }));
        try (Engine engine = builder(workflow).build()) {
            Run<Object> run = world.await(engine.startAsync(workflow, Map.of()));
            assertThat(kinds(writes.get(0))).containsExactly(RunStarted.class, AttemptFailed.class);
            assertThat(world.await(run).isSuccess()).isTrue();
            assertThat(writes).hasSize(2);
        }
    }

    // --- what waits for the record ---

    static List<String> whatMoreThanComputes() {
        return List.of(
                "first: {uses: do.enter}",
                "first: {if: true, uses: do.enter}",
                "first: {run: child}",
                "first: {forEach: '${{ range(1) }}', steps: {a: {uses: do.enter}}}",
                "first: {value: '${{ 1 / input.n }}', onError: {fallback: {uses: do.enter}}}",
                "before: {value: 1}, second: {needs: [before], uses: do.enter}",
                "plain: {value: 1}, call: {uses: do.enter}");
    }

    @ParameterizedTest
    @MethodSource("whatMoreThanComputes")
    void what_more_than_computes_begins_when_the_run_is_on_record(String steps) {
        Workflow<Map<String, Object>, Object> child =
                Workflow.read("auterity: 1\nid: child\nsteps: {c: {uses: do.enter}}", "child.yaml");
        Workflow<Map<String, Object>, Object> workflow =
                Workflow.read("auterity: 1\nid: flow\ninput: {n: integer}\nsteps: {" + steps + "}", "flow.yaml");
        beginsWhenOnRecord(workflow, Map.of("n", 0L), child, workflow);
    }

    @Test
    void code_that_sees_its_context_begins_when_the_run_is_on_record() {
        Workflow<Map, Object> workflow = Workflow.define(
                "flow",
                Map.class,
                (flow, input) ->
                        flow.step("a").runWithContext(Object.class, input, (given, context) -> enter(context.step())));
        beginsWhenOnRecord(workflow, Map.of(), workflow);
    }

    private <I> void beginsWhenOnRecord(Workflow<I, Object> workflow, I input, Workflow<?, ?>... all) {
        CompletableFuture<Void> held = new CompletableFuture<>();
        answer = held;
        try (Engine engine = builder(all).build()) {
            CompletionStage<Run<Object>> started = engine.startAsync(workflow, input);
            world.pass(Duration.ofMinutes(1));
            assertThat(writes).hasSize(1);
            assertThat(entered).isEmpty();
            assertThat(started.toCompletableFuture()).isNotDone();

            answer = null;
            held.complete(null);

            assertThat(world.await(world.await(started)).isSuccess()).isTrue();
            assertThat(entered).hasSize(1);
        }
    }

    @Test
    void under_an_id_of_the_callers_nothing_begins_before_the_run_is_on_record() {
        Workflow<Map, Object> workflow = chain(1);
        CompletableFuture<Void> held = new CompletableFuture<>();
        answer = held;
        try (Engine engine = builder(workflow).build()) {
            CompletionStage<Run<Object>> started = engine.startAsync(workflow, RunId.of("r"), Map.of());
            CompletionStage<Run<Object>> again = engine.startAsync(workflow, RunId.of("r"), Map.of());
            world.pass(Duration.ofMinutes(1));
            assertThat(entered).isEmpty();

            answer = null;
            held.complete(null);

            assertThat(world.await(world.await(started)).orElseThrow()).isEqualTo("s0");
            assertThat(world.await(world.await(again)).orElseThrow()).isEqualTo("s0");
            assertThat(world.await(world.await(engine.startAsync(workflow, RunId.of("r"), Map.of())))
                            .orElseThrow())
                    .isEqualTo("s0");
            assertThat(entered).containsExactly("s0");
        }
    }

    @Test
    void a_run_that_has_no_place_yet_is_recorded_at_once() {
        Workflow<Map, Object> workflow = slow(Duration.ofMinutes(2));
        try (Engine engine = builder(workflow).maxRuns(1).build()) {
            Run<Object> first = world.await(engine.startAsync(workflow, Map.of()));
            Run<Object> second = world.await(engine.startAsync(workflow, Map.of()));
            assertThat(world.age()).isLessThan(Duration.ofMinutes(1));
            assertThat(entered).hasSize(1);
            assertThat(world.await(first).isSuccess()).isTrue();
            assertThat(world.await(second).isSuccess()).isTrue();
            assertThat(entered).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"input.missing", "1 / (input.n - 1)"})
    void a_run_that_fails_at_once_is_on_record_before_what_deals_with_its_failure(String broken) {
        Workflow<Map<String, Object>, Object> alert =
                Workflow.read("auterity: 1\nid: alert\nsteps: {a: {uses: do.enter}}", "alert.yaml");
        boolean inVariable = broken.contains("missing");
        Settings settings = new Settings(
                Settings.Defaults.NONE,
                inVariable ? Map.of("v", Template.expression(broken)) : Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("alert"));
        Workflow<Map, Object> workflow = Workflow.define(
                "flow",
                Map.class,
                settings,
                (flow, input) -> inVariable
                        ? flow.step("a").run(Object.class, () -> enter("a"))
                        : flow.step("a").value(Object.class, broken));
        try (Engine engine = builder(alert, workflow).build()) {
            Run<Object> run = world.await(engine.startAsync(workflow, Map.of("n", 1L)));
            assertThat(world.await(run).isSuccess()).isFalse();
            List<RunId> order = writes.stream().map(Write::run).distinct().toList();
            assertThat(order).containsExactly(run.id(), run.id().onFailure());
            assertThat(kinds(writes.get(0))).startsWith(RunStarted.class).doesNotContain(RunEnded.class);
            assertThat(store.read(run.id()).get(store.read(run.id()).size() - 1))
                    .isInstanceOf(RunEnded.class);
        }
    }

    @Test
    void listeners_hear_of_the_start_before_they_hear_of_its_first_step() {
        List<Class<?>> heard = new ArrayList<>();
        Workflow<Map, Object> workflow = chain(2);
        try (Engine engine = builder(workflow)
                .listener((run, name, entry) -> heard.add(entry.getClass()))
                .build()) {
            world.await(world.await(engine.startAsync(workflow, Map.of())));
            world.pass(A_WHILE);
            assertThat(heard)
                    .containsExactly(
                            RunStarted.class,
                            StepStarted.class,
                            StepSucceeded.class,
                            StepStarted.class,
                            StepSucceeded.class,
                            RunEnded.class);
        }
    }

    // --- what goes wrong ---

    @Test
    void whatever_refuses_a_start_fails_the_stage() {
        Workflow<Map, Object> workflow = slow(Duration.ofMillis(1));
        Workflow<Map<String, Object>, Object> strict =
                Workflow.read("auterity: 1\nid: strict\ninput: {n: integer}\nsteps: {a: {value: 1}}", "strict.yaml");
        Engine engine = builder(workflow, strict).build();
        assertThat(codeOf(engine.startAsync(strict, Map.of("n", "x")))).isEqualTo(EngineException.INVALID_INPUT);
        assertThat(codeOf(engine.startAsync(Workflow.read("auterity: 1\nid: x\nsteps: {a: {value: 1}}", ""), Map.of())))
                .isEqualTo(EngineException.UNKNOWN_WORKFLOW);
        answer = CompletableFuture.failedFuture(new IllegalStateException("no route to the database"));
        CompletionStage<Run<Object>> refused = engine.startAsync(workflow, Map.of());
        assertThatThrownBy(() -> world.await(refused)).hasMessage("no route to the database");
        assertThat(entered).hasSize(1);
        assertThat(engine.find(writes.get(0).run())).isEmpty();
        engine.close();
        assertThat(codeOf(engine.startAsync(workflow, Map.of()))).isEqualTo(EngineException.CLOSED);
    }

    private String codeOf(CompletionStage<Run<Object>> stage) {
        try {
            world.await(stage);
            return "started";
        } catch (EngineException refused) {
            return refused.code();
        }
    }

    @Test
    void a_run_whose_lease_has_ended_is_started_again_under_a_new_one() {
        Workflow<Map, Object> workflow = chain(2);
        try (Engine engine = builder(workflow).build()) {
            store.open("one", LEASE); // ends the engine's lease, which it has not noticed
            Run<Object> run = world.await(engine.startAsync(workflow, Map.of()));
            assertThat(world.await(run).orElseThrow()).isEqualTo("s1");
            assertThat(entered).containsExactly("s0", "s0", "s1");
            assertThat(store.catalog().list(RunQuery.ALL))
                    .extracting(RunSummary::id)
                    .containsExactly(run.id());
        }
    }

    @Test
    void whoever_started_a_run_is_told_when_the_engine_is_closed() {
        Workflow<Map, Object> workflow = slow(Duration.ofMinutes(2));
        Engine engine = builder(workflow).build();
        CompletionStage<Run<Object>> riding = engine.startAsync(workflow, Map.of());
        CompletionStage<Run<Object>> waiting = engine.startAsync(workflow, RunId.of("r"), Map.of());
        engine.close();
        assertThat(codeOf(riding)).isEqualTo(EngineException.CLOSED);
        assertThat(codeOf(waiting)).isEqualTo(EngineException.CLOSED);
        assertThat(store.catalog().list(RunQuery.ALL)).isEmpty();
    }

    @Test
    void an_engine_that_drains_records_what_has_begun_at_once() {
        Workflow<Map, Object> workflow = slow(Duration.ofMinutes(2));
        Engine engine = builder(workflow).build();
        engine.startAsync(workflow, Map.of());
        assertThat(world.runUntil(() -> !entered.isEmpty())).isTrue();
        assertThat(writes).isEmpty();
        List<RunId> left = engine.drain(Duration.ZERO);
        assertThat(left).hasSize(1);
        assertThat(store.read(left.get(0))).hasExactlyElementsOfTypes(RunStarted.class);
    }

    @Test
    void a_step_that_fails_takes_the_start_along() {
        Workflow<Map, Object> workflow = Workflow.define(
                "flow",
                Map.class,
                (flow, input) -> flow.step("a").run(Object.class, () -> {
                    throw new IllegalStateException("on purpose");
                }));
        try (Engine engine = builder(workflow).build()) {
            Run<Object> run = world.await(engine.startAsync(workflow, Map.of()));
            assertThat(world.await(run).isSuccess()).isFalse();
            assertThat(kinds(writes.get(0))).containsExactly(RunStarted.class, StepFailed.class);
        }
    }

    // --- crashes ---

    /** One run in as many engines as it takes, and callers who start another when the engine they asked is gone. */
    private final class Crashing {
        private final SimulatedWorld place = new SimulatedWorld(7);
        private final InMemoryJournal record = new InMemoryJournal(1_000, place.clock());
        private final List<RunId> accepted = new ArrayList<>();
        private final Workflow<Map, Object> workflow;
        private CrashingJournal journal = new CrashingJournal(record, 0, false);
        private int engines;

        private Crashing(Duration first) {
            workflow = Workflow.define("flow", Map.class, (flow, input) -> {
                Handle<Object> quick = flow.step("quick").run(Object.class, () -> does("quick", Duration.ZERO));
                Handle<Object> other = flow.step("other").run(Object.class, () -> does("other", first));
                return flow.step("both").run(Object.class, quick, other, (a, b) -> does("both", Duration.ofMillis(50)));
            });
        }

        private Object does(String step, Duration time) {
            record.catalog()
                    .list(RunQuery.ALL)
                    .forEach(run -> assertThat(record.read(run.id()))
                            .noneMatch(entry -> entry instanceof StepSucceeded done
                                    && done.step().equals(step)));
            return place.later(time, () -> step);
        }

        private Engine engine(int at, boolean after) {
            CrashingJournal own = new CrashingJournal(record, at, after);
            journal = own;
            return place.engine()
                    .id("engine-" + ++engines)
                    .executor(task -> place.executor().execute(() -> own.unlessDark(task)))
                    .timer((delay, task) -> place.timer().after(delay, () -> own.unlessDark(task)))
                    .ticker(() -> place.age().toNanos())
                    .journal(own)
                    .lease(Duration.ofSeconds(10))
                    .register(workflow)
                    .build();
        }

        private void start(Engine engine) {
            CrashingJournal own = journal;
            engine.startAsync(workflow, Map.of()).thenAccept(run -> {
                assertThat(own.isDark()).isFalse();
                accepted.add(run.id());
            });
        }

        private boolean hasEnded() {
            List<RunSummary> all = record.catalog().list(RunQuery.ALL);
            return !all.isEmpty() && all.stream().allMatch(run -> run.end().isPresent());
        }

        private void untilEndOrCrash() {
            assertThat(place.runUntil(() -> journal.isDark() || hasEnded())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 100})
    void R2_a_crash_at_any_write_loses_nothing_that_was_accepted(int millis) {
        Duration first = Duration.ofMillis(millis);
        Crashing model = new Crashing(first);
        model.start(model.engine(0, false));
        model.untilEndOrCrash();
        int all = model.journal.writes();
        assertThat(all).isGreaterThanOrEqualTo(2);
        for (int at = 1; at <= all; at++) {
            for (boolean after : new boolean[] {false, true}) {
                Crashing crashes = new Crashing(first);
                crashes.start(crashes.engine(at, after));
                crashes.untilEndOrCrash();
                assertThat(crashes.journal.isDark()).isTrue();
                boolean isThere = !crashes.record.catalog().list(RunQuery.ALL).isEmpty();
                assertThat(isThere).as("write %s, after it: %s", at, after).isEqualTo(at > 1 || after);
                assertThat(crashes.accepted).hasSize(at > 1 ? 1 : 0);
                Engine next = crashes.engine(0, false);
                if (!isThere) {
                    crashes.start(next);
                }
                crashes.untilEndOrCrash();
                assertThat(crashes.record.catalog().list(RunQuery.ALL))
                        .hasSize(1)
                        .allSatisfy(run -> {
                            assertThat(crashes.accepted).allMatch(run.id()::equals);
                            List<JournalEntry> entries = crashes.record.read(run.id());
                            assertThat(entries)
                                    .filteredOn(StepSucceeded.class::isInstance)
                                    .hasSize(3);
                            assertThat(JavaValue.jsonOf(((RunEnded) entries.get(entries.size() - 1)).output()))
                                    .isEqualTo("both");
                        });
            }
        }
    }
}
