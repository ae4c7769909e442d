package io.auterity;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionHash;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.DefinitionWriter;
import io.auterity.definition.RunId;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunStatus;
import io.auterity.testkit.SimulatedWorld;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

/** Workflows written in Java, written as text and read back: the same definition, which runs the same. */
class JavaRoundTripTest {

    private static final String SEED = "20261122";

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs().between(0, Integer.MAX_VALUE);
    }

    @Property(tries = 300, seed = SEED)
    void a_workflow_written_in_java_survives_yaml_and_json(@ForAll("seeds") long seed) {
        survives(RandomFlows.of(seed));
    }

    @Property(tries = 150, seed = SEED)
    void what_was_read_back_runs_the_same(@ForAll("seeds") long seed) {
        Workflow<Map<String, Object>, Long> workflow = RandomFlows.of(seed);
        Definition read = survives(workflow);
        assertThat(entries(workflow.at(read), seed))
                .as("seed %d: %s", seed, DefinitionWriter.yaml(read))
                .isEqualTo(entries(workflow, seed));
    }

    @Property(tries = 5_000)
    @Tag("nightly")
    void fresh_workflows_survive_and_run_the_same(@ForAll("seeds") long seed) {
        what_was_read_back_runs_the_same(seed);
    }

    private static Definition survives(Workflow<?, ?> workflow) {
        Definition definition = workflow.definition();
        String yaml = DefinitionWriter.yaml(definition);
        Definition read = new DefinitionReader().read(yaml).definition();
        assertThat(read).as(yaml).isEqualTo(definition);
        assertThat(DefinitionHash.canonical(read)).isEqualTo(DefinitionHash.canonical(definition));
        assertThat(DefinitionHash.of(read)).isEqualTo(DefinitionHash.of(definition));
        assertThat(DefinitionWriter.yaml(read)).isEqualTo(yaml);
        String json = DefinitionWriter.json(definition);
        assertThat(new DefinitionReader().read(json).definition()).as(json).isEqualTo(definition);
        return read;
    }

    /** Everything that a run records; with one seed the world does all things in one order. */
    private static List<String> entries(Workflow<Map<String, Object>, Long> workflow, long seed) {
        SimulatedWorld world = new SimulatedWorld(seed);
        try (Engine engine = world.engine()
                .connector(RandomFlows.connector())
                .register(RandomFlows.CHILD)
                .register(workflow)
                .build()) {
            Run<Long> run = engine.start(workflow, RunId.of("run"), Map.of());
            run.signal("go", 77L);
            RunResult<Long> result = world.await(run);
            assertThat(result.status())
                    .as("seed %d: %s", seed, result.failure())
                    .isIn(RunStatus.SUCCEEDED, RunStatus.COMPENSATED, RunStatus.FAILED);
            result.failure()
                    .ifPresent(failure -> assertThat(failure.code())
                            .as("seed %d: %s", seed, failure)
                            .isEqualTo("on-purpose"));
            return run.entries().stream().map(JournalEntry::toString).toList();
        }
    }

    @Test
    void the_generator_writes_all_that_java_can_say_and_its_runs_end_both_ways() {
        Set<Class<?>> kinds = new HashSet<>();
        Set<RunStatus> ends = EnumSet.noneOf(RunStatus.class);
        for (long seed = 0; seed < 60; seed++) {
            Workflow<Map<String, Object>, Long> workflow = RandomFlows.of(seed);
            note(workflow.definition().body(), kinds);
            String end = entries(workflow, seed).stream()
                    .reduce((one, other) -> other)
                    .orElseThrow();
            for (RunStatus status : RunStatus.values()) {
                if (end.contains("status=" + status.name() + ",")) {
                    ends.add(status);
                }
            }
        }
        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        StepKind.Java.class,
                        StepKind.Value.class,
                        StepKind.Uses.class,
                        StepKind.ForEach.class,
                        StepKind.Repeat.class,
                        StepKind.Race.class,
                        StepKind.Try.class,
                        StepKind.Run.class,
                        StepKind.Await.class,
                        StepKind.Approve.class,
                        StepKind.Wait.class);
        assertThat(ends).contains(RunStatus.SUCCEEDED, RunStatus.COMPENSATED);
    }

    private static void note(Block block, Set<Class<?>> kinds) {
        block.steps().forEach(step -> note(step, kinds));
    }

    private static void note(Step step, Set<Class<?>> kinds) {
        StepKind kind = step.kind();
        kinds.add(kind.getClass());
        if (kind instanceof StepKind.ForEach each) {
            note(each.body(), kinds);
        } else if (kind instanceof StepKind.Repeat repeat) {
            note(repeat.body(), kinds);
        } else if (kind instanceof StepKind.Race race) {
            race.branches().forEach(branch -> note(branch, kinds));
        } else if (kind instanceof StepKind.Try tried) {
            note(tried.body(), kinds);
            tried.onError().ifPresent(inner -> note(inner, kinds));
        }
    }
}
