package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Enqueue;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JavaValue;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunQueues.Depth;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.testkit.CrashingJournal;
import io.auterity.testkit.CrashingJournal.Dead;
import io.auterity.testkit.CrashingJournal.Moment;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.TestConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * P4 and P11: an engine dies at each call of its journal in turn, whichever it is, before it and after its commit; the next
 * one brings everything to its end. Whoever was not answered asks the next engine again.
 */
class EveryCallTest {

    private static final long SEED = 7;
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
    private static final RunQueue MAIL = RunQueue.named("mail").concurrency(1);

    private static Workflow<Map<String, Object>, Object> flow(String id, String rest) {
        return Workflow.read("auterity: 1\nid: " + id + "\n" + rest, id + ".yaml");
    }

    /**
     * What happens in a world, but for the death of engines.
     *
     * @param workflows what the engines know
     * @param asked what is asked of an engine, again of the next until somebody has been told that it is done
     * @param outputs the output of each run that there must be
     */
    private record Scenario(
            List<Workflow<Map<String, Object>, Object>> workflows, List<Asked> asked, Map<String, Object> outputs) {}

    /** Something asked of an engine by its caller, at a time from the beginning. */
    private record Asked(Duration at, Request request) {}

    private interface Request {
        void of(Trial trial, Engine engine);
    }

    /** One world from its beginning to the end of all runs. */
    private static final class Trial {

        private final SimulatedWorld world = new SimulatedWorld(5);
        private final InMemoryJournal store = new InMemoryJournal(1_000, world.clock());
        private final Map<String, Integer> effects = new HashMap<>();
        private final Set<String> wrong = new TreeSet<>();
        private final Scenario scenario;
        private final Set<Asked> answered = new HashSet<>();
        private final CrashingJournal first;
        private CrashingJournal journal;
        private int engines;

        private Trial(Scenario scenario, long fatal, Moment moment) {
            this.scenario = scenario;
            first = fatal == 0
                    ? CrashingJournal.never(store)
                    : CrashingJournal.at(
                            fatal, moment, store, () -> world.executor().execute(this::next));
            journal = first;
            live(first);
        }

        private void next() {
            journal = CrashingJournal.never(store);
            live(journal);
        }

        /** The life of one engine, on its thread as far as the journal lets it. */
        private void live(CrashingJournal its) {
            unlessDead(its, () -> {
                Engine engine = world.engine()
                        .id("engine-" + ++engines)
                        .executor(task -> world.executor().execute(() -> unlessDead(its, task)))
                        .timer((delay, task) -> world.timer().after(delay, () -> unlessDead(its, task)))
                        .ticker(() -> world.age().toNanos())
                        .journal(its.journal())
                        .lease(Duration.ofSeconds(3))
                        .parkAfter(Duration.ofMillis(500))
                        .queue(MAIL)
                        .connector(connector(its))
                        .register(scenario.workflows())
                        .build();
                engine.schedules().start();
                for (Asked asked : scenario.asked()) {
                    Duration in = asked.at().minus(world.age());
                    world.after(in, () -> unlessDead(its, () -> ask(asked, engine)));
                }
            });
        }

        private void ask(Asked asked, Engine engine) {
            if (!answered.contains(asked)) {
                asked.request().of(this, engine);
                answered.add(asked);
            }
        }

        private static void unlessDead(CrashingJournal its, Runnable task) {
            if (!its.isDead()) {
                try {
                    task.run();
                } catch (Dead dead) {
                    assertThat(its.isDead()).isTrue();
                }
            }
        }

        private Connector connector(CrashingJournal its) {
            Operation operation = new Operation() {
                @Override
                public Description description() {
                    return new Description("work", "", Map.of("type", "object"), Map.of(), true, List.of());
                }

                @Override
                public Object call(Map<String, Object> input, StepContext context) {
                    return work(its, context);
                }
            };
            return new TestConnector("do", List.of(operation));
        }

