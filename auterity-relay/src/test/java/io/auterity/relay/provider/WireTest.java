package io.auterity.relay.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.Json;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How calls are written for each provider, and how whatever comes back is read. */
class WireTest {

    private static final String CONVERSATION = """
            [{"role": "system", "content": "Be brief."},
             {"role": "user", "content": [{"type": "text", "text": "What is this?"},
               {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
               {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]},
             {"role": "assistant", "content": "", "tool_calls": [{"id": "c1", "type": "function",
               "function": {"name": "look", "arguments": "{\\"at\\": 1}"}}]},
             {"role": "tool", "tool_call_id": "c1", "content": "a cat"}]""";

    @SuppressWarnings("unchecked")
    private static ProviderCall call(boolean isStream) {
        Map<String, Object> tool =
                Map.of("type", "function", "function", Map.of("name", "look", "parameters", Map.of("type", "object")));
        Prompt prompt = new Prompt(
                (List<Map<String, Object>>) Json.read(CONVERSATION),
                Map.of("tools", List.of(tool), "temperature", 0.5, "stop", "END"));
        Deployment deployment = new Deployment("d", ModelName.of("x/the model"), "", ServiceTier.STANDARD);
        return new ProviderCall(deployment, prompt, 99, isStream, Duration.ofSeconds(1), new Cancellation());
    }

    @Test
    void a_conversation_with_images_and_tools_is_written_in_anthropics_form() {
        String body = Json.write(new AnthropicWire().body(call(true)));
        assertThat(body)
                .contains("\"max_tokens\":99", "\"system\":\"Be brief.\"", "\"stop_sequences\":[\"END\"]")
                .contains("{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AAAA\"}")
                .contains("{\"type\":\"url\",\"url\":\"https://example.com/a.png\"}")
                .contains("{\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"look\",\"input\":{\"at\":1}}")
                .contains(
                        "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"c1\",\"content\":\"a cat\"}]}")
                .contains("\"input_schema\":{\"type\":\"object\"}", "\"stream\":true")
                .doesNotContain("\"role\":\"system\"");
    }

    @Test
    void azure_has_the_deployment_in_its_address_and_compatible_servers_the_older_limit() {
        Endpoint azure = new Endpoint(Endpoint.Dialect.AZURE, URI.create("https://acme.openai.azure.com/"), List.of());
        OpenAiWire wire = new OpenAiWire(Endpoint.Dialect.AZURE);
        assertThat(wire.url(azure, call(false)))
                .startsWith("https://acme.openai.azure.com/openai/deployments/the+model/chat/completions?api-version=");
        assertThat(wire.headers("k")).isEqualTo(Map.of("api-key", "k"));
        assertThat(new OpenAiWire(Endpoint.Dialect.OPENAI_COMPATIBLE).body(call(true)))
                .containsEntry("max_tokens", 99L)
                .containsEntry("stream_options", Map.of("include_usage", true))
                .doesNotContainKey("max_completion_tokens");
    }

    @Test
    void no_parameter_asks_for_more_than_money_is_set_aside_for() {
        ProviderCall one = call(false);
        Map<String, Object> more = Map.of("n", 4L, "max_tokens", 5_000L, "max_completion_tokens", 5_000L, "top_p", 0.5);
        ProviderCall call = new ProviderCall(
                one.deployment(),
                new Prompt(one.prompt().messages(), more),
                99,
                false,
                Duration.ofSeconds(1),
                new Cancellation());
        assertThat(new OpenAiWire(Endpoint.Dialect.OPENAI).body(call))
                .containsEntry("max_completion_tokens", 99L)
                .containsEntry("top_p", 0.5)
                .doesNotContainKeys("n", "max_tokens");
    }

    @Test
    void parameters_that_anthropic_does_not_have_are_named_and_not_sent() {
        Map<String, Object> parameters = new HashMap<>(Map.of(
                "temperature",
                0.5,
                "stop",
                "END",
                "seed",
                0L,
                "frequency_penalty",
                0.5,
                "presence_penalty",
                0,
                "logprobs",
                false,
                "logit_bias",
                Map.of(),
                "novel",
                Map.of("a", 1L),
                "user",
                "u-1"));
        parameters.put("reasoning_effort", null);
        parameters.put("response_format", Map.of("type", "json_object"));
        Prompt prompt = new Prompt(List.of(Prompt.message("user", "hello")), parameters);
        assertThat(prompt.dropped(Protocol.MESSAGES))
                .containsExactly("frequency_penalty", "novel", "response_format", "seed");
        assertThat(prompt.dropped(Protocol.CHAT_COMPLETIONS)).isEmpty();
        Original original = new Original(Protocol.MESSAGES, Map.of("novel", 1L));
        assertThat(prompt.writtenAs(original).dropped(Protocol.MESSAGES)).isEmpty();
        assertThat(anthropic(prompt).keySet())
                .containsExactlyInAnyOrder(
                        "model", "max_tokens", "messages", "temperature", "stop_sequences", "metadata");
    }

