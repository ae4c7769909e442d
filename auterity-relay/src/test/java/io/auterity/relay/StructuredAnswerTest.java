package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.auterity.definition.Json;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Period;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.redact.Redaction;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole answers of calls that have a JSON Schema for them. */
class StructuredAnswerTest {

    private static final Map<String, Object> SCHEMA = Map.of(
            "type", "object",
            "properties", Map.of("amount", Map.of("type", "number")),
            "required", List.of("amount"));

    private static final String RIGHT = "{\"amount\": 12}";
    private static final String WRONG = "{\"amount\": \"much\"}";

    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private static Prompt prompt(String text, Map<String, Object> schema, boolean isStrict) {
        Map<String, Object> format = Map.of("name", "answer", "strict", isStrict, "schema", schema);
        return new Prompt(
                List.of(Prompt.message("user", text)),
                Map.of("response_format", Map.of("type", "json_schema", "json_schema", format)));
    }

    private RelayRequest asks(Prompt prompt) {
        RelayRequest usual = office.repeatable("x");
        return new RelayRequest(
                usual.id(), usual.scope(), prompt, usual.wishes(), usual.limits(), usual.cancellation());
    }

    private RelayRequest asks() {
        return asks(prompt("how much?", SCHEMA, true));
    }

    private List<?> said(int call) {
        return (List<?>) office.stub.received().get(call).body().get("messages");
    }

    @Test
    void one_that_satisfies_its_schema_comes_as_it_is() {
        office.stub.on("first", says(RIGHT, 10, 5));
        Reply reply = office.relay().call(asks());
        assertThat(reply.answer().text()).isEqualTo(RIGHT);
        assertThat(office.stub.received()).hasSize(1);
    }

    @Test
    void one_that_does_not_is_asked_for_again_and_both_are_paid() {
        office.stub.on("first", says(WRONG, 10, 5), says(RIGHT, 30, 6));
        Reply reply = office.relay().call(asks());
        assertThat(reply.answer().text()).isEqualTo(RIGHT);
        assertThat(office.stub.models()).containsExactly("first", "first");
        assertThat(said(1)).element(1).isEqualTo(Map.of("role", "assistant", "content", WRONG));
        assertThat(Json.write(said(1).get(2))).contains("No, that does not satisfy the schema: /amount: ");
        assertThat(reply.usage()).isEqualTo(Usage.of(40, 11));
        assertThat(office.lines()).extracting(LedgerLine::kind).containsOnly(LedgerLine.Kind.REPORTED);
        assertThat(reply.cost())
                .contains(office.lines().stream()
                        .map(line -> line.charge().booked())
                        .reduce(Money.ZERO, Money::plus));
        assertThat(reply.failures()).extracting(failure -> failure.errorClass()).containsExactly(ErrorClass.INVALID);
        assertThat(reply.isContinued()).isFalse();
        assertThat(reply.explanation().reasons())
                .first()
                .isEqualTo("openai/first answered wrongly, and openai/first was asked again");
    }

    @Test
    void two_that_do_not_end_the_call_with_what_is_wrong() {
        office.stub.on("first", says(WRONG, 10, 5), says("Twelve.", 20, 6));
        RelayException thrown =
                catchThrowableOfType(RelayException.class, () -> office.relay().call(asks()));
        assertThat(thrown.code()).isEqualTo("AUT-L013");
        assertThat(thrown.status()).isEqualTo(422);
        assertThat(thrown)
                .hasMessageContaining("does not satisfy the schema: /amount: string found, number expected")
                .hasMessageContaining("is no JSON");
        assertThat(office.stub.models()).containsExactly("first", "first");
        assertThat(office.lines()).hasSize(2);
    }

    @Test
    void fences_are_taken_off_without_a_call() {
        office.stub.on("first", says("```json\n" + RIGHT + "\n```", 10, 5));
        Reply reply = office.relay().call(asks());
        assertThat(reply.answer().text()).isEqualTo(RIGHT);
        assertThat(reply.answer().written().orElseThrow().json())
                .contains(Json.write(RIGHT))
                .doesNotContain("```");
        assertThat(office.stub.received()).hasSize(1);
    }

