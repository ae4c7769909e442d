package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Values that may not be there: where a default is asked for, and where it need not be. */
class AbsentValuesTest {

    /** A step with a condition, and another one that is written by the test. */
    private static String maybe(String rest) {
        return "steps:\n  maybe: {value: 1, if: \"${{ input.x == 1 }}\"}\n" + rest;
    }

    @Test
    void a_reader_that_is_skipped_with_the_step_needs_no_default() {
        assertThat(problems(maybe("  next: {value: \"${{ steps.maybe.output + 1 }}\"}\n")))
                .isEmpty();
    }

    @Test
    void a_block_inside_such_a_reader_needs_no_default() {
        assertThat(problems(
                        maybe("  next: {forEach: [1], steps: {x: {value: \"${{ steps.maybe.output + item }}\"}}}\n")))
                .isEmpty();
    }

    @Test
    void an_output_needs_one() {
        assertThat(problem(maybe("output: ${{ steps.maybe.output }}"))).isEqualTo("""
                        AUT-C012 flow/output: 'steps.maybe.output' may be absent, because step 'maybe' has a condition
                          fix: use 'coalesce(steps.maybe.output, ...)'""");
        assertThat(problems(maybe("output: ${{ coalesce(steps.maybe.output, 0) }}")))
                .isEmpty();
    }

    @Test
    void a_step_behind_a_skipped_one_is_skipped_too() {
        assertThat(problem(maybe(
                        "  next: {value: \"${{ steps.maybe.output + 1 }}\"}\noutput: ${{ steps.next.output + 1 }}")))
                .isEqualTo("""
                        AUT-C012 flow/output: 'steps.next.output' may be absent, because step 'next' is skipped when \
                        'maybe' is, which has a condition (column 5)
                          fix: use 'coalesce(steps.next.output, ...)'""");
    }

    @Test
    void a_reader_that_runs_in_any_case_needs_one() {
        assertThat(problem(maybe("  next: {value: \"${{ steps.maybe.output + 1 }}\", join: all-done}\n")))
                .startsWith(
                        "AUT-C012 flow/next/value: 'steps.maybe.output' may be absent, because step 'maybe' has a condition");
        assertThat(problem(maybe("  next: {value: \"${{ steps.maybe.output + 1 }}\", join: none-failed}\n")))
                .startsWith("AUT-C012 flow/next/value");
    }

    @Test
    void a_reader_that_runs_after_failures_needs_one_even_for_a_step_without_condition() {
        assertThat(problem("steps: {a: {value: 1}, b: {value: \"${{ steps.a.output + 1 }}\", join: all-done}}"))
                .isEqualTo("""
                        AUT-C012 flow/b/value: 'steps.a.output' may be absent, because the join 'all-done' lets this run \
                        when step 'a' did not succeed (column 5)
                          fix: use 'coalesce(steps.a.output, ...)'""");
    }

    @Test
    void a_reader_that_takes_any_success_needs_one_for_what_may_be_skipped() {
        assertThat(
                        problem(
                                maybe(
                                        "  sure: {value: 2}\n  next: {value: \"${{ steps.maybe.output + steps.sure.output }}\", join: any-success}\n")))
                .startsWith("AUT-C012 flow/next/value: 'steps.maybe.output' may be absent");
        assertThat(problems(maybe("  next: {value: \"${{ steps.maybe.output + 1 }}\", join: any-success}\n")))
                .isEmpty();
    }

    @Test
    void a_step_that_goes_on_after_failing_may_have_no_output_for_anybody() {
        assertThat(problem("""
                        steps:
                          call: {uses: http.request, with: {url: x}, onError: continue}
                          next: {value: "${{ steps.call.output.status }}"}
                        """)).isEqualTo("""
                        AUT-C012 flow/next/value: 'steps.call.output.status' may be absent, because step 'call' may fail \
                        and has 'onError: continue'
                          fix: use 'coalesce(steps.call.output.status, ...)'""");
    }

    @Test
    void a_fallback_is_always_there() {
        assertThat(problems("""
                                steps:
                                  call: {uses: notify.send, with: {channel: sms, text: x}, onError: {fallback: {id: none}}}
                                output: ${{ steps.call.output.id }}
                                """)).isEmpty();
    }

    @Test
    void the_error_of_a_step_is_only_there_when_it_failed() {
        assertThat(problem("""
                        steps:
                          call: {uses: http.request, with: {url: x}, onError: continue}
                          next: {value: "${{ steps.call.error.code }}"}
                        """))
                .startsWith("AUT-C012 flow/next/value: 'steps.call.error.code' may be absent, because step 'call' need "
                        + "not have failed");
    }

    @Test
    void status_and_attempts_are_always_there() {
        Compiled compiled = Compiling.compile(maybe(
                "  next: {value: \"${{ steps.maybe.status + string(steps.maybe.attempts) }}\", join: all-done}\n"));
        assertThat(compiled.stepTypes().get("next")).hasToString("string");
    }

    @Test
    void an_input_of_an_operation_that_is_not_required_may_be_absent_and_others_not() {
        String call =
                "  call: {uses: http.request, with: {url: x, %s: \"${{ steps.maybe.output }}\"}, join: all-done}\n";
        assertThat(problems(maybe(call.formatted("maxBytes")))).isEmpty();
        assertThat(
                        problem(
                                maybe(
                                        "  call: {uses: notify.send, with: {channel: sms, text: \"${{ steps.maybe.output }}\"}, join: all-done}\n")))
                .startsWith("AUT-C012 flow/call/with/text: 'steps.maybe.output' may be absent");
    }

    @Test
    void the_fields_of_a_block_without_output_are_optional_like_its_steps() {
        Compiled compiled = Compiling.compile(maybe("  next: {value: x}\n"));
        assertThat(compiled.outputType()).hasToString("object{maybe?: 1, next: 'x'}");
    }

    @Test
    void an_undo_reads_its_own_step_and_what_came_before_but_not_others_without_default() {
        String undo = "undo: {uses: notify.send, with: {channel: sms, text: \"${{ %s }}\"}}";
        String steps = """
                steps:
                  before: {value: x}
                  other: {value: x}
                  call: {uses: notify.send, with: {channel: sms, text: "${{ steps.before.output }}"}, %s}
                """;
        assertThat(problems(steps.formatted(undo.formatted("steps.call.output.id + steps.before.output"))))
                .isEmpty();
        assertThat(problem(steps.formatted(undo.formatted("steps.other.output"))))
                .startsWith(
                        "AUT-C012 flow/call/undo/with/text: 'steps.other.output' may be absent, because step 'other' "
                                + "need not have run when this is undone");
    }

    @Test
    void a_field_that_a_schema_does_not_require_is_left_to_the_run() {
        assertThat(problems("""
                                input: {type: object, properties: {name: {type: string}}}
                                steps: {a: {value: "${{ input.name + '!' }}"}}
                                """)).isEmpty();
    }
}
