package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Durations;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JavaValue;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunMessage;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.TestConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a workflow, from its start to its end, through as many engines as it takes; in simulated time. */
final class Crashes {

    static final RunId RUN = RunId.of("run");

    private final SimulatedWorld world;
    private final InMemoryJournal store;
    private final ReferenceWorkflow reference;
    private final Map<String, Integer> effects = new HashMap<>();
    private final List<String> enteredAgain = new ArrayList<>();
    private Life life;
    private int engines;
    private boolean isAccepted;

    Crashes(ReferenceWorkflow reference, long seed) {
        this.reference = reference;
        this.world = new SimulatedWorld(seed);
        this.store = new InMemoryJournal(1_000, world.clock());
        this.life = new Life(store, () -> false, Runnable::run);
    }

    /**
     * The life of a process with an engine.
     *
     * @param journal what the engine is given
     * @param isOver whether the process is dead
     * @param unlessOver does a task of the process, which may die of it; nothing if it is dead
     */
    record Life(Journal journal, BooleanSupplier isOver, Consumer<Runnable> unlessOver) {

        static Life of(CrashingJournal journal) {
            return new Life(journal, journal::isDark, journal::unlessDark);
        }
    }

    /** How a run ended and what it did outside: the idempotency keys of all calls. */
    record Outcome(String status, @Nullable Object output, Set<String> effects) {}

    SimulatedWorld world() {
        return world;
    }

    InMemoryJournal store() {
        return store;
    }

    /** Starts an engine whose journal never goes dark. */
    Engine engine() {
        return engine(Life.of(new CrashingJournal(store, 0, false)));
    }

    /** Starts an engine, which does nothing any more when its life is over. */
    Engine engine(Life its) {
        life = its;
        return world.engine()
                .id("engine-" + ++engines)
                .executor(
                        task -> world.executor().execute(() -> its.unlessOver().accept(task)))
                .timer((delay, task) ->
                        world.timer().after(delay, () -> its.unlessOver().accept(task)))
                .ticker(() -> world.age().toNanos())
                .journal(its.journal())
                .lease(Duration.ofSeconds(10))
                .pollInterval(Duration.ofSeconds(5)) // there are runs that wait for an hour
                .maxRecoveries(1_000)
                .connector(connector(its))
                .register(
                        Workflow.read(ReferenceWorkflow.CHILD, "child.yaml"),
                        Workflow.read(reference.yaml(), reference.name() + ".yaml"))
                .build();
    }

    /** Starts the run by way of an engine, unless another one has said that it is started, and plans what it will be told. */
    void start(Engine engine) {
        if (!isAccepted) {
            engine.start(Workflow.read(reference.yaml(), reference.name() + ".yaml"), RUN, Map.of());
            isAccepted = true;
            tell();
        }
    }

    /** Starts the run as an engine does that is killed right after. */
    void startAndCrash(String version) {
        Journal.Lease lease = store.open("engine-0", Duration.ofSeconds(10));
        store.append(
                lease,
                RUN,
                List.of(new RunStarted(
                        world.now().toEpochMilli(), reference.name(), version, Map.of(), JournalEntry.Origin.NONE)));
        tell();
    }

    private void tell() {
        for (ReferenceWorkflow.Tell tell : reference.tells()) {
            world.after(Duration.ofMillis(tell.millis()), () -> store.send(RUN, message(tell.what())));
        }
    }

    private static RunMessage message(String what) {
        String[] parts = what.split(":");
        return switch (parts[0]) {
            case "signal" -> new RunMessage.Signal(parts[1], Map.of("n", 1L));
            case "approve" -> new RunMessage.Decision(parts[1], true, "kim", Map.of());
            case "pause" -> new RunMessage.Pause();
            case "resume" -> new RunMessage.Resume();
            case "cancel" -> new RunMessage.Cancel("enough");
            default -> throw new IllegalArgumentException(what);
        };
    }

