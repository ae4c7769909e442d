package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.Versions;
import io.auterity.Workflow;
import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionHash;
import io.auterity.definition.RunId;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import io.auterity.journal.InMemoryJournal;
import io.auterity.testkit.SimulatedWorld;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What versions workflows have had, which one new runs start on, and what a new one would mean for unfinished runs. */
class VersionsTest {

    private static final Workflow<Map<String, Object>, Object> FIRST =
            flow("a: {value: 1}, s: {await: go, needs: [a]}");
    private static final Workflow<Map<String, Object>, Object> SECOND =
            flow("a: {value: 2}, s: {await: go, needs: [a]}");

    private final SimulatedWorld world = new SimulatedWorld(4);
    private final InMemoryJournal journal = new InMemoryJournal(1_000, world.clock());

    private static Workflow<Map<String, Object>, Object> flow(String steps) {
        return Workflow.read(
                "auterity: 1\nid: flow\nsteps: {" + steps + "}\noutput: ${{ steps.a.output }}", "flow.yaml");
    }

    private static String hash(Workflow<?, ?> workflow) {
        return DefinitionHash.of(workflow.definition());
    }

    private Engine engine(String id, Workflow<?, ?>... workflows) {
        return world.engine()
                .id(id)
                .journal(journal)
                .ticker(() -> world.age().toNanos())
                .lease(Duration.ofSeconds(10))
                .register(workflows)
                .build();
    }

    private Object output(Engine engine, Workflow<Map<String, Object>, Object> workflow, String id) {
        Run<Object> run = engine.start(workflow, RunId.of(id), Map.of());
        run.signal("go", null);
        return world.await(run).orElseThrow();
    }

    @Test
    void history_tells_since_when_and_how_many_runs() {
        try (Engine engine = engine("one", FIRST)) {
            output(engine, FIRST, "r1");
            engine.start(FIRST, RunId.of("r2"), Map.of());
            world.pass(Duration.ofHours(1));
            engine.register(SECOND);
            engine.start(SECOND, RunId.of("r3"), Map.of());

            List<Versions.Version> history = engine.versions().history("flow");
            assertThat(history).extracting(Versions.Version::hash).containsExactly(hash(SECOND), hash(FIRST));
            assertThat(history).extracting(Versions.Version::runs).containsExactly(1L, 2L);
            assertThat(history).extracting(Versions.Version::unfinished).containsExactly(1L, 1L);
            assertThat(history.get(0).since().orElseThrow())
                    .isAfterOrEqualTo(history.get(1).since().orElseThrow().plus(Duration.ofHours(1)));
            assertThat(engine.versions().history("none")).isEmpty();
        }
    }

