package io.auterity.relay.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.auterity.definition.Json;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderEvent;
import io.auterity.relay.provider.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    private static String seen(String text) {
        return Redaction.ofAll().apply(Prompt.of(text)).prompt().text();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "write to jane.doe+x@mail.example.co.uk.        | write to [EMAIL_1].",
                "pay DE89 3704 0044 0532 0130 00 please         | pay [IBAN_1] please",
                "pay GB82WEST12345698765432, now                | pay [IBAN_1], now",
                "card 4111 1111 1111 1111 expires 12/30         | card [CARD_1] expires 12/30",
                "card 378282246310005                           | card [CARD_1]",
                "ssn 536-90-4399                                | ssn [NATIONAL_ID_1]",
                "nino AB 12 34 56 C                             | nino [NATIONAL_ID_1]",
                "dni 12345678Z and nie X1234567L                | dni [NATIONAL_ID_1] and nie [NATIONAL_ID_2]",
                "ahv 756.9217.0769.85                           | ahv [NATIONAL_ID_1]",
                "nir 1 85 05 78 006 084 91                      | nir [NATIONAL_ID_1]",
                "steuer-id 86095742719                          | steuer-id [NATIONAL_ID_1]",
                "call +41 44 668 18 00 today                    | call [PHONE_1] today",
                "call (212) 555-0142 or 212-555-0143            | call [PHONE_1] or [PHONE_2]",
                "call 044 668 18 00                             | call [PHONE_1]",
                "a@b.ch and c@d.ch and a@b.ch                   | [EMAIL_1] and [EMAIL_2] and [EMAIL_1]",
            })
    void finds_what_is_personal_and_nothing_around_it(String text, String seen) {
        assertThat(seen(text)).isEqualTo(seen);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "order 4111 1111 1111 1112 is late", // no check digit
                "pay DE88370400440532013000",
                "dni 12345678A",
                "ssn 000-12-3456 and 666-12-3456",
                "steuer-id 86095742718",
                "on 01.05.2026 and 2026-05-01 at 08:00",
                "3.14159 times 2,000,000 is 6283180",
                "git commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
                "a @ b.c, user@localhost",
                "",
            })
    void leaves_what_only_looks_like_it(String text) {
        assertThat(seen(text)).isEqualTo(text);
    }

    @Test
    void only_the_kinds_that_are_asked_for_and_expressions_of_the_operator_count() {
        Redaction redaction = Redaction.of(Set.of(PersonalData.EMAIL)).and("CUSTOMER", "C-[0-9]{6}");
        assertThat(redaction
                        .apply(Prompt.of("C-123456, a@b.ch, +41 44 668 18 00"))
                        .prompt()
                        .text())
                .isEqualTo("[CUSTOMER_1], [EMAIL_1], +41 44 668 18 00");
        for (String[] wrong :
                new String[][] {{"customer", "x"}, {"", "x"}, {"A".repeat(31), "x"}, {"A", "("}, {"A", "x*"}}) {
            assertThatIllegalArgumentException().isThrownBy(() -> redaction.and(wrong[0], wrong[1]));
        }
        assertThat(redaction.and("A".repeat(30), "x")).isNotNull();
    }

    @Test
    void whatever_is_said_anywhere_in_the_call_is_replaced_and_how_to_read_it_is_not() {
        Map<String, Object> image =
                Map.of("type", "image_url", "image_url", Map.of("url", "data:image/png;base64,a@b.ch"));
        Map<String, Object> call = Map.of(
                "id", "call_4111111111111111",
                "type", "function",
                "function", Map.of("name", "pay", "arguments", "{\"card\":4111111111111111,\"to\":\"a@b.ch\"}"));
        Prompt prompt = new Prompt(
                List.of(
                        Prompt.message("system", "You are a@b.ch's."),
                        Map.of(
                                "role",
                                "user",
                                "content",
                                List.of(Map.of("type", "text", "text", "I am a@b.ch"), image)),
                        Map.of("role", "assistant", "content", "", "tool_calls", List.of(call)),
                        Map.of("role", "tool", "tool_call_id", "call_4111111111111111", "content", "paid by c@d.ch")),
                Map.of("user", "a@b.ch", "max_tokens", 4_096L));
        Original original =
                new Original(Protocol.MESSAGES, Map.of("system", "a@b.ch", "metadata", Map.of("user_id", "c@d.ch")));
        Prompt seen = Redaction.ofAll().apply(prompt.writtenAs(original)).prompt();
        String all = Json.write(List.of(
                seen.messages(),
                seen.parameters(),
                seen.original().orElseThrow().body()));
        assertThat(all.replace("data:image/png;base64,a@b.ch", ""))
                .doesNotContain("@")
                .doesNotContain(":4111");
        assertThat(all).contains("base64,a@b.ch", "\"call_4111111111111111\"", "{\\\"card\\\":\\\"[CARD_1]\\\"");
        assertThat(seen.parameters()).containsEntry("max_tokens", 4_096L).containsEntry("user", "[EMAIL_1]");
    }

    @Test
    void a_key_that_somebody_chose_does_not_tell_what_its_value_is() {
        Map<String, Object> pay = Map.of(
                "type",
                "function",
                "function",
                Map.of("name", "pay", "arguments", "{\"id\":\"a@b.ch\",\"parameters\":{\"url\":\"c@d.ch\"}}"));
        Map<String, Object> use = Map.of(
                "type", "tool_use", "id", "toolu_4111111111111111", "input", Map.of("id", "a@b.ch", "role", "c@d.ch"));
        Map<String, Object> item = Map.of("role", "user", "id", "msg_4111111111111111", "content", "data: a@b.ch");
        Prompt prompt = new Prompt(
                List.of(
                        Map.of("role", "user", "content", "data: a@b.ch"),
                        Map.of("role", "assistant", "content", List.of(use), "tool_calls", List.of(pay))),
                Map.of("metadata", Map.of("id", "a@b.ch")));
        Prompt seen = Redaction.ofAll()
                .apply(prompt.writtenAs(new Original(Protocol.RESPONSES, Map.of("input", List.of(item)))))
                .prompt();
        assertThat(Json.write(List.of(
                        seen.messages(),
                        seen.parameters(),
                        seen.original().orElseThrow().body())))
                .doesNotContain("@")
                .contains("\"toolu_4111111111111111\"", "\"msg_4111111111111111\"");
    }

    @Test
    void a_whole_answer_gets_the_data_back_wherever_it_stands() {
        Redacted redacted = Redaction.ofAll().and("NOTE", "<<[^>]*>>").apply(Prompt.of("a@b.ch <<say \"hi\">>"));
        ProviderAnswer answer = new ProviderAnswer(
                "Dear [EMAIL_1]: [NOTE_1] [EMAIL_2]",
                List.of(Map.of(
                        "function",
                        Map.of("name", "mail", "arguments", "{\"to\":\"[EMAIL_1]\",\"note\":\"[NOTE_1]\"}"))),
                "stop",
                Optional.of(Usage.of(1, 1)),
                Optional.empty(),
                Optional.of(new ProviderAnswer.Written(Protocol.MESSAGES, "{\"content\":\"[NOTE_1] [EMAIL_1]\"}")));
        ProviderAnswer restored = redacted.restore(answer);
        assertThat(restored.text()).isEqualTo("Dear a@b.ch: <<say \"hi\">> [EMAIL_2]");
        Map<?, ?> function = (Map<?, ?>) restored.toolCalls().get(0).get("function");
        assertThat(Json.read(String.valueOf(function.get("arguments"))))
                .isEqualTo(Map.of("to", "a@b.ch", "note", "<<say \"hi\">>"));
        assertThat(Json.read(restored.written().orElseThrow().json()))
                .isEqualTo(Map.of("content", "<<say \"hi\">> a@b.ch"));
    }

    @Test
    void a_placeholder_that_the_caller_wrote_stays_what_it_is() {
        Redacted redacted = Redaction.ofAll().apply(Prompt.of("[EMAIL_1] is no a@b.ch"));
        assertThat(redacted.prompt().text()).isEqualTo("[EMAIL_1] is no [EMAIL_2]");
        assertThat(redacted.restore("[EMAIL_1] [EMAIL_2]")).isEqualTo("[EMAIL_1] a@b.ch");
    }

    private static final class Heard implements Sink {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder arguments = new StringBuilder();
        private final List<ProviderEvent> events = new ArrayList<>();

        @Override
        public void text(String piece) {
            text.append(piece);
        }

        @Override
        public void tool(int index, String id, String name, String piece) {
            arguments.append(id).append(piece);
        }

        @Override
        public void event(ProviderEvent event) {
            events.add(event);
        }
    }

    /** However an answer is cut into pieces, the whole of them is the answer with the data put back. */
    @Property(tries = 300, seed = "20261122")
    void a_stream_gets_the_data_back_however_it_is_cut(@ForAll long seed) {
        Random random = new Random(seed);
        Redacted redacted = Redaction.ofAll().apply(Prompt.of("a@b.ch, c@d.ch, +41 44 668 18 00"));
        StringBuilder answer = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            String[] words = {"[EMAIL_1]", "[EMAIL_2]", "[PHONE_1]", "[EMAIL_", "[", "]", "[[", " and ", "[PHONE_2]"};
            answer.append(words[random.nextInt(words.length)]);
        }
        Heard heard = new Heard();
        Sink sink = redacted.restoring(heard);
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < answer.length(); ) {
            int to = Math.min(answer.length(), from + 1 + random.nextInt(6));
            pieces.add(answer.substring(from, to));
            from = to;
        }
        pieces.forEach(sink::text);
        sink.tool(0, "call ", "pay", "");
        pieces.forEach(piece -> sink.tool(0, "", "", piece));
        sink.end();
        assertThat(heard.text.toString()).isEqualTo(redacted.restore(answer.toString()));
        assertThat(heard.arguments.toString()).isEqualTo("call " + redacted.restore(answer.toString()));
    }

    @Test
    void events_of_responses_are_written_anew_and_others_are_not_passed_on() {
        Redacted redacted = Redaction.ofAll().apply(Prompt.of("a@b.ch"));
        Heard heard = new Heard();
        Sink sink = redacted.restoring(heard);
        sink.event(event(Protocol.CHAT_COMPLETIONS, Map.of("delta", "[EMAIL_1]")));
        for (String piece : List.of("to [EM", "AIL_", "1] no", "w [")) {
            sink.event(event(
                    Protocol.RESPONSES, Map.of("type", "response.output_text.delta", "item_id", "m", "delta", piece)));
        }
        sink.event(
                event(Protocol.RESPONSES, Map.of("type", "response.output_text.done", "text", "to [EMAIL_1] now [")));
        sink.end();
        assertThat(heard.events)
                .extracting(event -> String.valueOf(event.json().get("delta")))
                .containsExactly("to ", "a@b.ch no", "w ", "[", "null");
        assertThat(heard.events.get(4).data()).contains("to a@b.ch now [");
    }

    private static ProviderEvent event(Protocol protocol, Map<String, Object> json) {
        return new ProviderEvent(protocol, Json.write(json), json);
    }

    @Test
    void a_call_without_personal_data_is_not_touched() {
        Prompt prompt = Prompt.of("Why is the sky blue?");
        Redacted redacted = Redaction.ofAll().apply(prompt);
        Heard heard = new Heard();
        assertThat(redacted.prompt()).isSameAs(prompt);
        assertThat(redacted.restoring(heard)).isSameAs(heard);
        assertThat(redacted.count()).isZero();
    }
}
