package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.money.Money;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.replay.DecisionLog;
import io.auterity.relay.replay.LoggedCall;
import io.auterity.relay.replay.Replay;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What listeners are told, and that they change nothing. */
class RelayEventsTest {

    private final List<RelayEvent> events = new ArrayList<>();
    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.listeners.add(events::add);
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    @Test
    void a_call_is_decided_then_attempted_then_finished_and_scored_when_somebody_says_so() {
        office.stub.on("first", status(500, "{}"));
        office.stub.on("claude", status(500, "{}"));
        office.stub.on("llama", says("from llama", 5, 2));
        Relay relay = office.relay();

        Reply reply = relay.call(office.request("hello"));
        relay.score("request-1", Optional.empty(), 0.5);

        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Decided", "Attempted", "Attempted", "Attempted", "Finished");
        assertThat(events).allSatisfy(event -> assertThat(event.request()).isEqualTo("request-1"));
        RelayEvent.Decided decided = (RelayEvent.Decided) events.get(0);
        assertThat(decided.situation().decide(office.policy())).isEqualTo(decided.decision());
        assertThat(decided.priceBook())
                .isEqualTo(office.policy().prices().book().hash());
        assertThat(results())
                .extracting(RelayEvent.Result::failure)
                .containsExactly(
                        Optional.of(ErrorClass.OVERLOADED), Optional.of(ErrorClass.OVERLOADED), Optional.empty());
        assertThat(results().get(2).line()).contains(reply.line());
        assertThat(((RelayEvent.Finished) events.get(4)).model()).contains(Office.LOCAL);
    }

    @Test
    void a_score_is_told_once() {
        office.stub.on("first", says("hi", 5, 2));
        Relay relay = office.relay();
        relay.call(office.request("hello"));

        relay.score("request-1", Optional.of("chat"), 0.5);
        relay.score("request-1", Optional.of("chat"), 0.6);
        relay.score("nobody", Optional.of("chat"), 0.6);

        assertThat(events.stream().filter(RelayEvent.Scored.class::isInstance))
                .containsExactly(new RelayEvent.Scored("request-1", office.now, Optional.of("chat"), 0.5));
    }

    @Test
    void a_refused_call_is_decided_and_finished_without_an_attempt() {
        office.rules = Rules.read("""
            relay: 1
            rules: [{id: no, when: {field: prompt, contains: hello}, then: [{reject: {status: 403, message: no}}]}]
            """);
        Relay relay = office.relay();

        assertThatThrownBy(() -> relay.call(office.request("hello"))).isInstanceOf(RelayException.class);

        assertThat(events).extracting(event -> event.getClass().getSimpleName()).containsExactly("Decided", "Finished");
        assertThat(((RelayEvent.Decided) events.get(0)).decision().refusal()).isPresent();
    }

    @Test
    void an_attempt_that_the_caller_breaks_off_is_told_with_what_it_is_charged() {
        office.stub.on("first", says("hi", 5, 2));
        Relay relay = office.relay();

        assertThatThrownBy(() -> relay.stream(office.request("hello"), text -> {
                    throw new IllegalStateException("the screen is gone");
                }))
                .hasMessage("the screen is gone");

        assertThat(results()).singleElement().satisfies(result -> {
            assertThat(result.failure()).contains(ErrorClass.CANCELLED);
            assertThat(result.line().orElseThrow().charge().cost().orElseThrow())
                    .isGreaterThan(Money.ZERO);
        });
        assertThat(events.get(2)).isInstanceOf(RelayEvent.Finished.class);
    }

    @Test
    void a_listener_that_throws_does_not_disturb_the_call_or_the_other_listeners() {
        office.listeners.add(0, event -> {
            throw new IllegalStateException("a listener is broken");
        });
        office.stub.on("first", says("hi", 5, 2));

        assertThat(office.relay().call(office.request("hello")).answer().text()).isEqualTo("hi");

        assertThat(events).hasSize(3);
    }

