package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.relay.provider.Prompt;
import io.auterity.relay.tokens.ContextAssembly;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Windows of 100,000 tokens, and prompts around them. */
class ContextWindowTest {

    private static final String WORDS = "The quick brown fox jumps over the lazy dog. ";

    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.stub.on("first", says("hi", 5, 2));
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    /** 200 kB, but 45,000 tokens. */
    @Test
    void a_prompt_whose_bytes_are_more_than_the_window_but_whose_tokens_are_not_is_sent() {
        Reply reply = office.relay().call(office.request(WORDS.repeat(4_500)));
        assertThat(reply.answer().text()).isEqualTo("hi");
    }

    @Test
    void a_conversation_that_fits_no_window_is_refused_unless_it_may_be_shortened() {
        RelayRequest request = conversation(40);
        assertThatThrownBy(() -> office.relay().call(request))
                .isInstanceOf(RelayException.class)
                .hasMessageContaining("its context of 100000 tokens is too small");

        office.assembly = Optional.of(new ContextAssembly(ContextAssembly.Summary.NONE));
        Reply reply = office.relay().call(request);

        List<?> sent = (List<?>) office.stub.received().get(0).body().get("messages");
        assertThat(sent.get(0)).isEqualTo(Prompt.message("system", "Be kind."));
        assertThat(sent.get(sent.size() - 1)).isEqualTo(Prompt.message("user", "question 39"));
        assertThat(sent.size()).isBetween(30, 50);
        assertThat(reply.explanation().reasons())
                .anyMatch(reason -> reason.startsWith("the conversation fits no window; ")
                        && reason.endsWith(" of its messages are left out"));
    }

    @Test
    void what_is_left_out_is_summed_up() {
        List<Map<String, Object>> dropped = new ArrayList<>();
        office.assembly = Optional.of(new ContextAssembly((messages, question) -> {
            dropped.addAll(messages);
            return Optional.of("They spoke about dogs.");
        }));
        office.relay().call(conversation(40));

        List<?> sent = (List<?>) office.stub.received().get(0).body().get("messages");
        assertThat(sent.get(1)).isEqualTo(Prompt.message("system", "They spoke about dogs."));
        assertThat(dropped.get(0)).isEqualTo(Prompt.message("user", "question 0"));
        assertThat(dropped.size() + sent.size()).isEqualTo(1 + 1 + 39 * 2 + 1);
    }

    /** Questions with answers of 2,500 tokens, which count double at a model whose vocabulary nobody knows. */
    private RelayRequest conversation(int questions) {
        List<Map<String, Object>> messages = new ArrayList<>(List.of(Prompt.message("system", "Be kind.")));
        for (int i = 0; i < questions; i++) {
            messages.add(Prompt.message("user", "question " + i));
            if (i < questions - 1) {
                messages.add(Prompt.message("assistant", WORDS.repeat(250)));
            }
        }
        RelayRequest usual = office.request("x");
        return new RelayRequest(
                usual.id(),
                usual.scope(),
                new Prompt(messages, Map.of()),
                usual.wishes(),
                usual.limits(),
                usual.cancellation());
    }
}
