package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private static Template compile(String text) {
        return Template.compile(text, Sample.ENVIRONMENT);
    }

    private static Object evaluate(String text) {
        return compile(text).evaluate(Sample.BINDINGS);
    }

    private static ExpressionException refused(String text) {
        ExpressionException refusal = catchThrowableOfType(ExpressionException.class, () -> compile(text));
        assertThat(refusal).as("the refusal of %s", text).isNotNull();
        return refusal;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "Hi ${{ input.email }}!                         | Hi ada@example.org!",
                "${{ input.visits }}${{ input.visits }}         | 33",
                "${{input.visits}} visits                       | 3 visits",
                "n: ${{ input.nickname }}.                      | n: .",
                "t: ${{ input.tags }}                           | t: [\"new\",\"vip\"]",
                "m: ${{ {'a': {'b': [1, null, 2.5]}} }}         | m: {\"a\":{\"b\":[1,null,2.5]}}",
                "b: ${{ input.budget }} ${{ 0.5 }} ${{ true }}  | b: 5000 0.5 true",
                "at ${{ input.placedAt }}                       | at 2026-01-31T09:30:00+02:00",
                "at ${{ input.placedAt + duration('1h') }}      | at 2026-01-31T08:30:00Z",
                "in ${{ duration('90m') }}                      | in 5400s",
                "a $${{ input.email }} b                        | a ${{ input.email }} b",
                "a $${{ ${{ input.visits }} }}                  | a ${{ 3 }}",
                "closing '}}' ${{ '}}' }} {{ x }} $ { {         | closing '}}' }} {{ x }} $ { {",
                "x ${{ 1 // one }}                              | x 1",
                "x ${{ {'a}}b': 1}.`a}}b` }}                    | x 1",
                "x ${{ type(1) }}                               | x int",
                "no parts at all                                | no parts at all",
            })
    void interpolates(String text, String expected) {
        assertThat(evaluate(text)).isEqualTo(expected);
    }

    @Test
    void braces_in_strings_do_not_end_a_part() {
        assertThat(evaluate("<${{ '}}' + \"}}'\" + r'\\}}' + '''}}''' + 'it\\'s }}' }}>"))
                .isEqualTo("<}}}}'\\}}}}it's }}>");
    }

    @Test
    void a_text_that_is_one_part_keeps_its_type_and_value() {
        assertThat(evaluate("${{ input.visits }}")).isEqualTo(3L);
        assertThat(compile("${{ input.visits }}").type()).isEqualTo(Type.INTEGER);
        assertThat(evaluate("  ${{ input.tags }}\n")).isEqualTo(List.of("new", "vip"));
        assertThat(evaluate("${{ input.nickname }}")).isNull();
        assertThat(evaluate("${{ input.placedAt }}")).isEqualTo("2026-01-31T09:30:00+02:00");
        assertThat(compile("a ${{ input.visits }}").type()).isEqualTo(Type.STRING);
        assertThat(compile("plain").type()).isEqualTo(Type.ofValue("plain"));
    }

    @Test
    void what_a_part_evaluates_to_is_never_read_as_an_expression() {
        Environment environment =
                Environment.builder().variable("x", 0, Type.STRING).build();
        Template template = Template.compile("<${{ x }}>", environment);
        assertThat(template.evaluate(slot -> "${{ 1 / 0 }} $${{ {{x}} #{x}"))
                .isEqualTo("<${{ 1 / 0 }} $${{ {{x}} #{x}>");
    }

    @Test
    void knows_what_it_reads() {
        Template template = compile("${{ input.email }} and ${{ steps.score.output + input.budget }}");
        assertThat(template.reads()).containsExactlyInAnyOrder("input.email", "input.budget", "steps.score.output");
        assertThat(template.slots()).containsExactlyInAnyOrder(0, 1);
        assertThat(template.source()).startsWith("${{ input.email").isEqualTo(template.toString());
    }

    @Test
    void says_whether_a_text_is_a_template() {
        assertThat(Template.isTemplate("a ${{ b }}")).isTrue();
        assertThat(Template.isTemplate("a $${{ b }}")).isTrue();
        assertThat(Template.isTemplate("a ${ b } {{ c }}")).isFalse();
    }

    @Test
    void reports_the_problems_of_every_part_at_their_places() {
        assertThat(refused("To ${{ input.emial }}\n and ${{ steps.scor.output\n + input.vists }}")
                        .problems())
                .extracting(ProblemsTest::line)
                .containsExactly(
                        "UNKNOWN_NAME 1:14 field 'emial' is not defined; fix: use 'email'",
                        "UNKNOWN_NAME 2:16 step 'scor' is not defined; fix: use 'score'",
                        "UNKNOWN_NAME 3:10 field 'vists' is not defined; fix: use 'visits'");
    }

    @Test
    void reports_a_part_that_does_not_end() {
        for (String text : List.of("a ${{ input.email", "a ${{ input.email }", "a ${{ 'x }}", "a ${{ {'a': 1 }}")) {
            assertThat(refused(text).problems().get(0).message()).isEqualTo("'${{' is not closed");
            assertThat(refused(text).problems().get(0).column()).isEqualTo(3);
        }
        assertThat(refused("${{ }}").problems().get(0).message()).contains("expected a value");
    }

    @Test
    void says_where_in_the_text_an_evaluation_failed() {
        Template template = compile("a\nb ${{ input.visits / 0 }}");
        EvaluationException error =
                catchThrowableOfType(EvaluationException.class, () -> template.evaluate(Sample.BINDINGS));
        assertThat(error.code()).isEqualTo(EvaluationException.Code.DIVISION_BY_ZERO);
        assertThat(error.line()).isEqualTo(2);
        assertThat(error.column()).isEqualTo(20);
        assertThat(error).hasMessage("an integer is divided by zero (line 2, column 20)");
    }

    @Test
    void parts_share_one_budget() {
        String part = "${{ size(range(40)) }}";
        Budget budget = Budget.DEFAULT.withFuel(100);
        assertThat(compile("a" + part + part).evaluate(Bindings.NONE, budget)).isEqualTo("a4040");
        Template three = compile("a" + part + part + part);
        EvaluationException error =
                catchThrowableOfType(EvaluationException.class, () -> three.evaluate(Bindings.NONE, budget));
        assertThat(error.code()).isEqualTo(EvaluationException.Code.FUEL);
    }

    @Test
    void the_text_is_bounded_as_any_result() {
        Template template = compile("${{ input.email }}${{ input.email }}");
        int length = "ada@example.org".length() * 2;
        assertThat(template.evaluate(Sample.BINDINGS, Budget.DEFAULT.withMaxOutputBytes(length)))
                .isEqualTo("ada@example.orgada@example.org");
        EvaluationException error = catchThrowableOfType(
                EvaluationException.class,
                () -> template.evaluate(Sample.BINDINGS, Budget.DEFAULT.withMaxOutputBytes(length - 1)));
        assertThat(error.code()).isEqualTo(EvaluationException.Code.OUTPUT);
    }

    @Test
    void the_source_is_at_most_a_mebibyte() {
        assertThat(evaluate("a".repeat(1 << 20))).isEqualTo("a".repeat(1 << 20));
        assertThat(refused("a".repeat((1 << 20) + 1)).problems().get(0).category())
                .isEqualTo(Problem.Category.LIMIT);
    }

    @Test
    void a_text_of_a_hundred_thousand_parts_is_read_in_one_pass() {
        assertThat(compile("${{1}}".repeat(100_000)).type()).isEqualTo(Type.STRING);
    }

    @Test
    void twenty_problems_of_all_parts_are_told() {
        String wrong = "${{ inptu }}";
        assertThat(refused(wrong.repeat(19)).problems()).hasSize(19);
        assertThat(refused(wrong.repeat(20)).problems()).hasSize(20);
        assertThat(refused(wrong.repeat(21)).problems()).hasSize(20);
        assertThat(refused("${{ [a, b, c] }}".repeat(7)).problems()).hasSize(20);
        assertThat(refused(wrong.repeat(80_000)).problems()).hasSize(20);
    }
}
