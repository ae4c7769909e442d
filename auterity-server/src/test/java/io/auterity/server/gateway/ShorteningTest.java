package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With {@code shorten: true} conversations that fit no window of 100,000 tokens lose their oldest turns, in every interface. */
class ShorteningTest {

    private static final String WORDS = "The quick brown fox jumps over the lazy dog. "; // ten tokens

    private Counter counter;

    @BeforeEach
    void open() throws Exception {
        counter = new Counter("shorten: true\n");
        counter.upstream.on("/messages", Upstream.answers(GatewayTest.CLAUDE_SAYS, GatewayTest.CLAUDE_STREAMS));
        counter.upstream.on("/messages/count_tokens", Upstream.status(200, "{\"input_tokens\": 130000}"));
        counter.upstream.on("/responses", Upstream.status(200, "{\"status\": \"completed\", \"output\": []}"));
    }

    @AfterEach
    void close() throws Exception {
        counter.close();
    }

    private static Map<String, Object> said(String role, Object content) {
        return Map.of("role", role, "content", content);
    }

    private static Map<String, Object> text(String text) {
        return Map.of("type", "text", "text", text);
    }

    /** A model whose vocabulary nobody knows is taken to make two tokens of one. */
    private static Map<String, Object> messages(int words, int wordsOfTheTool) {
        Map<String, Object> use = Map.of("type", "tool_use", "id", "t", "name", "look", "input", Map.of());
        Map<String, Object> result =
                Map.of("type", "tool_result", "tool_use_id", "t", "content", WORDS.repeat(wordsOfTheTool));
        return Map.of(
                "model",
                "anthropic/claude",
                "max_tokens",
                50,
                "system",
                "Be kind.",
                "tools",
                List.of(Map.of("name", "look", "input_schema", Map.of("type", "object"))),
                "messages",
                List.of(
                        said("user", WORDS.repeat(words)),
                        said("assistant", "Yes."),
                        said("user", List.of(text("Look."), text("Please."))),
                        said("assistant", List.of(use)),
                        said("user", List.of(result, text("And?"))),
                        said("assistant", "Well."),
                        said("user", "Why?")));
    }

    private List<Object> sent(String path, String name, Map<String, Object> body) {
        HttpResponse<String> response = counter.post(path, Json.write(body));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new ArrayList<>((List<?>) counter.upstream.last().body().get(name));
    }

    private static List<Object> end(Map<String, Object> body, String name, int from) {
        List<?> all = (List<?>) body.get(name);
        return new ArrayList<>(all.subList(from, all.size()));
    }

    @Test
    void a_conversation_in_anthropics_form_that_fits_is_sent_as_it_is() {
        Map<String, Object> body = messages(2_000, 2_000);
        assertThat(sent("/v1/messages", "messages", body)).isEqualTo(end(body, "messages", 0));
    }

    @Test
    void a_conversation_in_anthropics_form_loses_its_oldest_turns() {
        Map<String, Object> body = messages(3_000, 3_000);
        assertThat(sent("/v1/messages", "messages", body)).isEqualTo(end(body, "messages", 2));
        assertThat(counter.upstream.last().body())
                .containsEntry("system", "Be kind.")
                .containsKey("tools");
    }

    /** The words beside a tool's result are no turn of their own: the result would lack its call. */
    @Test
    void a_tools_result_and_what_stands_beside_it_go_with_its_call() {
        Map<String, Object> body = messages(10, 6_000);
        assertThat(sent("/v1/messages", "messages", body)).isEqualTo(end(body, "messages", 6));
    }

    @Test
    void what_is_counted_is_the_whole_conversation() {
        Map<String, Object> body = messages(3_000, 3_000);
        HttpResponse<String> response = counter.post("/v1/messages/count_tokens", Json.write(body));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).contains("its context of 100000 tokens is too small");
    }

    private static Map<String, Object> responses(int words) {
        return Map.of(
                "model",
                "openai/gpt",
                "instructions",
                "Be kind.",
                "input",
                List.of(
                        said("user", WORDS.repeat(words)),
                        said("assistant", "Yes."),
                        said("developer", "Be brief."),
                        said("user", List.of(Map.of("type", "input_text", "text", "Look."))),
                        Map.of("type", "reasoning", "id", "r", "summary", List.of()),
                        Map.of("type", "function_call", "call_id", "t", "name", "look", "arguments", "{}"),
                        Map.of("type", "function_call_output", "call_id", "t", "output", WORDS.repeat(words)),
                        said("assistant", "Well."),
                        said("user", "Why?")));
    }

    @Test
    void a_conversation_in_the_form_of_responses_loses_its_oldest_turns_and_keeps_what_the_developer_says() {
        Map<String, Object> body = responses(3_000);
        assertThat(sent("/v1/responses", "input", body)).isEqualTo(end(body, "input", 2));
        assertThat(counter.upstream.last().body()).containsEntry("instructions", "Be kind.");
    }

    @Test
    void a_function_call_and_its_output_go_together() {
        Map<String, Object> body = responses(6_000);
        List<Object> expected = end(body, "input", 8);
        expected.add(0, said("developer", "Be brief."));
        assertThat(sent("/v1/responses", "input", body)).isEqualTo(expected);
    }
}
