package io.auterity.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.Failure;
import io.auterity.definition.Policy;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import io.auterity.plan.Body;
import io.auterity.plan.ComputeException;
import io.auterity.plan.Graph;
import io.auterity.plan.Node;
import io.auterity.plan.Plan;
import io.auterity.plan.Reference.Kind;
import io.auterity.plan.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a run is given: bodies with resolved references and compiled templates. */
class PlanTest {

    private static Graph graph(String yaml) {
        return Compiling.compile(yaml).plan().graph();
    }

    private static Object value(Graph graph, int node, Scope scope) {
        return ((Body.Value) graph.node(node).body()).value().apply(scope);
    }

    @Test
    void a_text_that_is_one_expression_keeps_its_type_and_others_are_interpolated() {
        Graph graph = graph("""
                input: {n: integer}
                steps:
                  one: {value: "${{ input.n + 1 }}"}
                  text: {value: "n is ${{ input.n }}, plus one ${{ input.n + 1 }}"}
                """);
        Scope scope = new FakeScope().with(Kind.INPUT, 0, 0, Map.of("n", 4L));
        assertThat(value(graph, 0, scope)).isEqualTo(5L);
        assertThat(value(graph, 1, scope)).isEqualTo("n is 4, plus one 5");
    }

    @Test
    void lists_and_objects_of_templates_are_built_in_order() {
        Graph graph = graph("steps: {a: {value: {z: \"${{ input.x }}\", a: [1, \"${{ input.x + 1 }}\", {b: null}]}}}");
        Object value = value(graph, 0, new FakeScope().with(Kind.INPUT, 0, 0, Map.of("x", 1L)));
        assertThat(value).hasToString("{z=1, a=[1, 2, {b=null}]}");
    }

    @Test
    void what_reads_nothing_is_computed_once() {
        Graph graph = graph("steps: {a: {value: {x: \"${{ 2 * 21 }}\"}}, b: {value: \"plain\"}}");
        Scope nothing = new FakeScope();
        assertThat(value(graph, 0, nothing)).isEqualTo(Map.of("x", 42L));
        assertThat(value(graph, 1, nothing)).isEqualTo("plain");
    }

    @Test
    void escaped_braces_stay_plain_text() {
        assertThat(value(graph("steps: {a: {value: \"$${{ x }}\"}}"), 0, new FakeScope()))
                .isEqualTo("${{ x }}");
    }

    @Test
    void references_count_frames_outwards() {
        Graph graph = graph("""
                vars: {v: 3}
                steps:
                  a: {value: 1}
                  each:
                    forEach: [1, 2]
                    as: outer
                    steps:
                      b: {value: 10}
                      in:
                        forEach: [1]
                        as: inner
                        steps:
                          c:
                            value: "${{ [steps.a.output, steps.b.output, outer, inner, index, vars.v] }}"
                """);
        Graph middle = ((Body.ForEach) graph.node(1).body()).block();
        Graph inner = ((Body.ForEach) middle.node(1).body()).block();
        FakeScope scope = new FakeScope()
                .with(Kind.OUTPUT, 2, 0, "a")
                .with(Kind.OUTPUT, 1, 0, "b")
                .with(Kind.VARIABLE, 1, 0, "outer")
                .with(Kind.VARIABLE, 0, 0, "inner")
                .with(Kind.INDEX, 0, 0, 7L)
                .with(Kind.VAR, 0, 0, 3L);
        assertThat(value(inner, 0, scope)).isEqualTo(List.of("a", "b", "outer", "inner", 7L, 3L));
    }

    @Test
    void everything_of_a_step_and_of_the_run_can_be_read() {
        Graph graph = graph("""
                steps:
                  a: {value: 1, onError: continue}
                  b:
                    join: all-done
                    value: "${{ steps.a.status }} ${{ steps.a.attempts }} ${{ coalesce(steps.a.error.code, '-') }} ${{ run.id }} ${{ run.workflow }} ${{ run.tenant }} ${{ run.startedAt }}"
                """);
        FakeScope scope = new FakeScope()
                .with(Kind.STATUS, 0, 0, "failed")
                .with(Kind.ATTEMPTS, 0, 0, 3L)
                .with(Kind.ERROR, 0, 0, Map.of("code", "io", "message", "gone"))
                .with(Kind.RUN_ID, 0, 0, "r-1")
                .with(Kind.RUN_WORKFLOW, 0, 0, "flow")
                .with(Kind.RUN_TENANT, 0, 0, "acme")
                .with(Kind.RUN_STARTED_AT, 0, 0, java.time.Instant.parse("2030-01-31T09:00:00Z"));
        assertThat(value(graph, 1, scope)).isEqualTo("failed 3 io r-1 flow acme 2030-01-31T09:00:00Z");
    }

