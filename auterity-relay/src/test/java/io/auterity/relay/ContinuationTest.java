package io.auterity.relay;

import static io.auterity.relay.StubServer.breaksAfter;
import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.auterity.definition.Json;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Offer;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Cancellation;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderCall;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.redact.Redaction;
import io.auterity.relay.replay.DecisionLog;
import io.auterity.relay.replay.LoggedCall;
import io.auterity.relay.rules.Rules;
import io.auterity.relay.tokens.TokenCounter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that break after their first words, under a policy that lets the next deployment go on. */
class ContinuationTest {

    private static final Map<String, Object> TOLD = Prompt.message("user", Continuation.INSTRUCTION);

    private Office office;
    private final List<String> told = new ArrayList<>();

    private final Sink sink = new Sink() {
        @Override
        public void begin(Beginning beginning) {
            told.add("begin " + beginning.deployment().id());
        }

        @Override
        public void continued(Beginning beginning) {
            told.add("continued " + beginning.deployment().id() + ": " + beginning.reasons());
        }

        @Override
        public void text(String text) {
            told.add(text);
        }

        @Override
        public void end() {
            told.add("end");
        }
    };

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.limits = Policy.Limits.DEFAULT.afterFirstToken(Policy.AfterFirstToken.CONTINUE);
        office.stub.on("first", breaksAfter("one two "));
        office.stub.on("claude", claude("three ", "four"));
        office.stub.on("llama", says("five", 9, 1));
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    /** A stream of Anthropic's; without its end if the last word is empty. */
    private static StubServer.Script claude(String... words) {
        return (request, out) -> {
            List<String> events = new ArrayList<>();
            events.add(
                    "{\"type\": \"message_start\", \"message\": {\"usage\": {\"input_tokens\": 30, \"output_tokens\": 1}}}");
            for (String word : words) {
                events.add("{\"type\": \"content_block_delta\", \"delta\": {\"type\": \"text_delta\", \"text\": "
                        + Json.write(word) + "}}");
            }
            if (!words[words.length - 1].isEmpty()) {
                events.add("{\"type\": \"message_delta\", \"delta\": {\"stop_reason\": \"end_turn\"}, \"usage\":"
                        + " {\"output_tokens\": 3}}");
                events.add("{\"type\": \"message_stop\"}");
            }
            StubServer.stream(out, events);
        };
    }

    private Money total() {
        return office.lines().stream()
                .map(line -> line.charge().cost().orElseThrow())
                .reduce(Money.ZERO, Money::plus);
    }

    private Money spent() {
        return Money.dollars("5").minus(office.budgets.left(Office.ACME).orElseThrow());
    }

    private List<?> messages(int request) {
        return (List<?>) office.stub.received().get(request).body().get("messages");
    }

    private RelayException broken(Relay relay, RelayRequest request) {
        RelayException e = catchThrowableOfType(RelayException.class, () -> relay.stream(request, sink));
        assertThat(spent()).isEqualTo(total());
        return e;
    }

    @Test
    void the_next_model_goes_on_and_the_answer_is_whole_and_marked() {
        Reply reply = office.relay().stream(office.request("hello"), sink);

        String reason = "openai/first broke off after 8 characters (CUT_OFF), and anthropic/claude went on";
        assertThat(told)
                .containsExactly(
                        "begin first-eu",
                        "one ",
                        "two ",
                        "continued claude-eu: [" + reason + "]",
                        "three ",
                        "four",
                        "end");
        assertThat(reply.answer().text()).isEqualTo("one two three four");
        assertThat(reply.isContinued()).isTrue();
        assertThat(reply.deployment().model()).isEqualTo(Office.CLAUDE);
        assertThat(reply.explanation().reasons()).startsWith(reason).hasSize(2);
        assertThat(reply.failures()).extracting(ProviderException::errorClass).containsExactly(ErrorClass.CUT_OFF);
    }

