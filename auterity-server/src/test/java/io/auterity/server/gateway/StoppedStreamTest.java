package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.budget.LedgerLine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams of providers that do not keep to the limit: they end as answers that their limit has ended. */
class StoppedStreamTest {

    private Counter counter;

    @BeforeEach
    void open() throws Exception {
        counter = new Counter();
    }

    @AfterEach
    void close() throws Exception {
        counter.close();
    }

    /** The beginning of a stream, and then the same event until nobody takes it. */
    private static Upstream.Script endless(String beginning, String event) {
        return (request, out) -> {
            Upstream.head(out);
            Upstream.write(out, beginning);
            while (true) {
                Upstream.write(out, event);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 1"})
    void a_chat_ends_with_a_chunk_that_says_so(boolean wantsUsage, int usages) {
        counter.upstream.on(
                "/chat/completions",
                endless(
                        Upstream.events(
                                "{'id':'c-1','created':1,'choices':[{'index':0,'delta':{'role':'assistant'}}]}"),
                        Upstream.events(
                                "{'id':'c-1','created':1,'choices':[{'index':0,'delta':{'content':'word after word '}}]}")));
        String stream = counter.post(
                        "/v1/chat/completions",
                        "{'model': 'openai/gpt', 'max_tokens': 50, 'stream': true, 'stream_options': {'include_usage': "
                                + wantsUsage + "}, 'messages': [{'role': 'user', 'content': 'hello'}]}")
                .body();
        assertThat(stream).containsOnlyOnce("\"finish_reason\":\"length\"").endsWith("data: [DONE]\n\n");
        assertThat(stream.split("\"usage\":\\{", -1)).hasSize(1 + usages);
        assertThat(counter.lines()).extracting(LedgerLine::kind).containsExactly(LedgerLine.Kind.CUT_OFF);
    }

    @Test
    void a_message_ends_its_block_and_says_so() {
        counter.upstream.on(
                "/messages",
                endless(
                        Upstream.named(
                                "{'type':'message_start','message':{'id':'m','usage':{'input_tokens':7,'output_tokens':1}}}",
                                "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}"),
                        Upstream.named(
                                "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'word after word '}}")));
        String stream = counter.post(
                        "/v1/messages",
                        "{'model': 'anthropic/claude', 'max_tokens': 50, 'stream': true, 'messages': [{'role': 'user', 'content': 'hello'}]}")
                .body();
        assertThat(stream)
                .containsOnlyOnce("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}")
                .containsOnlyOnce("\"stop_reason\":\"max_tokens\"")
                .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void a_response_is_incomplete_and_has_what_came(boolean isText) {
        counter.upstream.on(
                "/responses",
                isText
                        ? endless(
                                Upstream.named(
                                        "{'type':'response.created','sequence_number':0,'response':{'id':'r','output':[]}}"),
                                Upstream.named(
                                        "{'type':'response.output_text.delta','sequence_number':1,'item_id':'i','output_index':0,'content_index':0,'delta':'word after word '}"))
                        : endless(
                                Upstream.named(
                                        "{'type':'response.created','sequence_number':0,'response':{'id':'r','output':[]}}",
                                        "{'type':'response.output_item.added','sequence_number':1,'output_index':0,'item':{'type':'function_call','id':'i','call_id':'c','name':'look','arguments':''}}"),
                                Upstream.named(
                                        "{'type':'response.function_call_arguments.delta','sequence_number':2,'item_id':'i','output_index':0,'delta':'word after word '}")));
        String stream = counter.post(
                        "/v1/responses",
                        "{'model': 'openai/gpt', 'max_output_tokens': 50, 'stream': true, 'input': 'hello'}")
                .body();
        String last = stream.substring(stream.lastIndexOf("event: "));
        assertThat(last).startsWith("event: response.incomplete\n");
        String json = last.substring(last.indexOf('{'), last.indexOf("\n\n"));
        assertThat(Counter.json(json, "response", "id")).isEqualTo("r");
        assertThat(Counter.json(json, "response", "incomplete_details", "reason"))
                .isEqualTo("max_output_tokens");
        assertThat(Counter.json(json, "response", "output", 0, "status")).isEqualTo("incomplete");
        List<Object> path = new ArrayList<>(List.of("response", "output", 0));
        path.addAll(isText ? List.of("content", 0, "text") : List.of("arguments"));
        int pieces = stream.split("\"delta\":\"word after word \"", -1).length - 1;
        assertThat(Counter.json(json, path.toArray())).isEqualTo("word after word ".repeat(pieces));
    }
}
