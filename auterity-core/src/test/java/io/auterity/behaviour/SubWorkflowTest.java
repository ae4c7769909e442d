package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.EngineException;
import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.connector.StepException;
import io.auterity.definition.AuterityException;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalException;
import io.auterity.journal.RunStatus;
import io.auterity.journal.Write;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubWorkflowTest {

    private static final String DOUBLE = """
        id: double
        input: {n: integer}
        steps: {a: {value: "${{ input.n * 2 }}"}}
        output: ${{ steps.a.output }}
        """;

    @OnEverySchedule
    void takes_the_output_of_the_child_run(Schedule schedule) {
        try (Lab lab = new Lab(schedule).register(Lab.read(DOUBLE))) {
            RunResult<Object> result = lab.run("""
                steps: {child: {run: double, with: {n: 21}}}
                output: ${{ steps.child.output }}
                """);
            assertThat(result.orElseThrow()).isEqualTo(42L);
        }
    }

    @OnEverySchedule
    void a_child_is_a_run_of_its_own_that_knows_its_parent(Schedule schedule) {
        try (Lab lab = new Lab(schedule).register(Lab.read(DOUBLE))) {
            lab.run("steps: {each: {forEach: [1, 2], steps: {child: {run: double, with: {n: '${{ item }}'}}}}}")
                    .orElseThrow();
            lab.until(() -> lab.events(RunEnded.class).size() == 3);
            assertThat(lab.events(RunStarted.class))
                    .filteredOn(start -> start.workflow().equals("double"))
                    .extracting(
                            start -> start.origin().parent(),
                            start -> start.origin().parentStep())
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple(Optional.of(RunId.of("run-1")), "each[0]/child"),
                            org.assertj.core.groups.Tuple.tuple(Optional.of(RunId.of("run-1")), "each[1]/child"));
        }
    }

    @OnEverySchedule
    void the_childs_failure_is_the_steps(Schedule schedule) {
        try (Lab lab =
                new Lab(schedule).register(Lab.read("id: bad\nsteps: {a: {uses: do.fail, with: {code: inner}}}"))) {
            RunResult<Object> result = lab.run("steps: {child: {run: bad}}");
            assertThat(result.failure().map(Failure::code)).contains("inner");
        }
    }

    @OnEverySchedule
    void a_child_waits_for_a_store_that_does_not_answer(Schedule schedule) {
        AtomicInteger refusals = new AtomicInteger(3);
        InMemoryJournal store = new InMemoryJournal();
        Journal shaky = (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append")
                            && arguments[1] instanceof Write write
                            && write.entries().get(0) instanceof RunStarted start
                            && start.workflow().equals("double")
                            && refusals.getAndDecrement() > 0) {
                        return CompletableFuture.failedFuture(new StoreAway());
                    }
                    return method.invoke(store, arguments);
                });
        try (Lab lab = new Lab(schedule).with(engine -> engine.journal(shaky)).register(Lab.read(DOUBLE))) {
            RunResult<Object> result = lab.run("""
                steps: {child: {run: double, with: {n: 21}}}
                output: ${{ steps.child.output }}
                """);
            assertThat(result.orElseThrow()).isEqualTo(42L);
            assertThat(refusals.get()).isNegative();
        }
    }

    private static final class StoreAway extends AuterityException {
        private static final long serialVersionUID = 1L;

        private StoreAway() {
            super(JournalException.UNAVAILABLE, "the database does not answer");
        }
    }

    @OnEverySchedule
    void each_attempt_is_a_run_of_its_own(Schedule schedule) {
        AtomicInteger calls = new AtomicInteger();
        try (Lab lab = new Lab(schedule)) {
            lab.on("second", (input, context) -> {
                if (calls.incrementAndGet() == 1) {
                    throw new StepException("first", "no", true);
                }
                return "ok";
            });
            lab.register(Lab.read("id: shaky\nsteps: {a: {uses: do.second}}\noutput: ${{ steps.a.output }}"));
            RunResult<Object> result = lab.run("steps: {child: {run: shaky, retry: {maxAttempts: 2, delay: 1ms}}}\n"
                    + "output: ${{ steps.child.output }}");
            assertThat(result.orElseThrow()).isEqualTo("ok");
        }
    }

    @OnEverySchedule
    void each_attempt_of_core_run_is_a_run_of_its_own(Schedule schedule) {
        AtomicInteger calls = new AtomicInteger();
        try (Lab lab = new Lab(schedule)) {
            lab.on("second", (input, context) -> {
                if (calls.incrementAndGet() == 1) {
                    throw new StepException("first", "no", true);
                }
                return "ok";
            });
            lab.register(Lab.read("id: shaky\nsteps: {a: {uses: do.second}}\noutput: ${{ steps.a.output }}"));
            RunResult<Object> result = lab.run("""
                steps: {child: {uses: core.run, with: {workflow: shaky}, retry: {maxAttempts: 2, delay: 1ms}}}
                output: ${{ steps.child.output }}
                """);
            assertThat(result.orElseThrow()).isEqualTo("ok");
        }
    }

    @OnEverySchedule
    void cancelling_the_parent_cancels_the_child(Schedule schedule) {
        try (Lab lab =
                new Lab(schedule).register(Lab.read("id: long\nsteps: {a: {uses: do.take, with: {time: 1h}}}"))) {
            Run<Object> run = lab.start("steps: {child: {run: long}}");
            lab.untilCalled("a");
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(Lab.states(run)).containsEntry("child", "cancelled");
            lab.until(() -> lab.events(RunEnded.class).size() == 2);
            assertThat(lab.events(RunEnded.class)).extracting(RunEnded::status).containsOnly(RunStatus.CANCELLED);
        }
    }

    @OnEverySchedule
    void a_child_that_has_not_started_yet_is_cancelled_too(Schedule schedule) {
        try (Lab lab = new Lab(schedule).register(Lab.read("id: waits\nsteps: {a: {await: never}}"))) {
            Run<Object> run = lab.start("steps: {child: {run: waits}}");
            run.cancel("at once");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
        }
    }

    @OnEverySchedule
    void cancelling_a_step_that_calls_core_run_cancels_the_child(Schedule schedule) {
        try (Lab lab =
                new Lab(schedule).register(Lab.read("id: long\nsteps: {a: {uses: do.take, with: {time: 1h}}}"))) {
            Run<Object> run = lab.start("steps: {child: {uses: core.run, with: {workflow: long}}}");
            lab.untilCalled("a");
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            lab.until(() -> lab.events(RunEnded.class).size() == 2);
        }
    }

    @OnEverySchedule
    void a_time_out_of_the_step_cancels_the_child(Schedule schedule) {
        try (Lab lab = new Lab(schedule).register(Lab.read("id: waits\nsteps: {a: {await: never}}"))) {
            RunResult<Object> result = lab.run("steps: {child: {run: waits, timeout: 20ms}}");
            assertThat(result.failure().map(Failure::code)).contains(Failure.TIMEOUT);
        }
    }

    @OnEverySchedule
    void workflows_run_workflows_that_run_workflows(Schedule schedule) {
        try (Lab lab = new Lab(schedule).register(Lab.read(DOUBLE))) {
            String inner = "double";
            for (int depth = 1; depth <= 10; depth++) {
                lab.register(Lab.read("id: level-" + depth + "\ninput: {n: integer}\nsteps: {a: {run: " + inner
                        + ", with: {n: '${{ input.n * 2 }}'}}}\noutput: ${{ steps.a.output }}"));
                inner = "level-" + depth;
            }
            assertThat(lab.run("steps: {a: {run: level-10, with: {n: 1}}}\noutput: ${{ steps.a.output }}")
                            .orElseThrow())
                    .isEqualTo(2_048L);
        }
    }

    @Test
    void a_workflow_that_core_run_names_outright_is_there_when_it_is_compiled() {
        try (Lab lab = new Lab(Schedule.SIMULATED).register(Lab.read(DOUBLE))) {
            assertThatThrownBy(() -> lab.register(
                            Lab.read("steps: {a: {uses: core.run, with: {workflow: dubble, input: {n: 1}}}}")))
                    .isInstanceOf(DefinitionException.class)
                    .hasMessageContaining("""
                        AUT-C008 flow/a/with/workflow (test.yaml:3:46): runs workflow 'dubble', which is not defined
                          fix: use 'double' (closest of: flow, double)""");
            String late = "input: {name: string}\nsteps: {a: {uses: core.run, with: {workflow: '${{ input.name }}'}}}";
            assertThat(lab.run(late, Map.of("name", "dubble")).failure().map(Failure::code))
                    .contains(EngineException.UNKNOWN_WORKFLOW);
        }
    }

    @OnEverySchedule
    void operations_run_workflows_sixteen_deep_and_no_deeper(Schedule schedule) {
        try (Lab lab = new Lab(schedule).register(Lab.read("""
                        id: down
                        input: {left: integer}
                        steps:
                          next: {if: "${{ input.left > 0 }}", uses: core.run, with: {workflow: down, input: {left: "${{ input.left - 1 }}"}}}
                        """))) {
            for (int left : new int[] {13, 14}) { // with the caller and the last that is 15 and 16 workflows
                assertThat(lab.run(call(left)).status()).isEqualTo(RunStatus.SUCCEEDED);
            }
            assertThat(lab.run(call(15)).failure().map(Failure::code)).contains("AUT-R018");
        }
    }

    private static String call(int left) {
        return "steps: {a: {run: down, with: {left: " + left + "}}}";
    }

    @OnEverySchedule
    void parents_that_hold_all_places_do_not_starve_their_children(Schedule schedule) {
        try (Lab lab = new Lab(schedule).with(builder -> builder.maxRuns(2)).register(Lab.read(DOUBLE))) {
            var parents = IntStream.range(0, 6)
                    .mapToObj(n -> lab.start("steps: {child: {run: double, with: {n: 1}}}"))
                    .toList();
            parents.forEach(parent -> assertThat(lab.end(parent).status()).isEqualTo(RunStatus.SUCCEEDED));
        }
    }

    @OnEverySchedule
    void a_child_keeps_to_the_limit_of_its_workflow(Schedule schedule) {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (Lab lab = new Lab(schedule)) {
            lab.on("work", (input, context) -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                return lab.later(Duration.ofMillis(3), now::decrementAndGet);
            });
            lab.register(Lab.read("id: scarce\nmaxRuns: 2\nsteps: {a: {uses: do.work}}"));
            lab.run("steps: {each: {forEach: '${{ range(10) }}', steps: {child: {run: scarce}}}}")
                    .orElseThrow();
            assertThat(most).hasValueLessThanOrEqualTo(2);
            if (lab.isSimulated()) { // real threads may be too slow to be there all at once
                assertThat(most).hasValue(2);
            }
        }
    }

    @OnEverySchedule
    void the_input_of_a_child_is_checked(Schedule schedule) {
        try (Lab lab = new Lab(schedule).register(Lab.read(DOUBLE))) {
            RunResult<Object> result = lab.run("""
                steps:
                  text: {uses: do.echo, with: {value: many}}
                  child: {run: double, with: {n: "${{ steps.text.output }}"}}
                """);
            assertThat(result.failure().map(Failure::code)).contains("AUT-R005");
        }
    }

    @OnEverySchedule
    @SuppressWarnings("unchecked") // a map of texts and values
    void a_child_called_from_java_may_name_its_input_as_it_likes(Schedule schedule) {
        Workflow<Map<String, Object>, Object> child = Lab.read("""
            id: child
            input: {type: object, required: [order-id], properties: {order-id: {type: string}, 2nd: {type: [string, "null"]}, in: {type: [string, "null"]}}}
            steps: {a: {value: "${{ input['order-id'] }}"}}
            output: ${{ steps.a.output }}
            """);
        try (Lab lab = new Lab(schedule).register(child)) {
            Workflow<Map<String, Object>, Object> parent =
                    (Workflow<Map<String, Object>, Object>) (Workflow<?, ?>) Workflow.<Map, Object>define(
                            "parent",
                            Map.class,
                            (flow, input) -> flow.run("child", (Workflow<Map, Object>) (Workflow<?, ?>) child, input));
            assertThat(lab.run(parent, Map.of("order-id", "o-7")).orElseThrow()).isEqualTo("o-7");
        }
    }

    private record Visit(String name, Optional<String> note) {}

    @OnEverySchedule
    void what_need_not_be_there_is_left_out_for_a_child_called_from_java(Schedule schedule) {
        Workflow<Visit, String> child = Workflow.define(
                "child",
                Visit.class,
                (flow, visit) -> flow.step("text")
                        .run(String.class, visit, it -> it.name() + it.note().orElse("-")));
        Workflow<Visit, String> parent = Workflow.define("parent", Visit.class, (flow, visit) -> {
            Handle<Visit> other =
                    flow.step("other").run(Visit.class, visit, it -> new Visit(it.name() + "!", it.note()));
            return flow.run("child", child, other);
        });
        try (Lab lab = new Lab(schedule).register(child)) {
            assertThat(lab.run(parent, new Visit("a", Optional.empty())).orElseThrow())
                    .isEqualTo("a!-");
            assertThat(lab.run(parent, new Visit("a", Optional.of("b"))).orElseThrow())
                    .isEqualTo("a!b");
        }
    }

    @Test
    void a_child_that_does_not_say_what_it_takes_is_not_called_with_nothing() {
        Workflow<Map, String> child = Workflow.define(
                "child", Map.class, (flow, input) -> flow.step("a").run(String.class, input, Map::toString));
        assertThatThrownBy(() -> Workflow.define("parent", Map.class, (flow, input) -> flow.run("child", child, input)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("workflow 'child' does not say which properties its input has")
                .hasMessageEndingWith("give it a record as its input, or a JSON Schema with properties");
    }
}
