package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that break after their first words and are continued: byte for byte, and as the vendors' own clients see them. */
class ContinuedStreamTest {

    private static final String GPT = "openai/gpt";
    private static final String CLAUDE = "anthropic/claude";
    private static final String SECOND = "openai/second";

    private static final String GPT_BREAKS = Upstream.events(
            "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{'role':'assistant','content':'one '}}]}",
            "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{'content':'two '}}]}");
    private static final String GPT_ENDS = Upstream.events(
            "{'id':'c-2','object':'chat.completion.chunk','created':9,'model':'gpt-2','choices':[{'index':0,'delta':{'role':'assistant','content':'three'}}]}",
            "{'id':'c-2','object':'chat.completion.chunk','created':9,'model':'gpt-2','choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}",
            "{'id':'c-2','object':'chat.completion.chunk','created':9,'model':'gpt-2','choices':[],'usage':{'prompt_tokens':30,'completion_tokens':1,'total_tokens':31}}",
            "[DONE]");
    private static final String CLAUDE_BREAKS = Upstream.named(
            "{'type':'message_start','message':{'id':'msg_1','type':'message','role':'assistant','model':'claude',"
                    + "'content':[],'stop_reason':null,'stop_sequence':null,'usage':{'input_tokens':7,'output_tokens':1}}}",
            "{'type':'content_block_start','index':0,'content_block':{'type':'thinking','thinking':'','signature':''}}",
            "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta','thinking':'hm'}}",
            "{'type':'content_block_delta','index':0,'delta':{'type':'signature_delta','signature':'sig'}}",
            "{'type':'content_block_stop','index':0}",
            "{'type':'content_block_start','index':1,'content_block':{'type':'text','text':''}}",
            "{'type':'content_block_delta','index':1,'delta':{'type':'text_delta','text':'one two '}}");
    private static final String CLAUDE_ENDS = Upstream.named(
            "{'type':'message_start','message':{'id':'msg_2','type':'message','role':'assistant','model':'claude',"
                    + "'content':[],'stop_reason':null,'stop_sequence':null,'usage':{'input_tokens':30,'output_tokens':1}}}",
            "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}",
            "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'three'}}",
            "{'type':'content_block_stop','index':0}",
            "{'type':'message_delta','delta':{'stop_reason':'end_turn','stop_sequence':null},'usage':{'output_tokens':3}}",
            "{'type':'message_stop'}");

    private static final String EMPTY_RESPONSE = OpenAiSdkTest.RESPONSE
            .replace('"', '\'')
            .replaceAll("'status':'completed','error'", "'status':'in_progress','error'")
            .replaceAll("'output':\\[.*\\],'usage':.*", "'output':[],'usage':null}");
    private static final String RESPONSE_BREAKS = Upstream.named(
            "{'type':'response.created','sequence_number':0,'response':" + EMPTY_RESPONSE + "}",
            "{'type':'response.output_item.added','sequence_number':1,'output_index':0,'item':{'type':'reasoning','id':'r','summary':[]}}",
            "{'type':'response.output_item.done','sequence_number':2,'output_index':0,'item':{'type':'reasoning','id':'r','summary':[]}}",
            "{'type':'response.output_item.added','sequence_number':3,'output_index':1,'item':{'type':'message','id':'m','status':'in_progress','role':'assistant','content':[]}}",
            "{'type':'response.content_part.added','sequence_number':4,'item_id':'m','output_index':1,'content_index':0,'part':{'type':'output_text','text':'','annotations':[]}}",
            "{'type':'response.output_text.delta','sequence_number':5,'item_id':'m','output_index':1,'content_index':0,'delta':'one two ','logprobs':[]}");
    private static final String RESPONSE_ENDS = Upstream.named(
            "{'type':'response.created','sequence_number':0,'response':" + EMPTY_RESPONSE.replace("resp_1", "resp_2")
                    + "}",
            "{'type':'response.output_text.delta','sequence_number':1,'item_id':'m2','output_index':0,"
                    + "'content_index':0,'delta':'three','logprobs':[]}",
            "{'type':'response.completed','sequence_number':2,'response':" + OpenAiSdkTest.RESPONSE.replace('"', '\'')
                    + "}");

    private Counter counter;
    private OpenAIClient openai;
    private AnthropicClient anthropic;

