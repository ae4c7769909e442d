package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.definition.Values;
import io.auterity.testkit.ProcessorTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class ExpressionFuzzTest {

    private static final Map<String, Object> INPUT = Map.of(
            "n", 3L, "x", 1.5, "text", "a-b-c", "flag", true, "list", List.of(1L, 2L, 3L), "map", Map.of("k", "v"));

    private static final Environment ENVIRONMENT =
            Environment.builder().variable("input", 0, Type.ANY).build();

    @FuzzTest(maxDuration = "1m")
    void any_text_is_refused_or_computes_json(@NotNull String source) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(source));
    }

    private static void check(String source) {
        Expression expression;
        try {
            expression = Expression.compile(source, ENVIRONMENT);
        } catch (ExpressionException refused) {
            assertThat(refused.problems()).isNotEmpty();
            return;
        }
        try {
            Object value = expression.evaluate(slot -> INPUT);
            if (value != Bindings.ABSENT) {
                assertThat(Values.copyOf(value)).isEqualTo(value);
            }
        } catch (EvaluationException failed) {
            assertThat(failed.line()).isPositive();
        }
    }
}