    @Test
    void a_value_that_is_passed_on_whole_is_not_touched() {
        Graph graph = graph(
                "steps: {a: {value: \"${{ input.x }}\"}, b: {value: \"${{ steps.a.output }}\"}, c: {value: \"${{ input }}\"}}");
        Map<String, Object> large = Map.of("text", "x".repeat(3_000_000));
        Scope scope = new FakeScope().with(Kind.OUTPUT, 0, 0, large).with(Kind.INPUT, 0, 0, large);
        assertThat(value(graph, 1, scope)).isSameAs(large);
        assertThat(value(graph, 2, scope)).isSameAs(large);
    }

    @Test
    void an_optional_input_that_is_absent_is_left_out() {
        Graph graph = graph("""
                steps:
                  maybe: {value: 1, if: "${{ input.x == 1 }}"}
                  call: {uses: http.request, with: {url: x, maxBytes: "${{ steps.maybe.output }}"}, join: all-done}
                """);
        Body.Call call = (Body.Call) graph.node(1).body();
        assertThat(call.with().apply(new FakeScope())).isEqualTo(Map.of("url", "x"));
        assertThat(call.with().apply(new FakeScope().with(Kind.OUTPUT, 0, 0, 9L)))
                .isEqualTo(Map.of("url", "x", "maxBytes", 9L));
    }

    @Test
    void a_java_step_takes_whole_values_as_the_objects_they_are() {
        record Order(String id) {}

        Step make = Step.of("make", new StepKind.Java(List.of(Template.expression("input")), Map.of()));
        Step use = Step.of(
                "use",
                new StepKind.Java(
                        List.of(Template.expression("steps.make.output"), Template.expression("steps.make.output.id")),
                        Map.of()));
        Plan plan = Compiling.compiler().build().compile(Definition.of("flow", make, use));
        assertThat(plan.functions()).containsExactly("make", "use");
        Body.Code code = (Body.Code) plan.graph().node(1).body();
        Order order = new Order("7");
        FakeScope scope =
                new FakeScope().withStored(Kind.OUTPUT, 0, 0, order).with(Kind.OUTPUT, 0, 0, Map.of("id", "7"));
        assertThat(code.inputs().get(0).apply(scope)).isSameAs(order);
        assertThat(code.inputs().get(1).apply(scope)).isEqualTo("7");
    }

    @Test
    void paths_of_java_steps_are_those_of_the_steps_around() {
        Step code = Step.of("code", new StepKind.Java(List.of(), Map.of()));
        Policy undone = new Policy(
                Optional.empty(),
                Optional.empty(),
                new Policy.OnError.FallbackStep(new StepKind.Java(List.of(), Map.of())),
                Optional.of(new StepKind.Java(List.of(), Map.of())));
        Step safe = Step.of(
                "safe",
                new StepKind.Try(
                        Block.of(code.with(undone)),
                        Optional.of(Block.of(Step.of("tell", code.kind()))),
                        Optional.empty()));
        Plan plan = Compiling.compiler().build().compile(Definition.of("flow", safe));
        assertThat(plan.functions())
                .containsExactlyInAnyOrder("safe/code", "safe/code/fallback", "safe/code/undo", "safe/tell");
    }

    @Test
    void a_fallback_reads_the_error_of_its_own_step() {
        Graph graph = graph("""
                steps:
                  a: {value: 1}
                  b: {uses: notify.send, with: {channel: sms, text: x}, onError: {fallback: {id: "${{ error.code }}"}}}
                """);
        Body.Value fallback = (Body.Value) graph.node(1).recovery().fallback();
        assertThat(fallback).isNotNull();
        FakeScope scope = new FakeScope().with(Kind.ERROR, 0, 1, Map.of("code", "io", "message", "gone"));
        assertThat(fallback.value().apply(scope)).isEqualTo(Map.of("id", "io"));
    }

    @Test
    void an_undo_reads_the_output_of_its_own_step() {
        Graph graph = graph("""
                steps:
                  a: {uses: notify.send, with: {channel: sms, text: x}, undo: {uses: notify.send, with: {channel: sms, text: "undo ${{ steps.a.output.id }}"}}}
                """);
        Body.Call undo = (Body.Call) graph.node(0).recovery().undo();
        assertThat(undo).isNotNull();
        assertThat(undo.with().apply(new FakeScope().with(Kind.OUTPUT, 0, 0, Map.of("id", "7"))))
                .isEqualTo(Map.of("channel", "sms", "text", "undo 7"));
    }

    @Test
    void a_switch_takes_the_first_case_that_holds() {
        Graph graph = graph("""
                steps:
                  tier:
                    switch:
                      - {if: "${{ input.score > 80 }}", value: hot}
                      - {if: "${{ input.score > 50 }}", value: warm}
                      - {else: true, value: cold}
                """);
        assertThat(value(graph, 0, score(90))).isEqualTo("hot");
        assertThat(value(graph, 0, score(60))).isEqualTo("warm");
        assertThat(value(graph, 0, score(10))).isEqualTo("cold");
    }

