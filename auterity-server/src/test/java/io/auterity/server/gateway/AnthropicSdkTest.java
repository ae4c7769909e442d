package io.auterity.server.gateway;

import static io.auterity.server.gateway.Upstream.answers;
import static io.auterity.server.gateway.Upstream.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.HttpResponseFor;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.PaymentRequiredException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Anthropic's own Java client, unchanged, against the gateway: over a provider of its interface, and over OpenAI's. */
class AnthropicSdkTest {

    private Counter counter;
    private AnthropicClient client;

    @BeforeEach
    void open() throws Exception {
        counter = new Counter();
        counter.upstream.on("/chat/completions", answers(GatewayTest.GPT_SAYS, GatewayTest.GPT_STREAMS));
        counter.upstream.on("/messages", answers(GatewayTest.CLAUDE_SAYS, GatewayTest.CLAUDE_STREAMS));
        client = client(Counter.KEY);
    }

    private AnthropicClient client(String key) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(counter.url())
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        counter.close();
    }

    private static MessageCreateParams.Builder ask(String model) {
        return MessageCreateParams.builder().model(model).maxTokens(50).addUserMessage("hello");
    }

    private static String text(Message message) {
        return message.content().get(0).asText().text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai/gpt", "anthropic/claude"})
    void asks(String model) {
        try (HttpResponseFor<Message> response =
                client.messages().withRawResponse().create(ask(model).build())) {
            Message message = response.parse().validate();
            assertThat(text(message)).isEqualTo("hi");
            assertThat(message.usage().inputTokens()).isPositive();
            assertThat(response.headers().values("x-auterity-model")).containsExactly(model);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai/gpt", "anthropic/claude"})
    void streams(String model) {
        MessageAccumulator gathered = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream =
                client.messages().createStreaming(ask(model).build())) {
            stream.stream().forEach(gathered::accumulate);
        }
        assertThat(text(gathered.message())).isEqualTo("hi");
        assertThat(gathered.message().usage().outputTokens()).isPositive();
    }

    @Test
    void calls_tools_of_a_model_that_speaks_another_interface() {
        String call = "{'index':0,'id':'c1','type':'function','function':{'name':'look','arguments':'{}'}}";
        counter.upstream.on(
                "/chat/completions",
                answers(
                        ("{'choices':[{'index':0,'message':{'role':'assistant','content':null,'tool_calls':[" + call
                                        + "]},'finish_reason':'tool_calls'}]}")
                                .replace('\'', '"'),
                        Upstream.events(
                                "{'choices':[{'index':0,'delta':{'tool_calls':[" + call + "]}}]}",
                                "{'choices':[{'index':0,'delta':{},'finish_reason':'tool_calls'}]}",
                                "[DONE]")));
        Tool look = Tool.builder()
                .name("look")
                .inputSchema(Tool.InputSchema.builder().build())
                .build();
        Message message = client.messages().create(ask("gpt").addTool(look).build());
        assertThat(message.content().get(0).asToolUse().name()).isEqualTo("look");
        MessageAccumulator gathered = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream =
                client.messages().createStreaming(ask("gpt").addTool(look).build())) {
            stream.stream().forEach(gathered::accumulate);
        }
        assertThat(gathered.message().content().get(0).asToolUse().id()).isEqualTo("c1");
        assertThat(gathered.message().stopReason().orElseThrow().toString()).isEqualTo("tool_use");
    }

    /** The second turn: what the tool said goes to a model that speaks another interface. */
    @Test
    void tells_what_a_tool_said() {
        counter.upstream.on("/chat/completions", Looking.CHAT);
        Tool look = Tool.builder()
                .name("look")
                .inputSchema(Tool.InputSchema.builder().build())
                .build();
        Message called = client.messages().create(ask("gpt").addTool(look).build());
        String id = called.content().get(0).asToolUse().id();
        Message told = client.messages()
                .create(ask("gpt")
                        .addTool(look)
                        .addMessage(called)
                        .addUserMessageOfContentBlockParams(
                                List.of(ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                                        .toolUseId(id)
                                        .content("a cat")
                                        .build())))
                        .build());
        assertThat(text(told)).isEqualTo("hi");
        List<?> messages = (List<?>) counter.upstream.last().body().get("messages");
        assertThat(messages.get(2)).isEqualTo(Map.of("role", "tool", "tool_call_id", id, "content", "a cat"));
    }

    @Test
    void counts_tokens() {
        counter.upstream.on("/messages/count_tokens", status(200, "{\"input_tokens\": 42}"));
        MessageCountTokensParams params = MessageCountTokensParams.builder()
                .model("claude")
                .addUserMessage("hello")
                .build();
        assertThat(client.messages().countTokens(params).inputTokens()).isEqualTo(42);
    }

    @Test
    void lists_models() {
        assertThat(client.models().list().data())
                .extracting(model -> model.id())
                .contains("anthropic/claude");
    }

    @Test
    void knows_the_errors() {
        assertThatThrownBy(() -> client("wrong").messages().create(ask("claude").build()))
                .isInstanceOf(UnauthorizedException.class);
        assertThatThrownBy(() -> client.messages().create(ask("nobody").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("there is no model 'nobody'");
        PaymentRequiredException poor = catchThrowableOfType(
                PaymentRequiredException.class,
                () -> client(Counter.key("poor"))
                        .messages()
                        .create(ask("claude").build()));
        assertThat(poor).hasMessageContaining("billing_error").hasMessageContaining("leaves $0.0001");
        AnthropicClient narrow = client(Counter.key("narrow"));
        narrow.messages().create(ask("claude").build());
        narrow.messages().create(ask("claude").build());
        RateLimitException often = catchThrowableOfType(
                RateLimitException.class,
                () -> narrow.messages().create(ask("claude").build()));
        assertThat(often.headers().values("Retry-After")).containsExactly("30");
        counter.upstream.on("/messages", status(429, "{}", "Retry-After: 9"));
        RateLimitException busy = catchThrowableOfType(
                RateLimitException.class,
                () -> client.messages().create(ask("claude").build()));
        assertThat(busy.headers().values("Retry-After")).containsExactly("9");
    }

    @Test
    void is_told_that_a_stream_broke() {
        String stream = GatewayTest.CLAUDE_STREAMS;
        counter.upstream.on("/messages", answers("", stream.substring(0, stream.indexOf("event: message_delta"))));
        try (StreamResponse<RawMessageStreamEvent> events =
                client.messages().createStreaming(ask("claude").build())) {
            assertThatThrownBy(() -> events.stream().forEach(event -> {}))
                    .isInstanceOf(AnthropicException.class)
                    .hasMessageContaining("the stream broke");
        }
    }
}