    @Test
    void both_are_paid_for_what_the_first_has_sent_and_what_the_second_reports() {
        Reply reply = office.relay().stream(office.request("hello"), sink);

        assertThat(office.lines())
                .extracting(LedgerLine::kind)
                .containsExactly(LedgerLine.Kind.CUT_OFF, LedgerLine.Kind.REPORTED);
        assertThat(office.lines()).extracting(LedgerLine::id).containsExactly("request-1", "request-1#1");
        assertThat(reply.fragments())
                .extracting(Reply.Fragment::line)
                .containsExactly(office.lines().get(0));
        assertThat(reply.fragments().get(0).line().charge().usage().outputTokens())
                .isEqualTo(8); // bytes
        assertThat(reply.usage().outputTokens()).isEqualTo(8 + 3);
        assertThat(reply.cost()).contains(total());
        assertThat(spent()).isEqualTo(total());
    }

    @Test
    void a_model_is_told_to_go_on_from_what_has_been_said() {
        office.relay().stream(office.request("hello"), sink);
        assertThat(messages(1))
                .isEqualTo(List.of(
                        block("user", "hello"),
                        block("assistant", "one two "),
                        block("user", Continuation.INSTRUCTION)));
    }

    private static Map<String, Object> block(String role, String text) {
        return Map.of("role", role, "content", List.of(Map.of("type", "text", "text", text)));
    }

    @Test
    void a_model_that_goes_on_by_itself_is_not_told_unless_the_text_ends_in_white_space() {
        office.capabilities = Set.of(Capability.PREFILL);
        Relay relay = office.relay();
        relay.stream(office.request("hello"), sink);
        assertThat(messages(1)).hasSize(3);

        office.stub.on("first", breaksAfter("one two"));
        relay.stream(office.request("hello"), sink);
        assertThat(messages(3)).isEqualTo(List.of(block("user", "hello"), block("assistant", "one two")));
    }

    @Test
    void the_rest_has_the_rest_of_the_tokens() {
        RelayRequest request = office.request("hello")
                .with(RelayRequest.Limits.USUAL.tokens(100, 16).within(Duration.ofSeconds(20)));
        office.relay().stream(request, sink);
        assertThat((Long) office.stub.received().get(1).body().get("max_tokens"))
                .isBetween(95L, 99L);

        office.stub.on("first", breaksAfter("one two three four five six seven eight nine ten "));
        RelayException e = broken(office.relay(), request.with(request.limits().tokens(5, 5)));
        assertThat(e.code()).isEqualTo(RelayException.BROKEN);
        assertThat(office.stub.received()).hasSize(3); // nobody is asked for nothing
    }

    @Test
    void a_continuation_that_breaks_is_continued_in_its_turn() {
        office.stub.on("claude", claude("three ", ""));
        Reply reply = office.relay().stream(office.request("hello"), sink);
        assertThat(reply.answer().text()).isEqualTo("one two three five");
        assertThat(reply.fragments()).extracting(Reply.Fragment::characters).containsExactly(8, 6);
        assertThat(told).filteredOn(line -> line.startsWith("begin")).hasSize(1);
        assertThat(told).filteredOn(line -> line.startsWith("continued")).hasSize(2);
        assertThat(messages(2).get(1)).isEqualTo(Prompt.message("assistant", "one two three "));
        assertThat(office.lines()).hasSize(3);
        assertThat(spent()).isEqualTo(total());
    }

    @Test
    void a_failure_before_the_first_word_of_the_rest_is_not_seen() {
        office.stub.on("claude", status(503, "{}"));
        Reply reply = office.relay().stream(office.request("hello"), sink);
        assertThat(reply.answer().text()).isEqualTo("one two five");
        assertThat(told).filteredOn(line -> line.startsWith("continued")).hasSize(1);
    }

