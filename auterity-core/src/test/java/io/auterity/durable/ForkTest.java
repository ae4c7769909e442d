package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
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
        return new Connector() {
            @Override
            public String name() {
                return "do";
            }

            @Override
            public List<Operation> operations() {
                return List.of(operation("it"), operation("fragile"));
            }
        };
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
}
