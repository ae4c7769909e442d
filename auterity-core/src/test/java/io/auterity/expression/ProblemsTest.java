package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What authors are told: {@code problems.txt} beside this class, an expression and below it its problems. */
class ProblemsTest {
    record Example(String source, List<String> problems) {
        @Override
        public String toString() {
            return source;
        }
    }

    static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        try (InputStream in = ProblemsTest.class.getResourceAsStream("problems.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (line.startsWith("    ")) {
                    examples.get(examples.size() - 1).problems().add(line.strip());
                } else {
                    examples.add(new Example(line, new ArrayList<>()));
                }
            }
        }
        return examples;
    }

    static String line(Problem problem) {
        return problem.category() + " " + problem.line() + ":" + problem.column() + " " + problem.message()
                + (problem.fix().isEmpty() ? "" : "; fix: " + problem.fix());
    }

    private static ExpressionException refused(String source) {
        ExpressionException refusal =
                catchThrowableOfType(ExpressionException.class, () -> Expression.compile(source, Sample.ENVIRONMENT));
        assertThat(refusal).as("the refusal of %s", source).isNotNull();
        return refusal;
    }

    @ParameterizedTest
    @MethodSource("examples")
    void says_every_problem_with_its_place_and_fix(Example example) {
        assertThat(refused(example.source()).problems().stream().map(ProblemsTest::line))
                .isEqualTo(example.problems());
    }

    @Test
    void counts_lines_and_columns() {
        Problem problem =
                refused("input.visits\n  + 1\n  + input.emial").problems().get(0);
        assertThat(problem.line()).isEqualTo(3);
        assertThat(problem.column()).isEqualTo(11);
    }

    @Test
    void shows_the_source_and_all_problems_in_the_message() {
        assertThat(refused("input.emial + input.vists"))
                .hasMessage("expression 'input.emial + input.vists' has 2 problems:\n"
                        + "  line 1, column 7: field 'emial' is not defined; fix: use 'email'\n"
                        + "  line 1, column 21: field 'vists' is not defined; fix: use 'visits'");
        assertThat(refused("input.emial").source()).isEqualTo("input.emial");
    }

    @Test
    void keeps_at_most_twenty_problems() {
        assertThat(refused("[" + "x, y, ".repeat(100) + "z]").problems()).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void looks_for_no_names_once_twenty_problems_are_kept() {
        int[] asked = {0};
        Environment.Resolver resolver = new Environment.Resolver() {
            @Override
            public Optional<Environment.Variable> resolve(String name) {
                return Optional.empty();
            }

            @Override
            public Collection<String> names(String prefix) {
                asked[0]++;
                return List.of("input");
            }
        };
        String source = "[" + "x, ".repeat(1_000) + "x]";
        assertThatThrownBy(() -> Expression.compile(source, Environment.of(resolver)))
                .isInstanceOf(ExpressionException.class);
        assertThat(asked[0]).isEqualTo(20);
    }

    @Test
    void names_at_most_eight_of_many_fields() {
        Type.ObjectBuilder many = Type.object();
        for (int i = 0; i < 100; i++) {
            many.field("field" + i, Type.STRING);
        }
        Environment environment =
                Environment.builder().variable("wide", 0, many.build()).build();
        ExpressionException refusal = catchThrowableOfType(
                ExpressionException.class, () -> Expression.compile("wide.completelyDifferent", environment));
        assertThat(refusal.problems().get(0).fix())
                .isEqualTo("the fields are field0, field1, field2, field3, field4, field5, field6, field7, ...");
    }
}
