package io.auterity.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.auterity.Asking;
import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Definition;
import io.auterity.definition.RunId;
import io.auterity.definition.Step;
import io.auterity.event.RunListener;
import io.auterity.journal.FencedException;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunStopping;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunMessage;
import io.auterity.simulation.RandomScenario.Made;
import io.auterity.testkit.FaultyJournal;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.TestConnector;
import io.auterity.testkit.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One world with a few random runs and their misfortunes, all from one seed. In a world of real threads the seed makes the
 * same workflows and the same misfortunes, but not the same order of what comes of them.
 */
final class Trial {

    private static final int MAX_PARALLEL = 4;

    private final Random random;
    private final World world;
    private final FaultyJournal journal;
    private final Map<String, Made> workflows = new TreeMap<>();
    private final List<Run<Object>> runs = new ArrayList<>();
    private final List<AssertionError> violations = new CopyOnWriteArrayList<>();
    private final Listening listening = new Listening();
    private final Map<RunId, Integer> underWay = new ConcurrentHashMap<>();
    private final Map<String, Map<String, StepContext>> itemsUnderWay = new HashMap<>(); // guarded by itself
    private final Engine engine;
    private final boolean startsAsync;
    private final boolean waitsWithoutEnd;
    private volatile boolean fenced;
    private final AtomicLong signals = new AtomicLong();

    Trial(long seed) {
        this(seed, false);
    }

    Trial(long seed, boolean waitsWithoutEnd) {
        this(seed, waitsWithoutEnd, new SimulatedWorld(seed));
    }

    /**
     * A trial.
     *
     * @param seed decides everything, or everything but the order in which threads do it
     * @param waitsWithoutEnd whether steps wait for what may never come; then every run is cancelled
     * @param world where it happens, which nothing has happened in
     */
    Trial(long seed, boolean waitsWithoutEnd, World world) {
        this.waitsWithoutEnd = waitsWithoutEnd;
        random = new Random(seed);
        this.world = world;
        if (chance(30)) {
            world.refuse(random.nextDouble() / 2);
        }
        if (chance(50)) {
            double share = random.nextDouble();
            world.hurry(
                    world instanceof SimulatedWorld ? share / 5 : share); // of the tasks, and of the far fewer jumps
        }
        Duration slowest = chance(30) ? Duration.ZERO : Duration.ofMillis(1 + random.nextInt(2_000));
        journal = new FaultyJournal(new InMemoryJournal(), world, slowest);
        String child = chance(50) ? "child" : null;
        if (child != null) {
            workflows.put(child, RandomScenario.of(random, child, 4, null));
        }
        Made flow = RandomScenario.of(random, "flow", 2 + random.nextInt(30), child);
        if (waitsWithoutEnd) {
            flow = RandomScenario.waitingWithoutEnd(random, flow);
        }
        // Each by chance of its own, so that the other seeds stay what they were.
        Random choices = new Random(seed * 31 + 29);
        if (choices.nextInt(3) == 0) {
            flow = RandomScenario.choosingAndFailing(choices, flow);
        }
        startsAsync = new Random(~seed).nextInt(3) == 0;
        workflows.put("flow", startsAsync ? RandomScenario.beginningWithCode(random, flow) : flow);
        if (startsAsync) {
            journal.delayStarts();
        }
        Engine.Builder builder = world.engine()
                .journal(journal)
                .maxParallelSteps(MAX_PARALLEL)
                .maxRuns(1 + random.nextInt(3))
                .connector(connector())
                .listener(listening)
                .listener((run, workflow, entry) -> {
                    throw new IllegalStateException("a listener that throws");
                });
        workflows.values().forEach(made -> builder.register(workflow(made)));
        engine = builder.build();
    }