    @Test
    void another_deployment_is_asked_if_the_first_fails_meanwhile() {
        office.stub.on("first", says(WRONG, 10, 5), status(503, "{}"));
        office.stub.on("claude", status(200, """
            {"content": [{"type": "text", "text": "{\\"amount\\": 1}"}], "stop_reason": "end_turn"}\
            """));
        Reply reply = office.relay().call(asks());
        assertThat(office.stub.models()).containsExactly("first", "first", "claude");
        assertThat(reply.answer().text()).isEqualTo("{\"amount\": 1}");
        assertThat(Json.write(said(2))).contains("does not satisfy the schema");
    }

    @Test
    void strict_false_is_a_hint_to_the_model_and_no_more() {
        office.stub.on("first", says(WRONG, 10, 5));
        Reply reply = office.relay().call(asks(prompt("how much?", SCHEMA, false)));
        assertThat(reply.answer().text()).isEqualTo(WRONG);
    }

    @Test
    void a_schema_that_cannot_be_used_here_is_passed_on() {
        office.stub.on("first", says(WRONG, 10, 5));
        Reply reply = office.relay().call(asks(prompt("how much?", Map.of("type", "thing"), true)));
        assertThat(reply.answer().text()).isEqualTo(WRONG);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'message': {'content': '{\\'amo'}, 'finish_reason': 'length'}",
                "{'message': {'content': 'no'}, 'finish_reason': 'content_filter'}",
                "{'message': {'content': null, 'refusal': 'I would rather not.'}, 'finish_reason': 'stop'}",
                "{'message': {'tool_calls': [{'id': 'a', 'function': {'name': 'f', 'arguments': '{}'}}]},"
                        + " 'finish_reason': 'tool_calls'}",
            })
    void one_that_ended_early_or_refuses_or_calls_a_tool_is_not_wrong(String choice) {
        String json = choice.replace("\\'", "\\\"").replace('\'', '"');
        office.stub.on("first", status(200, "{\"choices\": [" + json + "]}"));
        Reply reply = office.relay().call(asks());
        assertThat(reply.answer().written().orElseThrow().json()).contains(json);
        assertThat(office.stub.received()).hasSize(1);
    }

    @Test
    void a_refusal_says_so_as_the_reason_of_its_end() {
        office.stub.on("first", status(200, """
            {"choices": [{"message": {"content": null, "refusal": "No."}, "finish_reason": "stop"}]}\
            """));
        assertThat(office.relay().call(asks()).answer().finishReason()).isEqualTo("content_filter");
    }

    @Test
    void nobody_is_asked_again_when_the_time_is_up() {
        office.stub.on("first", (request, out) -> {
            office.now = office.now.plusSeconds(30);
            says(WRONG, 10, 5).answer(request, out);
        });
        RelayRequest request = asks();
        assertThatThrownBy(
                        () -> office.relay().call(request.with(request.limits().within(Duration.ofSeconds(20)))))
                .isInstanceOfSatisfying(
                        RelayException.class, e -> assertThat(e.code()).isEqualTo("AUT-L013"));
        assertThat(office.stub.received()).hasSize(1);
    }

    @Test
    void nobody_is_asked_again_without_the_money_for_it() {
        office.stub.on("first", says(WRONG, 10, 1_000));
        office.stub.on("llama", says(WRONG, 10, 1_000));
        office.budget = Budget.of(Office.ACME, Period.DAILY, Money.dollars("0.0104")); // 1,024 tokens cost $0.01024
        RelayException thrown =
                catchThrowableOfType(RelayException.class, () -> office.relay().call(asks()));
        assertThat(thrown.code()).isEqualTo("AUT-L013");
        assertThat(thrown.getSuppressed()).anyMatch(BudgetException.class::isInstance);
        assertThat(office.stub.received()).hasSize(1);
        assertThat(office.lines()).hasSize(1);
    }

    @Test
    void a_limit_of_cost_holds_for_both() {
        Money most = Money.dollars("0.0103");
        office.stub.on("first", (request, out) -> {
            long limit = (Long) request.body().get("max_completion_tokens"); // and the model uses all of it
            says(WRONG, 10, limit / 2).answer(request, out);
        });
        RelayRequest usual = asks();
        RelayRequest.Wishes wishes = usual.wishes();
        RelayRequest limited = usual.with(new RelayRequest.Wishes(
                wishes.objective().atMost(most), wishes.needs(), wishes.task(), wishes.facts()));
        assertThatThrownBy(() -> office.relay().call(limited)).isInstanceOf(RelayException.class);
        assertThat(office.lines()).hasSize(2);
        assertThat(office.lines().stream().map(line -> line.charge().booked()).reduce(Money.ZERO, Money::plus))
                .isLessThanOrEqualTo(most);
        assertThat((Long) office.stub.received().get(1).body().get("max_completion_tokens"))
                .isLessThan(600);
    }

