package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.connector.StepException;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.Write;
import io.auterity.testkit.SimulatedWorld;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The end of a run is written along with its last step, if nothing else comes of that step. */
class EndOfRunTest {

    private final SimulatedWorld world = new SimulatedWorld(5);
    private final List<String> writes = new ArrayList<>();

    /** What the workflows are given. */
    record In(String text) {}

    /** A journal in memory that notes what is written together. */
    private Journal noting() {
        InMemoryJournal store = new InMemoryJournal(1_000, world.clock());
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append") && arguments[1] instanceof Write write) {
                        writes.add(write.entries().stream()
                                .filter(entry -> entry.isDurable())
                                .map(entry -> entry.getClass().getSimpleName())
                                .collect(Collectors.joining("+")));
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private RunResult<String> run(Workflow<In, String> workflow) {
        try (Engine engine = world.engine().journal(noting()).register(workflow).build()) {
            return world.await(engine.start(workflow, new In("in")));
        }
    }

    @Test
    void the_end_is_written_along_with_the_last_step() {
        RunResult<String> result = run(Workflow.define("two", In.class, (flow, input) -> {
            Handle<String> first = flow.step("first").run(String.class, input, in -> in.text() + "-1");
            return flow.step("second").run(String.class, first, text -> text + "-2");
        }));

        assertThat(result.orElseThrow()).isEqualTo("in-1-2");
        assertThat(writes).containsExactly("RunStarted", "StepSucceeded", "StepSucceeded+RunEnded");
    }

    @Test
    void a_failure_is_durable_before_anything_comes_of_it() {
        run(Workflow.define("fails", In.class, (flow, input) -> {
            Handle<String> first = flow.step("first").run(String.class, input, In::text);
            return flow.step("second").run(String.class, first, text -> {
                throw new StepException("broken", "it is", false);
            });
        }));

        assertThat(writes).containsExactly("RunStarted", "StepSucceeded", "StepFailed", "RunEnded");
    }

    @Test
    void a_step_that_may_have_to_be_undone_is_durable_before_the_end() {
        run(Workflow.define("undone", In.class, (flow, input) -> {
            Handle<String> only = flow.step("only").run(String.class, input, In::text);
            flow.undo(only, text -> text);
            return only;
        }));

        assertThat(writes).containsExactly("RunStarted", "StepSucceeded", "RunEnded");
    }
}