    private Workflow<Map<String, Object>, Object> workflow(Made made) {
        return RandomScenario.workflow(made.definition(), () -> RandomScenario.compute(world));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Lets everything happen and checks what must hold; returns all that was recorded. */
    String run() {
        Workflow<Map<String, Object>, Object> workflow = workflow(made("flow"));
        int count = 1 + random.nextInt(3);
        List<CompletionStage<Run<Object>>> starting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> input = Map.of("n", (long) random.nextInt(100));
            if (startsAsync) {
                starting.add(engine.startAsync(workflow, input));
            } else {
                runs.add(engine.start(workflow, RunId.of("run-" + i), input));
            }
        }
        for (CompletionStage<Run<Object>> started : starting) {
            Run<Object> run = world.await(started);
            inside(() -> assertThat(journal.acknowledged(run.id())).isNotEmpty());
            runs.add(run);
        }
        runs.forEach(this::trouble);
        if (chance(5)) {
            world.after(sometime(), () -> {
                fenced = true;
                journal.fence();
            });
        }
        runs.forEach(this::awaitEnd);
        world.runUntilIdle();
        assertThat(violations).isEmpty();
        assertThat(journal.violations()).isEmpty();
        assertThat(underWay)
                .as("work under way; fenced: %s; %s", fenced, itemsUnderWay)
                .allSatisfy((id, number) -> assertThat(number).isZero());
        StringBuilder recorded = new StringBuilder();
        Set<RunId> all = new HashSet<>(listening.workflows.keySet());
        for (RunId id : listening.workflows.keySet().stream()
                .sorted((a, b) -> a.value().compareTo(b.value()))
                .toList()) {
            recorded.append(id).append('\n');
            journal.read(id).forEach(entry -> recorded.append(entry).append('\n'));
            if (!fenced) {
                check(id);
                assertThat(engine.find(id)).isEmpty();
            }
        }
        assertThat(all).isNotEmpty();
        return recorded.toString();
    }

    private Made made(String workflow) {
        Made made = workflows.get(workflow);
        assertThat(made).isNotNull();
        return made;
    }

    private Duration sometime() {
        return Duration.ofMillis(random.nextInt(200_000));
    }

    /** Plans what happens to a run from outside. */
    private void trouble(Run<Object> run) {
        if (waitsWithoutEnd || chance(20)) {
            world.after(sometime(), () -> run.cancel("trouble"));
        }
        while (chance(30)) {
            Duration hold = Duration.ofMillis(random.nextInt(60_000));
            world.after(sometime(), () -> {
                run.pause();
                world.after(hold, run::resume); // from in here, so that it cannot come first
            });
        }
        while (chance(80)) {
            String signal = "signal-" + random.nextInt(RandomScenario.SIGNALS);
            world.after(sometime(), () -> signal(run, signal));
        }
        List<String> names = made("flow").definition().body().steps().stream()
                .map(Step::name)
                .toList();
        while (chance(60)) {
            String step = names.get(random.nextInt(names.size()));
            boolean approved = chance(50);
            world.after(sometime(), () -> Asking.ask(run, new RunMessage.Decision(step, approved, "kim", Map.of())));
        }
    }

    /** Sends a signal; whoever learns that it was taken finds it on record. */
    private void signal(Run<Object> run, String name) {
        Long payload = signals.incrementAndGet();
        Asking.ask(run, new RunMessage.Signal(name, payload)).thenAccept(refusal -> {
            if (refusal.isEmpty()) {
                inside(() -> assertThat(History.signals(journal.read(run.id()))).contains(payload));
            }
        });
    }

    private void awaitEnd(Run<Object> run) {
        try {
            RunResult<Object> result = world.await(run);
            assertThat(run.status()).isEqualTo(result.status());
        } catch (FencedException e) {
            assertThat(fenced).isTrue();
        }
    }

    private void check(RunId id) {
        String workflow = listening.workflows.get(id);
        Made made = made(workflow);
        History history = new History(journal.read(id));
        history.isWhole();
        history.settlesEachStepOnce();
        history.respectsEdges(made.before());
        history.settlesAll(names(made.definition()));
        assertThat(journal.acknowledged(id).stream()
                        .filter(JournalEntry::isDurable)
                        .toList())
                .isEqualTo(history.entries());
        listening.check(id, history);
    }

    private static Set<String> names(Definition definition) {
        return definition.body().steps().stream().map(Step::name).collect(Collectors.toSet());
    }

    // --- what steps do ---

    private Connector connector() {
        return new TestConnector(
                "sim", List.of(operation("work", Trial.this::work), operation("undo", Trial.this::undo)));
    }

    private interface Doing {
        @Nullable
        Object call(Map<String, Object> input, StepContext context) throws Exception;
    }