    @Test
    void when_nobody_can_go_on_the_stream_breaks_as_ever() {
        office.stub.on("claude", status(503, "{}"));
        office.stub.on("llama", status(503, "{}"));
        RelayException e = broken(office.relay(), office.request("hello"));
        assertThat(e.code()).isEqualTo(RelayException.BROKEN);
        assertThat(e.failures()).hasSize(3);
        assertThat(told).containsExactly("begin first-eu", "one ", "two ");
    }

    @Test
    void what_a_provider_forbids_is_not_asked_of_the_next() {
        office.stub.on("claude", status(400, "no such thing"));
        assertThat(broken(office.relay(), office.request("hello")).failures()).hasSize(2);
        assertThat(office.stub.models()).doesNotContain("llama");
    }

    /** Half a call of a tool, half a refusal, half a JSON and half a thought are nothing that another model can go on with. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tool_calls\": [{\"index\": 0, \"id\": \"c\", \"function\": {\"name\": \"look\", \"arguments\": \"{\"}}]}",
                "{\"reasoning_content\": \"hm\"}",
                "{\"refusal\": \"I cannot\"}",
            })
    void calls_of_tools_refusals_and_mere_thoughts_are_not_continued(String delta) {
        office.stub.on(
                "first",
                (request, out) -> StubServer.stream(out, List.of("{\"choices\": [{\"delta\": " + delta + "}]}")));
        assertThat(broken(office.relay(), office.request("hello")).code()).isEqualTo(RelayException.BROKEN);
        assertThat(office.stub.models()).containsExactly("first");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"response.refusal.delta\", \"delta\": \"I cannot\"}",
                "{\"type\": \"response.output_text.delta\", \"delta\": \"Let me see\"}|{\"type\":"
                        + " \"response.output_item.added\", \"output_index\": 1, \"item\": {\"type\":"
                        + " \"custom_tool_call\", \"call_id\": \"c\", \"name\": \"look\"}}",
            })
    void responses_that_refuse_or_call_a_tool_are_not_continued(String events) {
        office.stub.on("first", (request, out) -> StubServer.stream(out, List.of(events.split("\\|"))));
        office.stub.on(
                "llama",
                (request, out) -> StubServer.stream(
                        out, List.of("{\"type\": \"response.completed\", \"response\": {\"status\": \"completed\"}}")));
        Prompt prompt = Prompt.of("hello").writtenAs(new Original(Protocol.RESPONSES, Map.of("input", "hello")));
        assertThat(broken(office.relay(), request(prompt)).code()).isEqualTo(RelayException.BROKEN);
        assertThat(office.stub.models()).containsExactly("first");
    }

    @Test
    void text_that_is_followed_by_a_tools_call_is_not_continued() {
        office.stub.on(
                "first",
                (request, out) -> StubServer.stream(
                        out,
                        List.of(
                                "{\"choices\": [{\"delta\": {\"content\": \"let me see\"}}]}",
                                "{\"choices\": [{\"delta\": {\"tool_calls\": [{\"index\": 0, \"id\": \"c\"}]}}]}")));
        assertThat(broken(office.relay(), office.request("hello")).code()).isEqualTo(RelayException.BROKEN);
    }

    private RelayRequest request(Prompt prompt) {
        RelayRequest usual = office.request("");
        return new RelayRequest(
                usual.id(), usual.scope(), prompt, usual.wishes(), usual.limits(), usual.cancellation());
    }

    @ParameterizedTest
    @ValueSource(strings = {"json_object", "json_schema"})
    void json_is_not_continued(String type) {
        Prompt prompt =
                new Prompt(List.of(Prompt.message("user", "hello")), Map.of("response_format", Map.of("type", type)));
        assertThat(broken(office.relay(), request(prompt)).code()).isEqualTo(RelayException.BROKEN);
        assertThat(office.stub.models()).containsExactly("first");
    }

    @Test
    void json_is_known_in_every_interface() {
        Map<String, Object> format = Map.of("format", Map.of("type", "json_schema"));
        assertThat(wants(Protocol.MESSAGES, Map.of("output_config", format))).isTrue();
        assertThat(wants(Protocol.RESPONSES, Map.of("text", format))).isTrue();
        assertThat(wants(Protocol.RESPONSES, Map.of("text", Map.of("format", Map.of("type", "text")))))
                .isFalse();
        assertThat(Prompt.of("hello").isStructured()).isFalse();
    }

    private static boolean wants(Protocol protocol, Map<String, Object> body) {
        return Prompt.of("hello")
                .writtenAs(new Original(protocol, Map.copyOf(body)))
                .isStructured();
    }

    @Test
    void a_call_that_was_written_for_another_interface_goes_on_in_that() {
        Map<String, Object> body = Map.of("messages", List.of(Prompt.message("user", "hello")), "novel", 1);
        office.relay().stream(
                request(Prompt.of("hello").writtenAs(new Original(Protocol.MESSAGES, Map.copyOf(body)))), sink);
        assertThat(office.stub.received().get(1).body()).containsEntry("novel", 1L);
        assertThat(messages(1))
                .isEqualTo(List.of(Prompt.message("user", "hello"), Prompt.message("assistant", "one two "), TOLD));
    }

    @Test
    void who_goes_on_does_not_think_first() {
        Map<String, Object> thinking = Map.of("type", "enabled", "budget_tokens", 1024L);
        Prompt prompt = new Prompt(List.of(Prompt.message("user", "hello")), Map.of("thinking", thinking));
        Map<String, Object> body =
                Map.of("messages", List.of(Prompt.message("user", "hello")), "novel", 1, "thinking", thinking);
        for (Prompt asked : List.of(prompt, prompt.writtenAs(new Original(Protocol.MESSAGES, Map.copyOf(body))))) {
            office.stub.received().clear();
            office.relay().stream(request(asked), sink);
            assertThat(office.stub.received().get(1).body())
                    .doesNotContainKey("thinking")
                    .containsKey("messages");
        }
        Prompt unthinking = new Prompt(prompt.messages(), Map.of("thinking", Map.of("type", "disabled")));
        office.stub.received().clear();
        office.relay().stream(request(unthinking), sink);
        assertThat(office.stub.received().get(1).body()).containsKey("thinking");
    }

    /** Anthropic refuses a message that is only white space. */
    @Test
    void after_mere_white_space_the_same_is_asked_again() {
        office.stub.on("first", breaksAfter("\n\n"));
        Reply reply = office.relay().stream(office.request("hello"), sink);
        assertThat(reply.answer().text()).isEqualTo("\n\nthree four");
        assertThat(messages(1)).hasSize(1);
    }

