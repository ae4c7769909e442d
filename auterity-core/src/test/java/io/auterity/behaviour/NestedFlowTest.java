package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Flow;
import io.auterity.Handle;
import io.auterity.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class NestedFlowTest {

    private record Order(List<Line> lines) {}

    private record Line(String name, List<Integer> amounts) {}

    @OnEverySchedule
    void loops_written_in_java_nest(Schedule schedule) {
        Workflow<Order, Integer> workflow = Workflow.define("nested", Order.class, (flow, order) -> {
            Handle<List<Line>> lines = flow.step("lines").runList(Line.class, order, Order::lines);
            Handle<List<Integer>> sums = flow.forEach("each", lines, (inner, line) -> {
                Handle<List<Integer>> amounts = inner.step("amounts").runList(Integer.class, line, Line::amounts);
                Handle<List<Integer>> doubled = inner.forEach(
                        "double",
                        amounts,
                        (innermost, amount) -> innermost
                                .step("times")
                                .run(
                                        Integer.class,
                                        amount,
                                        line,
                                        (n, l) -> n * l.name().length()));
                return inner.step("sum").run(Integer.class, doubled, NestedFlowTest::sum);
            });
            return flow.step("total").run(Integer.class, sums, NestedFlowTest::sum);
        });
        try (Lab lab = new Lab(schedule)) {
            assertThat(lab.run(workflow, new Order(List.of(new Line("ab", List.of(1, 2)), new Line("c", List.of(10)))))
                            .orElseThrow())
                    .isEqualTo(16);
        }
    }

    @OnEverySchedule
    void a_choice_inside_a_choice_may_replace_what_is_absent(Schedule schedule) {
        Workflow<Line, String> workflow = Workflow.define(
                "choices",
                Line.class,
                (flow, line) -> flow.choose("outer", line)
                        .when(
                                it -> it.amounts().isEmpty(),
                                none -> none.step("none").run(String.class, () -> "none"))
                        .otherwise(some -> some.choose("inner", line)
                                .when(it -> it.amounts().size() > 1, many -> {
                                    Handle<String> never =
                                            many.step("never").when("1 > 2").run(String.class, () -> "never");
                                    return many.orElse("many", never, "many");
                                })
                                .otherwise(one -> one.step("one").run(String.class, () -> "one"))));
        try (Lab lab = new Lab(schedule)) {
            assertThat(lab.run(workflow, new Line("a", List.of())).orElseThrow())
                    .isEqualTo("none");
            assertThat(lab.run(workflow, new Line("a", List.of(1))).orElseThrow())
                    .isEqualTo("one");
            assertThat(lab.run(workflow, new Line("a", List.of(1, 2))).orElseThrow())
                    .isEqualTo("many");
        }
    }

    @OnEverySchedule
    void a_choice_takes_the_value_of_its_case_though_those_of_the_others_are_there_too(Schedule schedule) {
        Workflow<Line, String> workflow = Workflow.define("passes-on", Line.class, (flow, line) -> {
            Handle<String> full = flow.step("full").run(String.class, () -> "full");
            Handle<String> reduced = flow.step("reduced").run(String.class, () -> "reduced");
            return flow.choose("price", line)
                    .when(it -> it.amounts().isEmpty(), none -> full)
                    .when(
                            it -> it.amounts().size() > 1,
                            many -> many.step("own").run(String.class, reduced, price -> "much " + price))
                    .otherwise(one -> reduced);
        });
        try (Lab lab = new Lab(schedule)) {
            assertThat(lab.run(workflow, new Line("a", List.of())).orElseThrow())
                    .isEqualTo("full");
            assertThat(lab.run(workflow, new Line("a", List.of(1))).orElseThrow())
                    .isEqualTo("reduced");
            assertThat(lab.run(workflow, new Line("a", List.of(1, 2))).orElseThrow())
                    .isEqualTo("much reduced");
        }
    }

    @Test
    void a_step_does_not_hide_one_around_it_that_is_read_beside_it() {
        String refused =
                "step 'each/a' hides the step 'a' around it, whose value is read in 'each/'; rename one of them";
        assertThatThrownBy(() -> shadowing((inner, outer) -> {
                    inner.step("a").run(Integer.class, () -> 2);
                    return inner.step("b").run(Integer.class, outer, n -> n);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refused);
        assertThatThrownBy(() -> shadowing((inner, outer) -> {
                    inner.step("b").run(Integer.class, outer, n -> n);
                    return inner.step("a").run(Integer.class, () -> 2);
                }))
                .hasMessage(refused);
        assertThatThrownBy(() -> shadowing((inner, outer) -> inner.step("a")
                        .race(Map.of(
                                "a", branch -> branch.step("x").run(Integer.class, outer, n -> n),
                                "b", branch -> branch.step("y").run(Integer.class, () -> 2)))))
                .hasMessage("step 'each/a/a' hides the step 'a' around it, whose value is read in 'each/a/'; rename one"
                        + " of them");
        assertThat(shadowing((inner, outer) -> inner.step("a").run(Integer.class, () -> 2))
                        .definition()
                        .id())
                .isEqualTo("w");
    }

    private static Workflow<Line, List<Integer>> shadowing(BiFunction<Flow, Handle<Integer>, Handle<Integer>> body) {
        return Workflow.define("w", Line.class, (flow, line) -> {
            Handle<Integer> outer = flow.step("a").run(Integer.class, () -> 1);
            Handle<List<Integer>> amounts = flow.step("amounts").runList(Integer.class, line, Line::amounts);
            return flow.forEach("each", amounts, (inner, amount) -> body.apply(inner, outer));
        });
    }

    @Test
    void an_error_that_was_caught_does_not_hide_the_one_around_it() {
        assertThatThrownBy(() -> Workflow.define(
                        "w",
                        Line.class,
                        (flow, line) -> flow.step("try")
                                .tryOr(
                                        body -> body.step("x").run(String.class, () -> "x"),
                                        (mend, outer) -> mend.step("again")
                                                .tryOr(
                                                        body -> body.step("y").run(String.class, () -> "y"),
                                                        (last, inner) -> last.step("z")
                                                                .run(String.class, outer, error -> error.message())))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the error that the block 'try/again/' caught hides the one around it, which is read in it;"
                        + " keep what is needed of that in a step before");
    }

    @Test
    void a_step_needs_steps_of_its_own_block_and_is_told_so_where_it_is_written() {
        assertThatThrownBy(() -> Workflow.define("w", Order.class, (flow, order) -> {
                    Handle<Integer> before = flow.step("before").run(Integer.class, () -> 1);
                    Handle<List<Line>> lines = flow.step("lines").runList(Line.class, order, Order::lines);
                    return flow.forEach(
                            "each",
                            lines,
                            (inner, line) -> inner.forEach(
                                    "double",
                                    inner.step("amounts").runList(Integer.class, line, Line::amounts),
                                    (innermost, amount) -> innermost
                                            .step("times")
                                            .needs(before)
                                            .run(Integer.class, amount, n -> n)));
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("step 'each/double/times' needs step 'before', which is not in its block but in one around"
                        + " it; let step 'each' need it instead");
        assertThatThrownBy(() -> Workflow.define("w", Order.class, (flow, order) -> {
                    Handle<List<Line>> lines = flow.step("lines").runList(Line.class, order, Order::lines);
                    return flow.forEach("each", lines, (inner, line) -> {
                        Handle<Integer> first = inner.step("first").run(Integer.class, () -> 1);
                        Map<String, Function<Flow, Handle<Integer>>> branches = Map.of(
                                "a", a -> a.step("x").needs(first).run(Integer.class, () -> 1),
                                "b", b -> b.step("y").run(Integer.class, () -> 2));
                        return inner.step("race").race(branches);
                    });
                }))
                .hasMessageEndingWith("let step 'each/race' need it instead");
        assertThatThrownBy(() -> Workflow.define(
                        "w",
                        Order.class,
                        (flow, order) -> flow.step("a").needs(order).run(Integer.class, () -> 1)))
                .hasMessage("step 'a' needs ${{ input }}, which is no step's output and always there; leave it out");
    }

    private static int sum(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void a_body_that_returns_nothing_is_told_so() {
        assertThatThrownBy(() -> Workflow.define("w", Order.class, (flow, order) -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the body of workflow 'w' returned null; return the handle of the step that makes its value,"
                                + " as in 'return flow.step(\"total\").run(...)'");
        assertNull("step 'each'", (flow, lines) -> flow.forEach("each", lines, (inner, line) -> null));
        assertNull(
                "step 'each/again'",
                (flow, lines) -> flow.forEach(
                        "each",
                        lines,
                        (inner, line) -> inner.step("again").repeat(3, Duration.ZERO, body -> null, value -> true)));
        assertNull("step 'race/a'", (flow, lines) -> flow.step("race").race(Map.of("a", body -> null)));
        assertNull("step 'try'", (flow, lines) -> flow.step("try").tryFinally(body -> null, last -> {}));
        assertNull("step 'try'", (flow, lines) -> flow.step("try").tryOr(body -> lines, (mend, error) -> null));
        assertNull(
                "case 2 of choice 'size'",
                (flow, lines) -> flow.choose("size", lines)
                        .when(List::isEmpty, body -> lines)
                        .otherwise(body -> null));
    }

    private static void assertNull(String body, BiFunction<Flow, Handle<List<Line>>, Handle<?>> step) {
        assertThatThrownBy(() -> Workflow.define("w", Order.class, (flow, order) -> {
                    assertThat(step.apply(flow, flow.step("lines").runList(Line.class, order, Order::lines)))
                            .isNotNull();
                    return flow.step("end").run(Integer.class, () -> 1);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the body of " + body + " returned null; return the handle");
    }
}