    private static Operation operation(String name, Doing doing) {
        Operation.Description description =
                new Operation.Description(name, "", Map.of("type", "object"), Map.of(), true, List.of());
        return new Operation() {
            @Override
            public Description description() {
                return description;
            }

            @Override
            public @Nullable Object call(Map<String, Object> input, StepContext context) throws Exception {
                return doing.call(input, context);
            }
        };
    }

    /** Remembers what a check found inside a step, where it would only fail the step. */
    private void inside(Runnable check) {
        try {
            check.run();
        } catch (AssertionError violation) {
            violations.add(violation);
        }
    }

    private @Nullable Object undo(Map<String, Object> input, StepContext context) {
        inside(() -> assertThat(succeeded(context.runId(), context.step()))
                .as("%s has succeeded before it is taken back", context.step())
                .isTrue());
        return world.later(Duration.ofMillis((Long) input.get("millis")), () -> null);
    }

    private boolean succeeded(RunId run, String step) {
        return journal.acknowledged(run).stream()
                .anyMatch(entry ->
                        entry instanceof StepSucceeded done && done.step().equals(step));
    }

    private @Nullable Object work(Map<String, Object> input, StepContext context) {
        inside(() -> checkEntry(context));
        if (world.random().nextInt(200) == 0) {
            engine.find(context.runId()).ifPresent(run -> {
                run.pause();
                world.after(Duration.ofSeconds(5), run::resume);
            });
        }
        String manner = (String) input.get("manner");
        if (manner.equals("chatty")) {
            context.progress(1, 2, "half");
            context.partial("piece");
            context.heartbeat();
        }
        boolean fails = context.attempt() <= (Long) input.get("failures");
        if (manner.equals("throw") && fails) {
            throw new IllegalArgumentException("thrown at once");
        }
        long millis = (Long) input.get("millis");
        if (millis == 0 && !manner.equals("hang")) {
            if (fails) {
                throw new StepException("flaky", "attempt " + context.attempt(), true);
            }
            return "done";
        }
        CompletableFuture<Object> result = manner.equals("hang")
                ? new CompletableFuture<>()
                : world.later(Duration.ofMillis(millis), () -> {
                    if (fails) {
                        throw new StepException("flaky", "attempt " + context.attempt(), true);
                    }
                    return "done";
                });
        boolean stubborn = manner.equals("stubborn");
        inside(() -> enter(context, stubborn));
        CompletableFuture<Object> left = new CompletableFuture<>();
        result.whenComplete((value, thrown) -> {
            leave(context);
            tell(left, value, thrown);
        });
        if (!stubborn) {
            context.onCancel(() -> result.cancel(false));
        }
        return left; // and not the result: the engine must not hear of that before the attempt has left
    }

    private static void tell(CompletableFuture<Object> told, @Nullable Object value, @Nullable Throwable thrown) {
        if (thrown == null) {
            told.complete(value);
        } else {
            told.completeExceptionally(thrown);
        }
    }

    private void enter(StepContext context, boolean stubborn) {
        int number = underWay.merge(context.runId(), 1, Integer::sum);
        assertThat(number).as("attempts under way").isLessThanOrEqualTo(MAX_PARALLEL);
        if (stubborn) {
            return; // may outlast its item
        }
        forEachLoop(context, (loop, item, most) -> {
            synchronized (itemsUnderWay) {
                Map<String, StepContext> attempts = itemsUnderWay.computeIfAbsent(loop, any -> new HashMap<>());
                attempts.put(item + " " + context.step(), context);
                assertThat(itemsOf(attempts)).as("items of %s under way", loop).hasSizeLessThanOrEqualTo(most);
            }
        });
    }

    /** The items with attempts that have not been told to stop; on another thread one may be about to hear of it. */
    private static Set<String> itemsOf(Map<String, StepContext> attempts) {
        return attempts.entrySet().stream()
                .filter(attempt -> !attempt.getValue().isCancelled())
                .map(attempt -> attempt.getKey().substring(0, attempt.getKey().indexOf(' ')))
                .collect(Collectors.toSet());
    }

    private void leave(StepContext context) {
        underWay.merge(context.runId(), -1, Integer::sum);
        forEachLoop(context, (loop, item, most) -> {
            synchronized (itemsUnderWay) {
                itemsUnderWay.getOrDefault(loop, new HashMap<>()).remove(item + " " + context.step(), context);
            }
        });
    }