    @Test
    void the_words_of_a_refusal_are_a_text_to_anthropic() {
        Map<String, Object> part =
                Map.of("role", "assistant", "content", List.of(Map.of("type", "refusal", "refusal", "I will not.")));
        Map<String, Object> answer = new HashMap<>(Map.of("role", "assistant", "refusal", "Neither."));
        answer.put("content", null);
        Prompt prompt = new Prompt(List.of(Prompt.message("user", "hello"), part, answer), Map.of());
        assertThat(Json.write(anthropic(prompt).get("messages")))
                .contains("{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"I will not.\"}]}")
                .contains("{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"Neither.\"}]}");
    }

    /** Anthropic's interface has no such choice, but a model calls no tool that it is not told of. */
    @ParameterizedTest
    @CsvSource({"auto, auto", "required, any"})
    void of_tools_only_those_are_sent_to_anthropic_that_may_be_called(String mode, String type) {
        Map<String, Object> choice = Map.of(
                "type",
                "allowed_tools",
                "allowed_tools",
                Map.of("mode", mode, "tools", List.of(function("look"), function("nobody"))));
        Prompt prompt = new Prompt(
                List.of(Prompt.message("user", "hello")),
                Map.of("tools", List.of(function("look"), function("delete")), "tool_choice", choice));
        assertThat(prompt.dropped(Protocol.MESSAGES)).isEmpty();
        assertThat(Json.write(anthropic(prompt)))
                .contains("\"tools\":[{\"name\":\"look\",\"input_schema\":{\"type\":\"object\"}}]")
                .contains("\"tool_choice\":{\"type\":\"" + type + "\"}");
    }

    @Test
    void a_choice_of_tools_that_anthropic_does_not_have_is_named() {
        Prompt prompt = new Prompt(
                List.of(Prompt.message("user", "hello")),
                Map.of("tools", List.of(function("look")), "tool_choice", Map.of("type", "novel")));
        assertThat(prompt.dropped(Protocol.MESSAGES)).containsExactly("tool_choice");
        assertThat(anthropic(prompt)).doesNotContainKey("tool_choice");
        Prompt known = new Prompt(prompt.messages(), Map.of("tool_choice", function("look")));
        assertThat(known.dropped(Protocol.MESSAGES)).isEmpty();
    }

    private static Map<String, Object> function(String name) {
        return Map.of("type", "function", "function", Map.of("name", name));
    }

    /** OpenAI's metadata are any texts, Anthropic's only say who the user is, and others are refused. */
    @Test
    void of_metadata_anthropic_is_told_the_user_only() {
        List<Map<String, Object>> hello = List.of(Prompt.message("user", "hello"));
        assertThat(anthropic(new Prompt(hello, Map.of("user", "u-1"))))
                .containsEntry("metadata", Map.of("user_id", "u-1"));
        Prompt both = new Prompt(hello, Map.of("user", "u-1", "metadata", Map.of("user_id", "u-2", "class", "x")));
        assertThat(anthropic(both)).containsEntry("metadata", Map.of("user_id", "u-2"));
        assertThat(both.dropped(Protocol.MESSAGES)).containsExactly("metadata");
        assertThat(anthropic(new Prompt(hello, Map.of("metadata", Map.of("class", "x")))))
                .doesNotContainKey("metadata");
    }

    private static Map<String, Object> anthropic(Prompt prompt) {
        return new AnthropicWire()
                .body(new ProviderCall(
                        call(false).deployment(), prompt, 99, false, Duration.ofSeconds(1), new Cancellation()));
    }