        /** Takes its time and makes an effect that the world sees, unless the process is dead by then. */
        private Object work(CrashingJournal its, StepContext context) {
            if (its.isDead()) {
                return new CompletableFuture<>();
            }
            for (JournalEntry entry : store.read(context.runId())) {
                if (entry instanceof StepSucceeded done && done.step().equals(context.step())) {
                    wrong.add("entered again: " + context.idempotencyKey());
                }
            }
            if (store.queues().depth(MAIL.name()).running() > 1) {
                wrong.add("two runs of a queue that takes one");
            }
            effects.merge(context.idempotencyKey(), 1, Integer::sum);
            return world.later(Duration.ofMillis(100), () -> context.step());
        }

        /** Goes on until all is over, and checks what must hold. */
        private void check(String crash) {
            boolean over = world.runUntil(() -> isOver() || world.age().compareTo(LONG_ENOUGH) > 0);
            assertThat(over && isOver()).as("%s: all ends; %s", crash, all()).isTrue();
            Map<String, Object> outputs = new TreeMap<>();
            for (RunSummary run : all()) {
                List<JournalEntry> entries = store.read(run.id());
                List<String> steps = entries.stream()
                        .filter(StepSucceeded.class::isInstance)
                        .map(entry -> ((StepSucceeded) entry).step())
                        .toList();
                assertThat(steps).as(crash).doesNotHaveDuplicates();
                assertThat(entries)
                        .as(crash)
                        .filteredOn(RunEnded.class::isInstance)
                        .hasSize(1);
                assertThat(run.status()).as("%s: %s", crash, entries).isEqualTo(RunStatus.SUCCEEDED);
                outputs.put(run.id().value(), JavaValue.jsonOf(((RunEnded) entries.get(entries.size() - 1)).output()));
            }
            assertThat(outputs).as(crash).containsAllEntriesOf(scenario.outputs());
            assertThat(wrong).as(crash).isEmpty();
            assertThat(effects.values()).as("%s: %s", crash, effects).allMatch(times -> times <= engines);
            assertThat(store.queues().depth(MAIL.name())).as(crash).isEqualTo(new Depth(0, 0, 0));
        }

        private List<RunSummary> all() {
            return store.catalog().list(RunQuery.ALL);
        }

        private boolean isOver() {
            List<RunSummary> all = all();
            Set<String> there = new HashSet<>();
            all.forEach(run -> there.add(run.id().value()));
            return there.containsAll(scenario.outputs().keySet())
                    && all.stream().allMatch(run -> run.end().isPresent());
        }
    }

    /** Crashes at every call, and returns which kinds of calls these were. */
    private static Set<String> crashEverywhere(Scenario scenario) {
        Trial model = new Trial(scenario, 0, Moment.BEFORE_CALL);
        model.check("no crash");
        List<String> calls = model.first.calls();
        for (int call = 1; call <= calls.size(); call++) {
            for (Moment moment : Moment.values()) {
                String crash = moment + " " + call + ", " + calls.get(call - 1);
                Trial trial = new Trial(scenario, call, moment);
                trial.check(crash);
                hasHappened(crash, trial.first, calls.subList(0, call));
            }
        }
        return new TreeSet<>(calls);
    }

    private static void hasHappened(String crash, CrashingJournal journal, List<String> calls) {
        assertThat(journal.isDead()).as("%s, happens", crash).isTrue();
        assertThat(journal.calls()).as("%s, happens", crash).isEqualTo(calls);
    }

    private static final String TWO_STEPS =
            "steps: {a: {uses: do.work}, b: {uses: do.work, needs: [a]}}\noutput: '${{ steps.b.output }}'";

    @Test
    void P4_P11_a_queued_run_survives_a_crash_at_every_call_between_its_dequeue_and_its_end() {
        Workflow<Map<String, Object>, Object> mail = flow("mail", TWO_STEPS);
        Request one = (trial, engine) -> engine.enqueue(mail, RunId.of("one"), Map.of(), Enqueue.to("mail"));
        Request two = (trial, engine) -> engine.enqueue(mail, RunId.of("two"), Map.of(), Enqueue.to("mail"));

        Set<String> kinds = crashEverywhere(new Scenario(
                List.of(mail),
                List.of(new Asked(Duration.ofMillis(10), one), new Asked(Duration.ofMillis(20), two)),
                Map.of("one", "b", "two", "b")));

        assertThat(kinds)
                .contains(
                        "Journal.open",
                        "Journal.keep",
                        "RunQueues.enqueue",
                        "RunQueues.claim",
                        "Journal.append",
                        "Journal.claim",
                        "Journal.received");
    }

