package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Asking;
import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.SignalReceived;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.journal.Write;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.TestConnector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How runs of several engines on one journal go, one after the other or at once. */
class DurableRunsTest {

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final SimulatedWorld world = new SimulatedWorld(11);
    private final InMemoryJournal store = new InMemoryJournal(100_000, world.clock());
    private final AtomicInteger bodies = new AtomicInteger();

    private static Workflow<Map<String, Object>, Object> flow(String yaml) {
        return Workflow.read("auterity: 1\nid: flow\n" + yaml, "flow.yaml");
    }

    private Engine.Builder builder(String id, Workflow<?, ?>... workflows) {
        return world.engine()
                .id(id)
                .ticker(() -> world.age().toNanos())
                .journal(store)
                .lease(LEASE)
                .parkAfter(Duration.ofSeconds(5))
                .connector(connector(context -> bodies.incrementAndGet()))
                .register(workflows);
    }

    private static Connector connector(Function<StepContext, Object> count) {
        return connector("do", "count", count);
    }

    private static Connector connector(String name, String operationName, Function<StepContext, Object> call) {
        Operation.Description description =
                new Operation.Description(operationName, "", Map.of("type", "object"), Map.of(), true, List.of());
        Operation operation = new Operation() {
            @Override
            public Description description() {
                return description;
            }

            @Override
            public @Nullable Object call(Map<String, Object> input, StepContext context) {
                return call.apply(context);
            }
        };
        return new TestConnector(name, List.of(operation));
    }

    private RunSummary summary(String run) {
        return store.catalog().find(RunId.of(run)).orElseThrow();
    }

    private boolean hasEnded(String run) {
        return store.catalog()
                .find(RunId.of(run))
                .map(known -> known.end().isPresent())
                .orElse(false);
    }

    // --- parked runs ---

