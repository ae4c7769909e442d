package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A value that may be absent is used only where the expression has made sure that it is there. */
class AbsentValuesTest {
    @Test
    void a_field_whose_name_has_a_dot_says_nothing_of_a_path() {
        Type text = Type.union(Type.STRING, Type.NULL);
        Environment environment = Environment.builder()
                .variable("s", 0, Type.object(Map.of("a.b", text, "a", Type.object(Map.of("b", text)))))
                .build();
        assertThat(Expression.compile("s['a.b'] != null ? s['a.b'].size() : 0", environment)
                        .type())
                .isEqualTo(Type.INTEGER);
        assertThatThrownBy(() -> Expression.compile("s['a.b'] != null ? s.a.b.size() : 0", environment))
                .hasMessageContaining("'s.a.b' may be null");
        assertThatThrownBy(() -> Expression.compile("s.a.b != null ? s['a.b'].size() : 0", environment))
                .hasMessageContaining("may be null");
    }

    private static final Environment ENVIRONMENT = Environment.builder()
            .variable("steps.call.output", 0, Type.optional(Type.object(Map.of("sid", Type.STRING))))
            .variable("steps.bill.output", 1, Type.optional(Type.INTEGER))
            .variable(
                    "input",
                    2,
                    Type.object()
                            .field("n", Type.union(Type.INTEGER, Type.NULL))
                            .field("s", Type.optional(Type.STRING))
                            .field(
                                    "o",
                                    Type.union(Type.NULL, Type.object(Map.of("p", Type.union(Type.STRING, Type.NULL)))))
                            .build())
            .variable("list", 3, Type.list(Type.union(Type.STRING, Type.NULL)))
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "has(steps.call.output) ? steps.call.output.sid : ''",
                "has(steps.call.output.sid) ? steps.call.output.sid : ''",
                "!has(steps.call.output) ? '' : steps.call.output.sid",
                "has(steps.call.output) && steps.call.output.sid == 'x'",
                "has(steps.call.output) && has(steps.bill.output) ? steps.call.output.sid + string(steps.bill.output)"
                        + " : ''",
                "!has(steps.call.output) || steps.call.output.sid == 'x'",
                "!(has(steps.call.output) && has(steps.bill.output)) || steps.bill.output + 1 >"
                        + " steps.call.output.sid.size()",
                "!has(steps.call.output) || !has(steps.bill.output) ? 0 : steps.bill.output",
                "steps.bill.output != null && steps.bill.output > 1",
                "steps.bill.output == null || steps.bill.output > 1",
                "null != steps.bill.output ? steps.bill.output + 1 : 0",
                "steps.bill.output == null ? 0 : steps.bill.output + 1",
                "steps.call.?output.hasValue() ? steps.call.output.sid : ''",
                "coalesce(steps.bill.output, 0) + 1",
                "coalesce(steps.call.output.sid, 'none').size()",
                "steps.bill.output.orValue(0) + 1",
                "steps.call.output.?sid.orValue('none') + '!'",
                "has(steps.bill.output) ? [1].map(x, x + steps.bill.output) : []",
                "input.n != null ? input.n + 1 : 0",
                "coalesce(input.n, 0) + 1",
                "input.n == null || input.n > 1",
                "input.o != null && input.o.p != null && input.o.p.size() > 1",
                "input.o.p != null ? input.o.p.size() : 0",
                "has(input.o.p) && input.o.p != null ? input.o.p.size() : 0",
                "coalesce(input.o.p, '').size()",
                "list.filter(x, x != null).size()",
                "list.all(x, x == null || x.size() > 0)",
                "input.s.size()",
            })
    void made_sure_of(String source) {
        assertThat(Expression.compile(source, ENVIRONMENT).source()).isEqualTo(source);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "steps.call.output",
                "steps.bill.output + 1",
                "1 + steps.bill.output",
                "-steps.bill.output",
                "steps.call.output.sid == 'x'",
                "has(steps.call.output) || steps.call.output.sid == 'x'",
                "has(steps.call.output) ? '' : steps.call.output.sid",
                "!has(steps.call.output) && steps.call.output.sid == 'x'",
                "has(steps.bill.output) && steps.call.output.sid == 'x'",
                "(has(steps.bill.output) ? 1 : 2) + steps.bill.output",
                "[steps.bill.output]",
                "{'a': steps.bill.output}",
                "string(steps.bill.output)",
                "steps.call.output.sid.size()",
                "true ? steps.bill.output : 0",
                "steps.bill.output in [1]",
                "1 in [1].map(x, steps.bill.output)",
                "coalesce(steps.call.output.sid)",
                "coalesce(steps.bill.output + 1, 0)",
                "steps.call.?output",
                "input.n + 1",
                "input.n > 1",
                "input.o.p.size()",
                "input.o.p",
                "has(input.n) && input.n > 1",
                "input.o != null ? input.o.p.size() : 0",
                "list.map(x, x.size())",
                "list[0].size()",
                "list.first().size()",
            })
    void used_unseen(String source) {
        assertThatThrownBy(() -> Expression.compile(source, ENVIRONMENT))
                .isInstanceOfSatisfying(
                        ExpressionException.class,
                        refusal -> assertThat(refusal.problems()).anySatisfy(problem -> {
                            assertThat(problem.category()).isEqualTo(Problem.Category.ABSENT);
                            assertThat(problem.fix()).startsWith("use 'coalesce(");
                        }));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "input.budget + 1 | 'input.budget' is absent (line 1, column 7); fix: use 'coalesce(input.budget,"
                        + " ...)'",
                "input.lead.budget / 2.0"
                        + "| 'input.lead' is absent (line 1, column 12); fix: use 'coalesce(input.lead.budget, ...)'",
                "input.nothing.budget | 'input.nothing.budget' is absent, it would be a field of null"
                        + " (line 1, column 15); fix: use 'coalesce(input.nothing.budget, ...)'",
                "input['a b'].c"
                        + "| 'input['a b']' is absent (line 1, column 14); fix: use 'coalesce(input['a b'].c, ...)'",
                "input.items.map(i, i.price)"
                        + "| field 'price' is absent (line 1, column 22); fix: use '.?price.orValue(...)'",
                "input.items[3] | index out of range in a list of 1 (line 1, column 12); fix: use"
                        + " '[?...].orValue(...)'",
                "input[input.key] | a key of the map is absent (line 1, column 6); fix: use '[?...].orValue(...)'",
                "[].first().value() | the result of a function is absent (line 1, column 4); fix: use '.orValue(...)'",
            })
    void what_is_missing_when_it_runs_is_named_with_its_place_and_a_default(String source, String message) {
        Environment gradual =
                Environment.builder().variable("input", 0, Type.ANY).build();
        Map<String, Object> input = new HashMap<>(Map.of("items", List.of(Map.of()), "key", "other"));
        input.put("nothing", null);
        Expression expression = Expression.compile(source, gradual);
        assertThatThrownBy(() -> expression.evaluate(slot -> input))
                .isInstanceOfSatisfying(
                        EvaluationException.class,
                        error -> assertThat(error.code())
                                .isIn(EvaluationException.Code.ABSENT, EvaluationException.Code.INDEX))
                .hasMessage(message);
    }

    @Test
    void an_optional_property_of_the_input_compiles_and_may_be_missing_when_it_runs() {
        Type lead = Type.object().field("budget", Type.optional(Type.NUMBER)).build();
        Environment environment = Environment.builder()
                .variable("input", 0, Type.object().field("lead", lead).build())
                .build();
        Bindings bindings = slot -> Map.of("lead", Map.of());
        Expression unguarded = Expression.compile("input.lead.budget / 1000.0", environment);
        assertThatThrownBy(() -> unguarded.evaluate(bindings))
                .hasMessage("'input.lead.budget' is absent (line 1, column 12);"
                        + " fix: use 'coalesce(input.lead.budget, ...)'");
        assertThat(Expression.compile("coalesce(input.lead.budget, 0) / 1000.0", environment)
                        .evaluate(bindings))
                .isEqualTo(0.0);
    }

    @Test
    void the_fix_that_is_named_compiles() {
        assertThat(Expression.compile("coalesce(steps.bill.output, 1) + 1", ENVIRONMENT)
                        .evaluate(Bindings.NONE))
                .isEqualTo(2L);
    }
}
