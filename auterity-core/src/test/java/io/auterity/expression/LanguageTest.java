package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The language by example: {@code language.txt} beside this class. */
class LanguageTest {
    record Example(String source, String expected) {
        @Override
        public String toString() {
            return source + " ==> " + expected;
        }
    }

    static List<Example> examples() throws IOException {
        try (InputStream in = LanguageTest.class.getResourceAsStream("language.txt")) {
            Stream<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(" ==> ", 2))
                    .map(parts -> new Example(parts[0], parts[1]))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void evaluates_as_documented(Example example) {
        Expression expression = Expression.compile(example.source(), Sample.ENVIRONMENT);
        if (example.expected().startsWith("!")) {
            EvaluationException error =
                    catchThrowableOfType(EvaluationException.class, () -> expression.evaluate(Sample.BINDINGS));
            assertThat(error).as("an error").isNotNull();
            assertThat(error.code()).hasToString(example.expected().substring(1));
            return;
        }
        Object value = expression.evaluate(Sample.BINDINGS);
        StringBuilder json = new StringBuilder();
        Texts.appendJson(json, value, new Frame(Sample.BINDINGS, Budget.DEFAULT, 0), 0);
        assertThat(json).hasToString(example.expected());
        assertThat(Type.ofValue(value).mismatchWith(expression.type()))
                .as("%s is of the static type %s", json, expression.type())
                .isEmpty();
    }

    @Test
    void has_several_hundred_examples() throws IOException {
        assertThat(examples()).hasSizeGreaterThan(300);
    }
}
