package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpressionTest {
    private static final Type LEAD = Type.of(Map.of(
            "type", "object",
            "required", List.of("email"),
            "properties", Map.of(
                    "email", Map.of("type", "string"),
                    "budget", Map.of("type", "number"),
                    "visits", Map.of("type", "integer"),
                    "tier", Map.of("enum", List.of("hot", "cold")),
                    "at", Map.of("type", "string", "format", "date-time"),
                    "tags", Map.of("type", "array", "items", Map.of("type", "string")))));

    private static final Environment ENVIRONMENT = Environment.builder()
            .variable("input", 0, LEAD)
            .variable("steps.score.output", 1, Type.NUMBER)
            .variable("steps.score.status", 2, Type.STRING)
            .variable("steps.call.output", 3, Type.optional(Type.of(Map.of("type", "object", "properties", Map.of("sid", Map.of("type", "string"))))))
            .variable("steps.charge-card.output", 4, Type.ANY)
            .build();

    private static final Object[] VALUES = {
        Map.of("email", "ada@example.org", "budget", 5000L, "visits", 3L, "tier", "hot", "at", "2026-01-31T09:30:00+02:00", "tags", List.of("a", "b")),
        0.5, "succeeded", Bindings.ABSENT, Map.of("id", 7L)
    };

    private static Object evaluate(String source) {
        return Expression.compile(source, ENVIRONMENT).evaluate(slot -> VALUES[slot]);
    }

    private static String problem(String source) {
        try {
            Expression.compile(source, ENVIRONMENT);
        } catch (ExpressionException exception) {
            return exception.getMessage();
        }
        throw new AssertionError("compiles: " + source);
    }

    @Test
    void computes() {
        assertThat(evaluate("1 + 2 * 3")).isEqualTo(7L);
        assertThat(evaluate("input.visits + 1")).isEqualTo(4L);
        assertThat(evaluate("input.budget / 1000 + double(input.visits)")).isEqualTo(8.0);
        assertThat(evaluate("input.tags.map(t, t + '!')")).isEqualTo(List.of("a!", "b!"));
        assertThat(evaluate("coalesce(steps.call.output.sid, 'none')")).isEqualTo("none");
        assertThat(evaluate("has(steps.call.output) ? steps.call.output.sid : 'x'")).isEqualTo("x");
        assertThat(evaluate("steps['charge-card'].output.id")).isEqualTo(7L);
        assertThat(evaluate("input.at")).isEqualTo("2026-01-31T09:30:00+02:00");
        assertThat(evaluate("input.at.getHours()")).isEqualTo(7L);
        assertThat(evaluate("input.at + duration('1h')")).isEqualTo("2026-01-31T08:30:00Z");
        assertThat(evaluate("[3,1,2].sort()")).isEqualTo(List.of(1L, 2L, 3L));
        assertThat(evaluate("{'a': 1, 'b': null}.b")).isNull();
    }

    @Test
    void reports() {
        for (String s : Arrays.asList("input.emial", "steps.scor.output", "input.tier == 'hott'", "steps.call.output.sid", "1 + 'a'", "input.email.foo()", "steps.charge-card.output", "1 +", "foo(", "input.visits + input.emial + steps.x", "steps.score")) {
            System.out.println(problem(s));
        }
    }
    @Test
    void interpolates() {
        assertThat(Template.compile("Hi ${{ input.email }}, ${{ input.tags }} $${{ x }}", ENVIRONMENT).evaluate(s -> VALUES[s])).isEqualTo("Hi ada@example.org, [\"a\",\"b\"] ${{ x }}");
        assertThat(Template.compile(" ${{ input.visits }} ", ENVIRONMENT).evaluate(s -> VALUES[s])).isEqualTo(3L);
    }
}
