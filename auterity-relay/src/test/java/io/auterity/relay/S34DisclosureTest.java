package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.Json;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.redact.Redaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** S34: what is personal in a prompt does not reach a provider, and is there again in the answer; over real sockets. */
class S34DisclosureTest {

    private static final String PERSONAL =
            "I am jane@example.com, my card is 4111 1111 1111 1111, call +41 44 668 18 00.";

    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.redaction = Redaction.ofAll();
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private String received() {
        return Json.write(office.stub.received().stream()
                .map(request -> Map.of("body", request.body()))
                .toList());
    }

    @Test
    void S34_a_provider_sees_placeholders_and_the_caller_gets_the_data_back() {
        office.stub.on("first", StubServer.says("Dear [EMAIL_1], card [CARD_1].", 10, 2));
        Reply reply = office.relay().call(office.request(PERSONAL));
        assertThat(reply.answer().text()).isEqualTo("Dear jane@example.com, card 4111 1111 1111 1111.");
        assertThat(reply.answer().written().orElseThrow().json()).contains("jane@example.com");
        assertThat(received())
                .contains("I am [EMAIL_1], my card is [CARD_1], call [PHONE_1].")
                .doesNotContain("jane")
                .doesNotContain("4111")
                .doesNotContain("668");
    }

    /** 31, 337 and 64 may be half of somebody's address: only the model's own vocabulary knows. */
    @Test
    void S34_tokens_by_their_numbers_are_refused_where_texts_are_redacted() {
        Relay relay = office.relay();
        for (Object input : List.of(List.of(31L, 337L), List.of("text", List.of(64L)))) {
            RelayRequest usual = office.request("");
            RelayRequest request = new RelayRequest(
                    usual.id(),
                    usual.scope(),
                    usual.prompt().writtenAs(new Original(Protocol.EMBEDDINGS, Map.of("input", input))),
                    usual.wishes(),
                    usual.limits(),
                    usual.cancellation());
            assertThatThrownBy(() -> relay.call(request))
                    .isInstanceOfSatisfying(
                            RelayException.class, e -> assertThat(e.status()).isEqualTo(400))
                    .hasMessageContaining("send the texts");
        }
        assertThat(office.stub.received()).isEmpty();
        assertThat(office.lines()).isEmpty();
    }

    @Test
    void S34_a_stream_gets_the_data_back_although_the_placeholder_comes_in_pieces() {
        office.stub.on("first", (request, out) -> {
            List<String> events = new ArrayList<>();
            for (String piece : List.of("Dear [EM", "AIL", "_1], bye [", "x]")) {
                events.add("{\"choices\": [{\"delta\": {\"content\": " + Json.write(piece) + "}}]}");
            }
            events.add("{\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}");
            events.add("[DONE]");
            StubServer.stream(out, events);
        });
        StringBuilder heard = new StringBuilder();
        Reply reply = office.relay().stream(office.request(PERSONAL), heard::append);
        assertThat(heard.toString()).isEqualTo("Dear jane@example.com, bye [x]");
        assertThat(reply.answer().text()).isEqualTo("Dear jane@example.com, bye [x]");
        assertThat(received()).doesNotContain("jane");
    }

    @Test
    void S34_deciding_and_counting_send_nothing() {
        office.relay().explain(office.request(PERSONAL));
        office.relay().countTokens(office.request(PERSONAL));
        assertThat(office.stub.received()).isEmpty();
    }

    @Test
    void S34_a_provider_that_counts_tokens_sees_placeholders() {
        office.stub.on("claude", StubServer.status(200, "{\"input_tokens\": 21}"));
        RouteRequest.Needs claude =
                new RouteRequest.Needs(Set.of(), Optional.empty(), Set.of(Office.CLAUDE), Optional.empty(), false);
        RelayRequest request = office.request(PERSONAL)
                .with(new RelayRequest.Wishes(Objective.COST_SAVING, claude, Optional.empty(), Map.of()));
        assertThat(office.relay().countTokens(request)).isEqualTo(21);
        assertThat(office.stub.received()).hasSize(1);
        assertThat(received())
                .contains("I am [EMAIL_1], my card is [CARD_1], call [PHONE_1].")
                .doesNotContain("jane")
                .doesNotContain("4111")
                .doesNotContain("668");
    }
}