    @Test
    void diff_finds_versions_by_the_beginning_of_their_hash() {
        try (Engine engine = engine("one", FIRST)) {
            engine.register(SECOND);
            Versions versions = engine.versions();
            assertThat(versions.diff("flow", hash(FIRST).substring(0, 6), hash(SECOND))
                            .text())
                    .isEqualTo("~ step a\n    value: 1 -> 2");
            assertThatThrownBy(() -> versions.diff("flow", hash(FIRST).substring(0, 5), hash(SECOND)))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo("AUT-R015"))
                    .hasMessageContaining("it has: ");
            assertThatThrownBy(() -> versions.definition("none", "abcdef"))
                    .hasMessageContaining("the journal knows no version of this workflow");
        }
    }

    @Test
    void new_runs_start_on_the_version_that_is_pinned_in_all_engines_until_it_is_unpinned() {
        try (Engine one = engine("one", FIRST)) {
            one.register(SECOND);
            assertThat(output(one, SECOND, "r1")).isEqualTo(2L);
            try (Engine two = engine("two", SECOND)) {
                assertThat(one.versions().pin("flow", hash(FIRST).substring(0, 12)))
                        .isEqualTo(hash(FIRST));
                assertThat(output(one, SECOND, "r2")).isEqualTo(1L);
                world.pass(Duration.ofSeconds(2)); // a poll interval
                assertThat(output(two, SECOND, "r3")).isEqualTo(1L);
                assertThat(two.versions().history("flow"))
                        .filteredOn(Versions.Version::pinned)
                        .extracting(Versions.Version::hash)
                        .containsExactly(hash(FIRST));
                assertThat(journal.catalog()
                                .find(RunId.of("r3"))
                                .orElseThrow()
                                .start()
                                .version())
                        .isEqualTo(hash(FIRST));

                two.register(flow("a: {value: 3}, s: {await: go, needs: [a]}")); // a deployment changes nothing
                assertThat(output(two, SECOND, "r4")).isEqualTo(1L);
                assertThat(two.versions().unpin("flow")).isTrue();
                assertThat(two.versions().unpin("flow")).isFalse();
                assertThat(output(two, SECOND, "r5")).isEqualTo(3L);
                world.pass(Duration.ofSeconds(2));
                assertThat(output(one, SECOND, "r6")).isEqualTo(2L); // what its program registers
            }
        }
    }

    @Test
    void an_engine_without_the_java_code_of_the_pinned_version_refuses_to_start() {
        Workflow<Map<String, Object>, Integer> java = java("add-one", 1);
        Workflow<Map<String, Object>, Integer> other = java("add-two", 2);
        try (Engine one = world.engine().journal(journal).register(java).build()) {
            assertThat(world.await(one.start(java, RunId.of("r1"), Map.of())).orElseThrow())
                    .isEqualTo(1);
        }
        try (Engine two = world.engine().journal(journal).register(other).build()) {
            two.versions().pin("java-flow", hash(java));
            assertThatThrownBy(() -> two.start(other, RunId.of("r2"), Map.of()))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo("AUT-R004"))
                    .hasMessageContaining("version " + hash(java))
                    .hasMessageContaining("its Java code is missing");
            two.versions().unpin("java-flow");
            assertThat(world.await(two.start(other, RunId.of("r2"), Map.of())).orElseThrow())
                    .isEqualTo(2);
        }
    }

    private static Workflow<Map<String, Object>, Integer> java(String step, int result) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<Map<String, Object>> map = (Class) Map.class;
        return Workflow.define(
                "java-flow", map, (flow, input) -> flow.step(step).run(Integer.class, input, any -> result));
    }

    @Test
    void the_check_before_a_deployment_says_which_runs_could_move_and_why_others_cannot() {
        try (Engine engine = engine("one", FIRST)) {
            engine.start(FIRST, RunId.of("waits"), Map.of("n", 1L));
            output(engine, FIRST, "ended");
            world.pass(Duration.ofSeconds(1));
            Versions versions = engine.versions();

            assertThat(versions.check(FIRST.definition())).isEmpty(); // it is on this very version
            assertThat(check(versions, "a: {value: 1}, s: {await: go, needs: [a]}, b: {value: 3, needs: [s]}"))
                    .isEqualTo(List.of());
            assertThat(check(versions, "a: {value: 2}, s: {await: go, needs: [a]}"))
                    .isEqualTo(List.of("completed step 'a' has changed (value)"));
            assertThat(check(versions, "a: {value: 1}, s: {await: stop, needs: [a]}"))
                    .isEqualTo(List.of("step 's' is under way and has changed (await.signal)"));
            assertThat(check(versions, "b: {value: 1}, a: {value: 1, needs: [b]}"))
                    .isEqualTo(
                            List.of("completed step 'a' has changed (needs)", "step 's' is under way and was removed"));

            Definition strict = Workflow.read("""
                    auterity: 1
                    id: flow
                    input: {n: string}
                    steps: {a: {value: 1}, s: {await: go, needs: [a]}}
                    output: ${{ steps.a.output }}
                    """, "").definition();
            assertThat(versions.check(strict)).singleElement().satisfies(run -> {
                assertThat(run.couldMove()).isFalse();
                assertThat(run.toString())
                        .startsWith("run waits (running) stays on version "
                                + hash(FIRST).substring(0, 12)
                                + "; it cannot be moved: its input does not fit the new schema: /n: ");
            });
        }
    }

    private static List<String> check(Versions versions, String steps) {
        List<Versions.AffectedRun> runs =
                versions.check(flow(steps).definition()).toList();
        assertThat(runs).extracting(Versions.AffectedRun::run).containsExactly(RunId.of("waits"));
        return runs.get(0).obstacles();
    }

    @Test
    void a_version_of_more_than_a_mebibyte_is_read_back() {
        Template text = new Template("x".repeat(700_000));
        Workflow<Map<String, Object>, Object> large = Workflow.of(
                Definition.of("large", Step.of("a", new StepKind.Value(text)), Step.of("b", new StepKind.Value(text))));
        try (Engine engine = engine("one", large)) {
            assertThat(engine.versions().definition("large", hash(large))).isEqualTo(large.definition());
        }
    }

    @Test
    void what_could_not_be_read_back_is_refused_before_a_run_starts() {
        StepKind wide = new StepKind.ForEach(
                new Template(List.of(1L)),
                "item",
                StepKind.ForEach.MOST_CONCURRENCY + 1,
                StepKind.ForEach.ItemErrors.FAIL,
                Block.of(Step.of("a", new StepKind.Value(new Template(1L)))));
        Workflow<Map<String, Object>, Object> workflow = Workflow.of(Definition.of("wide", Step.of("each", wide)));
        Engine.Builder durable =
                world.engine().journal(new CrashingJournal(journal, 0, true)).register(workflow);

        assertThatThrownBy(durable::build)
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("wide as it is recorded")
                .hasMessageContaining("1000");
    }
}
