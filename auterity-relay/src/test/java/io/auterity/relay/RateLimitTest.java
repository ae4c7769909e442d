package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What providers tell of their rate limits, over real sockets and on a clock of the test's. */
class RateLimitTest {

    private static final String[] OPEN_AI = {
        "x-ratelimit-limit-requests: 60",
        "x-ratelimit-remaining-requests: 59",
        "x-ratelimit-reset-requests: 1s",
        "x-ratelimit-limit-tokens: 1000",
        "x-ratelimit-remaining-tokens: 0",
        "x-ratelimit-reset-tokens: 30s"
    };

    private static final String[] ANTHROPIC = {
        "anthropic-ratelimit-requests-limit: 60",
        "anthropic-ratelimit-requests-remaining: 0",
        "anthropic-ratelimit-requests-reset: 2026-05-01T08:00:30Z"
    };

    private static final String ANSWER =
            "{\"choices\": [{\"message\": {\"content\": \"ok\"}, \"finish_reason\": \"stop\"}],"
                    + " \"usage\": {\"prompt_tokens\": 1, \"completion_tokens\": 1}}";

    private static final String EVENTS = "data: {\"choices\": [{\"delta\": {\"content\": \"ok\"}}]}\n\n"
            + "data: {\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}\n\ndata: [DONE]\n\n";

    private static final String CLAUDE_ANSWER =
            "{\"content\": [{\"type\": \"text\", \"text\": \"hi\"}], \"stop_reason\": \"end_turn\"}";

    private static final String CLAUDE_EVENTS =
            "data: {\"type\": \"content_block_delta\", \"delta\": {\"type\": \"text_delta\", \"text\": \"hi\"}}\n\n"
                    + "data: {\"type\": \"message_delta\", \"delta\": {\"stop_reason\": \"end_turn\"}}\n\n"
                    + "data: {\"type\": \"message_stop\"}\n\n";

