package io.auterity.server.gateway;

import static io.auterity.server.gateway.Upstream.answers;
import static io.auterity.server.gateway.Upstream.named;
import static io.auterity.server.gateway.Upstream.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.errors.UnexpectedStatusCodeException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseStreamEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's own Java client, unchanged, against the gateway: over a provider of its interface, and over Anthropic's. */
class OpenAiSdkTest {

    static final String RESPONSE = "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1,"
            + "\"status\":\"completed\",\"error\":null,\"incomplete_details\":null,\"instructions\":null,"
            + "\"metadata\":{},\"model\":\"gpt\",\"parallel_tool_calls\":true,\"temperature\":1.0,\"tool_choice\":\"auto\","
            + "\"tools\":[],\"top_p\":1.0,\"output\":[{\"type\":\"message\",\"id\":\"m\",\"status\":\"completed\","
            + "\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"hi\",\"annotations\":[]}]}],"
            + "\"usage\":{\"input_tokens\":3,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":2,"
            + "\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":5}}";

    static final String VECTORS = "{\"object\": \"list\", \"model\": \"embed\", \"data\": [{\"object\": \"embedding\","
            + " \"index\": 0, \"embedding\": \"AACAPwAAAEA=\"}], \"usage\": {\"prompt_tokens\": 5, \"total_tokens\": 5}}";

    private Counter counter;
    private OpenAIClient client;

    @BeforeEach
    void open() throws Exception {
        counter = new Counter();
        counter.upstream.on("/chat/completions", answers(GatewayTest.GPT_SAYS, GatewayTest.GPT_STREAMS));
        counter.upstream.on("/messages", answers(GatewayTest.CLAUDE_SAYS, GatewayTest.CLAUDE_STREAMS));
        client = client(Counter.KEY);
    }

    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(counter.url() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        counter.close();
    }

    private static ChatCompletionCreateParams.Builder ask(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai/gpt", "anthropic/claude"})
    void chats(String model) {
        try (HttpResponseFor<ChatCompletion> response = client.chat()
                .completions()
                .withRawResponse()
                .create(ask(model).maxCompletionTokens(50).build())) {
            ChatCompletion completion = response.parse().validate();
            assertThat(completion.choices().get(0).message().content()).contains("hi");
            assertThat(completion.usage().orElseThrow().totalTokens()).isPositive();
            assertThat(response.headers().values("x-auterity-model")).containsExactly(model);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai/gpt", "anthropic/claude"})
    void streams(String model) {
        ChatCompletionAccumulator gathered = ChatCompletionAccumulator.create();
        ChatCompletionCreateParams params = ask(model)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(gathered::accumulate);
        }
        ChatCompletion completion = gathered.chatCompletion();
        assertThat(completion.choices().get(0).message().content()).contains("hi");
        assertThat(completion.usage()).isPresent();
    }

    private static ChatCompletionFunctionTool look() {
        return ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name("look")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .build())
                        .build())
                .build();
    }

    @Test
    void calls_tools_of_a_model_that_speaks_another_interface() {
        ChatCompletionMessage message = client.chat()
                .completions()
                .create(ask("claude").addTool(look()).build())
                .choices()
                .get(0)
                .message();
        assertThat(message.toolCalls()
                        .orElseThrow()
                        .get(0)
                        .asFunction()
                        .function()
                        .arguments())
                .isEqualTo("{\"at\":1}");
        ChatCompletionAccumulator gathered = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(ask("claude").addTool(look()).build())) {
            stream.stream().forEach(gathered::accumulate);
        }
        ChatCompletionMessage streamed =
                gathered.chatCompletion().choices().get(0).message();
        assertThat(streamed.toolCalls()
                        .orElseThrow()
                        .get(0)
                        .asFunction()
                        .function()
                        .arguments())
                .isEqualTo("{\"at\":1}");
        assertThat(counter.upstream.last().body().get("tools"))
                .isEqualTo(List.of(Map.of("name", "look", "input_schema", Map.of("type", "object"))));
    }

    /** The second turn: what the tool said goes to a model that speaks another interface. */
    @Test
    void tells_what_a_tool_said() {
        ChatCompletionMessage called = client.chat()
                .completions()
                .create(ask("claude").addTool(look()).build())
                .choices()
                .get(0)
                .message();
        String id = called.toolCalls().orElseThrow().get(0).asFunction().id();
        client.chat()
                .completions()
                .create(ask("claude")
                        .addTool(look())
                        .addMessage(called)
                        .addMessage(ChatCompletionToolMessageParam.builder()
                                .toolCallId(id)
                                .content("a cat")
                                .build())
                        .build());
        List<?> messages = (List<?>) counter.upstream.last().body().get("messages");
        Map<String, Object> result = Map.of("type", "tool_result", "tool_use_id", id, "content", "a cat");
        assertThat(messages.get(2)).isEqualTo(Map.of("role", "user", "content", List.of(result)));
    }

    @Test
    void calls_tools_over_responses() {
        counter.upstream.on("/responses", Looking.RESPONSES);
        FunctionTool look = FunctionTool.builder()
                .name("look")
                .strict(false)
                .parameters(FunctionTool.Parameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .build())
                .build();
        ResponseCreateParams.Builder ask =
                ResponseCreateParams.builder().model("gpt").addTool(look);
        ResponseFunctionToolCall call = client.responses()
                .create(ask.input("hello").build())
                .output()
                .get(0)
                .asFunctionCall();
        assertThat(call.name()).isEqualTo("look");
        assertThat(call.arguments()).isEqualTo("{\"at\":1}");
        ResponseAccumulator gathered = ResponseAccumulator.create();
        try (StreamResponse<ResponseStreamEvent> events =
                client.responses().createStreaming(ask.input("hello").build())) {
            events.stream().forEach(gathered::accumulate);
        }
        assertThat(gathered.response().output().get(0).asFunctionCall().arguments())
                .isEqualTo("{\"at\":1}");
        List<ResponseInputItem> told = List.of(
                ResponseInputItem.ofFunctionCall(call),
                ResponseInputItem.ofFunctionCallOutput(ResponseInputItem.FunctionCallOutput.builder()
                        .callId(call.callId())
                        .output("a cat")
                        .build()));
        Response response = client.responses().create(ask.inputOfResponse(told).build());
        assertThat(response.output().get(0).isMessage()).isTrue();
    }

    @Test
    void asks_for_answers_of_a_class() {
        counter.upstream.on(
                "/chat/completions",
                answers(GatewayTest.GPT_SAYS.replace("\"hi\"", "\"{\\\"city\\\": \\\"Bonn\\\"}\""), ""));
        Place place = client.chat()
                .completions()
                .create(ask("gpt").responseFormat(Place.class).build())
                .choices()
                .get(0)
                .message()
                .content()
                .orElseThrow();
        assertThat(place.city).isEqualTo("Bonn");
        assertThat(Counter.json(
                        io.auterity.definition.Json.write(
                                counter.upstream.last().body()),
                        "response_format",
                        "type"))
                .isEqualTo("json_schema");
    }

    /** What a model is asked to answer with. */
    public static final class Place {
        public String city = "";
    }

    @Test
    void embeds() {
        counter.upstream.on("/embeddings", status(200, VECTORS));
        CreateEmbeddingResponse response = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("embed")
                        .input("hello")
                        .build());
        assertThat(response.data().get(0).embedding()).containsExactly(1f, 2f);
    }

    @Test
    void responds() {
        String stream = named(
                "{'type':'response.created','sequence_number':0,'response':" + RESPONSE.replace('"', '\'') + "}",
                "{'type':'response.output_text.delta','sequence_number':1,'item_id':'m','output_index':0,"
                        + "'content_index':0,'delta':'hi','logprobs':[]}",
                "{'type':'response.completed','sequence_number':2,'response':" + RESPONSE.replace('"', '\'') + "}");
        counter.upstream.on("/responses", answers(RESPONSE, stream));
        ResponseCreateParams params =
                ResponseCreateParams.builder().model("gpt").input("hello").build();
        Response response = client.responses().create(params);
        assertThat(response.output()
                        .get(0)
                        .asMessage()
                        .content()
                        .get(0)
                        .asOutputText()
                        .text())
                .isEqualTo("hi");
        try (StreamResponse<ResponseStreamEvent> events = client.responses().createStreaming(params)) {
            assertThat(events.stream()
                            .filter(ResponseStreamEvent::isOutputTextDelta)
                            .map(event -> event.asOutputTextDelta().delta()))
                    .containsExactly("hi");
        }
    }

    @Test
    void lists_models() {
        assertThat(client.models().list().data()).extracting(Model::id).contains("auto", "both", "openai/gpt");
        assertThat(client.models().retrieve("openai/gpt").ownedBy()).isEqualTo("openai");
    }

    @Test
    void knows_the_errors() {
        assertThatThrownBy(() ->
                        client("wrong").chat().completions().create(ask("gpt").build()))
                .isInstanceOf(UnauthorizedException.class);
        assertThatThrownBy(
                        () -> client.chat().completions().create(ask("nobody").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("there is no model 'nobody'");
        BadRequestException wrong = catchThrowableOfType(
                BadRequestException.class,
                () -> client.chat().completions().create(ask("gpt").n(2).build()));
        assertThat(wrong.param()).contains("n");
        UnexpectedStatusCodeException poor = catchThrowableOfType(
                UnexpectedStatusCodeException.class,
                () -> client(Counter.key("poor"))
                        .chat()
                        .completions()
                        .create(ask("gpt").build()));
        assertThat(poor.statusCode()).isEqualTo(402);
        assertThat(poor).hasMessageContaining("leaves $0.0001");
        OpenAIClient narrow = client(Counter.key("narrow"));
        narrow.chat().completions().create(ask("claude").build());
        narrow.chat().completions().create(ask("claude").build());
        RateLimitException often = catchThrowableOfType(
                RateLimitException.class,
                () -> narrow.chat().completions().create(ask("claude").build()));
        assertThat(often.headers().values("Retry-After")).containsExactly("30");
        counter.upstream.on("/chat/completions", status(429, "{}", "Retry-After: 9"));
        RateLimitException busy = catchThrowableOfType(
                RateLimitException.class,
                () -> client.chat().completions().create(ask("gpt").build()));
        assertThat(busy.headers().values("Retry-After")).containsExactly("9");
    }

    @Test
    void is_told_that_a_stream_broke() {
        counter.upstream.on(
                "/chat/completions",
                answers(
                        "",
                        Upstream.events(
                                "{'id':'c','object':'chat.completion.chunk','created':1,'model':'m','choices':[{'index':0,'delta':{'content':'h'}}]}")));
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(ask("gpt").build())) {
            assertThatThrownBy(() -> stream.stream().forEach(chunk -> {}))
                    .isInstanceOf(OpenAIException.class)
                    .hasMessageContaining("the stream broke");
        }
    }
}