    @Test
    void a_stream_that_falls_silent_after_its_first_words_leaves_time_for_the_next() {
        office.stub.on("first", (request, out) -> {
            office.now = office.now.minusSeconds(60); // a busy machine has that much more time for the next
            office.stub.stalls("one two ").answer(request, out);
        });
        RelayRequest request = office.request("hello").with(RelayRequest.Limits.USUAL.within(Duration.ofSeconds(6)));
        Reply reply = office.relay().stream(request, sink);
        assertThat(reply.answer().text()).isEqualTo("one two three four");
        assertThat(reply.fragments()).extracting(Reply.Fragment::failure).containsExactly(ErrorClass.TIMEOUT);
    }

    private ProviderCall call(Duration silence, Duration pause) {
        return new ProviderCall(
                office.policy().deployments().get(0),
                Prompt.of("hello"),
                100,
                true,
                new ProviderCall.Time(Duration.ofHours(1), silence, pause),
                new Cancellation());
    }

    /** Without a pause of its own it would be silent for an hour. */
    @Test
    void a_provider_gives_a_silent_stream_up_after_the_pause() {
        ProviderCall call = call(Duration.ofHours(1), Duration.ofMillis(100));
        office.stub.on("first", office.stub.stalls("one two "));
        assertThatThrownBy(() -> office.provider(Endpoint.Dialect.OPENAI, "one").call(call, Sink.NONE))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.TIMEOUT));
    }

    @Test
    void a_pause_may_be_longer_than_the_silence_before_the_first_word() {
        Duration silence = Duration.ofSeconds(2);
        office.stub.on("first", (request, out) -> {
            StubServer.stream(out, StubServer.openAiDeltas("one "));
            new CountDownLatch(1).await(silence.toMillis() + 500, TimeUnit.MILLISECONDS);
            for (String event : List.of(
                    "{\"choices\": [{\"delta\": {\"content\": \"two\"}, \"finish_reason\": \"stop\"}]}", "[DONE]")) {
                out.write(("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
            }
        });
        assertThat(office.provider(Endpoint.Dialect.OPENAI, "one")
                        .call(call(silence, Duration.ofHours(1)), Sink.NONE)
                        .text())
                .isEqualTo("one two");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_stream_that_has_said_why_it_ends_is_whole_though_the_connection_breaks(boolean isBroken) {
        String end = "data: {\"choices\": [{\"delta\": {\"content\": \"one\"}, \"finish_reason\": \"stop\"}]}\n\n";
        office.stub.on("first", (request, out) -> {
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + end).getBytes(StandardCharsets.UTF_8));
            if (!isBroken) {
                office.stub.stalls("").answer(request, out);
            }
        });
        ProviderAnswer answer = office.provider(Endpoint.Dialect.OPENAI, "one")
                .call(call(Duration.ofHours(1), Duration.ofMillis(100)), Sink.NONE);
        assertThat(answer.text()).isEqualTo("one");
        assertThat(answer.finishReason()).isEqualTo("stop");
        assertThat(answer.usage()).isEmpty();
    }

    @Test
    void only_a_stream_that_another_may_go_on_with_is_given_a_pause() {
        List<ProviderCall.Time> times = new ArrayList<>();
        office.listeners.add(event -> {
            if (event instanceof RelayEvent.Attempted attempted) {
                times.add(attempted.call().time());
            }
        });
        Prompt json = new Prompt(
                List.of(Prompt.message("user", "hello")), Map.of("response_format", Map.of("type", "json_object")));
        Relay relay = office.relay();
        relay.stream(office.request("hello"), sink);
        office.stub.on("first", says("{}", 1, 1));
        relay.stream(request(json), sink);
        relay.call(office.request("hello"));
        office.limits = Policy.Limits.DEFAULT;
        office.relay().stream(office.request("hello"), sink);
        assertThat(times)
                .extracting(time -> time.pause().equals(time.left()))
                .containsExactly(false, false, true, true, true);
    }

    @Test
    void one_deadline_holds_for_all_parts() {
        office.stub.on("claude", (request, out) -> office.now = office.now.plusSeconds(60));
        RelayException e = broken(office.relay(), office.request("hello"));
        assertThat(e.code()).isEqualTo(RelayException.BROKEN);
        assertThat(office.stub.models()).containsExactly("first", "claude"); // which used the time up
    }

    @Test
    void cancelling_the_rest_ends_it_and_charges_both_parts() {
        office.stub.on("first", breaksAfter("one two "));
        office.stub.on("claude", (request, out) -> {
            claude("three ", "").answer(request, out);
            office.stub.stalls("").answer(request, out);
        });
        RelayRequest request = office.request("hello");
        Relay relay = office.relay();
        RelayException e = catchThrowableOfType(
                RelayException.class,
                () -> relay.stream(request, text -> {
                    if (text.equals("three ")) {
                        request.cancellation().cancel();
                    }
                }));
        assertThat(e.failures())
                .extracting(ProviderException::errorClass)
                .containsExactly(ErrorClass.CUT_OFF, ErrorClass.CANCELLED);
        assertThat(office.stub.models()).containsExactly("first", "claude");
        assertThat(office.lines())
                .extracting(LedgerLine::kind)
                .containsOnly(LedgerLine.Kind.CUT_OFF)
                .hasSize(2);
        assertThat(spent()).isEqualTo(total());
    }

    @Test
    void a_call_that_is_cancelled_as_its_stream_breaks_is_not_continued() {
        RelayRequest request = office.request("hello");
        Relay relay = office.relay();
        assertThatThrownBy(() -> relay.stream(request, text -> {
                    if (text.equals("two ")) {
                        request.cancellation().cancel();
                    }
                }))
                .isInstanceOf(RelayException.class);
        assertThat(office.stub.models()).containsExactly("first");
    }

    @Test
    void without_money_for_the_rest_the_stream_breaks_and_nothing_is_overspent() {
        Relay relay = office.relay();
        RelayRequest request = office.request("hello").with(RelayRequest.Limits.USUAL.tokens(70, 64));
        RelayException e = catchThrowableOfType(
                RelayException.class,
                () -> relay.stream(request, text -> {
                    if (text.equals("two ")) {
                        reserveAll();
                    }
                }));
        assertThat(e.code()).isEqualTo(RelayException.BROKEN);
        assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(BudgetException.class);
        assertThat(office.stub.models()).containsExactly("first");
        assertThat(office.lines()).hasSize(1);
        assertThat(spent()).isLessThanOrEqualTo(Money.dollars("5"));
    }

    /** Somebody else takes what is left, to a few tokens. */
    private void reserveAll() {
        Price price = office.policy().prices().book().price(Office.FIRST, ServiceTier.STANDARD, 1, UnknownPrice.REFUSE);
        long tokens = office.budgets.left(Office.ACME).orElseThrow().nanos() / 10_000;
        Offer offer = new Offer(Office.FIRST, ServiceTier.STANDARD, price, Usage.of(0, tokens), tokens);
        office.budgets.reserve(new Budgets.Ask("other", "other", Office.ACME, List.of(offer), false));
    }

    @Test
    void the_most_that_a_call_may_cost_holds_for_all_parts_together() {
        Money most = Money.dollars("0.01");
        RelayRequest usual = office.request("hello");
        Reply reply = office.relay().stream(
                usual.with(new RelayRequest.Wishes(
                        Objective.COST_SAVING.atMost(most), RouteRequest.Needs.NONE, Optional.empty(), Map.of())),
                sink);
        assertThat(reply.isContinued()).isTrue();
        long output = (Long) office.stub.received().get(1).body().get("max_tokens");
        Money rest = Money.dollars("0.00002").times(output); // at $20 a million
        assertThat(reply.fragments().get(0).line().charge().booked().plus(rest)).isLessThanOrEqualTo(most);
        assertThat(output).isBetween(64L, 500L); // nothing else keeps it from 1,020

        office.rules = Rules.read("relay: 1\nrules: [{id: poor, then: [{cost-limit: '0.0016'}]}]");
        office.stub.on("first", breaksAfter("one two three four five six seven eight nine ten eleven ".repeat(2)));
        assertThat(broken(office.relay(), office.request("hello").with(RelayRequest.Limits.USUAL.tokens(60, 16)))
                        .failures())
                .hasSize(1); // too little is left for 16 tokens, though not for the whole of a call
    }

    @Test
    void the_rest_has_room_in_the_window_beside_what_is_said_already() {
        office.contextTokens = 300;
        Reply reply = office.relay().stream(office.request("hello"), sink);
        assertThat(reply.isContinued()).isTrue();
        Prompt longer = Prompt.of("hello").followedBy(List.of(Prompt.message("assistant", "one two "), TOLD));
        long prompt = TokenCounter.calibrated().count(longer).of(Office.CLAUDE).likely();
        assertThat((Long) office.stub.received().get(1).body().get("max_tokens"))
                .isEqualTo(300 - prompt);
    }

    @Test
    void a_retry_budget_that_is_used_up_ends_the_stream() {
        for (String model : List.of("first", "claude", "llama")) {
            office.stub.on(
                    model,
                    (request, out) ->
                            (request.isStream() ? breaksAfter("one two ") : status(404, "{}")).answer(request, out));
        }
        Relay relay = office.relay();
        for (int i = 0; i < 60; i++) { // the hundred and ten that can come at once
            assertThat(failures(relay)).isBetween(1, 3);
        }
        int last;
        do { // until one has been earned by ten calls, and is gone again
            last = failures(relay);
        } while (last == 1);
        int asked = office.stub.received().size();
        assertThat(broken(relay, office.request("hello")).code()).isEqualTo(RelayException.BROKEN);
        assertThat(office.stub.received()).hasSize(asked + 1);
    }

    private int failures(Relay relay) {
        RelayRequest request = office.request("hello");
        return catchThrowableOfType(RelayException.class, () -> relay.call(request))
                .failures()
                .size();
    }

    @Test
    void a_placeholder_that_two_models_wrote_a_half_of_is_restored() {
        office.redaction = Redaction.ofAll();
        office.stub.on("first", breaksAfter("write to [EMA"));
        office.stub.on("claude", claude("IL_1] ", "now"));
        Reply reply = office.relay().stream(office.request("I am a@b.ch"), sink);
        assertThat(reply.answer().text()).isEqualTo("write to a@b.ch now");
        assertThat(told.stream().filter(piece -> !piece.contains("-eu") && !piece.equals("end")))
                .containsExactly("write ", "to ", "a@b.ch ", "now");
        assertThat(Json.write(office.stub.received().get(1).body()))
                .contains("write to [EMA")
                .doesNotContain("a@b.ch");
    }

    @Test
    void a_thought_between_two_halves_of_a_placeholder_does_not_part_them() {
        office.redaction = Redaction.ofAll();
        office.stub.on("first", breaksAfter("write to [EMA"));
        office.stub.on("claude", status(503, "{}"));
        List<String> events = new ArrayList<>(List.of("{\"choices\": [{\"delta\": {\"reasoning_content\": \"hm\"}}]}"));
        events.addAll(StubServer.openAiDeltas("IL_1] now"));
        events.add("{\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}");
        events.add("[DONE]");
        office.stub.on("llama", (request, out) -> StubServer.stream(out, events));
        office.relay().stream(office.request("I am a@b.ch"), sink);
        assertThat(told.stream().filter(piece -> !piece.contains("-eu") && !piece.equals("end")))
                .containsExactly("write ", "to ", "a@b.ch ", "now");
    }

    @Test
    void an_answer_in_parts_is_not_kept() {
        office.cache = AnswerCache.exact(() -> office.now, Duration.ofHours(1), 1_000_000);
        Relay relay = office.relay();
        assertThat(relay.stream(office.repeatable("hello"), sink).isContinued()).isTrue();
        office.stub.on("first", says("whole", 1, 1));
        assertThat(relay.stream(office.repeatable("hello"), sink).answer().text())
                .isEqualTo("whole");
    }

    @Test
    void the_log_says_whose_stream_was_continued() {
        List<String> lines = new ArrayList<>();
        List<RelayEvent> events = new ArrayList<>();
        office.listeners.add(new DecisionLog(lines::add, true));
        office.listeners.add(events::add);
        Reply reply = office.relay().stream(office.request("hello"), sink);
        assertThat(lines.stream().filter(line -> line.contains("\"attempted\"")))
                .satisfiesExactly(
                        first -> assertThat(first).contains("CUT_OFF").doesNotContain("continues"),
                        second -> assertThat(second).contains("\"continues\":\"first-eu\""));
        assertThat(events.stream()
                        .filter(RelayEvent.Attempted.class::isInstance)
                        .map(event -> ((RelayEvent.Attempted) event).continues().isPresent()))
                .containsExactly(false, true);
        LoggedCall.Outcome outcome =
                LoggedCall.read(lines.stream()).get(0).outcome().orElseThrow();
        assertThat(outcome.cost()).isEqualTo(reply.cost());
        assertThat(outcome.model()).contains(Office.CLAUDE);
    }
}
