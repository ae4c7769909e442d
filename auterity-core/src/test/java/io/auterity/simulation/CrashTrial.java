package io.auterity.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Asking;
import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.RunId;
import io.auterity.definition.Step;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.journal.Write;
import io.auterity.simulation.RandomScenario.Made;
import io.auterity.testkit.FaultyJournal;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.TestConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One simulated world in which engines share a journal that takes its time and may lose its replies, and are killed again
 * and again while they work on a few random runs, or sleep for longer than their lease and wake up without knowing it; all
 * from one seed. What the engines do not do may be done by the next; what must hold holds for the runs.
 */
final class CrashTrial {

    private static final Duration LONGEST = Duration.ofDays(20);
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final Random random;
    private final SimulatedWorld world;
    private final InMemoryJournal store;
    private final Map<String, Made> workflows = new TreeMap<>();
    private final List<Member> members = new ArrayList<>();
    private final List<AssertionError> violations = new ArrayList<>();
    private final List<RunId> runs = new ArrayList<>();
    private final Duration parkAfter;
    private final Duration slowest;
    private final boolean startsAsync;
    private final Random
            misfortune; // what came to be chosen later, so that the other choices of a seed stay what they were
    private final double lostReplies;
    private final boolean sleeps;
    private final Ends ends;
    private final boolean waitsWithoutEnd;
    private int wanted;
    private long signals;
    private int engines;
    private int crashes;

    /** How engines come to their ends. */
    enum Ends {
        /** Now and then one is killed, or sleeps. */
        NOW_AND_THEN,
        /** One is killed after each of its writes that gets a run on, and comes back. */
        AFTER_EVERY_WRITE
    }

    CrashTrial(long seed, Ends ends) {
        this(seed, ends, false);
    }

    /**
     * A trial.
     *
     * @param seed decides everything
     * @param ends how engines come to their ends
     * @param waitsWithoutEnd whether steps wait for what may never come; then every run is cancelled
     */
    CrashTrial(long seed, Ends ends, boolean waitsWithoutEnd) {
        this.ends = ends;
        this.waitsWithoutEnd = waitsWithoutEnd;
        random = new Random(seed);
        world = new SimulatedWorld(seed);
        store = new InMemoryJournal(1_000, world.clock());
        if (chance(30)) {
            world.hurry(random.nextDouble() / 5);
        }
        parkAfter = chance(50) ? Duration.ZERO : Duration.ofSeconds(1 + random.nextInt(60));
        slowest = chance(30) ? Duration.ZERO : Duration.ofMillis(1 + random.nextInt(2_000));
        String child = chance(50) ? "child" : null;
        if (child != null) {
            workflows.put(child, RandomScenario.of(random, child, 4, null));
        }
        Made flow = RandomScenario.of(random, "flow", 2 + random.nextInt(20), child);
        if (waitsWithoutEnd) {
            flow = RandomScenario.waitingWithoutEnd(random, flow);
        }
        // Each by chance of its own, so that the other seeds stay what they were.
        Random choices = new Random(seed * 31 + 29);
        if (choices.nextInt(3) == 0) {
            flow = RandomScenario.choosingAndFailing(choices, flow);
        }
        // Whoever is never told starts again for ever.
        startsAsync = ends == Ends.NOW_AND_THEN && new Random(~seed).nextInt(3) == 0;
        misfortune = new Random(seed * 31 + 17);
        lostReplies = ends == Ends.NOW_AND_THEN && misfortune.nextInt(3) == 0 ? misfortune.nextDouble() / 5 : 0;
        sleeps = misfortune.nextBoolean();
        workflows.put("flow", startsAsync ? RandomScenario.beginningWithCode(random, flow) : flow);
    }

    /** An engine in a process, and what lets that vanish or stand still. */
    private final class Member {
        private final String id;
        private final FaultyJournal journal;
        private final List<Runnable> missed = new ArrayList<>();
        private boolean asleep;
        private boolean dead;
        private @Nullable Engine engine;

        private Member(String id) {
            this.id = id;
            this.journal = new FaultyJournal(store, world, slowest)
                    .repliesTo(this::does)
                    .loseReplies(lostReplies, misfortune);
        }

        private void does(Runnable task) {
            if (asleep) {
                missed.add(() -> does(task));
            } else if (!dead) {
                task.run();
            }
        }

        private void wake() {
            asleep = false;
            missed.forEach(world.executor()::execute);
            missed.clear();
        }

