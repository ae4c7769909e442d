package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.plan.Body;
import io.auterity.plan.Reference;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is passed to operations. */
class OperationInputsTest {

    private static String call(String operation, String with) {
        return "steps: {call: {uses: " + operation + ", with: " + with + "}}";
    }

    @Test
    void an_operation_that_no_connector_has_is_named_with_the_closest_one() {
        assertThat(problem(call("http.reqest", "{url: x, nonsense: 1}"))).isEqualTo("""
                        AUT-C007 flow/call: uses operation 'http.reqest', which no connector has
                          fix: use 'http.request' (closest of: http.request, notify.send, email.send)""");
    }

    @Test
    void an_input_that_fits_is_fine() {
        assertThat(problems(
                        call("http.request", "{url: x, method: PUT, headers: {a: b}, json: {any: [1]}, maxBytes: 5}")))
                .isEmpty();
    }

    @Test
    void a_required_input_is_there() {
        assertThat(problem(call("notify.send", "{channel: sms}"))).isEqualTo("""
                        AUT-C017 flow/call/with: operation 'notify.send' needs input 'text'
                          fix: add 'text': string""");
    }

    @Test
    void an_unknown_input_is_named_with_the_closest_one() {
        assertThat(problem(call("http.request", "{url: x, metod: GET}"))).isEqualTo("""
                        AUT-C018 flow/call/with/metod: operation 'http.request' has no input 'metod'
                          fix: use 'method' (closest of: method, url, headers, query, json, maxBytes)""");
    }

    @Test
    void an_operation_may_take_inputs_that_its_schema_does_not_name() {
        assertThat(problems(call("email.send", "{to: x, priority: 1}"))).isEmpty();
    }

    @Test
    void a_constant_of_the_wrong_type() {
        assertThat(problem(call("http.request", "{url: 5}"))).isEqualTo("""
                        AUT-C019 flow/call/with/url: input 'url' of operation 'http.request': 5 does not fit string
                          fix: pass a value that fits: string""");
    }

    @Test
    void a_constant_that_is_none_of_those_allowed() {
        assertThat(problem(call("notify.send", "{channel: smss, text: x}")))
                .startsWith(
                        "AUT-C019 flow/call/with/channel: input 'channel' of operation 'notify.send': 'smss' is not one "
                                + "of 'sms' | 'mail'");
    }

    @Test
    void a_constant_that_the_schema_refuses_for_its_value() {
        assertThat(problem(call("http.request", "{url: x, maxBytes: 0}")))
                .startsWith("AUT-C019 flow/call/with/maxBytes: input 'maxBytes' of operation 'http.request': ")
                .contains("minimum value of 1");
    }

    @Test
    void an_expression_of_the_wrong_type() {
        assertThat(problem(call("http.request", "{url: \"${{ 1 + 1 }}\"}")))
                .startsWith("AUT-C019 flow/call/with/url: input 'url' of operation 'http.request': ")
                .contains("does not fit string");
    }

    @Test
    void parts_of_lists_and_objects_are_checked_where_they_stand() {
        assertThat(problem(call("notify.send", "{channel: sms, text: x, to: [a, 1]}")))
                .startsWith("AUT-C019 flow/call/with/to/1: input 'to[]' of operation 'notify.send': ");
        assertThat(problem(call("http.request", "{url: x, headers: {a: \"${{ input.x == 1 }}\"}}")))
                .startsWith("AUT-C019 flow/call/with/headers/a: input 'headers.a' of operation 'http.request': ");
    }

    @Test
    void an_optional_value_may_be_passed_on_where_none_is_required_and_is_then_left_out() {
        String input =
                "input: {lead: {type: object, properties: {to: {type: array, items: {type: string}}}}, text?: string}\n";
        Compiled compiled = Compiling.compile(
                input + call("notify.send", "{channel: sms, text: x, to: \"${{ input.lead.?to }}\"}"));
        Body.Call body = (Body.Call) compiled.plan().graph().node(0).body();
        FakeScope scope = new FakeScope().with(Reference.Kind.INPUT, 0, 0, Map.of("lead", Map.of()));
        assertThat(body.with().apply(scope)).isEqualTo(Map.of("channel", "sms", "text", "x"));
        assertThat(problem(input + call("notify.send", "{channel: sms, text: \"${{ input.?text }}\"}")))
                .isEqualTo("""
                        AUT-C012 flow/call/with/text: 'input.?text' may be absent
                          fix: use 'coalesce(input.?text, ...)'""");
        assertThat(problem(input + call("notify.send", "{channel: sms, text: \"to ${{ input.?text }}\"}")))
                .startsWith("AUT-C012 flow/call/with/text: 'input.?text' may be absent (column 8)");
    }

    @Test
    void what_has_no_static_type_is_left_to_the_run() {
        assertThat(problems(call("http.request", "{url: \"${{ input.url }}\"}")))
                .isEmpty();
    }

    @Test
    void an_undo_and_a_fallback_are_checked_like_steps() {
        assertThat(problems("""
                                steps:
                                  call:
                                    uses: http.request
                                    with: {url: x}
                                    undo: {uses: http.request, with: {}}
                                    onError: {fallback: {uses: notify.sned, with: {}}}
                                """))
                .hasSize(2)
                .anyMatch(problem -> problem.startsWith("AUT-C017 flow/call/undo/with: "))
                .anyMatch(problem -> problem.startsWith("AUT-C007 flow/call/onError/fallback: "));
    }
}
