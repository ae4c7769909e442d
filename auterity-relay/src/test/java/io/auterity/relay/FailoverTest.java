package io.auterity.relay;

import static io.auterity.relay.StubServer.breaksAfter;
import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.OutboundGuard;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Offer;
import io.auterity.relay.budget.Period;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.rules.Rules;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One table of failures, for whole answers and for streams, over real sockets. */
class FailoverTest {

    private static final String CLAUDE_SAYS = "{\"content\": [{\"type\": \"text\", \"text\": \"from claude\"}],"
            + " \"stop_reason\": \"end_turn\", \"usage\": {\"input_tokens\": 7, \"output_tokens\": 3}}";

    private Office office;
    private final List<String> pieces = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.stub.on("claude", this::claude);
        office.stub.on("llama", says("from llama", 5, 2));
    }

    private void claude(StubServer.Received request, OutputStream out) throws IOException, InterruptedException {
        if (request.isStream()) {
            StubServer.stream(
                    out,
                    List.of(
                            "{\"type\": \"message_start\", \"message\": {\"usage\": {\"input_tokens\": 7,"
                                    + " \"output_tokens\": 1}}}",
                            "{\"type\": \"ping\"}",
                            "{\"type\": \"content_block_delta\", \"delta\": {\"type\": \"text_delta\", \"text\":"
                                    + " \"from \"}}",
                            "{\"type\": \"content_block_delta\", \"delta\": {\"type\": \"text_delta\", \"text\":"
                                    + " \"claude\"}}",
                            "{\"type\": \"message_delta\", \"delta\": {\"stop_reason\": \"end_turn\"}, \"usage\":"
                                    + " {\"output_tokens\": 3}}",
                            "{\"type\": \"message_stop\"}"));
        } else {
            status(200, CLAUDE_SAYS).answer(request, out);
        }
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private Reply ask(Relay relay, boolean isStream) {
        return ask(relay, office.request("hello"), isStream);
    }

    private Reply ask(Relay relay, RelayRequest request, boolean isStream) {
        return isStream ? relay.stream(request, pieces::add) : relay.call(request);
    }

    /** The deadline is for all attempts: one that hangs leaves time for the next. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_provider_that_takes_the_call_and_says_nothing_is_left_in_time_for_the_next(boolean isStream) {
        office.stub.on("first", says("quick", 5, 2), says("quick", 5, 2), (request, out) -> {
            office.now = office.now.minusSeconds(60); // a busy machine has that much more time for the next
            new CountDownLatch(1).await(); // until the other side gives up
        });
        Relay relay = office.relay();
        relay.call(office.request("hello")); // so that it has been seen to be quick
        relay.call(office.request("hello"));
        RelayRequest request = office.request("hello").with(RelayRequest.Limits.USUAL.within(Duration.ofSeconds(4)));

        Reply reply = ask(relay, request, isStream);

        assertThat(reply.deployment().model()).isEqualTo(Office.CLAUDE);
        assertThat(reply.failures()).extracting(ProviderException::errorClass).containsExactly(ErrorClass.TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_next_model_is_asked_however_many_deployments_the_first_one_has(boolean isStream) {
        office.places = 3; // as many as a call may try
        office.stub.on("first", status(400, "context_length_exceeded"));

        Reply reply = ask(office.relay(), isStream);

        assertThat(reply.deployment().model()).isEqualTo(Office.CLAUDE);
        assertThat(office.stub.models()).containsExactly("first", "claude");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void what_others_leave_too_little_for_goes_to_a_cheaper_model_however_few_may_be_tried(int attempts) {
        office.places = 3;
        office.limits = new Policy.Limits(attempts, false);
        office.budget = Budget.of(Office.ACME, Period.DAILY, Money.dollars("0.05"));
        office.rules = Rules.read("relay: 1\nrules: [{id: r, then: [{models: [local/llama, openai/first]}]}]");
        office.stub.on("first", says("cheap", 1, 1));
        office.listeners.add(event -> {
            if (event instanceof RelayEvent.Decided decided) {
                assertThat(decided.decision().attempts().get(0).deployment().model())
                        .isEqualTo(Office.LOCAL);
                office.budgets.reserve(othersTake("0.048"));
            }
        });

        Reply reply = office.relay().call(office.request("hello"));

        assertThat(reply.answer().text()).isEqualTo("cheap"); // 64 tokens of the dear one are $0.00256
        assertThat(office.stub.models()).containsExactly("first");
    }

    private static Budgets.Ask othersTake(String dollars) {
        Price price = new Price(Price.Certainty.KNOWN, Optional.of(Rates.of(0, 1_000_000)), "book");
        long tokens = Money.dollars(dollars).nanos() / 1_000;
        Offer offer = new Offer(Office.FIRST, ServiceTier.STANDARD, price, Usage.of(1, tokens), tokens);
        return new Budgets.Ask("others", "others", Office.ACME, List.of(offer), false);
    }

    @Test
    void of_the_deployments_of_a_call_only_those_count_that_were_asked() {
        office.places = 3;
        office.limits = new Policy.Limits(2, false);
        office.stub.on("first", status(503, "{}"));
        Relay relay = office.relay();

        assertThatThrownBy(() -> relay.call(office.request("hello"))).isInstanceOf(RelayException.class);

        assertThat(office.stub.models()).containsExactly("first", "first");
        assertThat(relay.explain(office.request("hello")).attempts()).hasSize(9);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_answer_is_settled_at_what_the_provider_reports(boolean isStream) {
        office.stub.on("first", says("hello there my friend", 11, 4));
        Reply reply = ask(office.relay(), isStream);
        assertThat(reply.answer().text()).isEqualTo("hello there my friend");
        assertThat(reply.answer().finishReason()).isEqualTo("stop");
        assertThat(reply.line().kind()).isEqualTo(LedgerLine.Kind.REPORTED);
        assertThat(reply.line().charge().usage()).isEqualTo(Usage.of(11, 4));
        assertThat(reply.line().charge().cost()).contains(Money.dollars("0.000051")); // 11 x $1 + 4 x $10 a million
        assertThat(pieces).isEqualTo(isStream ? List.of("hello ", "there ", "my ", "friend") : List.of());
        StubServer.Received request = office.stub.received().get(0);
        assertThat(request.path()).isEqualTo("/v1/chat/completions");
        assertThat(request.headers()).containsEntry("authorization", "Bearer sk-one");
        assertThat(request.body()).containsEntry("model", "first").containsEntry("max_completion_tokens", 1024L);
    }

    /** Each failure, what answers after it, and how many lines it leaves in the ledger. */
    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of("503", status(503, "{}"), ErrorClass.OVERLOADED, "claude", 1),
                Arguments.of("529", status(529, "{}"), ErrorClass.OVERLOADED, "claude", 1),
                Arguments.of("429", status(429, "{}", "Retry-After: 7"), ErrorClass.RATE_LIMIT, "claude", 1),
                Arguments.of("quota", status(429, "insufficient_quota"), ErrorClass.QUOTA, "claude", 1),
                Arguments.of("401", status(401, "{}"), ErrorClass.KEY, "claude", 1),
                Arguments.of("404", status(404, "{}"), ErrorClass.NOT_FOUND, "claude", 1),
                Arguments.of("context", status(400, "context_length_exceeded"), ErrorClass.CONTEXT, "claude", 1),
                Arguments.of("400", status(400, "no such parameter"), ErrorClass.REQUEST, "", 0),
                Arguments.of("filter", status(400, "content_filter"), ErrorClass.CONTENT, "", 0),
                Arguments.of("cut", breaksAfter(""), ErrorClass.CUT_OFF, "claude", 2),
                Arguments.of("html", status(200, "<html>"), null, "claude", 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void a_failure_before_the_first_token_has_the_same_remedy_for_streams(
            String name, StubServer.Script failure, ErrorClass errorClass, String answeredBy, int lines)
            throws Exception {
        for (boolean isStream : new boolean[] {false, true}) {
            close();
            open();
            office.stub.on("first", failure);
            Relay relay = office.relay();
            if (answeredBy.isEmpty()) {
                RelayException e = catchThrowableOfType(RelayException.class, () -> ask(relay, isStream));
                assertThat(e.failures())
                        .extracting(ProviderException::errorClass)
                        .containsExactly(errorClass);
                assertThat(e.code()).isEqualTo(RelayException.UNANSWERED);
            } else {
                Reply reply = ask(relay, isStream);
                assertThat(reply.deployment().model().model()).isEqualTo(answeredBy);
                assertThat(reply.answer().text()).isEqualTo("from claude");
                assertThat(reply.line().charge().usage()).isEqualTo(Usage.of(7, 3));
                if (errorClass != null) {
                    assertThat(reply.failures())
                            .extracting(ProviderException::errorClass)
                            .containsExactly(errorClass);
                }
            }
            assertThat(office.lines()).as("stream: " + isStream).hasSize(lines);
            assertThat(office.budgets.left(Office.ACME).orElseThrow())
                    .isEqualTo(Money.dollars("5").minus(total()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"86401", "9999999", "Fri, 31 Dec 9999 23:59:59 GMT"})
    void a_provider_that_asks_to_be_left_alone_for_longer_than_a_day_is_left_alone_for_a_day(String asked) {
        office.stub.on("first", status(429, "{}", "Retry-After: " + asked));

        Reply reply = ask(office.relay(), false);

        assertThat(reply.deployment().model()).isEqualTo(Office.CLAUDE);
        assertThat(reply.failures())
                .extracting(ProviderException::retryAfter)
                .containsExactly(Optional.of(Duration.ofDays(1)));
    }

    private Money total() {
        return office.lines().stream()
                .map(line -> line.charge().cost().orElseThrow())
                .reduce(Money.ZERO, Money::plus);
    }

    /** Earlier defect 27, on the wire: the other provider gets its own model, its own path and its own form. */
    @Test
    void earlier_defect_27_a_fallback_speaks_the_language_of_its_provider() {
        office.stub.on("first", status(500, "{}"));
        office.relay().call(office.request("hello"));
        assertThat(office.stub.models()).containsExactly("first", "claude");
        StubServer.Received second = office.stub.received().get(1);
        assertThat(second.path()).isEqualTo("/v1/messages");
        assertThat(second.headers()).containsEntry("x-api-key", "sk-one").containsKey("anthropic-version");
        assertThat(second.body()).containsKey("max_tokens").doesNotContainKey("max_completion_tokens");
    }

    @Test
    void a_stream_that_breaks_after_content_ends_and_is_charged_for_what_was_sent() {
        office.stub.on("first", breaksAfter("one two "));
        Relay relay = office.relay();
        RelayException e = catchThrowableOfType(RelayException.class, () -> ask(relay, true));
        assertThat(e.code()).isEqualTo(RelayException.BROKEN);
        assertThat(pieces).containsExactly("one ", "two ");
        assertThat(office.stub.models()).containsExactly("first");
        LedgerLine line = office.lines().get(0);
        assertThat(line.kind()).isEqualTo(LedgerLine.Kind.CUT_OFF);
        assertThat(line.charge().usage().outputTokens()).isEqualTo(8); // bytes, an upper bound of tokens
        assertThat(office.budgets.left(Office.ACME).orElseThrow())
                .isEqualTo(Money.dollars("5").minus(total()));
    }

    @Test
    void a_stream_that_reports_a_limit_after_content_is_not_begun_again_with_another_key() {
        office.stub.on("first", (request, out) -> {
            List<String> events = new ArrayList<>(StubServer.openAiDeltas("one two "));
            events.add("{\"error\": {\"code\": \"rate_limit_exceeded\", \"message\": \"slow down\"}}");
            StubServer.stream(out, events);
        });
        Relay relay = office.relay();
        RelayException e = catchThrowableOfType(RelayException.class, () -> ask(relay, true));
        assertThat(e.code()).isEqualTo(RelayException.BROKEN);
        assertThat(e.failures()).extracting(ProviderException::errorClass).containsExactly(ErrorClass.RATE_LIMIT);
        assertThat(pieces).containsExactly("one ", "two ");
        assertThat(office.stub.received()).hasSize(1);
    }

    @Test
    void a_stream_that_breaks_before_content_moves_on_unseen() {
        office.stub.on("first", breaksAfter(""));
        assertThat(ask(office.relay(), true).answer().text()).isEqualTo("from claude");
        assertThat(pieces).containsExactly("from ", "claude");
    }

    @Test
    void cancelling_a_stream_stops_the_provider_and_charges_what_was_sent() {
        office.stub.on("first", office.stub.stalls("so far "));
        Relay relay = office.relay();
        RelayRequest request = office.request("hello");
        RelayException e = catchThrowableOfType(
                RelayException.class,
                () -> relay.stream(request, text -> {
                    pieces.add(text);
                    if (text.equals("far ")) {
                        request.cancellation().cancel();
                    }
                }));
        assertThat(e.failures()).extracting(ProviderException::errorClass).containsExactly(ErrorClass.CANCELLED);
        assertThat(office.lines().get(0).charge().usage().outputTokens()).isEqualTo(7);
    }

    @Test
    void one_deadline_holds_for_all_attempts() {
        office.stub.on("first", (received, out) -> {
            office.now = office.now.minusSeconds(60); // a busy machine has that much more time for the next
            office.stub.stalls("").answer(received, out);
        });
        Relay relay = office.relay();
        RelayRequest request = office.request("hello").with(RelayRequest.Limits.USUAL.within(Duration.ofMillis(200)));
        office.stub.on("claude", (received, out) -> office.now = office.now.plusSeconds(120));
        RelayException e = catchThrowableOfType(RelayException.class, () -> {
            relay.call(request);
        });
        assertThat(e.failures().get(0).errorClass()).isEqualTo(ErrorClass.TIMEOUT);
        assertThat(office.stub.models()).containsExactly("first", "claude"); // which used the time up
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_deadline_may_be_as_far_away_as_one_likes(boolean isStream) {
        office.stub.on("first", says("yes", 1, 1));
        Relay relay = office.relay();
        for (Duration far :
                List.of(Duration.ofDays(60), Duration.ofDays(300 * 366), Duration.ofSeconds(Long.MAX_VALUE))) {
            RelayRequest request = office.request("hello").with(RelayRequest.Limits.USUAL.within(far));
            assertThat(ask(relay, request, isStream).answer().text()).isEqualTo("yes");
            assertThat(relay.countTokens(request)).isPositive();
        }
    }

    @Test
    void a_key_that_is_refused_rests_and_the_next_one_is_taken() {
        office.stub.on("first", (request, out) -> {
            boolean isGood = request.headers().get("authorization").endsWith("sk-two");
            (isGood ? says("yes", 1, 1) : status(401, "{}")).answer(request, out);
        });
        Relay relay = office.relay();
        for (int i = 0; i < 3; i++) {
            assertThat(relay.call(office.request("hello")).answer().text()).isEqualTo("yes");
        }
        assertThat(office.stub.received())
                .extracting(request -> request.headers().get("authorization"))
                .containsExactly("Bearer sk-one", "Bearer sk-two", "Bearer sk-two", "Bearer sk-two");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keys_that_are_refused_slowly_share_the_one_deadline(boolean isStream) {
        office.stub.on("first", (request, out) -> {
            office.now = office.now.plusSeconds(21); // of the 20 that the call has
            status(401, "{}").answer(request, out);
        });
        Relay relay = office.relay();
        RelayException e = catchThrowableOfType(RelayException.class, () -> ask(relay, isStream));
        assertThat(e.failures()).extracting(ProviderException::errorClass).containsExactly(ErrorClass.KEY);
        assertThat(office.stub.received()).hasSize(1); // no time for the second key
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_key_has_the_time_that_those_before_it_have_left(boolean isStream) {
        office.limits = new Policy.Limits(1, false);
        office.stub.on(
                "first",
                (request, out) -> {
                    office.now = office.now.plus(Duration.ofMinutes(60)).minusSeconds(2);
                    status(402, "{}").answer(request, out);
                },
                office.stub.stalls(isStream ? "so far " : ""));
        Relay relay = office.relay();
        RelayRequest request = office.request("hello").with(RelayRequest.Limits.USUAL.within(Duration.ofMinutes(60)));
        RelayException e = assertTimeoutPreemptively(
                Duration.ofSeconds(30), // the stub would stall for 60
                () -> catchThrowableOfType(RelayException.class, () -> ask(relay, request, isStream)));
        assertThat(e.failures()) // of the second key; that of the first is QUOTA
                .extracting(ProviderException::errorClass)
                .containsExactly(ErrorClass.TIMEOUT);
    }

    /** S7 and S17: nothing is connected to without the guard, and no key goes where it does not belong. */
    @Test
    void the_guard_and_the_binding_of_a_key_are_not_passed_by() {
        office.guard = OutboundGuard.strict();
        Relay guarded = office.relay();
        assertThatThrownBy(() -> guarded.call(office.request("hello"))).hasMessageContaining("REFUSED");
        office.guard = OutboundGuard.builder().allow("127.0.0.1").build();
        office.keys.put("one", new Credential("bearer", Map.of("token", "sk-one"), Set.of("api.openai.com")));
        Relay bound = office.relay();
        assertThatThrownBy(() -> bound.call(office.request("hello")))
                .hasMessageContaining("may not be sent to 127.0.0.1")
                .hasMessageNotContaining("sk-one");
        assertThat(office.stub.received()).isEmpty();
    }

    @Test
    void a_deployment_that_keeps_failing_is_left_alone_and_probed_later() {
        office.stub.on("first", status(500, "{}"));
        Relay relay = office.relay();
        for (int i = 0; i < 8; i++) {
            relay.call(office.request("hello"));
        }
        assertThat(office.stub.models().stream().filter("first"::equals)).hasSize(5);
        office.stub.on("first", says("back", 1, 1));
        office.now = office.now.plus(Deployments.OPEN_FOR).plusMillis(1);
        assertThat(relay.call(office.request("hello")).answer().text()).isEqualTo("back");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404})
    void who_refuses_all_keys_or_does_not_know_the_model_comes_after_others_that_have_it(int refusal) {
        office.places = 2;
        StubServer.Script no = status(refusal, "{}");
        if (refusal == 401) { // by both of its keys
            office.stub.on("first", no, no, says("fine", 1, 1));
        } else {
            office.stub.on("first", no, says("fine", 1, 1));
        }
        Relay relay = office.relay();
        for (int i = 0; i < 20; i++) {
            assertThat(relay.call(office.request("hello")).failures()).hasSize(i == 0 ? 1 : 0);
        }
    }

    @Test
    void a_call_that_was_slow_once_does_not_keep_a_model_from_calls_in_a_hurry_for_ever() {
        office.stub.on("first", (request, out) -> {
            office.now = office.now.plusSeconds(6);
            says("slow", 1, 1).answer(request, out);
        });
        Relay relay = office.relay();
        relay.call(office.request("hello"));
        RelayRequest.Wishes hurry = new RelayRequest.Wishes(
                Objective.COST_SAVING.within(Duration.ofSeconds(5)),
                RouteRequest.Needs.NONE,
                Optional.empty(),
                Map.of());
        assertThat(relay.call(office.request("hello").with(hurry)).deployment().model())
                .isEqualTo(Office.CLAUDE);
        office.now = office.now.plusSeconds(60);
        assertThat(relay.call(office.request("hello").with(hurry)).answer().text())
                .isEqualTo("slow");
    }

    @Test
    void without_time_passing_retries_are_a_hundred_at_once_ten_more_and_then_one_for_ten_calls() {
        // what fails and does not count for a breaker, so that only the retry budget ends it
        office.stub.on("first", status(404, "{}"));
        Relay relay = office.relay();
        int answered = 0;
        for (int i = 0; i < 150; i++) {
            try {
                relay.call(office.request("hello"));
                answered++;
            } catch (RelayException e) {
                assertThat(e.failures()).hasSize(1);
            }
        }
        assertThat(answered).isBetween(110, 125);
        assertThat(office.stub.models().stream().filter("claude"::equals)).hasSize(answered);
        office.now = office.now.plusMillis(100); // one a tenth of a second
        assertThat(relay.call(office.request("hello")).answer().text()).isEqualTo("from claude");
    }

    @Test
    void rules_change_the_prompt_and_refuse_before_anything_is_called() {
        office.stub.on("first", says("ok", 1, 1));
        office.rules = Rules.read("""
            relay: 1
            rules:
              - {id: no, when: {field: prompt, contains: forbidden}, then: [{reject: {status: 403, message: No.}}]}
              - {id: brief, then: [{inject: {role: system, text: Be brief.}}, {transform: {temperature: 0.5}}]}
            """);
        Relay relay = office.relay();
        assertThatThrownBy(() -> relay.call(office.request("forbidden")))
                .isInstanceOfSatisfying(
                        RelayException.class, e -> assertThat(e.status()).isEqualTo(403));
        assertThat(office.stub.received()).isEmpty();
        relay.call(office.request("hello"));
        Map<String, Object> body = office.stub.received().get(0).body();
        assertThat(body).containsEntry("temperature", 0.5);
        assertThat((List<?>) body.get("messages")).hasSize(2);
    }

    @Test
    void a_rule_can_make_calls_need_an_approval() {
        office.cache = AnswerCache.exact(() -> office.now, Duration.ofHours(1), 1_000_000);
        office.stub.on("first", says("ok", 1, 1));
        office.rules = Rules.read("""
            relay: 1
            rules: [{id: ask, when: {field: prompt, contains: money}, then: [{require-approval: true}]}]
            """);
        Relay relay = office.relay();
        RelayRequest request = office.repeatable("some money");
        assertThat(relay.explain(request).explanation().reasons()).contains("a rule makes it need an approval");
        assertThat(relay.call(request.with(request.limits().approved()))
                        .answer()
                        .text())
                .isEqualTo("ok");
        for (int i = 0; i < 2; i++) { // and what was answered once is not answered again from the cache
            assertThatThrownBy(() -> relay.call(office.repeatable("some money")))
                    .isInstanceOfSatisfying(RelayException.class, e -> {
                        assertThat(e.code()).isEqualTo("AUT-L004");
                        assertThat(e.status()).isEqualTo(403);
                    })
                    .hasMessageStartingWith("a rule makes this call need an approval\n  fix: have it approved");
        }
        relay.call(office.repeatable("a word"));
        assertThat(office.stub.received()).hasSize(2);
    }

    @Test
    void an_empty_budget_refuses_with_402_before_anything_is_called() {
        office.budget = Budget.of(Office.ACME, Period.DAILY, new Money(10));
        Relay relay = office.relay();
        assertThatThrownBy(() -> relay.call(office.request("hello")))
                .isInstanceOfSatisfying(
                        BudgetException.class, e -> assertThat(e.code()).isEqualTo("AUT-L002"))
                .hasMessageStartingWith("the budget leaves $0.00000001, and it needs at least $");
        assertThat(office.stub.received()).isEmpty();
    }

    @Test
    void a_limit_of_the_call_itself_refuses_in_the_same_way() {
        RelayRequest usual = office.request("hello");
        RelayRequest.Wishes wishes = usual.wishes();
        RelayRequest limited = usual.with(new RelayRequest.Wishes(
                wishes.objective().atMost(new Money(10)), wishes.needs(), wishes.task(), wishes.facts()));
        assertThatThrownBy(() -> office.relay().call(limited))
                .isInstanceOfSatisfying(
                        BudgetException.class, e -> assertThat(e.code()).isEqualTo("AUT-L002"));
    }

    @Test
    void a_rule_that_rejects_with_402_is_no_budget() {
        office.rules = Rules.read("relay: 1\nrules: [{id: pay, then: [{reject: {status: 402, message: Pay first.}}]}]");
        assertThatThrownBy(() -> office.relay().call(office.request("hello")))
                .isInstanceOfSatisfying(RelayException.class, e -> {
                    assertThat(e.code()).isEqualTo("AUT-L008");
                    assertThat(e.status()).isEqualTo(402);
                });
    }

    @Test
    void a_score_by_request_id_teaches_the_predictor() {
        office.stub.on("first", says("ok", 1, 1));
        Relay relay = office.relay();
        RelayRequest request = office.request("hello");
        relay.call(request);
        assertThat(relay.score(request.id(), Optional.empty(), 0.9)).isTrue();
        assertThat(office.predictor.size()).isEqualTo(1);
        assertThat(relay.explain(office.request("hello"))
                        .explanation()
                        .candidates()
                        .get(0)
                        .quality())
                .isGreaterThan(0.5);
    }
}
