package io.auterity.behaviour;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Durations;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.run.Threads;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.TestConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An engine for one test, with operations that do what tests need, on simulated or real threads.
 *
 * <p>The connector {@code do} has {@code echo {value}}, {@code take {time, value}} (asynchronously), {@code held {value}}
 * (asynchronously, until {@link #release}), {@code fail {code, message, retryable}}, {@code flaky {failures, value, code}},
 * and whatever {@link #on} adds.
 *
 * <p>On real threads anything may take any time: what must be under way while something else happens is held, not given
 * some milliseconds.
 */
final class Lab implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final @Nullable SimulatedWorld world;
    private final @Nullable ExecutorService threads;
    private final Threads.@Nullable OwnTimer timer;
    private final Map<String, Doing> operations = new LinkedHashMap<>();
    private final List<JournalEntry> events = new ArrayList<>(); // guarded by itself
    private final List<String> calls = new ArrayList<>(); // guarded by itself
    private final AtomicInteger started = new AtomicInteger();
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private final Engine.Builder builder;
    private boolean listening = true;
    private @Nullable Engine engine;

    /** What an operation does. */
    interface Doing {
        @Nullable
        Object call(Map<String, Object> input, StepContext context) throws Exception;
    }

    Lab(Schedule schedule) {
        this(schedule, 42);
    }

    Lab(Schedule schedule, long seed) {
        if (schedule == Schedule.SIMULATED) {
            world = new SimulatedWorld(seed);
            threads = null;
            timer = null;
            builder = world.engine();
        } else {
            world = null;
            threads = Threads.newExecutor();
            timer = Threads.newTimer();
            builder = Engine.builder().executor(threads).timer(timer);
        }
        on("echo", (input, context) -> input.get("value"));
        on("take", this::take);
        on("held", this::held);
        on("fail", (input, context) -> {
            throw new StepException(
                    (String) input.getOrDefault("code", "broken"),
                    (String) input.getOrDefault("message", "on purpose"),
                    (Boolean) input.getOrDefault("retryable", false));
        });
        on("flaky", (input, context) -> {
            if (context.attempt() <= (Long) input.get("failures")) {
                throw new StepException((String) input.getOrDefault("code", "flaky"), "not yet", true);
            }
            return input.get("value");
        });
    }

    private CompletableFuture<@Nullable Object> take(Map<String, Object> input, StepContext context) {
        Duration time = Durations.parse((String) input.get("time")).orElseThrow();
        CompletableFuture<@Nullable Object> result = later(time, () -> input.get("value"));
        context.onCancel(() -> result.cancel(false));
        return result;
    }

    private CompletableFuture<@Nullable Object> held(Map<String, Object> input, StepContext context) {
        CompletableFuture<@Nullable Object> result = released.thenApply(nothing -> input.get("value"));
        context.onCancel(() -> result.cancel(false));
        return result;
    }

    // --- setting up ---

    /** Adds the operation {@code do.<name>}. */
    Lab on(String name, Doing doing) {
        operations.put(name, doing);
        return this;
    }

    /** Changes how the engine is set up. */
    Lab with(Consumer<Engine.Builder> change) {
        change.accept(builder);
        return this;
    }

    /** Keeps nothing of what happens, for runs whose outputs would be kept with it. */
    Lab deaf() {
        listening = false;
        return this;
    }

    Lab register(Workflow<?, ?>... workflows) {
        for (Workflow<?, ?> workflow : workflows) {
            engine().register(workflow);
        }
        return this;
    }

    /** Reads a workflow; version and id may be left out. */
    static Workflow<Map<String, Object>, Object> read(String yaml) {
        String text = yaml.startsWith("auterity")
                ? yaml
                : "auterity: 1\n" + (yaml.startsWith("id:") ? "" : "id: flow\n") + yaml;
        return Workflow.read(text, "test.yaml");
    }

    Engine engine() {
        if (engine == null) {
            if (listening) {
                builder.listener((run, workflow, entry) -> {
                    synchronized (events) {
                        events.add(entry);
                        events.notifyAll();
                    }
                });
            }
            engine = builder.connector(connector()).build();
        }
        return engine;
    }

    private Connector connector() {
        List<Operation> all = new ArrayList<>();
        operations.forEach((name, doing) -> all.add(operation(name, doing)));
        return new TestConnector("do", all);
    }

    private Operation operation(String name, Doing doing) {
        Operation.Description description =
                new Operation.Description(name, "", Map.of("type", "object"), Map.of(), true, List.of());
        return new Operation() {
            @Override
            public Description description() {
                return description;
            }

            @Override
            public @Nullable Object call(Map<String, Object> input, StepContext context) throws Exception {
                synchronized (calls) {
                    calls.add(context.step());
                }
                return doing.call(input, context);
            }
        };
    }

    // --- running ---

    Run<Object> start(String yaml) {
        return start(read(yaml), Map.of());
    }

    Run<Object> start(String yaml, Map<String, Object> input) {
        return start(read(yaml), input);
    }

    <I, O> Run<O> start(Workflow<I, O> workflow, I input) {
        engine().register(workflow);
        return engine().start(workflow, RunId.of("run-" + started.incrementAndGet()), input);
    }

    RunResult<Object> run(String yaml) {
        return end(start(yaml));
    }

    RunResult<Object> run(String yaml, Map<String, Object> input) {
        return end(start(yaml, input));
    }

    <I, O> RunResult<O> run(Workflow<I, O> workflow, I input) {
        return end(start(workflow, input));
    }

    <O> RunResult<O> end(Run<O> run) {
        return world == null ? run.await(PATIENCE) : world.await(run);
    }

    /** The state of each step of a run, as {@code name: state}. */
    static Map<String, String> states(Run<?> run) {
        Map<String, String> states = new LinkedHashMap<>();
        run.steps().forEach((path, step) -> states.put(path, step.status().text()));
        return states;
    }

    // --- time ---

    boolean isSimulated() {
        return world != null;
    }

    SimulatedWorld world() {
        if (world == null) {
            throw new IllegalStateException("this lab is real");
        }
        return world;
    }

    <T extends @Nullable Object> CompletableFuture<T> later(Duration delay, Supplier<T> value) {
        if (world != null) {
            return world.later(delay, value);
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        if (timer != null) {
            timer.after(delay, () -> result.completeAsync(value, Runnable::run));
        }
        return result;
    }

    /** Waits until something holds; looks whenever something happens in a run, and now and then. */
    void until(BooleanSupplier condition) {
        if (world != null) {
            if (!world.runUntil(condition)) {
                throw new AssertionError("the world came to rest and it does not hold: " + events());
            }
            return;
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it does not hold after " + PATIENCE + ": " + events());
            }
            try {
                synchronized (events) {
                    events.wait(2);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Lets every step go on, now and later, that calls {@code do.held}. */
    void release() {
        released.complete(null);
    }

    /** Waits until an operation has been called for a step. */
    void untilCalled(String step) {
        until(() -> calls().contains(step));
    }

    /** Waits until listeners have been told of an entry about a step. */
    void untilSeen(Class<? extends OfStep> kind, String step) {
        until(() -> events().stream()
                .anyMatch(entry ->
                        kind.isInstance(entry) && ((OfStep) entry).step().equals(step)));
    }

    // --- what happened ---

    /** The steps whose operations were called, in order, once an attempt. */
    List<String> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    List<JournalEntry> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    <E extends JournalEntry> List<E> events(Class<E> kind) {
        return events().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
        if (threads != null) {
            threads.shutdownNow();
        }
        if (timer != null) {
            timer.close();
        }
    }
}
