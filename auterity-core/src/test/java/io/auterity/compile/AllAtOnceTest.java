package io.auterity.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A definition with many mistakes: all are told, in the order in which people read, each where it stands. */
class AllAtOnceTest {

    private static final String YAML = """
            auterity: 1
            id: fulfil-order
            input: {order: string, amount: integer}
            steps:
              reserve-stock:
                uses: http.request
                with: {url: "https://stock.example/${{ input.ordr }}"}
                retry: {maxAttempts: 3, on: [http-5x]}
              charge-card:
                uses: http.reqest
                with: {url: x}
              ship:
                uses: notify.send
                with: {channel: sms, txt: "${{ steps['chrage-card'].output }}"}
              audit: {value: "${{ steps.report.output }}"}
              report: {value: "${{ steps.audit.output }}"}
              each:
                forEach: ${{ input.amount }}
                steps:
                  greet: {value: "${{ item.name }}", if: "${{ index }}"}
            output: {total: "${{ input.amount + input.order }}"}
            """;

    private static DefinitionException failure() {
        DefinitionReader.Parsed parsed = new DefinitionReader().read(YAML, "order.yaml");
        try {
            Compiling.compiler().build().compile(parsed.definition(), parsed.positions());
        } catch (DefinitionException e) {
            return e;
        }
        throw new AssertionError("the definition compiled");
    }

    @Test
    void every_problem_is_told_with_line_and_column() {
        assertThat(failure()).hasMessage("""
                        workflow 'fulfil-order' has 10 problems:
                        AUT-C005 fulfil-order (order.yaml:1:1): steps form a cycle: audit -> report -> audit
                          fix: remove one of these two edges
                        AUT-C013 fulfil-order/reserve-stock/with/url (order.yaml:7:17): field 'ordr' is not defined (column 33)
                          fix: use 'order'
                        AUT-C022 fulfil-order/reserve-stock/retry (order.yaml:8:5): code 'http-5x' never occurs: operation \
                        'http.request' does not fail with it
                          fix: use 'http-5xx' (closest of: *, io, timeout, exception, cancelled, expression, invalid-input, \
                        http-429, http-5xx)
                        AUT-C007 fulfil-order/charge-card (order.yaml:9:3): uses operation 'http.reqest', which no connector has
                          fix: use 'http.request' (closest of: http.request, notify.send, email.send)
                        AUT-C017 fulfil-order/ship/with (order.yaml:14:5): operation 'notify.send' needs input 'text'
                          fix: add 'text': string
                        AUT-C003 fulfil-order/ship/with/txt (order.yaml:14:31): names step 'chrage-card', which is not defined
                          fix: use 'charge-card' (closest of: reserve-stock, charge-card, audit, report, each)
                        AUT-C018 fulfil-order/ship/with/txt (order.yaml:14:31): operation 'notify.send' has no input 'txt'
                          fix: use 'text' (closest of: channel, text, to)
                        AUT-C015 fulfil-order/each/forEach (order.yaml:18:14): forEach needs a list, but this is integer
                          fix: read a list
                        AUT-C014 fulfil-order/each/greet/if (order.yaml:20:46): the condition must be true or false, but this is integer
                          fix: compare it with something, as in 'index == ...'
                        AUT-C011 fulfil-order/output/total (order.yaml:21:17): '+' does not take integer and string (column 18)
                          fix: use 'string(input.amount)'""");
    }

    @Test
    void problems_are_data_too() {
        List<Problem> problems = failure().problems();
        assertThat(problems).hasSize(10);
        assertThat(problems.get(1).code()).isEqualTo("AUT-C013");
        assertThat(problems.get(1).where()).isEqualTo("fulfil-order/reserve-stock/with/url");
        assertThat(problems.get(1).position())
                .hasValueSatisfying(position -> assertThat(position).hasToString("order.yaml:7:17"));
    }

    @Test
    void checking_does_not_throw_but_its_result_can() {
        Compiler.Result result =
                Compiling.compiler().build().check(Compiling.read(YAML), io.auterity.definition.Positions.NONE);
        assertThat(result.compiled()).isEmpty();
        assertThat(result.problems()).hasSize(10);
        assertThatThrownBy(result::orElseThrow)
                .isInstanceOf(DefinitionException.class)
                .hasMessageStartingWith("workflow 'fulfil-order' has 10 problems:\nAUT-C005 fulfil-order: steps form");
    }

    @Test
    void places_in_nested_blocks_are_found_in_the_text() {
        DefinitionReader.Parsed parsed = new DefinitionReader().read("""
                        auterity: 1
                        id: flow
                        steps:
                          poll:
                            repeat:
                              steps:
                                ask: {value: "${{ nope1 }}"}
                              until: ${{ nope2 }}
                          first:
                            race:
                              left: {value: "${{ nope3 }}"}
                              right: {value: 1}
                          safe:
                            try:
                              steps:
                                call: {uses: http.request, with: {url: "${{ nope4 }}"}}
                            catch:
                              steps:
                                tell: {switch: [{if: "${{ nope5 }}", value: 1}, {else: true, value: "${{ nope6 }}"}]}
                            onError: {fallback: "${{ nope7 }}"}
                        """);
        List<Problem> problems = Compiling.compiler()
                .build()
                .check(parsed.definition(), parsed.positions())
                .problems();
        assertThat(problems.stream()
                        .map(problem -> problem.where() + " "
                                + problem.position().orElseThrow().line()))
                .containsExactly(
                        "flow/poll/repeat/until 8",
                        "flow/poll/repeat/ask/value 7",
                        "flow/first/race/left/value 11",
                        "flow/safe/onError/fallback 20",
                        "flow/safe/try/call/with/url 16",
                        "flow/safe/catch/tell/switch/0/if 19",
                        "flow/safe/catch/tell/switch/1/value 19");
    }
}
