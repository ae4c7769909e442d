package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.RetryOptions;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.RunStatus;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.TestConnector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs that begin with what others have done. */
class ForkTest {

    private static final String YAML = """
            auterity: 1
            id: flow
            steps:
              a: {uses: do.it, with: {value: '${{ input.n }}'}}
              each: {forEach: '${{ range(2) }}', steps: {x: {uses: do.it, with: {value: '${{ index }}'}}}, output: '${{ steps.x.output }}', needs: [a]}
              other: {uses: do.it, with: {value: o}}
              b: {uses: do.it, with: {value: '${{ [steps.a.output, input.n] }}'}, needs: [each]}
              c: {uses: do.fragile, with: {value: '${{ steps.b.output }}'}}
              d: {uses: do.it, with: {value: '${{ steps.c.output }}'}}
            output: ${{ steps.d.output }}
            """;

    private final SimulatedWorld world = new SimulatedWorld(5);
    private final InMemoryJournal journal = new InMemoryJournal();
    private final List<String> calls = new ArrayList<>();
    private boolean broken = true;
    private final Workflow<Map<String, Object>, Object> workflow = Workflow.read(YAML, "flow.yaml");
    private final Engine engine = world.engine()
            .journal(journal)
            .connector(connector())
            .register(workflow)
            .build();

    private Connector connector() {
        return new TestConnector("do", List.of(operation("it"), operation("fragile")));
    }