    @Test
    void P4_P11_a_scheduled_run_survives_a_crash_at_every_call() {
        Workflow<Map<String, Object>, Object> report =
                flow("report", TWO_STEPS + "\ntriggers: [{schedule: {every: 2s, catchUp: all}}]");

        Set<String> kinds = crashEverywhere(new Scenario(
                List.of(report),
                List.of(),
                Map.of(
                        "report:schedule:2026-01-01T00:00:02Z", "b",
                        "report:schedule:2026-01-01T00:00:04Z", "b")));

        assertThat(kinds).contains("Cells.read", "Cells.write", "Journal.append", "Journal.renew", "Journal.claim");
    }

    @Test
    void P4_P11_a_parent_that_waits_for_a_signal_and_a_child_survives_a_crash_at_every_call() {
        Workflow<Map<String, Object>, Object> child = flow("child", TWO_STEPS);
        Workflow<Map<String, Object>, Object> parent = flow("parent", """
                steps:
                  a: {uses: do.work}
                  s: {await: {signal: go}, needs: [a]}
                  c: {run: child, needs: [s]}
                  b: {uses: do.work, needs: [c]}
                output: ${{ [steps.s.output, steps.c.output, steps.b.output] }}
                """);
        RunId run = RunId.of("run");
        Request start = (trial, engine) -> engine.start(parent, run, Map.of());
        Request signal =
                (trial, engine) -> assertThat(trial.journal.journal().send(run, new RunMessage.Signal("go", 7L)))
                        .isTrue();

        Set<String> kinds = crashEverywhere(new Scenario(
                List.of(child, parent),
                List.of(new Asked(Duration.ofMillis(10), start), new Asked(Duration.ofSeconds(3), signal)),
                Map.of("run", List.of(7L, "b", "b"))));

        assertThat(kinds)
                .contains("Journal.append", "Journal.claim", "Journal.read", "Journal.send", "Journal.received");
    }

    static List<ReferenceWorkflow> references() {
        return ReferenceWorkflow.all();
    }

    /** The engine of a process that dies with its journal starts the run, unless that is known to be started. */
    private static void begin(Crashes crashes, CrashingJournal journal) {
        Crashes.Life life =
                new Crashes.Life(journal.journal(), journal::isDead, task -> Trial.unlessDead(journal, task));
        Trial.unlessDead(journal, () -> crashes.start(crashes.engine(life)));
    }

    @ParameterizedTest
    @MethodSource("references")
    void R2_a_crash_at_every_call_changes_nothing(ReferenceWorkflow reference) {
        Crashes model = new Crashes(reference, SEED);
        CrashingJournal counted = CrashingJournal.never(model.store());
        begin(model, counted);
        assertThat(model.untilEndOrCrash()).isTrue();
        List<String> calls = counted.calls();

        for (int call : firstOfEach(calls)) {
            for (Moment moment : Moment.values()) {
                String crash = reference + ", " + moment + " " + call + ", " + calls.get(call - 1);
                Crashes crashes = new Crashes(reference, SEED);
                CrashingJournal crashing = CrashingJournal.at(call, moment, crashes.store(), () -> {});
                begin(crashes, crashing);
                crashes.untilEndOrCrash();
                hasHappened(crash, crashing, calls.subList(0, call));
                begin(crashes, CrashingJournal.never(crashes.store()));
                assertThat(crashes.untilEndOrCrash()).as(crash).isTrue();
                assertThat(crashes.outcome()).as(crash).isEqualTo(model.outcome());
                assertThat(crashes.mostEffects()).as(crash).isLessThanOrEqualTo(2);
            }
        }
    }

    /** The numbers of all calls but those with which an engine asks again what it has asked since the last write. */
    private static List<Integer> firstOfEach(List<String> calls) {
        List<Integer> numbers = new ArrayList<>();
        Set<String> since = new HashSet<>();
        for (int i = 0; i < calls.size(); i++) {
            String call = calls.get(i);
            if (call.equals("Journal.append")) {
                since.clear();
            }
            if (since.add(call)) {
                numbers.add(i + 1);
            }
        }
        return numbers;
    }
}
