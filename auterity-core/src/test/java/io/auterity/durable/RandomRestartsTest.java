package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JavaValue;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.RunStatus;
import io.auterity.random.RandomWorkflows;
import io.auterity.random.Sample;
import io.auterity.simulation.History;
import io.auterity.testkit.SimulatedWorld;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * R4: random workflows whose engine dies after each of its writes come to what a sequential reference does that never
 * stops: the same output, and the same end of each step. Time decides nothing in them.
 */
class RandomRestartsTest {

    private static final RunId RUN = RunId.of("run");

    @Provide
    Arbitrary<Sample> small() {
        return RandomWorkflows.samples(12);
    }

    @Provide
    Arbitrary<Sample> larger() {
        return RandomWorkflows.samples(40);
    }

    @Property(tries = 150, seed = "20261122")
    void R4_a_workflow_comes_to_the_same_though_the_engine_dies_after_each_of_its_writes(
            @ForAll("small") Sample sample) {
        restart(sample);
    }

    @Property(tries = 5_000)
    @Tag("nightly")
    void R4_fresh_and_larger_ones_do_so_too(@ForAll("larger") Sample sample) {
        restart(sample);
    }

    private static void restart(Sample sample) {
        SimulatedWorld world = new SimulatedWorld(sample.seed());
        InMemoryJournal store = new InMemoryJournal(1_000, world.clock());
        Workflow<Map<String, Object>, Object> workflow = Workflow.of(sample.definition());
        CrashingJournal first = new CrashingJournal(store, 2, true); // the first one starts the run
        engine(world, first, workflow).start(workflow, RUN, sample.input());
        CrashingJournal journal = first;
        while (goesOn(world, journal, store)) {
            journal = new CrashingJournal(store, 1, true);
            engine(world, journal, workflow);
        }
        assertThat(first.isDark()).as("the first engine of %s dies", sample).isTrue();
        check(sample, store.read(RUN));
    }

    private static Engine engine(SimulatedWorld world, CrashingJournal journal, Workflow<?, ?> workflow) {
        return world.engine()
                .id("engine") // comes back, as after a crash: its former lease ends at once
                .executor(task -> world.executor().execute(() -> journal.unlessDark(task)))
                .timer((delay, task) -> world.timer().after(delay, () -> journal.unlessDark(task)))
                .ticker(() -> world.age().toNanos())
                .journal(journal)
                .lease(Duration.ofSeconds(10))
                .maxRecoveries(100_000)
                .connector(RandomWorkflows.connector())
                .register(workflow)
                .build();
    }

    /** Lets an engine do what it can; returns whether the next one has something to do. */
    private static boolean goesOn(SimulatedWorld world, CrashingJournal journal, InMemoryJournal store) {
        assertThat(world.runUntil(() -> journal.isDark() || hasEnded(store))).isTrue();
        return !hasEnded(store);
    }

    private static boolean hasEnded(InMemoryJournal store) {
        return store.catalog().find(RUN).orElseThrow().status().isTerminal();
    }

    private static void check(Sample sample, List<JournalEntry> entries) {
        RunEnded end = (RunEnded) entries.get(entries.size() - 1);
        assertThat(end.status() == RunStatus.SUCCEEDED)
                .as("%s: %s", sample, end.failure())
                .isEqualTo(sample.expected().succeeds());
        if (sample.expected().succeeds()) {
            assertThat(JavaValue.jsonOf(end.output()))
                    .as("%s", sample)
                    .isEqualTo(sample.expected().output());
        }
        new History(entries).isOf(sample);
    }
}