    private static Scope score(long score) {
        return new FakeScope().with(Kind.INPUT, 0, 0, Map.of("score", score));
    }

    @Test
    void a_failed_computation_says_where_and_why() {
        Graph graph = graph("steps: {each: {forEach: [1], steps: {x: {value: \"${{ 1 / input.n }}\"}}}}");
        Graph block = ((Body.ForEach) graph.node(0).body()).block();
        assertThatThrownBy(() -> value(block, 0, new FakeScope().with(Kind.INPUT, 0, 0, Map.of("n", 0L))))
                .isInstanceOfSatisfying(
                        ComputeException.class, e -> assertThat(e.code()).isEqualTo(Failure.EXPRESSION))
                .hasMessage(
                        "flow/each/x/value: an integer is divided by zero (line 1, column 7) in: ${{ 1 / input.n }}");
    }

    @Test
    void a_cancelled_run_stops_a_long_computation() {
        Graph graph = graph("steps: {a: {value: \"${{ input.l.map(x, input.l.map(y, x * y)).size() }}\"}}");
        List<Object> list = java.util.Collections.nCopies(200, 1L);
        assertThatThrownBy(() -> value(
                        graph,
                        0,
                        new FakeScope()
                                .with(Kind.INPUT, 0, 0, Map.of("l", list))
                                .cancelled()))
                .isInstanceOf(ComputeException.class)
                .hasMessageContaining("cancelled");
    }

    @Test
    void only_calls_fall_back_to_the_retry_and_time_out_of_the_workflow() {
        Graph graph = graph("""
                defaults: {timeout: 30s, retry: {maxAttempts: 4}}
                steps:
                  call: {uses: http.request, with: {url: x}}
                  own: {uses: http.request, with: {url: x}, timeout: 5s, retry: {maxAttempts: 2}}
                  value: {value: 1}
                  each: {forEach: [1], steps: {inner: {uses: http.request, with: {url: x}}}}
                  pause: {wait: 1s}
                """);
        assertThat(recovery(graph, 0)).isEqualTo("4 PT30S");
        assertThat(recovery(graph, 1)).isEqualTo("2 PT5S");
        assertThat(recovery(graph, 2)).isEqualTo("1 PT30S");
        assertThat(recovery(graph, 3)).isEqualTo("1 null");
        assertThat(recovery(((Body.ForEach) graph.node(3).body()).block(), 0)).isEqualTo("4 PT30S");
        assertThat(recovery(graph, 4)).isEqualTo("1 null");
    }

    @Test
    void a_call_has_five_minutes_when_nobody_says_anything() {
        Graph graph = graph("steps: {call: {uses: http.request, with: {url: x}}, value: {value: 1}}");
        assertThat(recovery(graph, 0)).isEqualTo("1 PT5M");
        assertThat(recovery(graph, 1)).isEqualTo("1 null");
    }

    private static String recovery(Graph graph, int node) {
        Node.Recovery recovery = graph.node(node).recovery();
        return recovery.retry().maxAttempts() + " " + recovery.timeout();
    }

    @Test
    void constant_times_are_parsed_once() {
        Graph graph = graph("steps: {a: {wait: 10m}, b: {wait: PT1H}}");
        assertThat(((Body.Wait) graph.node(0).body()).time().apply(new FakeScope()))
                .isEqualTo(Duration.ofMinutes(10));
        assertThat(((Body.Wait) graph.node(1).body()).time().apply(new FakeScope()))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void a_form_becomes_an_object_schema() {
        Graph graph = graph("steps: {a: {approve: {by: [boss], within: 1h, form: {note: string}}}, b: {approve: {}}}");
        assertThat(((Body.Approve) graph.node(0).body()).form())
                .containsEntry("type", "object")
                .containsEntry("properties", Map.of("note", Map.of("type", "string")));
        assertThat(((Body.Approve) graph.node(1).body()).form()).isEqualTo(Map.of("type", "object"));
    }

    @Test
    void secrets_operations_and_functions_are_numbered() {
        Plan plan = Compiling.compile("""
                        steps:
                          a: {uses: notify.send, with: {channel: sms, text: "${{ secrets.x }}${{ secrets.y }}"}}
                          b: {uses: email.send, with: {to: "${{ secrets.y }}"}}
                          c: {uses: notify.send, with: {channel: sms, text: x}}
                        """).plan();
        assertThat(plan.secrets()).containsExactly("x", "y");
        assertThat(plan.operations()).containsExactly("notify.send", "email.send");
        assertThat(((Body.Call) plan.graph().node(2).body()).operation()).isZero();
        FakeScope scope = new FakeScope().with(Kind.SECRET, 0, 1, "hush");
        assertThat(((Body.Call) plan.graph().node(1).body()).with().apply(scope))
                .isEqualTo(Map.of("to", "hush"));
    }
}
