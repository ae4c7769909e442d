package io.auterity.compile;

import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.Order;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import io.auterity.expression.Budget;
import io.auterity.expression.Environment;
import io.auterity.expression.Expression;
import io.auterity.expression.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How large a definition may be: at each limit, one below and one above. */
class LimitsTest {

    private static List<String> with(Limits limits, Definition definition) {
        return problems(Compiling.compiler().limits(limits), definition);
    }

    private static Definition steps(int count) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(Step.of("s" + i, new StepKind.Value(new Template((long) i))));
        }
        return Definition.of("flow", steps.toArray(Step[]::new));
    }

    private static Definition nested(int depth) {
        Step step = Step.of("s", new StepKind.Value(new Template(1L)));
        for (int i = 1; i < depth; i++) {
            StepKind loop =
                    new StepKind.Repeat(Block.of(step), Optional.of("index > 1"), Optional.empty(), 10, Duration.ZERO);
            step = Step.of("s", loop);
        }
        return Definition.of("flow", step);
    }

    @Test
    void steps() {
        Limits limits = Limits.DEFAULT.withMaxSteps(10);
        assertThat(with(limits, steps(9))).isEmpty();
        assertThat(with(limits, steps(10))).isEmpty();
        assertThat(with(limits, steps(11)))
                .containsExactly("AUT-C024 flow: the workflow has more than 10 steps (maxSteps)\n"
                        + "  fix: split it into workflows that run each other with 'run'");
    }

    @Test
    void work_that_an_expression_is_sure_to_take() {
        long without = leastFuel(costly(0));
        assertThat(without).isBetween(Budget.DEFAULT_FUEL - 3_000, Budget.DEFAULT_FUEL - 1);
        int more = (int) (Budget.DEFAULT_FUEL - without);

        assertThat(problems(Compiling.compiler(), value(costly(more - 1)))).isEmpty();
        assertThat(problems(Compiling.compiler(), value(costly(more)))).isEmpty();
        assertThat(problems(Compiling.compiler(), value(costly(more + 1))))
                .containsExactly(
                        "AUT-C024 flow/s/value: takes at least 100001 units of work whatever it reads, the limit is 100000\n"
                                + "  fix: loop over less, or do parts of it in steps of their own");
    }

    private static String costly(int more) {
        String list = "[" + "1,".repeat(179) + "1]";
        return list + ".map(a, " + list + ".map(b, run.id)).size() + size([0" + ",0".repeat(more) + "])";
    }

    private static long leastFuel(String source) {
        Environment environment =
                Environment.builder().variable("run.id", 0, Type.STRING).build();
        return Expression.compile(source, environment).leastFuel();
    }

    private static Definition value(String source) {
        return Definition.of("flow", Step.of("s", new StepKind.Value(new Template("${{ " + source + " }}"))));
    }

    @Test
    void steps_of_nested_blocks_count() {
        Step loop = Step.of(
                "each",
                new StepKind.ForEach(
                        new Template(List.of(1L)), "item", 1, StepKind.ForEach.ItemErrors.FAIL, steps(9).body()));
        Limits limits = Limits.DEFAULT.withMaxSteps(10);
        assertThat(with(limits, Definition.of("flow", loop))).isEmpty();
        assertThat(with(limits, Definition.of("flow", loop, Step.of("one-more", new StepKind.Value(new Template(1L))))))
                .singleElement()
                .asString()
                .contains("maxSteps");
    }

    @Test
    void a_hundred_thousand_steps_are_refused_by_default() {
        assertThat(problems(steps(100_000)))
                .containsExactly("AUT-C024 flow: the workflow has more than 10000 steps (maxSteps)\n"
                        + "  fix: split it into workflows that run each other with 'run'");
        assertThat(problems(steps(10_000))).isEmpty();
    }

    @Test
    void nesting() {
        assertThat(problems(nested(63))).isEmpty();
        assertThat(problems(nested(64))).isEmpty();
        assertThat(problems(nested(65)))
                .containsExactly("AUT-C024 flow: blocks are nested more than 64 deep (maxDepth)\n"
                        + "  fix: split it into workflows that run each other with 'run'");
    }

    @Test
    void nesting_of_values() {
        assertThat(problems(Definition.of("flow", Step.of("a", new StepKind.Value(new Template(list(63)))))))
                .isEmpty();
        assertThat(problems(Definition.of("flow", Step.of("a", new StepKind.Value(new Template(list(64)))))))
                .containsExactly("AUT-C024 flow: a value is nested more than 64 deep (maxDepth)\n  fix: flatten it");
    }

    private static Object list(int depth) {
        Object value = 1L;
        for (int i = 0; i < depth; i++) {
            value = List.of(value);
        }
        return value;
    }

    @Test
    void templates() {
        Limits limits = Limits.DEFAULT.withMaxTemplates(3);
        Step step = Step.of("a", new StepKind.Value(new Template(List.of("x", "y"))));
        assertThat(with(limits, Definition.of("flow", step))).isEmpty();
        Step three = Step.of("a", new StepKind.Value(new Template(List.of("x", "y", "z"))));
        assertThat(with(limits, Definition.of("flow", three))).isEmpty();
        Step four = Step.of("a", new StepKind.Value(new Template(List.of("x", Map.of("y", "z", "v", "w")))));
        assertThat(with(limits, Definition.of("flow", four, three)))
                .containsExactly("AUT-C024 flow: the workflow has more than 3 texts (maxTemplates)\n"
                        + "  fix: split it into workflows that run each other with 'run'");
    }

    @Test
    void the_length_of_a_text() {
        Limits limits = Limits.DEFAULT.withMaxTextLength(100);
        for (int length : new int[] {99, 100}) {
            Step step = Step.of("a", new StepKind.Value(new Template("x".repeat(length))));
            assertThat(with(limits, Definition.of("flow", step))).isEmpty();
        }
        Step step = Step.of("a", new StepKind.Value(new Template("x".repeat(101))));
        assertThat(with(limits, Definition.of("flow", step)))
                .containsExactly("AUT-C024 flow: a text has 101 characters, more than 100 (maxTextLength)\n"
                        + "  fix: pass it as input, or let a step fetch it");
    }

    @Test
    void the_length_of_an_expression() {
        assertThat(problems(Definition.of("flow", conditional(8191)))).isEmpty();
        assertThat(problems(Definition.of("flow", conditional(8192)))).isEmpty();
        assertThat(problems(Definition.of("flow", conditional(8193))))
                .singleElement()
                .asString()
                .startsWith("AUT-C024 flow/a/if: the expression has 8193 characters, more than the limit of 8192");
    }

    private static Step conditional(int length) {
        String source = "run.id != '" + "x".repeat(length - 12) + "'";
        assertThat(source).hasSize(length);
        return Step.of("a", new StepKind.Value(new Template(1L)))
                .with(new Order(List.of(), Optional.of(source), Order.Join.ALL_SUCCESS));
    }

    @Test
    void items_under_way_at_a_time() {
        Limits limits = Limits.DEFAULT.withMaxConcurrency(8);
        for (int concurrency : new int[] {1, 7, 8}) {
            assertThat(with(limits, loop(concurrency))).isEmpty();
        }
        assertThat(with(limits, loop(9)))
                .containsExactly(
                        "AUT-C024 flow/each/concurrency: concurrency is 9, but must be 1 to 8 (maxConcurrency)\n"
                                + "  fix: write a number from 1 to 8");
        assertThat(with(limits, loop(0))).singleElement().asString().contains("concurrency is 0");
    }

    private static Definition loop(int concurrency) {
        StepKind kind = new StepKind.ForEach(
                new Template(List.of(1L)), "item", concurrency, StepKind.ForEach.ItemErrors.FAIL, steps(1).body());
        return Definition.of("flow", Step.of("each", kind));
    }

    @Test
    void limits_themselves_are_checked() {
        assertThatThrownBy(() -> Limits.DEFAULT.withMaxSteps(0)).hasMessage("a limit is 1 or more");
        assertThatThrownBy(() -> Limits.DEFAULT.withMaxDepth(101)).hasMessage("maxDepth is at most 100, not 101");
    }

    @Test
    void ten_thousand_wrong_names_cost_no_more_than_ten_thousand_steps() {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            steps.add(Step.of("s" + i, new StepKind.Value(Template.expression("steps.t" + i + ".output"))));
        }
        assertThat(problems(Definition.of("flow", steps.toArray(Step[]::new))))
                .hasSize(10_000)
                .last()
                .asString()
                .isEqualTo(
                        "AUT-C003 flow/s9999/value: names step 't9999', which is not defined\n  fix: check its spelling");
    }
}