        private CompletableFuture<Object> later(Duration delay, Supplier<Object> value) {
            CompletableFuture<Object> result = new CompletableFuture<>();
            world.after(
                    delay,
                    () -> does(() -> {
                        if (!result.isDone()) {
                            result.completeAsync(value, Runnable::run);
                        }
                    }));
            return result;
        }
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private Member newMember() {
        engines++;
        Member member = new Member(ends == Ends.AFTER_EVERY_WRITE ? "engine" : "engine-" + engines);
        Engine.Builder builder = world.engine()
                .id(member.id)
                .executor(task -> world.executor().execute(() -> member.does(task)))
                .timer((delay, task) -> world.timer().after(delay, () -> member.does(task)))
                .ticker(() -> world.age().toNanos())
                .journal(member.journal)
                .lease(LEASE)
                .pollInterval(Duration.ofSeconds(7))
                .parkAfter(parkAfter)
                .maxRecoveries(1_000)
                .maxParallelSteps(4)
                .connector(connector(member));
        if (startsAsync) {
            member.journal.delayStarts();
        }
        if (ends == Ends.AFTER_EVERY_WRITE) {
            member.journal.onStored(write -> comeBack(member, write));
        }
        workflows.values().forEach(made -> builder.register(workflow(member, made)));
        member.engine = builder.build();
        members.add(member);
        return member;
    }

    private Workflow<Map<String, Object>, Object> workflow(Member member, Made made) {
        return RandomScenario.workflow(made.definition(), () -> {
            if (member.dead || member.asleep) {
                violations.add(new AssertionError("an engine that is dead or asleep enters Java code"));
            }
            return RandomScenario.compute(world);
        });
    }

    /** Lets everything happen and checks what must hold; returns all that was recorded. */
    String run() {
        Engine first = newMember().engine;
        for (int i = 0; i <= random.nextInt(3); i++) {
            wanted++;
            Map<String, Object> input = Map.of("n", (long) random.nextInt(100));
            if (startsAsync) {
                startAsync(input);
            } else {
                RunId id = RunId.of("run-" + i);
                first.start(Workflow.of(workflows.get("flow").definition()), id, input);
                runs.add(id);
                trouble(id);
            }
        }
        if (ends == Ends.NOW_AND_THEN) {
            planReplacements();
        }
        boolean ended = world.runUntil(
                () -> allHaveEnded() || !violations.isEmpty() || world.age().compareTo(LONGEST) > 0);
        assertThat(violations).isEmpty();
        assertThat(ended && allHaveEnded()).as("P5: stuck: %s", unfinished()).isTrue();
        StringBuilder recorded = new StringBuilder();
        for (RunSummary run : store.catalog().list(RunQuery.ALL)) {
            check(run);
            recorded.append(run.id()).append('\n');
            store.read(run.id()).forEach(entry -> recorded.append(entry).append('\n'));
        }
        return recorded.append(crashes).toString();
    }

    private void planReplacements() {
        if (chance(50)) {
            newMember();
        }
        boolean early = startsAsync && chance(50);
        for (int i = random.nextInt(6); i > 0; i--) {
            world.after(Duration.ofMillis(random.nextInt(early ? 1_000 : 120_000)), this::replaceOne);
        }
    }

    /** Starts a run as a caller does who asks another engine when the one asked is gone and has not answered. */
    private void startAsync(Map<String, Object> input) {
        Member member = members.get(random.nextInt(members.size()));
        boolean[] told = {false};
        member.engine.startAsync(workflow(member, workflows.get("flow")), input).whenComplete((run, refusal) -> {
            told[0] = true;
            if (refusal != null && FaultyJournal.isLostReply(refusal)) {
                startAsync(input); // nobody knows whether there is such a run; if there is, it ends like the others
            } else if (run == null || store.read(run.id()).isEmpty()) {
                violations.add(new AssertionError("not on record: " + run, refusal));
            } else {
                runs.add(run.id());
                trouble(run.id());
            }
        });
        askAgain(member, told, input);
    }

    private void askAgain(Member member, boolean[] told, Map<String, Object> input) {
        world.after(Duration.ofSeconds(30), () -> {
            if (!told[0] && member.dead && !members.isEmpty()) {
                startAsync(input);
            } else if (!told[0]) {
                askAgain(member, told, input);
            }
        });
    }

    private boolean allHaveEnded() {
        return runs.size() == wanted
                && runs.stream().allMatch(id -> {
                    List<JournalEntry> entries = store.read(id);
                    return entries.get(entries.size() - 1) instanceof RunEnded;
                });
    }

    private List<String> unfinished() {
        return store.catalog().list(RunQuery.ALL).stream()
                .filter(run -> run.end().isEmpty())
                .map(run -> run + " " + store.read(run.id()))
                .toList();
    }

    /** Kills an engine, or lets it sleep; another comes before or after that. */
    private void replaceOne() {
        boolean before = chance(50);
        if (before) {
            newMember();
        }
        Member victim = members.remove(random.nextInt(members.size()));
        if (sleeps && misfortune.nextBoolean()) {
            victim.asleep = true;
            world.after(LEASE.multipliedBy(1 + misfortune.nextInt(4)).dividedBy(2), () -> {
                victim.wake();
                members.add(victim);
            });
        } else {
            kill(victim);
        }
        crashes++;
        if (!before || chance(20)) {
            newMember();
        }
    }

    private static void kill(Member victim) {
        victim.dead = true;
        victim.journal.fence();
    }