    /** Goes on until the run has ended or the engine has been killed. */
    boolean untilEndOrCrash() {
        BooleanSupplier isOver = life.isOver();
        boolean happened = world.runUntil(() -> hasEnded() || isOver.getAsBoolean());
        assertThat(happened).as("%s goes on: %s", reference, store.read(RUN)).isTrue();
        return hasEnded();
    }

    boolean hasEnded() {
        List<JournalEntry> entries = store.read(RUN);
        return !entries.isEmpty() && entries.get(entries.size() - 1) instanceof RunEnded;
    }

    Outcome outcome() {
        List<JournalEntry> entries = store.read(RUN);
        RunEnded end = (RunEnded) entries.get(entries.size() - 1);
        assertThat(enteredAgain).as("recorded and entered again; %s", entries).isEmpty();
        Set<String> settled = new HashSet<>();
        for (JournalEntry entry : entries) {
            if (entry instanceof AttemptFailed failed) {
                settled.removeIf(step -> isWithin(step, failed.step())); // a block begins again
            } else if (entry instanceof StepSucceeded done) {
                assertThat(settled.add(done.step())).as("%s twice", entry).isTrue();
            }
        }
        return new Outcome(end.status().text(), JavaValue.jsonOf(end.output()), new TreeSet<>(effects.keySet()));
    }

    /** How often the attempt was made that was made most often. */
    int mostEffects() {
        return effects.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    // --- what steps do ---

    private interface Doing {
        @Nullable
        Object call(Map<String, Object> input, StepContext context) throws Exception;
    }

    private Connector connector(Life its) {
        List<Operation> operations = List.of(
                operation(its, "echo", (input, context) -> input.get("value")),
                operation(its, "undo", (input, context) -> null),
                operation(its, "fail", (input, context) -> {
                    throw new StepException((String) input.getOrDefault("code", "broken"), "on purpose", (Boolean)
                            input.getOrDefault("retryable", false));
                }),
                operation(its, "flaky", (input, context) -> {
                    if (context.attempt() <= (Long) input.get("failures")) {
                        throw new StepException("flaky", "not yet", true);
                    }
                    return input.get("value");
                }),
                operation(its, "take", (input, context) -> {
                    Duration time = Durations.parse((String) input.get("time")).orElseThrow();
                    CompletableFuture<@Nullable Object> result = world.later(time, () -> input.get("value"));
                    context.onCancel(() -> result.cancel(false));
                    return result;
                }));
        return new TestConnector("do", operations);
    }

    private Operation operation(Life its, String name, Doing doing) {
        Operation.Description description =
                new Operation.Description(name, "", Map.of("type", "object"), Map.of(), true, List.of());
        return new Operation() {
            @Override
            public Description description() {
                return description;
            }

            @Override
            public @Nullable Object call(Map<String, Object> input, StepContext context) throws Exception {
                if (its.isOver().getAsBoolean()) {
                    return new CompletableFuture<>();
                }
                note(context, name.equals("undo"));
                return doing.call(input, context);
            }
        };
    }

    private void note(StepContext context, boolean undo) {
        boolean over = false;
        int generation = 1;
        for (JournalEntry entry : store.read(context.runId())) {
            if (entry instanceof AttemptFailed failed && isWithin(context.step(), failed.step())) {
                over = false; // a block begins again, and its steps with it
                generation++;
            } else if ((entry instanceof StepSucceeded || entry instanceof StepFailed)
                    && ((OfStep) entry).step().equals(context.step())) {
                over = true;
            }
        }
        if (over && !undo) {
            enteredAgain.add(context.step() + " of " + context.runId() + ", attempt " + context.attempt());
        }
        effects.merge(context.idempotencyKey() + "#" + generation + "." + context.attempt(), 1, Integer::sum);
    }

    private static boolean isWithin(String step, String block) {
        return step.length() > block.length()
                && step.startsWith(block)
                && "/[.".indexOf(step.charAt(block.length())) >= 0;
    }
}