    @Test
    void a_run_that_waits_is_a_row_until_it_is_due() {
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {a: {uses: do.count}, w: {wait: 3d, needs: [a]}, b: {uses: do.count, needs: [w]}}");
        try (Engine engine = builder("one", workflow).build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
            world.pass(Duration.ofMinutes(1));
            assertThat(summary("r").status()).isEqualTo(RunStatus.WAITING);
            assertThat(engine.find(RunId.of("r"))).isEmpty();
            assertThat(run.status()).isEqualTo(RunStatus.WAITING);
            assertThat(world.await(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(world.age())
                    .isBetween(Duration.ofDays(3), Duration.ofDays(3).plusSeconds(10));
            assertThat(bodies).hasValue(2);
        }
    }

    @Test
    void a_run_that_was_taken_up_and_waits_for_a_place_can_be_cancelled() {
        Workflow<Map<String, Object>, Object> workflow = flow("maxRuns: 1\nsteps: {s: {await: {signal: go}}}");
        try (Engine first = builder("one", workflow).parkAfter(Duration.ZERO).build()) {
            first.start(workflow, RunId.of("has-the-place"), Map.of());
            first.start(workflow, RunId.of("waits"), Map.of());
        }
        try (Engine second = builder("two", workflow).parkAfter(Duration.ZERO).build()) {
            world.pass(LEASE);
            assertThat(summary("waits").standing().owner()).isEqualTo("two");

            second.find(RunId.of("waits")).orElseThrow().cancel("enough");
            world.pass(Duration.ofSeconds(5));

            assertThat(summary("waits").status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(hasEnded("has-the-place")).isFalse();
        }
    }

    @Test
    void steps_that_were_stopped_before_they_left_an_entry_settle_in_the_order_of_the_record() {
        Workflow<Map<String, Object>, Object> workflow = flow("""
                steps:
                  each:
                    forEach: ${{ [0, 1, 2] }}
                    concurrency: 3
                    steps:
                      first: {uses: late.last-item-first}
                      hangs: {uses: busy.hold, needs: [first]}
                      last: {await: {signal: go}, needs: [hangs], join: all-done}
                  fails: {uses: busy.hold, timeout: 10s}
                """);
        Connector busy = connector("busy", "hold", context -> new CompletableFuture<>());
        Connector late = connector("late", "last-item-first", context -> {
            int item = Integer.parseInt(context.step().replaceAll("\\D", ""));
            return world.later(Duration.ofSeconds(3 - item), () -> item);
        });
        try (Engine first =
                builder("first", workflow).connector(busy).connector(late).build()) {
            Run<Object> run = first.start(workflow, RunId.of("r"), Map.of());
            world.pass(Duration.ofSeconds(5));
            Asking.ask(run, new RunMessage.Signal("go", 1L));
            world.pass(Duration.ofSeconds(10));
            assertThat(store.read(RunId.of("r"))) // the first of those that came to wait has the signal
                    .filteredOn(StepSucceeded.class::isInstance)
                    .extracting(entry -> ((StepSucceeded) entry).step())
                    .endsWith("each[0]/last");
        }
        try (Engine second =
                builder("second", workflow).connector(busy).connector(late).build()) {
            world.pass(LEASE);
            store.send(RunId.of("r"), new RunMessage.Signal("go", 2L));
            store.send(RunId.of("r"), new RunMessage.Signal("go", 3L));
            world.pass(Duration.ofMinutes(1));
            assertThat(summary("r").status()).isEqualTo(RunStatus.FAILED);
        }
    }

    @Test
    void a_run_that_was_taken_up_while_it_cleans_up_needs_no_place() {
        Workflow<Map<String, Object>, Object> workflow = flow("""
                maxRuns: 1
                steps:
                  t:
                    try:
                      steps: {s: {await: {signal: go}}}
                    finally:
                      steps: {w: {wait: 1m}}
                """);
        try (Engine one = builder("one", workflow).parkAfter(Duration.ZERO).build();
                Engine two = builder("two", workflow).parkAfter(Duration.ZERO).build()) {
            one.start(workflow, RunId.of("has-the-place"), Map.of());
            Run<Object> cancelled = two.start(workflow, RunId.of("cancelled"), Map.of());
            world.pass(Duration.ofSeconds(5));
            cancelled.cancel("enough");
            world.pass(Duration.ofSeconds(5));
        }
        try (Engine three = builder("three", workflow).parkAfter(Duration.ZERO).build()) {
            world.pass(Duration.ofMinutes(2));

            assertThat(summary("cancelled").status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(summary("has-the-place").standing().owner()).isEqualTo("three");
            assertThat(three.find(RunId.of("has-the-place"))).isPresent();
        }
    }

    @Test
    void a_parent_that_is_cancelled_cancels_its_child_wherever_that_is() {
        Workflow<Map<String, Object>, Object> parent = flow("steps: {c: {run: child}, busy: {uses: busy.hold}}");
        Workflow<Map<String, Object>, Object> child =
                Workflow.read("auterity: 1\nid: child\nsteps: {w: {wait: 1h}, s: {await: {signal: go}}}", "child.yaml");
        Connector busy = connector("busy", "hold", context -> new CompletableFuture<>());
        try (Engine engine = builder("one", parent, child).connector(busy).build()) {
            Run<Object> run = engine.start(parent, RunId.of("r"), Map.of());
            world.pass(Duration.ofMinutes(1));
            assertThat(engine.find(RunId.of("r"))).isPresent();
            assertThat(engine.find(RunId.of("r:c.0"))).isEmpty();
            run.cancel("enough");
            world.pass(Duration.ofSeconds(5));
            assertThat(summary("r:c.0").status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
        }
    }

    @Test
    void a_repetition_goes_on_although_its_run_is_parked_between_iterations() {
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {poll: {repeat: {steps: {a: {uses: do.count}}, output: '${{ steps.a.output }}',"
                        + " until: '${{ steps.a.output >= 4 }}', delay: 1h}}}");
        try (Engine engine = builder("one", workflow).build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
            world.pass(Duration.ofMinutes(1));
            assertThat(engine.find(RunId.of("r"))).isEmpty();
            assertThat(world.runUntil(() -> hasEnded("r") || world.age().compareTo(Duration.ofHours(9)) > 0))
                    .isTrue();
            assertThat(run.status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(bodies).hasValue(4);
            assertThat(world.age())
                    .isBetween(Duration.ofHours(3), Duration.ofHours(3).plusMinutes(1));
        }
    }

    @Test
    void P14_parked_runs_stay_what_they_are_through_many_restarts() {
        restartWithParked(200);
    }

    @Test
    @Tag("nightly")
    void P14_ten_thousand_parked_runs_stay_what_they_are_through_many_restarts() {
        restartWithParked(10_000);
    }

    private void restartWithParked(int runs) {
        Workflow<Map<String, Object>, Object> workflow = flow(
                "steps: {a: {uses: do.count}, s: {await: {signal: go}, needs: [a]}, b: {uses: do.count, needs: [s]}}");
        try (Engine engine = builder("first", workflow).build()) {
            for (int i = 0; i < runs; i++) {
                engine.start(workflow, RunId.of("r" + i), Map.of());
            }
            world.pass(Duration.ofMinutes(1));
        }
        for (int restart = 0; restart < 50; restart++) {
            try (Engine engine = builder("restart-" + restart, workflow).build()) {
                world.pass(Duration.ofSeconds(30));
                assertThat(engine.find(RunId.of("r0")))
                        .as("%s after restart %s: %s", summary("r0"), restart, store.read(RunId.of("r0")))
                        .isEmpty();
            }
        }
        assertThat(all()).hasSize(runs).allSatisfy(run -> {
            assertThat(run.status()).isEqualTo(RunStatus.WAITING);
            assertThat(store.read(run.id())).hasSize(3);
        });
        assertThat(bodies).hasValue(runs);
        try (Engine engine = builder("last", workflow).build()) {
            for (int i = 0; i < runs; i++) {
                store.send(RunId.of("r" + i), new RunMessage.Signal("go", 1L));
            }
            assertThat(world.runUntil(() -> bodies.get() == 2 * runs)).isTrue();
            world.pass(Duration.ofMinutes(1));
            assertThat(all()).allSatisfy(run -> assertThat(run.status()).isEqualTo(RunStatus.SUCCEEDED));
            assertThat(bodies).hasValue(2 * runs);
            assertThat(engine.find(RunId.of("r0"))).isEmpty();
        }
    }

    private static Workflow<Map<String, Object>, Object> waitingInATry() {
        return flow("""
                steps:
                  whole:
                    try:
                      steps: {a: {uses: do.count}, s: {await: {signal: go}, needs: [a]}, b: {uses: do.count, needs: [s]}}
                    finally:
                      steps: {last: {uses: do.count}}
                """);
    }

    @Test
    void a_run_that_was_taken_up_with_too_many_entries_is_stopped() {
        Workflow<Map<String, Object>, Object> workflow = waitingInATry();
        try (Engine engine = builder("first", workflow).build()) {
            engine.start(workflow, RunId.of("r"), Map.of());
            world.pass(Duration.ofMinutes(1));
        }
        int entries = store.read(RunId.of("r")).size();

        try (Engine engine = builder("same", workflow).maxEntries(entries).build()) {
            world.pass(Duration.ofMinutes(1));
            assertThat(summary("r").status()).isEqualTo(RunStatus.WAITING);
        }
        try (Engine engine = builder("less", workflow).maxEntries(entries - 1).build()) {
            store.send(RunId.of("r"), new RunMessage.Signal("other", 1L));
            world.pass(Duration.ofMinutes(1));
            assertThat(summary("r").status()).isEqualTo(RunStatus.FAILED);
            assertThat(summary("r").end().orElseThrow().failure().orElseThrow().code())
                    .isEqualTo("too-many-entries");
            assertThat(bodies).hasValue(2);
        }
    }

    /** The bytes of the payloads on a run's record. */
    private long bytesOf(String run, int withoutTheLast) {
        List<JournalEntry> entries = store.read(RunId.of(run));
        return entries.stream()
                .limit(entries.size() - withoutTheLast)
                .mapToLong(entry -> EntryCodec.encode(entry).payload().length)
                .sum();
    }

    private Engine.Builder counting(String id, Workflow<?, ?> workflow) {
        return builder(id, workflow).journal(new CrashingJournal(store, 0, false).counting());
    }

    @Test
    void a_run_has_no_more_bytes_on_its_record_than_allowed() {
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {a: {value: large}, b: {uses: do.count, needs: [a]}, c: {uses: do.count, needs: [b]}}");
        try (Engine engine = counting("one", workflow).build()) {
            world.await(engine.start(workflow, RunId.of("whole"), Map.of())).orElseThrow();
        }
        long most = bytesOf("whole", 2); // without c, and the end that it brings along

        for (long limit = most - 1; limit <= most + 1; limit++) {
            bodies.set(0);
            String id = "with-" + limit;
            try (Engine engine = counting("one", workflow).maxRecordBytes(limit).build()) {
                world.await(engine.start(workflow, RunId.of(id), Map.of()));
            }
            if (limit < most) {
                Failure failure = summary(id).end().orElseThrow().failure().orElseThrow();
                assertThat(failure.code()).isEqualTo(Failure.RECORD_TOO_LARGE);
                assertThat(failure.message())
                        .contains("has " + most + " bytes on its record and goes on, the limit is " + limit
                                + " (maxRecordBytes); keep large data elsewhere");
                assertThat(bodies).as("b, and nothing after it").hasValue(1);
            } else {
                assertThat(summary(id).status()).isEqualTo(RunStatus.SUCCEEDED);
            }
        }
    }

    @Test
    void a_run_whose_input_is_more_than_its_record_may_have_is_stopped_before_its_first_step() {
        Workflow<Map<String, Object>, Object> workflow = flow("steps: {a: {uses: do.count}}");
        try (Engine engine = counting("one", workflow).maxRecordBytes(100).build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of("text", "x".repeat(100)));
            assertThat(world.await(run).failure().orElseThrow().code()).isEqualTo(Failure.RECORD_TOO_LARGE);
            assertThat(bodies).hasValue(0);
        }
    }

    @Test
    void a_run_that_was_taken_up_with_too_many_bytes_is_stopped_and_cleans_up() {
        Workflow<Map<String, Object>, Object> workflow = waitingInATry();
        try (Engine engine = counting("first", workflow).build()) {
            engine.start(workflow, RunId.of("r"), Map.of());
            world.pass(Duration.ofMinutes(1));
        }
        long bytes = bytesOf("r", 0);

        for (long limit = bytes + 1; limit >= bytes; limit--) {
            try (Engine engine =
                    counting("same", workflow).maxRecordBytes(limit).build()) {
                world.pass(Duration.ofMinutes(1));
                assertThat(summary("r").status()).isEqualTo(RunStatus.WAITING);
            }
        }
        try (Engine engine =
                counting("less", workflow).maxRecordBytes(bytes - 1).build()) {
            store.send(RunId.of("r"), new RunMessage.Signal("other", 1L));
            world.pass(Duration.ofMinutes(1));
            assertThat(summary("r").end().orElseThrow().failure().orElseThrow().code())
                    .isEqualTo(Failure.RECORD_TOO_LARGE);
            assertThat(bodies).as("a and what cleans up").hasValue(2);
        }
    }

    private List<RunSummary> all() {
        return store.catalog().stream(RunQuery.Filter.NONE).toList();
    }

    @Test
    void R9_taking_up_many_runs_does_not_cost_an_engine_its_lease() {
        Workflow<Map<String, Object>, Object> workflow = flow("steps: {a: {uses: do.count}}");
        int runs = 2_000;
        Journal.Lease dead = store.open("dead", LEASE);
        try (Engine engine = builder("knows-the-version", workflow).build()) {
            String version = store.catalog().versions("flow").get(0).version();
            for (int i = 0; i < runs; i++) {
                store.append(
                        dead, RunId.of("r" + i), List.of(new RunStarted(1, "flow", version, Map.of(), Origin.NONE)));
            }
        }
        store.close(dead);
        // Each run takes 10 ms to read, which makes two leases for all of them, by the engine's own clock.
        AtomicLong reading = new AtomicLong();
        AtomicInteger claimed = new AtomicInteger();
        Journal slow = (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(store, arguments);
                    if (method.getName().equals("read")) {
                        reading.addAndGet(Duration.ofMillis(10).toNanos());
                    } else if (method.getName().equals("claim")) {
                        claimed.addAndGet(((List<?>) result).size());
                    }
                    return result;
                });
        try (Engine engine = builder("next", workflow)
                .journal(slow)
                .ticker(() -> world.age().toNanos() + reading.get())
                .build()) {
            world.pass(Duration.ofMinutes(1));
            assertThat(bodies).hasValue(runs);
            assertThat(claimed).hasValue(runs);
        }
    }

    @Test
    void a_handle_reaches_its_run_wherever_that_is() {
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {s: {await: {signal: go}}, ok: {approve: {by: [boss]}, needs: [s]}}\n"
                        + "output: '${{ steps.s.output }}'");
        try (Engine one = builder("one", workflow).build();
                Engine two = builder("two", workflow).build()) {
            one.start(workflow, RunId.of("r"), Map.of());
            Run<?> elsewhere = two.attach(RunId.of("r")).orElseThrow();
            assertThat(elsewhere.status()).isEqualTo(RunStatus.RUNNING);
            elsewhere.signal("go", 7L);
            world.pass(Duration.ofMinutes(1));
            elsewhere.decide("ok", true, "kim", Map.of());
            assertThat(world.await(elsewhere.result()).orElseThrow()).isEqualTo(7L);
            assertThat(two.attach(RunId.of("unknown"))).isEmpty();
        }
    }

    @Test
    void pause_and_cancel_reach_a_parked_run() {
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {s: {await: {signal: go}}, b: {uses: do.count, needs: [s]}}");
        try (Engine engine = builder("one", workflow).build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
            world.pass(Duration.ofMinutes(1));
            run.pause();
            run.signal("go", 1L);
            world.pass(Duration.ofMinutes(1));
            assertThat(run.isPaused()).isTrue();
            assertThat(bodies).hasValue(0);
            run.resume();
            assertThat(world.runUntil(() -> bodies.get() == 1)).isTrue();
            Run<Object> other = engine.start(workflow, RunId.of("other"), Map.of());
            world.pass(Duration.ofMinutes(1));
            other.cancel("enough");
            assertThat(world.await(other).status()).isEqualTo(RunStatus.CANCELLED);
            assertThatThrownBy(() -> other.signal("go", 1L)).isInstanceOf(EngineException.class);
        }
    }

    /** The store, but the first write of a kind, of which {@code came} tells, is answered by the test and not kept. */
    private Journal answering(CompletableFuture<Void> answer, AtomicBoolean came, Predicate<Write> kind) {
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    boolean isFirst = method.getName().equals("append")
                            && kind.test((Write) arguments[1])
                            && came.compareAndSet(false, true);
                    return isFirst ? answer : method.invoke(store, arguments);
                });
    }

    /** Sends a signal on a thread that waits for the answer. */
    private static Thread waitingSender(Run<Object> run) {
        Thread sender = new Thread(() -> run.signal("go", 1L));
        sender.start();
        while (sender.getState() != Thread.State.WAITING) {
            assertThat(sender.isAlive())
                    .as("answered before anything is certain")
                    .isTrue();
            Thread.onSpinWait();
        }
        return sender;
    }

    @Test
    void what_a_run_is_told_while_it_is_parked_in_vain_is_left_in_its_inbox() throws InterruptedException {
        CompletableFuture<Void> parked = new CompletableFuture<>();
        AtomicBoolean parks = new AtomicBoolean();
        Journal failing = answering(parked, parks, write -> write.park().isPresent());
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {s: {await: {signal: go}}, b: {uses: do.count, needs: [s]}, c: {wait: 1d, needs: [b]}}");
        try (Engine engine = builder("one", workflow).journal(failing).build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
            assertThat(world.runUntil(parks::get)).isTrue();
            Thread sender = waitingSender(run);
            run.cancel("enough");

            parked.completeExceptionally(new IOException("no route to the database"));

            sender.join(Duration.ofMinutes(1).toMillis());
            assertThat(sender.isAlive()).isFalse();
            assertThat(world.await(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(store.read(RunId.of("r"))).anyMatch(SignalReceived.class::isInstance);
        }
    }

    @Test
    void who_sends_a_signal_is_answered_once_it_is_on_record_or_in_the_inbox() throws InterruptedException {
        CompletableFuture<Void> recorded = new CompletableFuture<>();
        AtomicBoolean records = new AtomicBoolean();
        Journal failing = answering(
                recorded, records, write -> write.entries().stream().anyMatch(SignalReceived.class::isInstance));
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {s: {await: {signal: go}}}\noutput: '${{ steps.s.output }}'");
        try (Engine engine = builder("one", workflow).journal(failing).build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
            assertThat(world.runUntil(() -> run.status() == RunStatus.WAITING)).isTrue();
            Thread sender = waitingSender(run);
            assertThat(records).isTrue();

            recorded.completeExceptionally(new IOException("no route to the database"));

            world.pass(Duration.ofMillis(1)); // the loop lets go on a thread of the engine's
            sender.join(Duration.ofMinutes(1).toMillis());
            assertThat(sender.isAlive()).isFalse();
            assertThat(world.await(run).orElseThrow()).isEqualTo(1L);
        }
    }

    @Test
    void P7_a_signal_is_recorded_before_anything_sees_it() {
        Workflow<Map<String, Object>, Object> workflow = flow(
                "steps: {s: {await: {signal: go}}, b: {uses: do.count, needs: [s]}}\noutput: '${{ steps.s.output }}'");
        List<Boolean> recorded = new ArrayList<>();
        try (Engine engine = world.engine()
                .id("one")
                .ticker(() -> world.age().toNanos())
                .journal(store)
                .lease(LEASE)
                .connector(connector(context ->
                        recorded.add(store.read(context.runId()).stream().anyMatch(SignalReceived.class::isInstance))))
                .register(workflow)
                .build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
            store.send(RunId.of("r"), new RunMessage.Signal("go", 1L));
            store.send(RunId.of("r"), new RunMessage.Signal("go", 2L));
            assertThat(world.await(run).orElseThrow()).isEqualTo(1L);
            assertThat(recorded).containsExactly(true);
        }
    }

    @Test
    void whatever_goes_wrong_in_a_look_the_engine_looks_again() {
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {w: {wait: 1h}, b: {uses: do.count, needs: [w]}}");
        AtomicInteger received = new AtomicInteger();
        Journal broken = (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("received") && received.incrementAndGet() == 3) {
                        throw new StackOverflowError("once");
                    }
                    return method.invoke(store, arguments);
                });
        try (Engine engine = builder("one", workflow).journal(broken).build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
            assertThat(world.await(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(received).hasValueGreaterThan(3);
        }
    }

    // --- recovery ---

    @Test
    void R15_P15_a_run_that_kills_whoever_takes_it_is_given_up_with_its_reason() {
        Workflow<Map<String, Object>, Object> workflow =
                flow("onFailure: {run: alert}\nsteps: {poison: {uses: do.count}}");
        Workflow<Map<String, Object>, Object> alert =
                Workflow.read("auterity: 1\nid: alert\nsteps: {a: {value: 1}}", "alert.yaml");
        List<String> heard = new ArrayList<>();
        accept("r", workflow, alert);
        for (int i = 0; i < 10 && !hasEnded("r"); i++) {
            CrashingJournal journal = new CrashingJournal(store, 0, false);
            boolean[] poisoned = {false};
            world.engine()
                    .id("engine-" + i)
                    .executor(task -> world.executor().execute(() -> journal.unlessDark(task)))
                    .listenerExecutor(task -> world.executor().execute(() -> journal.unlessDark(task)))
                    .timer((delay, task) -> world.timer().after(delay, () -> journal.unlessDark(task)))
                    .ticker(() -> world.age().toNanos())
                    .journal(journal)
                    .lease(LEASE)
                    .connector(connector(context -> {
                        bodies.incrementAndGet();
                        poisoned[0] = true;
                        journal.crash();
                        return 1L;
                    }))
                    .listener((run, id, entry) -> {
                        if (entry instanceof RunEnded end) {
                            heard.add(run + " " + end.status().text());
                        }
                    })
                    .register(workflow, alert)
                    .build();
            assertThat(world.runUntil(() -> poisoned[0] || hasEnded("r"))).isTrue();
        }
        RunSummary given = summary("r");
        assertThat(given.status()).isEqualTo(RunStatus.DEAD_LETTERED);
        assertThat(given.end().orElseThrow().failure().orElseThrow().message()).contains("recovered 5 times in a row");
        assertThat(bodies).hasValue(Engine.Builder.DEFAULT_MAX_RECOVERIES);
        assertThat(world.runUntil(() -> heard.size() == 2)).isTrue();
        assertThat(heard).containsExactlyInAnyOrder("r dead-lettered", "r:on-failure succeeded");
    }

    private void accept(String run, Workflow<?, ?>... workflows) {
        String version;
        try (Engine engine = builder("to-compile", workflows).recovery(false).build()) {
            version = engine.plan("flow").hash();
        }
        Journal.Lease lease = store.open("acceptor", Duration.ofMillis(1));
        store.append(
                lease,
                RunId.of(run),
                List.of(new RunStarted(world.now().toEpochMilli(), "flow", version, Map.of(), Origin.NONE)));
    }

    @Test
    void P2_two_engines_that_find_the_same_run_do_not_both_run_it() {
        Workflow<Map<String, Object>, Object> workflow = flow("steps: {a: {uses: do.count}}");
        for (int i = 0; i < 50; i++) {
            accept("r" + i, workflow);
        }
        try (Engine one = builder("one", workflow).build();
                Engine two = builder("two", workflow).build()) {
            assertThat(world.runUntil(() -> store.catalog().list(RunQuery.ALL).stream()
                            .allMatch(run -> run.status() == RunStatus.SUCCEEDED)))
                    .isTrue();
            assertThat(bodies).hasValue(50);
            assertThat(one.find(RunId.of("r0"))).isEmpty();
            assertThat(two.find(RunId.of("r0"))).isEmpty();
        }
    }

    @Test
    void an_engine_that_slept_too_long_acts_no_more_and_its_runs_go_on_elsewhere() {
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {a: {wait: 1m}, b: {uses: do.count, needs: [a]}}");
        boolean[] asleep = {false};
        List<Runnable> missed = new ArrayList<>();
        Engine sleeper = builder("sleeper", workflow)
                .parkAfter(Duration.ZERO)
                .executor(task -> world.executor().execute(() -> awake(asleep, missed, task)))
                .timer((delay, task) -> world.timer().after(delay, () -> awake(asleep, missed, task)))
                .build();
        Run<Object> run = sleeper.start(workflow, RunId.of("r"), Map.of());
        world.pass(Duration.ofSeconds(20));
        asleep[0] = true;
        try (Engine other = builder("other", workflow).build()) {
            assertThat(world.runUntil(() -> hasEnded("r"))).isTrue();
            assertThat(bodies).hasValue(1);
            asleep[0] = false;
            missed.forEach(world.executor()::execute);
            assertThat(world.await(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(bodies).hasValue(1);
            assertThat(other.find(RunId.of("r"))).isEmpty();
        }
        sleeper.close();
    }

    private static void awake(boolean[] asleep, List<Runnable> missed, Runnable task) {
        if (asleep[0]) {
            missed.add(task);
        } else {
            task.run();
        }
    }

    @Test
    void R13_timers_keep_to_their_time_when_the_wall_clock_jumps() {
        for (Duration jump : List.of(
                Duration.ofSeconds(-1),
                Duration.ofSeconds(1),
                Duration.ofHours(-1), // as when summer time ends on a machine that keeps local time
                Duration.ofHours(1),
                Duration.ofDays(-1),
                Duration.ofDays(1))) {
            SimulatedWorld place = new SimulatedWorld(3);
            InMemoryJournal journal = new InMemoryJournal(10, place.clock());
            Workflow<Map<String, Object>, Object> workflow = flow("steps: {a: {wait: 2h}, b: {wait: 1m, needs: [a]}}");
            Duration[] offset = {Duration.ZERO};
            try (Engine engine = place.engine()
                    .id("one")
                    .clock(() -> place.now().plus(offset[0]))
                    .ticker(() -> place.age().toNanos())
                    .journal(journal)
                    .lease(LEASE)
                    .parkAfter(Duration.ZERO)
                    .register(workflow)
                    .build()) {
                Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
                place.pass(Duration.ofMinutes(30));
                offset[0] = jump;
                assertThat(place.await(run).status()).isEqualTo(RunStatus.SUCCEEDED);
                assertThat(place.age())
                        .as("jump by %s", jump)
                        .isBetween(
                                Duration.ofMinutes(121), Duration.ofMinutes(121).plusSeconds(1));
            }
        }
    }

    @Test
    void R13_nothing_is_done_twice_or_lost_when_the_clock_of_the_store_steps_and_two_engines_share_it() {
        Duration hour = Duration.ofHours(1);
        for (List<Duration> steps : List.of(
                List.of(hour), List.of(hour.negated()), List.of(hour, Duration.ZERO, hour.negated(), Duration.ZERO))) {
            new SteppingStore(steps).check();
        }
    }

    /** Two engines on a store whose clock is set anew every three seconds, and one of them dies after that. */
    private static final class SteppingStore {

        private static final int RUNS = 20;

        private final SimulatedWorld place = new SimulatedWorld(3);
        private final List<Duration> steps;
        private final List<String> again = new ArrayList<>();
        private final AtomicInteger takeovers = new AtomicInteger();
        private Duration offset = Duration.ZERO;
        private final InMemoryJournal store =
                new InMemoryJournal(100, () -> place.now().plus(offset));

        private SteppingStore(List<Duration> steps) {
            this.steps = steps;
        }

        private void check() {
            Workflow<Map<String, Object>, Object> workflow = flow("""
                    steps:
                      a: {uses: do.take}
                      w: {wait: 1m, needs: [a]}
                      b: {uses: do.take, needs: [w]}
                      c: {uses: do.take, needs: [b]}
                    """);
            boolean[] dead = {false};
            List<Runnable> never = new ArrayList<>();
            Engine dies = builder("dies", workflow)
                    .executor(task -> place.executor().execute(() -> awake(dead, never, task)))
                    .timer((delay, task) -> place.timer().after(delay, () -> awake(dead, never, task)))
                    .build();
            try (Engine lives = builder("lives", workflow).build()) {
                for (int i = 0; i < RUNS; i++) {
                    (i % 2 == 0 ? dies : lives).start(workflow, RunId.of("r" + i), Map.of());
                }
                for (Duration step : steps) {
                    place.pass(Duration.ofSeconds(3));
                    offset = step;
                }
                place.pass(Duration.ofSeconds(3));
                dead[0] = true;
                Duration far =
                        Duration.ofHours(2); // who has died may keep its lease for as long as the clock was set back
                assertThat(place.runUntil(() -> place.age().compareTo(far) > 0
                                || all().stream().allMatch(run -> run.end().isPresent())))
                        .isTrue();
            }
            assertThat(all()).as("%s", steps).hasSize(RUNS).allSatisfy(run -> {
                List<JournalEntry> entries = store.read(run.id());
                assertThat(run.status()).as("%s: %s", steps, entries).isEqualTo(RunStatus.SUCCEEDED);
                assertThat(entries).filteredOn(StepSucceeded.class::isInstance).hasSize(4);
                assertThat(entries).filteredOn(RunEnded.class::isInstance).hasSize(1);
            });
            assertThat(again).as("%s", steps).isEmpty();
            assertThat(takeovers).as("%s", steps).hasPositiveValue();
        }

        private List<RunSummary> all() {
            return store.catalog().stream(RunQuery.Filter.NONE).toList();
        }

        private Engine.Builder builder(String id, Workflow<?, ?> workflow) {
            return place.engine()
                    .id(id)
                    .ticker(() -> place.age().toNanos())
                    .journal(store)
                    .lease(LEASE)
                    .parkAfter(Duration.ofSeconds(5))
                    .connector(connector("do", "take", context -> take(id, context)))
                    .register(workflow);
        }

        private Object take(String engine, StepContext context) {
            for (JournalEntry entry : store.read(context.runId())) {
                if (entry instanceof StepSucceeded done && done.step().equals(context.step())) {
                    again.add(context.idempotencyKey());
                }
            }
            boolean startedHere =
                    (Integer.parseInt(context.runId().value().substring(1)) % 2 == 0) == engine.equals("dies");
            if (!startedHere) {
                takeovers.incrementAndGet();
            }
            return place.later(Duration.ofSeconds(2), () -> "taken");
        }
    }

    @Test
    void whoever_waits_for_a_parked_run_is_told_even_if_nobody_holds_the_run() {
        Workflow<Map<String, Object>, Object> workflow = flow("steps: {a: {wait: 1h}}");
        try (Engine engine = builder("one", workflow).build()) {
            AtomicBoolean told = new AtomicBoolean();
            WeakReference<Run<Object>> run = startAndWait(engine, workflow, told);
            for (int i = 0; i < 100 && run.get() != null; i++) {
                System.gc();
            }
            assertThat(run.get()).isNull();
            assertThat(world.runUntil(told::get)).isTrue();
        }
    }

    private WeakReference<Run<Object>> startAndWait(
            Engine engine, Workflow<Map<String, Object>, Object> workflow, AtomicBoolean told) {
        Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
        world.pass(Duration.ofMinutes(1));
        assertThat(engine.find(RunId.of("r"))).as("it is parked").isEmpty();
        run.result().thenAccept(result -> told.set(true));
        return new WeakReference<>(run);
    }

    @Test
    void a_run_stays_on_the_version_it_was_started_with() {
        Workflow<Map<String, Object>, Object> old =
                flow("steps: {w: {wait: 1h}, b: {value: old, needs: [w]}}\noutput: '${{ steps.b.output }}'");
        Workflow<Map<String, Object>, Object> changed =
                flow("steps: {x: {value: new}}\noutput: '${{ steps.x.output }}'");
        try (Engine engine = builder("one", old).build()) {
            engine.start(old, RunId.of("r"), Map.of());
            world.pass(Duration.ofMinutes(1));
        }
        try (Engine engine = builder("two", changed).build()) {
            Run<?> run = engine.attach(RunId.of("r")).orElseThrow();
            assertThat(world.await(run.result()).orElseThrow()).isEqualTo("old");
            assertThat(world.await(engine.start(changed, RunId.of("s"), Map.of()))
                            .orElseThrow())
                    .isEqualTo("new");
            assertThat(store.catalog().versions("flow")).hasSize(2);
        }
    }

    @Test
    void runs_whose_code_is_not_here_are_left_to_others() {
        Workflow<Map, String> withCode = Workflow.define(
                "flow", Map.class, (flow, input) -> flow.step("java").run(String.class, input, any -> "done"));
        Workflow<Map<String, Object>, Object> without = flow("steps: {x: {value: new}}");
        Run<String> run;
        Engine first = builder("one", withCode).build();
        run = first.start(withCode, RunId.of("r"), Map.of());
        first.close();
        assertThat(run.id()).isEqualTo(RunId.of("r"));
        try (Engine stranger = builder("stranger", without).build()) {
            world.pass(Duration.ofMinutes(1));
            assertThat(hasEnded("r")).isFalse();
            assertThat(stranger.find(RunId.of("r"))).isEmpty();
            try (Engine able = builder("able", withCode).build()) {
                assertThat(world.runUntil(() -> hasEnded("r"))).isTrue();
                assertThat(able.attach(RunId.of("r")).orElseThrow().status()).isEqualTo(RunStatus.SUCCEEDED);
            }
        }
    }

    // --- on real threads ---

    @Test
    void P1_recovery_never_takes_what_the_same_process_has_just_started() {
        Workflow<Map<String, Object>, Object> workflow = flow("steps: {a: {uses: do.count}}");
        InMemoryJournal journal = new InMemoryJournal(20_000);
        int runs = 10_000;
        try (Engine engine = Engine.builder()
                .journal(journal)
                .lease(Duration.ofHours(1)) // a stalled machine keeps it
                .pollInterval(Duration.ofMillis(1))
                .connector(connector(context -> bodies.incrementAndGet()))
                .register(workflow)
                .build()) {
            List<Run<Object>> all = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                all.add(engine.start(workflow, RunId.of("r" + i), Map.of()));
            }
            all.forEach(run ->
                    assertThat(run.await(Duration.ofSeconds(60)).status()).isEqualTo(RunStatus.SUCCEEDED));
        }
        assertThat(bodies).hasValue(runs);
    }

    @Test
    void P6_many_threads_that_start_one_id_start_one_run() throws Exception {
        Workflow<Map<String, Object>, Object> workflow = flow("steps: {a: {uses: do.count}}");
        int threads = 64;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (Engine engine = Engine.builder()
                .journal(new InMemoryJournal())
                .lease(Duration.ofHours(1)) // a stalled machine keeps it
                .connector(connector(context -> bodies.incrementAndGet()))
                .register(workflow)
                .build()) {
            for (int round = 0; round < 20; round++) {
                RunId id = RunId.of("r" + round);
                CyclicBarrier barrier = new CyclicBarrier(threads);
                List<CompletableFuture<RunStatus>> all = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    all.add(CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    barrier.await(30, TimeUnit.SECONDS);
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                                return engine.start(workflow, id, Map.of())
                                        .await(Duration.ofSeconds(30))
                                        .status();
                            },
                            pool));
                }
                for (CompletableFuture<RunStatus> each : all) {
                    assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(RunStatus.SUCCEEDED);
                }
                assertThat(bodies).hasValue(round + 1);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void P5_a_journal_that_fails_for_a_while_leaves_nothing_stuck() {
        Workflow<Map<String, Object>, Object> workflow =
                flow("steps: {a: {uses: do.count}, w: {wait: 1s, needs: [a]}, b: {uses: do.count, needs: [w]}}");
        FailingJournal failing = new FailingJournal(store);
        try (Engine engine = builder("one", workflow).journal(failing).build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
            failing.fail(true);
            world.pass(Duration.ofSeconds(5));
            failing.fail(false);
            assertThat(world.await(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            List<JournalEntry> entries = store.read(RunId.of("r"));
            assertThat(entries).filteredOn(StepSucceeded.class::isInstance).hasSize(3);
            assertThat(entries.get(entries.size() - 1)).isInstanceOf(RunEnded.class);
        }
    }

    @Test
    void a_run_that_is_started_again_after_a_start_in_doubt_is_left_alone() {
        Workflow<Map, Object> workflow = Workflow.define(
                "flow",
                Map.class,
                (flow, input) -> flow.step("slow").runAsync(Object.class, input, (any, context) -> {
                    bodies.incrementAndGet();
                    return world.later(Duration.ofSeconds(3), () -> "done");
                }));
        FailingJournal failing = new FailingJournal(store);
        try (Engine engine = builder("one", workflow).journal(failing).build()) {
            failing.refuseStarts(new UncheckedIOException(new IOException("no answer")));
            assertThatThrownBy(() -> engine.start(workflow, RunId.of("r"), Map.of()))
                    .hasMessageContaining("no answer");
            failing.refuseStarts(null);

            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());

            assertThat(world.await(run).orElseThrow()).isEqualTo("done");
            assertThat(bodies).hasValue(1);
        }
    }

    @Test
    void what_has_no_json_fails_its_step_when_runs_are_recorded() {
        Workflow<Map, Object> workflow = Workflow.define(
                "flow",
                Map.class,
                (flow, input) -> flow.step("java").run(Object.class, input, any -> new Object() {
                    @SuppressWarnings("unused")
                    public Object getSelf() {
                        return this;
                    }
                }));
        CrashingJournal durable = new CrashingJournal(store, 0, false);
        try (Engine engine = builder("one", workflow).journal(durable).build()) {
            Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of());
            assertThat(world.await(run).failure().orElseThrow().code()).isEqualTo("invalid-output");
            assertThat(Set.of(RunStatus.FAILED)).contains(summary("r").status());
        }
    }
}