    private interface LoopAction {
        void accept(String loop, String item, int most);
    }

    private void forEachLoop(StepContext context, LoopAction action) {
        Map<String, Integer> concurrency = made(context.workflow()).concurrency();
        String path = context.step();
        for (int bracket = path.indexOf('['); bracket >= 0; bracket = path.indexOf('[', bracket + 1)) {
            Integer most = concurrency.get(History.nameOf(path.substring(0, bracket)));
            if (most != null) {
                String item = path.substring(bracket + 1, path.indexOf(']', bracket));
                action.accept(context.runId() + "/" + path.substring(0, bracket), item, most);
            }
        }
    }

    /** Checks what must hold when a body is entered. */
    private void checkEntry(StepContext context) {
        String path = context.step();
        List<JournalEntry> durable = journal.acknowledged(context.runId());
        assertThat(durable).as("the start of %s is durable", context.runId()).isNotEmpty();
        Set<String> settled = new HashSet<>();
        boolean stopping = false;
        for (JournalEntry entry : durable) {
            if (History.settles(entry)) {
                settled.add(((OfStep) entry).step());
            }
            stopping |= entry instanceof RunStopping;
        }
        if (context.isCancelled()) { // since its thread looked; what others have recorded meanwhile says nothing then
            assertThat(world)
                    .as("one thread has stopped %s, and enters it", path)
                    .isNotInstanceOf(SimulatedWorld.class);
            return;
        }
        assertThat(settled).as("entered again: %s", path).doesNotContain(path);
        Made made = made(context.workflow());
        String block = "";
        for (String segment : path.split("/")) {
            String name = segment.split("[\\[.]")[0];
            for (String other : made.before().getOrDefault(name, Set.of())) {
                assertThat(settled)
                        .as("durable before %s of %s starts", path, context.runId())
                        .contains(block + other);
            }
            block += segment + "/";
        }
        if (stopping) {
            assertThat(Arrays.stream(path.split("/"))
                            .anyMatch(segment -> segment.contains(".finally")
                                    || made.cleanups().contains(segment.split("[\\[.]")[0])))
                    .as("%s starts although its run is being stopped", path)
                    .isTrue();
        }
    }

    // --- what listeners hear ---

    /** Hears everything, and compares what was told with what was recorded. */
    private final class Listening implements RunListener {

        private final Map<RunId, String> workflows = new LinkedHashMap<>();
        private final Map<RunId, List<JournalEntry>> heard = new HashMap<>();
        private final AtomicBoolean called = new AtomicBoolean();

        @Override
        public void onEntry(RunId run, String workflow, JournalEntry entry) {
            inside(() -> assertThat(called.compareAndSet(false, true))
                    .as("one thread at a time calls a listener")
                    .isTrue());
            workflows.put(run, workflow);
            heard.computeIfAbsent(run, any -> new ArrayList<>()).add(entry);
            called.set(false);
        }

        @Override
        public void onMissed(long entries) {
            inside(() -> fail("missed %d entries", entries));
        }

        void check(RunId run, History history) {
            List<JournalEntry> all = heard.getOrDefault(run, List.of());
            assertThat(all.stream().filter(JournalEntry::isDurable).toList()).isEqualTo(history.entries());
            Map<String, Integer> begun = new HashMap<>();
            Set<String> settled = new HashSet<>();
            for (JournalEntry entry : all) {
                if (!(entry instanceof OfStep step)) {
                    continue;
                }
                if (entry instanceof StepStarted started) {
                    assertThat(settled)
                            .as("%s is told after its step's end", started)
                            .doesNotContain(started.step());
                    assertThat(started.attempt())
                            .as("the attempt of %s", started)
                            .isEqualTo(begun.merge(started.step(), 1, Integer::sum));
                } else if (entry instanceof AttemptFailed failed && !settled.contains(failed.step())) {
                    assertThat(begun.getOrDefault(failed.step(), 0))
                            .as("%s", failed)
                            .isEqualTo(failed.attempt());
                } else if (History.settles(entry)) {
                    settled.add(step.step());
                }
            }
        }
    }
}
