package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.money.Money;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.rules.Rules;
import io.auterity.relay.tokens.TokenCounter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Earlier defect 24: what a provider has not reported is an estimate, and the ledger says so. */
class UnreportedUsageTest {

    private static final String TEXT = "no more than said";

    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private static StubServer.Script answers(Protocol protocol) {
        return switch (protocol) {
            case CHAT_COMPLETIONS ->
                either(
                        "{'choices': [{'message': {'content': '" + TEXT + "'}, 'finish_reason': 'stop'}]}",
                        "{'choices': [{'delta': {'content': '" + TEXT + "'}}]}",
                        "{'choices': [{'delta': {}, 'finish_reason': 'stop'}]}",
                        "[DONE]");
            case MESSAGES ->
                either(
                        "{'content': [{'type': 'text', 'text': '" + TEXT + "'}], 'stop_reason': 'end_turn'}",
                        "{'type': 'message_start', 'message': {}}",
                        "{'type': 'content_block_delta', 'delta': {'type': 'text_delta', 'text': '" + TEXT + "'}}",
                        "{'type': 'message_delta', 'delta': {'stop_reason': 'end_turn'}}",
                        "{'type': 'message_stop'}");
            default ->
                either(
                        "{'status': 'completed', 'output': [{'type': 'message', 'content': [{'text': '" + TEXT
                                + "'}]}]}",
                        "{'type': 'response.output_text.delta', 'delta': '" + TEXT + "'}",
                        "{'type': 'response.completed', 'response': {'status': 'completed'}}");
        };
    }

    private static StubServer.Script either(String whole, String... events) {
        List<String> stream =
                Stream.of(events).map(event -> event.replace('\'', '"')).toList();
        return (request, out) -> {
            if (request.isStream()) {
                StubServer.stream(out, stream);
            } else {
                StubServer.status(200, whole.replace('\'', '"')).answer(request, out);
            }
        };
    }

    @ParameterizedTest(name = "{0}, streamed: {1}")
    @CsvSource({
        "CHAT_COMPLETIONS, false",
        "CHAT_COMPLETIONS, true",
        "MESSAGES, false",
        "MESSAGES, true",
        "RESPONSES, false",
        "RESPONSES, true"
    })
    void earlier_defect_24_an_answer_without_usage_is_booked_as_an_estimate(Protocol protocol, boolean isStream) {
        String model = protocol == Protocol.MESSAGES ? "anthropic/claude" : "openai/first";
        office.rules = Rules.read("{relay: 1, rules: [{id: one, then: [{models: [" + model + "]}]}]}");
        office.stub.on(model.substring(model.indexOf('/') + 1), answers(protocol));
        Relay relay = office.relay();
        RelayRequest usual = office.request("hello");
        Prompt prompt = protocol == Protocol.CHAT_COMPLETIONS
                ? usual.prompt()
                : usual.prompt().writtenAs(new Original(protocol, Map.of("input", "hello")));
        RelayRequest request = new RelayRequest(
                usual.id(), usual.scope(), prompt, usual.wishes(), usual.limits(), usual.cancellation());

        Reply reply = isStream ? relay.stream(request, Sink.NONE) : relay.call(request);

        assertThat(reply.answer().text()).isEqualTo(TEXT);
        assertThat(reply.answer().usage()).isEmpty();
        LedgerLine line = reply.line();
        assertThat(line.kind()).isEqualTo(LedgerLine.Kind.ESTIMATED);
        assertThat(line.charge().usage().outputTokens())
                .isEqualTo(TokenCounter.bytes(TEXT)); // the most it can have been
        assertThat(line.charge().usage().inputTokens())
                .isGreaterThanOrEqualTo("hello".length())
                .isEqualTo(TokenCounter.provable().count(prompt).most(1).inputTokens());
        assertThat(office.lines()).containsExactly(line);
        assertThat(office.budgets.left(Office.ACME))
                .contains(Money.dollars("5").minus(line.charge().cost().orElseThrow()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_call_of_a_tool_without_usage_is_charged_too(boolean isStream) {
        String call = "[{'index': 0, 'id': 'c', 'function': {'name': 'look', 'arguments': '123456'}}]";
        office.stub.on(
                "first",
                either(
                        "{'choices': [{'message': {'tool_calls': " + call + "}, 'finish_reason': 'tool_calls'}]}",
                        "{'choices': [{'delta': {'tool_calls': " + call + "}, 'finish_reason': 'tool_calls'}]}",
                        "[DONE]"));
        Relay relay = office.relay();
        Reply reply = isStream ? relay.stream(office.request("hello"), Sink.NONE) : relay.call(office.request("hello"));
        assertThat(reply.line().kind()).isEqualTo(LedgerLine.Kind.ESTIMATED);
        assertThat(reply.line().charge().usage().outputTokens()).isEqualTo("look123456".length());
    }
}