    private Operation operation(String name) {
        Operation.Description description =
                new Operation.Description(name, "", Map.of("type", "object"), Map.of(), true, List.of());
        return new Operation() {
            @Override
            public Description description() {
                return description;
            }

            @Override
            public @Nullable Object call(Map<String, Object> input, StepContext context) {
                calls.add(context.step());
                if (name.equals("fragile") && broken) {
                    throw new StepException("broken", "not yet mended", false);
                }
                return input.get("value");
            }
        };
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void retries_a_failed_run_from_a_step_and_does_nothing_before_it_again() {
        Run<Object> failed = engine.start(workflow, RunId.of("r"), Map.of("n", 1L));
        assertThat(world.await(failed).status()).isEqualTo(RunStatus.FAILED);
        calls.clear();
        broken = false;

        Run<Object> mended = engine.retry(RunId.of("r"), "c");
        assertThat(world.await(mended).orElseThrow()).isEqualTo(List.of(1L, 1L));
        assertThat(calls).containsExactly("c", "d");
        assertThat(mended.id()).isEqualTo(RunId.of("r:retry-1"));
        assertThat(world.await(engine.retry(RunId.of("r"), "b")).isSuccess()).isTrue();
        assertThat(journal.catalog()
                        .find(RunId.of("r:retry-2"))
                        .orElseThrow()
                        .start()
                        .origin()
                        .labels())
                .isEqualTo(Map.of("forked-from", "r"));
        assertThat(failed.status()).isEqualTo(RunStatus.FAILED);
    }

    @Test
    void forks_a_run_with_another_input_from_any_step() {
        broken = false;
        assertThat(world.await(engine.start(workflow, RunId.of("r"), Map.of("n", 1L)))
                        .isSuccess())
                .isTrue();
        for (Map.Entry<String, List<String>> expected : Map.of(
                        "a", List.of("a", "each[0]/x", "each[1]/x", "b", "c", "d"),
                        "each", List.of("each[0]/x", "each[1]/x", "b", "c", "d"),
                        "each[1]/x", List.of("each[0]/x", "each[1]/x", "b", "c", "d"),
                        "b", List.of("b", "c", "d"),
                        "d", List.of("d"),
                        "other", List.of("other"))
                .entrySet()) {
            calls.clear();
            RunId id = RunId.of(
                    "fork-" + expected.getKey().charAt(0) + expected.getKey().length());
            Run<Object> fork = engine.fork(RunId.of("r"), id, expected.getKey(), Optional.of(Map.of("n", 2L)));
            assertThat(world.await(fork).isSuccess()).isTrue();
            assertThat(calls).as("from %s", expected.getKey()).containsExactlyElementsOf(expected.getValue());
        }
    }

    @Test
    void refuses_what_is_not_there() {
        assertThatThrownBy(() -> engine.retry(RunId.of("r"), "a"))
                .isInstanceOf(EngineException.class)
                .hasMessage("no run 'r' is in the journal");
        broken = false;
        world.await(engine.start(workflow, RunId.of("r"), Map.of("n", 1L)));
        assertThatThrownBy(() -> engine.retry(RunId.of("r"), "z"))
                .hasMessage("workflow 'flow' has no step 'z'; it has: a, b, c, d, each, other");
    }

    @Test
    void tries_a_failed_run_again_from_what_did_not_succeed() {
        assertThat(world.await(engine.start(workflow, RunId.of("r"), Map.of("n", 1L)))
                        .status())
                .isEqualTo(RunStatus.FAILED);
        calls.clear();
        assertThat(world.await(engine.retry(RunId.of("r"), RetryOptions.DEFAULT))
                        .status())
                .isEqualTo(RunStatus.FAILED);
        assertThat(calls).containsExactly("c");
        calls.clear();
        broken = false;

        Run<Object> mended = engine.retry(RunId.of("r:retry-1"), RetryOptions.DEFAULT);
        assertThat(mended.id()).isEqualTo(RunId.of("r:retry-2"));
        assertThat(world.await(mended).orElseThrow()).isEqualTo(List.of(1L, 1L));
        assertThat(calls).containsExactly("c", "d");
    }

    @Test
    void another_input_begins_anew_unless_a_step_is_named() {
        world.await(engine.start(workflow, RunId.of("r"), Map.of("n", 1L)));
        broken = false;
        calls.clear();
        Run<Object> anew = engine.retry(RunId.of("r"), RetryOptions.DEFAULT.input(Map.of("n", 2L)));
        assertThat(world.await(anew).orElseThrow()).isEqualTo(List.of(2L, 2L));
        assertThat(calls)
                .contains("a", "each[0]/x", "each[1]/x", "other", "b", "c", "d")
                .hasSize(7);

        Run<Object> fromB =
                engine.retry(RunId.of("r"), RetryOptions.DEFAULT.from("b").input(Map.of("n", 3L)));
        assertThat(world.await(fromB).orElseThrow()).isEqualTo(List.of(1L, 3L));
        calls.clear();
        assertThat(world.await(engine.retry(RunId.of("r"), RetryOptions.DEFAULT.fromBeginning()))
                        .isSuccess())
                .isTrue();
        assertThat(calls).hasSize(7);
    }

    @Test
    void refuses_to_try_again_what_has_not_ended_or_has_nothing_left_to_do() {
        broken = false;
        Run<Object> run = engine.start(workflow, RunId.of("r"), Map.of("n", 1L));
        assertThatThrownBy(() -> engine.retry(RunId.of("r"), RetryOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo("AUT-R014"))
                .hasMessageContaining("wait for its end, or cancel it");
        world.await(run);
        assertThatThrownBy(() -> engine.retry(RunId.of("r"), RetryOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo("AUT-R014"))
                .hasMessageContaining("name the step to begin with");
        assertThatThrownBy(() -> engine.retry(RunId.of("nobody"), RetryOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo("AUT-R007"));
    }

    @Test
    void on_another_version_what_it_has_changed_is_done_again_with_what_depends_on_it() {
        world.await(engine.start(workflow, RunId.of("r"), Map.of("n", 1L)));
        calls.clear();
        engine.register(Workflow.read(
                YAML.replace("uses: do.fragile", "uses: do.it").replace("{value: o}", "{value: p}"), "flow.yaml"));

        Run<Object> mended = engine.retry(RunId.of("r"), RetryOptions.DEFAULT.onCurrentVersion());
        assertThat(world.await(mended).orElseThrow()).isEqualTo(List.of(1L, 1L));
        assertThat(calls).containsExactlyInAnyOrder("other", "c", "d");
        assertThat(journal.catalog().find(mended.id()).orElseThrow().start().version())
                .isEqualTo(engine.plan("flow").hash());
        assertThatThrownBy(() -> engine.retry(RunId.of("r"), RetryOptions.DEFAULT.onVersion("0000")))
                .hasMessageContaining("version 0000 of workflow 'flow' cannot run here");
    }
}