    @Test
    void tool_calls_arrive_in_pieces_from_both() {
        ProviderAnswer openAi = streamed(
                new OpenAiWire(Endpoint.Dialect.OPENAI),
                "{'choices':[{'delta':{'tool_calls':[{'index':0,'id':'c1','function':{'name':'look','arguments':'{'}}]}}]}",
                "{'choices':[{'delta':{'tool_calls':[{'index':0,'function':{'arguments':'}'}}]}}]}",
                "{'choices':[{'delta':{},'finish_reason':'tool_calls'}]}",
                "{'choices':[],'usage':{'prompt_tokens':3,'completion_tokens':4}}",
                "[DONE]");
        ProviderAnswer anthropic = streamed(
                new AnthropicWire(),
                "{'type':'message_start','message':{'usage':{'input_tokens':3,'cache_read_input_tokens':2,'output_tokens':1}}}",
                "{'type':'content_block_start','index':1,'content_block':{'type':'tool_use','id':'c1','name':'look'}}",
                "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'{'}}",
                "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'}'}}",
                "{'type':'message_delta','delta':{'stop_reason':'tool_use'},'usage':{'output_tokens':4}}",
                "{'type':'message_stop'}");
        List<Map<String, Object>> calls =
                List.of(Map.of("id", "c1", "type", "function", "function", Map.of("name", "look", "arguments", "{}")));
        assertThat(openAi.toolCalls()).isEqualTo(calls);
        assertThat(anthropic.toolCalls()).isEqualTo(calls);
        assertThat(openAi.finishReason()).isEqualTo(anthropic.finishReason()).isEqualTo("tool_calls");
        assertThat(openAi.usage()).contains(Usage.of(3, 4));
        assertThat(anthropic.usage()).contains(Usage.of(3, 4).with(Meter.CACHED_INPUT, 2));
    }

    private static ProviderAnswer streamed(Wire wire, String... events) {
        Gathered gathered = new Gathered();
        for (int i = 0; i < events.length; i++) {
            assertThat(wire.event(events[i].replace('\'', '"'), gathered, Sink.NONE))
                    .isEqualTo(i == events.length - 1);
        }
        return gathered.answer(Optional.empty(), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "401, '', KEY",
        "403, '', KEY",
        "402, '', QUOTA",
        "429, '', RATE_LIMIT",
        "429, insufficient_quota, QUOTA",
        "404, '', NOT_FOUND",
        "408, '', TIMEOUT",
        "413, '', CONTEXT",
        "400, prompt is too long: 9, CONTEXT",
        "400, content_filter, CONTENT",
        "422, '', REQUEST",
        "500, '', OVERLOADED",
        "529, '', OVERLOADED",
        "302, '', REQUEST"
    })
    void statuses_have_their_class(int status, String text, ErrorClass errorClass) {
        assertThat(Refusals.classify(status, text)).isEqualTo(errorClass);
    }

    @Test
    void events_are_read_whatever_their_line_ends() throws Exception {
        assertThat(events(": comment\r\nevent: x\r\ndata: a\r\ndata:b\r\n\r\n\n\ndata: [DONE]\n\ndata: lost"))
                .containsExactly("a\nb", "[DONE]");
    }

    @Test
    void a_stream_is_read_up_to_its_limit() throws Exception {
        assertThat(new EventStream(new Buffer().writeUtf8("data: 123\n\n"), 11).next())
                .contains("123");
        assertThatThrownBy(() -> new EventStream(new Buffer().writeUtf8("data: 123\n\n"), 8).next())
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("limit");
        assertThatThrownBy(() -> new EventStream(new Buffer().writeUtf8("x".repeat(100)), 50).next())
                .isInstanceOf(ProviderException.class);
    }

    private static List<String> events(String text) throws Exception {
        EventStream stream = new EventStream(new Buffer().writeUtf8(text), 10_000);
        List<String> events = new ArrayList<>();
        for (Optional<String> event = stream.next(); event.isPresent(); event = stream.next()) {
            events.add(event.get());
        }
        return events;
    }

    /** Nothing a provider sends has another effect than an answer or a failure with a class. */
    @Property(tries = 300, seed = "20261122")
    void any_bytes_are_an_answer_or_a_failure(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 19) Integer> picks) {
        String[] parts = {
            "data: ",
            "\n",
            "\n\n",
            "{",
            "}",
            "[",
            "]",
            "\"choices\":",
            "\"delta\":",
            "\"content\":",
            "\"usage\":",
            "null",
            "1e999",
            "-1",
            "\"type\":\"content_block_delta\"",
            ",",
            "\u00e9",
            "\"tool_calls\":",
            "[DONE]",
            "\"x\""
        };
        StringBuilder text = new StringBuilder();
        picks.forEach(pick -> text.append(parts[pick]));
        for (Wire wire : List.of(new OpenAiWire(Endpoint.Dialect.OPENAI), new AnthropicWire())) {
            try {
                Gathered gathered = new Gathered();
                for (String event : events(text.toString())) {
                    wire.event(event, gathered, Sink.NONE);
                }
                gathered.answer(Optional.empty(), Optional.empty());
                wire.answer(JsonPath.object(
                        new String(text.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)));
            } catch (ProviderException e) {
                assertThat(e.errorClass()).isIn(ErrorClass.MALFORMED, ErrorClass.OVERLOADED);
            } catch (Exception e) {
                throw new AssertionError("for " + text, e);
            }
        }
    }
}