    private Office office;
    private final List<Double> headroom = new ArrayList<>(); // of the first model, at each decision

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.stub.on(
                "claude",
                (request, out) -> status(200, request.isStream() ? CLAUDE_EVENTS : CLAUDE_ANSWER)
                        .answer(request, out));
        office.rules = Rules.read("""
            relay: 1
            rules: [{id: two, then: [{models: [openai/first, anthropic/claude]}]}]
            """);
        office.listeners.add(event -> {
            if (event instanceof RelayEvent.Decided decided) {
                var health = decided.situation().state().health().get("first-eu");
                headroom.add(health == null ? 1 : health.headroom());
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private static StubServer.Script answers(String... headers) {
        return (request, out) ->
                status(200, request.isStream() ? EVENTS : ANSWER, headers).answer(request, out);
    }

    private String asked(Relay relay, boolean isStream) {
        RelayRequest request = office.request("hello");
        Reply reply = isStream ? relay.stream(request, text -> {}) : relay.call(request);
        return reply.deployment().model().model();
    }

    private void after(Duration time) {
        office.now = office.now.plus(time);
    }

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, false", "false, true"})
    void a_deployment_whose_limit_is_used_up_rests_until_the_limit_resets(boolean isOpenAi, boolean isStream) {
        office.stub.on("first", answers(isOpenAi ? OPEN_AI : ANTHROPIC));
        Relay relay = office.relay();

        assertThat(asked(relay, isStream)).isEqualTo("first"); // and uses the first key up
        assertThat(asked(relay, isStream)).isEqualTo("first"); // with the second one
        assertThat(office.stub.received())
                .extracting(request -> request.headers().get("authorization"))
                .containsExactly("Bearer sk-one", "Bearer sk-two");
        assertThat(asked(relay, isStream)).isEqualTo("claude");
        after(Duration.ofSeconds(29));
        assertThat(asked(relay, isStream)).isEqualTo("claude");
        after(Duration.ofSeconds(1));
        assertThat(asked(relay, isStream)).isEqualTo("first");
        assertThat(headroom).containsExactly(1.0, 1.0, 0.0, 0.0, 1.0);
    }

    @Test
    void without_a_word_of_the_reset_it_rests_shortly() {
        office.stub.on("first", answers("x-ratelimit-remaining-requests: 0"));
        Relay relay = office.relay();
        asked(relay, false);
        asked(relay, false);
        assertThat(asked(relay, false)).isEqualTo("claude");
        after(Duration.ofSeconds(5));
        assertThat(asked(relay, false)).isEqualTo("first");
    }

    @Test
    void it_is_called_after_all_others_and_rather_than_none() {
        office.stub.on("first", answers(OPEN_AI));
        Relay relay = office.relay();
        asked(relay, false);
        asked(relay, false);
        office.stub.on("claude", status(500, "{}"));

        assertThat(asked(relay, false)).isEqualTo("first");
        assertThat(office.stub.models()).containsExactly("first", "first", "claude", "first");
    }

    @Test
    void the_only_one_that_can_answer_is_called() {
        office.rules = Rules.read("""
            relay: 1
            rules: [{id: one, then: [{models: [openai/first]}]}]
            """);
        office.stub.on("first", answers(OPEN_AI));
        Relay relay = office.relay();
        for (int i = 0; i < 4; i++) {
            assertThat(asked(relay, false)).isEqualTo("first");
        }
    }

    @Test
    void what_is_left_of_a_limit_is_known_until_it_resets() {
        office.stub.on("first", says("ok", 1, 1)); // 40 of 100 requests, and no word of the reset
        Relay relay = office.relay();
        asked(relay, false);
        asked(relay, false);
        after(Duration.ofSeconds(5));
        asked(relay, false);
        assertThat(headroom).containsExactly(1.0, 0.4, 1.0);
    }

    @Test
    void a_refusal_tells_of_limits_too() {
        office.stub.on("first", status(429, "{}", OPEN_AI));
        restsUntilTheReset(false);
    }

    /** Some gateways refuse with the status 200. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_error_object_in_an_answer_tells_of_limits_too(boolean isStream) {
        String error = "{\"error\": {\"code\": \"rate_limit_exceeded\"}}";
        office.stub.on("first", status(200, isStream ? "data: " + error + "\n\n" : error, OPEN_AI));
        restsUntilTheReset(isStream);
    }

    /** The first refuses, and says that it has nothing left for thirty seconds. */
    private void restsUntilTheReset(boolean isStream) {
        Relay relay = office.relay();
        assertThat(asked(relay, isStream)).isEqualTo("claude");
        after(Duration.ofSeconds(29)); // beyond the five of a refusal that says nothing
        assertThat(asked(relay, isStream)).isEqualTo("claude");
        assertThat(office.stub.models()).containsExactly("first", "first", "claude", "claude");
        after(Duration.ofSeconds(1));
        office.stub.on("first", answers());
        assertThat(asked(relay, isStream)).isEqualTo("first");
        assertThat(headroom).containsExactly(1.0, 0.0, 1.0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_error_object_in_an_answer_has_the_time_to_rest_beside_it(boolean isStream) {
        String error = "{\"error\": {\"type\": \"overloaded_error\"}}";
        office.stub.on("first", status(200, isStream ? "data: " + error + "\n\n" : error, "Retry-After: 60"));
        Relay relay = office.relay();
        assertThat(asked(relay, isStream)).isEqualTo("claude");
        office.stub.on("first", answers());
        after(Duration.ofSeconds(59));
        assertThat(asked(relay, isStream)).isEqualTo("claude");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void a_deployment_rests_as_long_as_it_asked_to(int refusal) {
        office.stub.on("first", status(refusal, "{}", "Retry-After: 60"));
        Relay relay = office.relay();
        assertThat(asked(relay, false)).isEqualTo("claude");
        office.stub.on("first", answers());
        after(Duration.ofSeconds(59));
        assertThat(asked(relay, false)).isEqualTo("claude");
        after(Duration.ofSeconds(1));
        assertThat(asked(relay, false)).isEqualTo("first");
    }
}