    @Test
    void a_cache_keeps_the_right_one() {
        office.cache = AnswerCache.exact(() -> office.now, Duration.ofHours(1), 1 << 20);
        office.stub.on("first", says(WRONG, 10, 5), says(RIGHT, 10, 5));
        Relay relay = office.relay();
        relay.call(asks());
        assertThat(relay.call(asks()).answer().text()).isEqualTo(RIGHT);
        assertThat(office.stub.received()).hasSize(2);
    }

    /** What the caller gets is judged, and the model is told nothing that it did not say itself. */
    @Test
    void personal_data_satisfies_its_schema_and_stays_here() {
        office.redaction = Redaction.ofAll();
        Map<String, Object> schema = Map.of(
                "type",
                "object",
                "properties",
                Map.of("to", Map.of("pattern", "@"), "n", Map.of("type", "number")),
                "required",
                List.of("to", "n"));
        office.stub.on(
                "first",
                says("{\"to\": \"[EMAIL_1]\", \"n\": \"1\"}", 10, 5),
                says("{\"to\": \"[EMAIL_1]\", \"n\": 1}", 10, 5));
        Reply reply = office.relay().call(asks(prompt("to jo@example.com", schema, true)));
        assertThat(reply.answer().text()).isEqualTo("{\"to\": \"jo@example.com\", \"n\": 1}");
        assertThat(Json.write(said(1)))
                .doesNotContain("jo@example.com")
                .contains("does not satisfy the schema: /n: string found, number expected.");
    }

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"MESSAGES", "RESPONSES"})
    void calls_in_the_other_interfaces_are_checked_too(Protocol protocol) {
        boolean isClaude = protocol == Protocol.MESSAGES;
        Map<String, Object> format = Map.of("type", "json_schema", "name", "answer", "schema", SCHEMA);
        Map<String, Object> body = new LinkedHashMap<>(Map.of("model", isClaude ? "claude" : "first"));
        body.put(isClaude ? "messages" : "input", List.of(Prompt.message("user", "how much?")));
        body.put(isClaude ? "output_config" : "text", Map.of("format", format));
        office.rules = Rules.read(
                "relay: 1\nrules: [{id: one, then: [{models: [" + (isClaude ? Office.CLAUDE : Office.FIRST) + "]}]}]");
        office.stub.on(isClaude ? "claude" : "first", answer(protocol, WRONG), answer(protocol, RIGHT));
        Reply reply = office.relay().call(asks(Prompt.of("how much?").writtenAs(new Original(protocol, body))));
        assertThat(reply.answer().text()).isEqualTo(RIGHT);
        List<?> conversation = (List<?>) office.stub.received().get(1).body().get(isClaude ? "messages" : "input");
        assertThat(conversation).hasSize(3);
        assertThat(office.stub.received().get(1).body()).containsKey(isClaude ? "output_config" : "text");
    }

    private static StubServer.Script answer(Protocol protocol, String text) {
        String part = "{\"type\": \"text\", \"text\": " + Json.write(text) + "}";
        return status(
                200,
                protocol == Protocol.MESSAGES
                        ? "{\"content\": [" + part + "], \"stop_reason\": \"end_turn\"}"
                        : "{\"status\": \"completed\", \"output\": [{\"type\": \"reasoning\", \"content\":"
                                + " [{\"type\": \"reasoning_text\", \"text\": \"hm\"}]},"
                                + " {\"type\": \"message\", \"content\": [" + part + "]}]}");
    }

    @Test
    void a_stream_is_passed_on_unchecked() {
        office.stub.on("first", says(WRONG, 10, 5));
        assertThat(office.relay().stream(asks(), text -> {}).answer().text()).isEqualTo(WRONG);
        assertThat(office.stub.received()).hasSize(1);
    }

    @Test
    void a_check_of_the_callers_own_is_asked_as_well() {
        office.stub.on("first", says("perhaps", 10, 1), says("yes", 10, 1));
        Reply reply = office.relay()
                .checked(
                        office.request("yes or no?"),
                        text -> text.equals("yes")
                                ? AnswerCheck.Verdict.right(text)
                                : AnswerCheck.Verdict.wrong(text, "is not yes"));
        assertThat(reply.answer().text()).isEqualTo("yes");
        assertThat(Json.write(said(1).get(2))).contains("No, that is not yes. Answer again.");
    }
}
