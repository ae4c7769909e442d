package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.money.Money;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.tokens.TokenCounter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** S35: providers that stream on beyond the limit that was asked for are stopped, and what they cost is bounded. */
class RunawayStreamTest {

    private static final int LIMIT = 100;
    private static final int MOST = OneCall.TIMES_LIMIT * LIMIT + OneCall.TOKENS_BEYOND;

    private Office office;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<String> told = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    private final Sink sink = new Sink() {
        @Override
        public void text(String piece) {
            text.append(piece);
        }

        @Override
        public void stopped() {
            told.add("stopped");
        }

        @Override
        public void end() {
            told.add("end");
        }
    };

    @BeforeEach
    void open() throws Exception {
        office = new Office();
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private Reply stream(Relay relay) {
        RelayRequest.Limits limits = new RelayRequest.Limits(LIMIT, 1, Duration.ofSeconds(60), false);
        return relay.stream(office.request("hello").with(limits), sink);
    }

    /** Words without an end, until nobody takes them. */
    private StubServer.Script streams(String delta) {
        return (request, out) -> {
            StubServer.stream(out, List.of());
            byte[] event = ("data: {\"choices\": [{\"delta\": " + delta + "}]}\n\n").getBytes();
            try {
                while (true) {
                    out.write(event);
                }
            } catch (IOException e) {
                stopped.countDown();
            }
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"content\": \"word after word \"}",
                "{\"reasoning_content\": \"thought after thought \"}",
                "{\"tool_calls\": [{\"index\": 0, \"id\": \"c\", \"function\": {\"name\": \"f\", \"arguments\": \" 1, 2\"}}]}"
            })
    void a_stream_that_does_not_end_is_stopped_and_costs_little_more_than_its_limit(String delta) throws Exception {
        office.stub.on("first", streams(delta));
        Relay relay = office.relay();

        Reply reply = stream(relay);

        assertThat(stopped.await(60, TimeUnit.SECONDS))
                .as("the provider is told")
                .isTrue();
        assertThat(reply.answer().finishReason()).isEqualTo("length");
        assertThat(reply.answer().text()).isEqualTo(text.toString());
        assertThat(told).containsExactly("stopped", "end");
        LedgerLine line = reply.line();
        assertThat(line.kind()).isEqualTo(LedgerLine.Kind.CUT_OFF);
        long tokens = line.charge().usage().outputTokens();
        assertThat(tokens)
                .isGreaterThan(MOST)
                .isLessThan(MOST + 1024 + LIMIT); // a KiB of tokens of a byte, and a piece
        assertThat(office.lines()).containsExactly(line);
        assertThat(office.budgets.left(Office.ACME))
                .contains(Money.dollars("5").minus(line.charge().cost().orElseThrow()));
    }

    @Test
    void an_answer_of_long_tokens_is_not_taken_for_too_many() {
        String words = (" ".repeat(79) + "\n").repeat(LIMIT); // one token a line, and eighty bytes
        assertThat(TokenCounter.bytes(words)).isGreaterThan(10 * MOST);
        assertThat(TokenCounter.measured(words)).isLessThan(MOST);
        office.stub.on("first", (request, out) -> {
            List<String> events = new ArrayList<>();
            for (String line : words.split("(?<=\n)")) {
                events.add("{\"choices\": [{\"delta\": {\"content\": " + Json.write(line) + "}}]}");
            }
            events.add("{\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}");
            events.add("{\"choices\": [], \"usage\": {\"prompt_tokens\": 5, \"completion_tokens\": 100}}");
            events.add("[DONE]");
            StubServer.stream(out, events);
        });
        Reply reply = stream(office.relay());
        assertThat(reply.answer().finishReason()).isEqualTo("stop");
        assertThat(reply.answer().text()).isEqualTo(words);
        assertThat(reply.line().kind()).isEqualTo(LedgerLine.Kind.REPORTED);
        assertThat(told).containsExactly("end");
    }
}