    /** Kills an engine at once and starts its successor, under its name, as soon as there is a thread. */
    private void comeBack(Member victim, Write write) {
        boolean getsOn = write.park().isPresent()
                || write.entries().stream().anyMatch(entry -> !(entry instanceof JournalEntry.Emitted));
        if (!victim.dead && getsOn) { // what a step tells it would tell for ever, and a run take the same cancellation
            kill(victim);
            crashes++;
            members.remove(victim);
            world.executor().execute(this::newMember);
        }
    }

    private Duration sometime() {
        return Duration.ofMillis(random.nextInt(200_000));
    }

    private void trouble(RunId id) {
        if (waitsWithoutEnd || chance(20)) {
            world.after(sometime(), () -> store.send(id, new RunMessage.Cancel("trouble")));
        }
        while (chance(30)) {
            Duration hold = Duration.ofMillis(random.nextInt(60_000));
            world.after(sometime(), () -> {
                store.send(id, new RunMessage.Pause());
                world.after(hold, () -> store.send(id, new RunMessage.Resume()));
            });
        }
        while (chance(80)) {
            String signal = "signal-" + random.nextInt(RandomScenario.SIGNALS);
            world.after(sometime(), () -> signal(id, signal));
        }
        List<String> names = workflows.get("flow").definition().body().steps().stream()
                .map(Step::name)
                .toList();
        while (chance(60)) {
            String step = names.get(random.nextInt(names.size()));
            boolean approved = chance(50);
            world.after(sometime(), () -> store.send(id, new RunMessage.Decision(step, approved, "kim", Map.of())));
        }
    }

    /** Sends a signal: to an engine, where whoever learns that it was taken finds it on record; or to the inbox. */
    private void signal(RunId id, String name) {
        RunMessage signal = new RunMessage.Signal(name, ++signals);
        if (members.isEmpty()) {
            store.send(id, signal); // the one that was killed is not back yet
            return;
        }
        Engine engine = members.get(random.nextInt(members.size())).engine;
        Optional<Run<?>> run = chance(50) ? engine.find(id) : Optional.empty();
        if (run.isEmpty()) {
            store.send(id, signal);
            return;
        }
        Long payload = signals;
        Asking.ask(run.get(), signal).thenAccept(refusal -> {
            if (refusal.isPresent()) {
                store.send(id, signal);
            } else if (!History.signals(store.read(id)).contains(payload)) {
                violations.add(new AssertionError("signal " + payload + " to " + id + " is taken and not on record"));
            }
        });
    }

    private void check(RunSummary run) {
        if (run.end().isEmpty()) {
            return; // a child whose parent has stopped waiting
        }
        Made made = workflows.get(run.start().workflow());
        assertThat(run.status())
                .as("%s %s of %s", run, store.read(run.id()), made.definition())
                .isNotEqualTo(RunStatus.DEAD_LETTERED);
        History history = new History(store.read(run.id()));
        history.isWhole();
        history.settlesEachStepOnce();
        history.respectsEdges(made.before());
        history.settlesAll(
                made.definition().body().steps().stream().map(Step::name).collect(Collectors.toSet()));
    }

    // --- what steps do ---

    private interface Doing {
        @Nullable
        Object call(Map<String, Object> input, StepContext context) throws Exception;
    }

    private Connector connector(Member member) {
        List<Operation> all = List.of(
                operation("work", (input, context) -> work(member, input, context)),
                operation(
                        "undo",
                        (input, context) -> member.later(Duration.ofMillis((Long) input.get("millis")), () -> "")));
        return new TestConnector("sim", all);
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

    private @Nullable Object work(Member member, Map<String, Object> input, StepContext context) {
        try {
            checkEntry(member, context);
        } catch (AssertionError violation) {
            violations.add(violation); // where it would only fail the step
        }
        String manner = (String) input.get("manner");
        boolean fails = context.attempt() <= (Long) input.get("failures");
        if (manner.equals("throw") && fails) {
            throw new IllegalArgumentException("thrown at once");
        }
        long millis = (Long) input.get("millis");
        CompletableFuture<Object> result = manner.equals("hang")
                ? new CompletableFuture<>()
                : member.later(Duration.ofMillis(millis), () -> {
                    if (fails) {
                        throw new StepException("flaky", "attempt " + context.attempt(), true);
                    }
                    return "done";
                });
        if (!manner.equals("stubborn")) {
            context.onCancel(() -> result.cancel(false));
        }
        return result;
    }

    private void checkEntry(Member member, StepContext context) {
        assertThat(member.dead || member.asleep)
                .as("an engine that is dead or asleep enters %s", context.step())
                .isFalse();
        assertThat(store.catalog()
                        .find(context.runId())
                        .map(run -> run.standing().owner()))
                .as("who has %s when %s enters %s", context.runId(), member.id, context.step())
                .contains(member.id);
        Set<String> settled = new HashSet<>();
        assertThat(store.read(context.runId()))
                .as("%s is on record", context.runId())
                .isNotEmpty();
        for (JournalEntry entry : store.read(context.runId())) {
            if (History.settles(entry)) {
                settled.add(((OfStep) entry).step());
            }
        }
        assertThat(settled)
                .as("entered again: %s of %s", context.step(), context.runId())
                .doesNotContain(context.step());
    }
}