    private void open(String first, String next) throws Exception {
        counter = Counter.continuing(first + ", " + next);
        openai = OpenAIOkHttpClient.builder()
                .baseUrl(counter.url() + "/v1")
                .apiKey(Counter.KEY)
                .maxRetries(0)
                .build();
        anthropic = AnthropicOkHttpClient.builder()
                .baseUrl(counter.url())
                .apiKey(Counter.KEY)
                .maxRetries(0)
                .build();
        counter.upstream.on("/messages", Upstream.answers("", first.equals(CLAUDE) ? CLAUDE_BREAKS : CLAUDE_ENDS));
        counter.upstream.on("/chat/completions", byModel(GPT_BREAKS, GPT_ENDS, first));
        counter.upstream.on("/responses", byModel(RESPONSE_BREAKS, RESPONSE_ENDS, first));
    }

    private static Upstream.Script byModel(String breaks, String ends, String first) {
        return (request, out) -> Upstream.answers(
                        "", first.endsWith("/" + request.body().get("model")) ? breaks : ends)
                .answer(request, out);
    }

    @AfterEach
    void close() throws Exception {
        openai.close();
        anthropic.close();
        counter.close();
    }

    private Money total() {
        return counter.lines().stream()
                .map(line -> line.charge().cost().orElseThrow())
                .reduce(Money.ZERO, Money::plus);
    }

    /** The comment at the join, and the one with what all parts cost, are in every interface. */
    private void assertMarked(String stream, String first, String next) {
        assertThat(stream)
                .containsOnlyOnce("\n: x-auterity-continued: " + first + " broke off after 8 characters (CUT_OFF), and "
                        + next + " went on\n\n")
                .contains("\n: x-auterity-cost: " + total().toString().replace("$", "") + "\n\n")
                .containsOnlyOnce("\"auterity_continued\":\"" + first);
        assertThat(counter.lines())
                .extracting(LedgerLine::kind)
                .containsExactly(LedgerLine.Kind.CUT_OFF, LedgerLine.Kind.REPORTED);
    }

    // --- chat completions ---

    @ParameterizedTest
    @ValueSource(strings = {SECOND, CLAUDE})
    void a_chat_goes_on_in_one_stream_of_chunks(String next) throws Exception {
        open(GPT, next);
        String stream = counter.post(
                        "/v1/chat/completions",
                        "{'model': 'auto', 'stream': true, 'messages': [{'role': 'user', 'content': 'hello'}]}")
                .body();
        assertMarked(stream, GPT, next);
        assertThat(stream).startsWith(GPT_BREAKS).endsWith("data: [DONE]\n\n").doesNotContain("c-2", "usage\":{");
        assertThat(stream.split("\"id\":\"c-1\"", -1)).hasSize(1 + 4);
        assertThat(stream.split("\"role\":", -1)).hasSize(1 + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {SECOND, CLAUDE})
    void openais_client_gathers_a_chat_in_parts(String next) throws Exception {
        open(GPT, next);
        ChatCompletionAccumulator gathered = ChatCompletionAccumulator.create();
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        ChatCompletionCreateParams params = ChatCompletionCreateParams.builder()
                .model("auto")
                .addUserMessage("hello")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                openai.chat().completions().createStreaming(params)) {
            stream.stream().forEach(chunk -> {
                chunks.add(chunk.validate());
                gathered.accumulate(chunk);
            });
        }
        ChatCompletion completion = gathered.chatCompletion();
        assertThat(completion.choices().get(0).message().content()).contains("one two three");
        assertThat(completion.choices().get(0).finishReason().toString()).isEqualTo("stop");
        assertThat(completion.usage().orElseThrow().completionTokens())
                .isEqualTo(counter.lines().stream()
                        .mapToLong(line -> line.charge().usage().outputTokens())
                        .sum());
        assertThat(chunks)
                .filteredOn(chunk -> chunk._additionalProperties().containsKey("auterity_continued"))
                .hasSize(1);
    }

    // --- messages ---

