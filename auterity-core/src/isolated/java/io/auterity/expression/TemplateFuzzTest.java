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
class TemplateFuzzTest {

    private static final Map<String, Object> INPUT =
            Map.of("n", 3L, "text", "${{ input.n }}", "list", List.of(1L, 2.5, "x"), "map", Map.of("k", "}}"));

    private static final Environment ENVIRONMENT =
            Environment.builder().variable("input", 0, Type.ANY).build();

    @FuzzTest(maxDuration = "1m")
    void any_text_is_refused_or_filled_in_once(@NotNull String text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(String text) {
        Template template;
        try {
            template = Template.compile(text, ENVIRONMENT);
        } catch (ExpressionException refused) {
            assertThat(refused.problems()).isNotEmpty();
            return;
        }
        try {
            Object value = template.evaluate(slot -> INPUT);
            if (!Template.isTemplate(text)) {
                assertThat(value).isEqualTo(text);
            }
            if (value != Bindings.ABSENT) {
                assertThat(Values.copyOf(value)).isEqualTo(value);
            }
        } catch (EvaluationException failed) {
            assertThat(failed.line()).isPositive();
        }
    }
}