    @Test
    void the_log_of_a_relay_can_be_decided_again_and_leaves_prompts_out_if_told_so() {
        List<String> lines = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        office.listeners.add(new DecisionLog(lines::add, true));
        office.listeners.add(new DecisionLog(silent::add, false));
        office.stub.on("first", status(500, "{}"));
        office.stub.on("claude", status(500, "{}"));
        office.stub.on("llama", says("from llama", 5, 2));
        Relay relay = office.relay();
        Reply reply = relay.call(office.request("hello, this is private"));
        relay.call(office.request("and this"));

        List<LoggedCall> calls = LoggedCall.read(lines.stream());
        Replay replay = Replay.of(calls, office.policy(), 1);

        assertThat(replay.decisions().calls()).isEqualTo(2);
        assertThat(replay.decisions().same()).isEqualTo(2);
        LoggedCall.Outcome outcome = calls.get(0).outcome().orElseThrow();
        assertThat(outcome.model()).contains(Office.LOCAL);
        assertThat(outcome.attempts()).isEqualTo(3);
        assertThat(outcome.cost()).isEqualTo(reply.line().charge().cost());
        assertThat(String.join("", silent)).doesNotContain("private");
        assertThat(Replay.of(LoggedCall.read(silent.stream()), office.policy(), 1)
                        .decisions()
                        .withoutPrompt())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_answer_from_the_cache_is_told_with_the_cost_0_and_finished(boolean isStream) {
        List<String> lines = new ArrayList<>();
        office.listeners.add(new DecisionLog(lines::add, true));
        office.cache = AnswerCache.exact(() -> office.now, Duration.ofMinutes(1), AnswerCache.DEFAULT_MAX_BYTES);
        office.stub.on("first", says("from first", 5, 2));
        Relay relay = office.relay();
        for (int time = 0; time < 2; time++) {
            if (isStream) {
                relay.stream(office.repeatable("hello"), text -> {});
            } else {
                relay.call(office.repeatable("hello"));
            }
        }

        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName() + " of " + event.request())
                .containsExactly(
                        "Decided of request-1",
                        "Attempted of request-1",
                        "Finished of request-1",
                        "Cached of request-2",
                        "Finished of request-2");
        RelayEvent.Cached cached = (RelayEvent.Cached) events.get(3);
        assertThat(cached.deployment().model()).isEqualTo(Office.FIRST);
        assertThat(cached.line()).isEqualTo(office.lines().get(1));
        assertThat(cached.line().kind()).isEqualTo(LedgerLine.Kind.CACHED);
        assertThat(cached.line().charge().cost()).contains(Money.ZERO);
        assertThat(((RelayEvent.Finished) events.get(4)).model()).contains(Office.FIRST);
        assertThat(lines.get(3))
                .isEqualTo(
                        "{\"request\":\"request-2\",\"at\":\"2026-05-01T08:00:00Z\",\"event\":\"cached\","
                                + "\"scope\":\"tenant:acme\",\"deployment\":\"first-eu\",\"model\":\"openai/first\",\"cost\":0}");
        List<LoggedCall> calls = LoggedCall.read(lines.stream());
        assertThat(calls).hasSize(1); // what was not decided is not decided again
        assertThat(calls.get(0).outcome().orElseThrow().attempts()).isEqualTo(1);
    }

    @Test
    void a_cached_stream_whose_caller_has_gone_is_finished_without_an_answer() {
        office.cache = AnswerCache.exact(() -> office.now, Duration.ofMinutes(1), AnswerCache.DEFAULT_MAX_BYTES);
        office.stub.on("first", says("from first", 5, 2));
        Relay relay = office.relay();
        relay.stream(office.repeatable("hello"), text -> {});

        assertThatThrownBy(() -> relay.stream(office.repeatable("hello"), text -> {
                    throw new IllegalStateException("the screen is gone");
                }))
                .hasMessage("the screen is gone");

        assertThat(((RelayEvent.Finished) events.get(4)).model()).isEmpty();
    }

    private List<RelayEvent.Result> results() {
        return events.stream()
                .filter(RelayEvent.Attempted.class::isInstance)
                .map(event -> ((RelayEvent.Attempted) event).result())
                .toList();
    }
}