    @ParameterizedTest
    @ValueSource(strings = {GPT, CLAUDE})
    void a_message_goes_on_in_its_open_block(String first) throws Exception {
        String next = first.equals(GPT) ? CLAUDE : GPT;
        open(first, next);
        String stream = counter.post(
                        "/v1/messages",
                        "{'model': 'auto', 'max_tokens': 100, 'stream': true, 'messages': [{'role': 'user', 'content': 'hello'}]}")
                .body();
        assertMarked(stream, first, next);
        assertThat(stream.split("event: message_start", -1)).hasSize(1 + 1);
        assertThat(stream.split("\"type\":\"text\"", -1)).hasSize(1 + 1);
        assertThat(stream).contains("event: message_stop\n");
        if (first.equals(CLAUDE)) {
            assertThat(stream).startsWith(CLAUDE_BREAKS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {GPT, CLAUDE})
    void anthropics_client_gathers_a_message_in_parts(String first) throws Exception {
        open(first, first.equals(GPT) ? CLAUDE : GPT);
        MessageAccumulator gathered = MessageAccumulator.create();
        List<RawMessageStreamEvent> events = new ArrayList<>();
        MessageCreateParams params = MessageCreateParams.builder()
                .model("auto")
                .maxTokens(100)
                .addUserMessage("hello")
                .build();
        try (com.anthropic.core.http.StreamResponse<RawMessageStreamEvent> stream =
                anthropic.messages().createStreaming(params)) {
            stream.stream().forEach(event -> {
                events.add(event);
                gathered.accumulate(event);
            });
        }
        Message message = gathered.message().validate();
        int last = message.content().size() - 1;
        assertThat(message.content().get(last).asText().text()).isEqualTo("one two three");
        if (first.equals(CLAUDE)) {
            assertThat(message.content().get(0).asThinking().signature()).isEqualTo("sig");
        }
        assertThat(message.stopReason().orElseThrow().toString()).isEqualTo("end_turn");
        assertThat(events)
                .filteredOn(event -> event.isMessageDelta()
                        && event.asMessageDelta()._additionalProperties().containsKey("auterity_continued"))
                .hasSize(1);
    }

    // --- responses ---

    @Test
    void a_response_goes_on_in_its_open_item() throws Exception {
        open(GPT, SECOND);
        String stream = counter.post("/v1/responses", "{'model': 'auto', 'stream': true, 'input': 'hello'}")
                .body();
        assertMarked(stream, GPT, SECOND);
        assertThat(stream).startsWith(RESPONSE_BREAKS).doesNotContain("resp_2", "m2");
        assertThat(counter.upstream.last().body().get("input"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .startsWith(
                        Map.of("role", "user", "content", "hello"), Map.of("role", "assistant", "content", "one two "));
        List<Long> numbers = new ArrayList<>();
        for (String line : stream.split("\n")) {
            if (line.startsWith("data: {")) {
                numbers.add((Long) Counter.json(line.substring(6), "sequence_number"));
            }
        }
        assertThat(numbers).isSorted().doesNotHaveDuplicates().startsWith(0L, 1L);
    }

    @Test
    void openais_client_gathers_a_response_in_parts() throws Exception {
        open(GPT, SECOND);
        ResponseAccumulator gathered = ResponseAccumulator.create();
        ResponseCreateParams params =
                ResponseCreateParams.builder().model("auto").input("hello").build();
        try (StreamResponse<ResponseStreamEvent> stream = openai.responses().createStreaming(params)) {
            stream.stream().forEach(event -> gathered.accumulate(event.validate()));
        }
        Response response = gathered.response().validate();
        assertThat(response.id()).isEqualTo("resp_1");
        assertThat(response.output()).hasSize(2);
        assertThat(response.output().get(1).asMessage().id()).isEqualTo("m");
        assertThat(response.output()
                        .get(1)
                        .asMessage()
                        .content()
                        .get(0)
                        .asOutputText()
                        .text())
                .isEqualTo("one two three");
        assertThat(response.status().orElseThrow().toString()).isEqualTo("completed");
        assertThat(response.usage().orElseThrow().outputTokens()).isEqualTo(8 + 2);
    }

    @Test
    void a_response_of_which_nobody_said_that_its_item_began_goes_on_and_may_call_a_tool() throws Exception {
        open(GPT, SECOND);
        String delta = "{'type':'response.output_text.delta','sequence_number':1,'item_id':'m','output_index':0,"
                + "'content_index':0,'delta':'one two ','logprobs':[]}";
        String ends = Upstream.named(
                "{'type':'response.output_item.added','output_index':0,'item':{'type':'function_call','id':'f','call_id':'c','name':'look','arguments':''}}",
                "{'type':'response.function_call_arguments.delta','output_index':0,'item_id':'f','delta':'{}'}",
                "{'type':'response.completed','response':{'status':'completed','output':[]}}");
        counter.upstream.on("/responses", byModel(Upstream.named(delta), ends, GPT));
        String json = lastEvent(response());
        assertThat(Counter.json(json, "response", "output", 0, "content", 0, "text"))
                .isEqualTo("one two ");
        assertThat(Counter.json(json, "response", "output", 1, "call_id")).isEqualTo("c");
        assertThat(Counter.json(json, "response", "output", 1, "arguments")).isEqualTo("{}");
        assertThat((String) Counter.json(json, "response", "output", 1, "id")).startsWith("fc_");
    }

    private String response() {
        return counter.post("/v1/responses", "{'model': 'auto', 'stream': true, 'input': 'hello'}")
                .body();
    }

    private static String lastEvent(String stream) {
        String last = stream.substring(stream.lastIndexOf("event: "));
        return last.substring(last.indexOf('{'), last.indexOf("\n\n"));
    }

    @Test
    void a_response_may_go_on_with_the_call_of_a_custom_tool() throws Exception {
        open(GPT, SECOND);
        String ends = Upstream.named(
                "{'type':'response.output_item.added','output_index':0,'item':{'type':'custom_tool_call','id':'f','call_id':'c','name':'look','input':''}}",
                "{'type':'response.custom_tool_call_input.delta','output_index':0,'item_id':'f','delta':'there'}",
                "{'type':'response.completed','response':{'status':'completed','output':[]}}");
        counter.upstream.on("/responses", byModel(RESPONSE_BREAKS, ends, GPT));
        String stream = response();
        assertThat(stream)
                .contains("event: response.custom_tool_call_input.delta\n")
                .contains("event: response.custom_tool_call_input.done\n")
                .doesNotContain("function_call");
        String json = lastEvent(stream);
        assertThat((String) Counter.json(json, "response", "output", 2, "id")).startsWith("ctc_");
        assertThat(Counter.json(json, "response", "output", 2, "call_id")).isEqualTo("c");
        assertThat(Counter.json(json, "response", "output", 2, "name")).isEqualTo("look");
        assertThat(Counter.json(json, "response", "output", 2, "input")).isEqualTo("there");
    }

    @Test
    void an_item_of_the_first_provider_that_only_it_can_end_stays_incomplete() throws Exception {
        open(GPT, SECOND);
        String breaks = RESPONSE_BREAKS
                + Upstream.named(
                        "{'type':'response.output_item.done','sequence_number':6,'output_index':1,'item':{'type':'message','id':'m','status':'completed','role':'assistant','content':[{'type':'output_text','text':'one two ','annotations':[]}]}}",
                        "{'type':'response.output_item.added','sequence_number':7,'output_index':2,'item':{'type':'reasoning','id':'r2','summary':[]}}");
        counter.upstream.on("/responses", byModel(breaks, RESPONSE_ENDS, GPT));
        String stream = response();
        assertThat(stream).doesNotContain("function_call");
        String json = lastEvent(stream);
        assertThat(Counter.json(json, "response", "output", 2, "id")).isEqualTo("r2");
        assertThat(Counter.json(json, "response", "output", 2, "status")).isEqualTo("incomplete");
        assertThat((String) Counter.json(json, "response", "output", 3, "id")).startsWith("msg_");
        assertThat(Counter.json(json, "response", "output", 3, "content", 0, "text"))
                .isEqualTo("three");
    }

    @Test
    void a_response_says_that_a_filter_has_cut_its_rest() throws Exception {
        open(GPT, SECOND);
        String ends = Upstream.named(
                "{'type':'response.output_text.delta','output_index':0,'delta':'three'}",
                "{'type':'response.incomplete','response':{'status':'incomplete','incomplete_details':{'reason':'content_filter'},'output':[]}}");
        counter.upstream.on("/responses", byModel(RESPONSE_BREAKS, ends, GPT));
        String stream = response();
        assertThat(stream).contains("event: response.incomplete\n");
        assertThat(Counter.json(lastEvent(stream), "response", "incomplete_details", "reason"))
                .isEqualTo("content_filter");
    }

    @Test
    void an_error_has_the_next_number() throws Exception {
        open(GPT, CLAUDE); // which has no responses
        counter.upstream.on("/responses", byModel(RESPONSE_BREAKS, "", GPT));
        String json = lastEvent(response());
        assertThat(Counter.json(json, "type")).isEqualTo("error");
        assertThat(Counter.json(json, "sequence_number")).isEqualTo(6L);
        assertThat(json).contains("\"param\":null");
    }

    // --- and when nobody goes on ---

    @Test
    void a_stream_that_nobody_goes_on_with_ends_with_an_error() throws Exception {
        open(GPT, CLAUDE);
        counter.upstream.on("/messages", Upstream.status(503, "{}"));
        try (StreamResponse<ChatCompletionChunk> stream = openai.chat()
                .completions()
                .createStreaming(ChatCompletionCreateParams.builder()
                        .model("both")
                        .addUserMessage("hello")
                        .build())) {
            assertThatThrownBy(() -> stream.stream().forEach(chunk -> {}))
                    .isInstanceOf(OpenAIException.class)
                    .hasMessageContaining("the stream broke");
        }
        assertThat(counter.lines()).hasSize(1);
    }
}
