package io.auterity.server.gateway;

import static io.auterity.server.gateway.Counter.json;
import static io.auterity.server.gateway.Upstream.answers;
import static io.auterity.server.gateway.Upstream.events;
import static io.auterity.server.gateway.Upstream.named;
import static io.auterity.server.gateway.Upstream.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.money.Money;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway over real sockets, with an upstream that answers byte for byte. */
class GatewayTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{'model': 'openai/gpt', 'messages': [{'role': 'user', 'content': 'hello'}]}";
    private static final String STREAM =
            "{'model': 'openai/gpt', 'stream': true, 'messages': [{'role': 'user', 'content': 'hello'}]}";

    static final String GPT_SAYS =
            "{\"id\": \"c-1\", \"object\": \"chat.completion\", \"created\": 1, \"model\": \"gpt-1\", \"novel\": [1], \"choices\": [{\"index\": 0, \"message\": {\"role\": \"assistant\","
                    + " \"content\": \"hi\", \"refusal\": null}, \"logprobs\": null, \"finish_reason\": \"stop\"}],"
                    + " \"usage\": {\"prompt_tokens\": 11, \"completion_tokens\": 4, \"total_tokens\": 15}}";
    static final String GPT_STREAMS = events(
            "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{'role':'assistant','content':''}}]}",
            "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{'content':'h'}}],'novel':1}",
            "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{'content':'i'}}]}",
            "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}",
            "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[],'usage':{'prompt_tokens':11,'completion_tokens':4,'total_tokens':15}}",
            "[DONE]");
    static final String CLAUDE_SAYS = "{\"id\": \"msg_1\", \"type\": \"message\", \"role\": \"assistant\","
            + " \"model\": \"claude\", \"content\": [{\"type\": \"text\", \"text\": \"hi\"},"
            + " {\"type\": \"tool_use\", \"id\": \"t1\", \"name\": \"look\", \"input\": {\"at\": 1}}],"
            + " \"stop_reason\": \"tool_use\", \"stop_sequence\": null, \"novel\": 1,"
            + " \"usage\": {\"input_tokens\": 7, \"output_tokens\": 3}}";
    static final String CLAUDE_STREAMS = named(
            "{'type':'message_start','message':{'id':'msg_1','type':'message','role':'assistant','model':'claude',"
                    + "'content':[],'stop_reason':null,'stop_sequence':null,"
                    + "'usage':{'input_tokens':7,'output_tokens':1}}}",
            "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}",
            "{'type':'ping'}",
            "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'hi'}}",
            "{'type':'content_block_stop','index':0}",
            "{'type':'content_block_start','index':1,'content_block':{'type':'tool_use','id':'t1','name':'look','input':{}}}",
            "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'{\\\"at\\\":1}'}}",
            "{'type':'content_block_stop','index':1}",
            "{'type':'message_delta','delta':{'stop_reason':'tool_use','stop_sequence':null},'usage':{'output_tokens':3}}",
            "{'type':'message_stop'}");

    private Counter counter;

    @BeforeEach
    void open() throws Exception {
        counter = new Counter();
        counter.upstream.on("/chat/completions", answers(GPT_SAYS, GPT_STREAMS));
        counter.upstream.on("/messages", answers(CLAUDE_SAYS, CLAUDE_STREAMS));
    }

    @AfterEach
    void close() throws Exception {
        counter.close();
    }

    @Test
    void an_answer_comes_back_as_the_provider_wrote_it_with_its_cost() {
        HttpResponse<String> response = counter.post(
                CHAT,
                "{'model': 'gpt', 'messages': [{'role': 'user', 'content': 'hello', 'name': 'me'}], 'novel': {'a': 1},"
                        + " 'max_tokens': 100, 'temperature': 0.5}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(GPT_SAYS);
        assertThat(response.headers().map())
                .containsEntry("x-auterity-model", List.of("openai/gpt"))
                .containsEntry("x-auterity-cost", List.of("0.000051")) // 11 x $1 + 4 x $10 a million
                .containsEntry("x-auterity-attempts", List.of("1"))
                .containsKeys("x-auterity-reason", "x-request-id", "x-auterity-deployment");
        assertThat(counter.upstream.last().body())
                .containsEntry("model", "gpt")
                .containsEntry("novel", Map.of("a", 1L))
                .containsEntry("temperature", 0.5)
                .containsEntry("max_completion_tokens", 100L)
                .containsEntry("messages", List.of(Map.of("role", "user", "content", "hello", "name", "me")));
        assertThat(counter.upstream.last().headers()).containsEntry("authorization", "Bearer sk-one");
        assertThat(counter.lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {ASK, STREAM})
    void a_region_is_called_at_its_own_address_and_another_if_that_is_ill(String ask) throws Exception {
        try (Upstream america = new Upstream().on("/chat/completions", answers(GPT_SAYS, GPT_STREAMS));
                Counter spread = Counter.spread(
                        "  away: {speaks: openai-compatible, url: \"" + america.url() + "\"}\n",
                        "[{id: eu, region: eu}, {id: us, region: us, provider: away, name: gpt-in-texas}]")) {
            spread.upstream.on("/chat/completions", answers(GPT_SAYS, GPT_STREAMS));
            for (String region : List.of("us", "eu")) {
                HttpRequest.Builder request = spread.request(CHAT).header("x-auterity-region", region);
                HttpResponse<String> response =
                        spread.send(request.POST(HttpRequest.BodyPublishers.ofString(ask.replace('\'', '"'))));
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                assertThat(response.headers().map())
                        .containsEntry("x-auterity-model", List.of("openai/gpt"))
                        .containsEntry("x-auterity-deployment", List.of(region));
            }
            assertThat(america.received())
                    .singleElement()
                    .satisfies(call -> assertThat(call.body()).containsEntry("model", "gpt-in-texas"));
            assertThat(spread.upstream.received())
                    .singleElement()
                    .satisfies(call -> assertThat(call.body()).containsEntry("model", "gpt"));
            assertThat(spread.lines())
                    .extracting(line -> line.charge().cost())
                    .containsOnly(Optional.of(new Money(51_000)));

            spread.upstream.on("/chat/completions", status(503, "{}"));
            for (int i = 0; i < 10; i++) {
                assertThat(spread.post(CHAT, ask).headers().firstValue("x-auterity-deployment"))
                        .contains("us");
            }
            assertThat(america.received()).hasSize(11);
        }
    }

    @Test
    void what_goes_through_unchanged_is_decided_by_the_interface_of_where_a_model_is() throws Exception {
        try (Counter spread = Counter.spread("", "[{provider: anthropic, name: claude-in-dublin}]")) {
            spread.upstream.on("/messages", answers(CLAUDE_SAYS, CLAUDE_STREAMS));
            String ask = ASK.replace("}]}", "}], 'max_tokens': 100, 'novel': 1}");
            assertThat(spread.post("/v1/messages", ask).body()).isEqualTo(CLAUDE_SAYS);
            assertThat(spread.upstream.last().body())
                    .containsEntry("model", "claude-in-dublin")
                    .containsEntry("novel", 1L);
            assertThat(spread.post(CHAT, ask.replace("novel", "seed")).headers().firstValue("x-auterity-dropped"))
                    .contains("seed");
            assertThat(spread.post("/v1/responses", "{'model': 'openai/gpt', 'input': 'hello'}")
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void an_answer_is_scored_once_by_the_id_it_came_with() {
        String id = counter.post(CHAT, ASK).headers().firstValue("x-request-id").orElseThrow();
        String score = "{'request': '" + id + "', 'score': 0.5, 'task': 'greeting'}";

        assertThat(counter.post("/v1/scores", score).body()).isEqualTo("{\"scored\":true}");
        assertThat(counter.post("/v1/scores", score).body()).isEqualTo("{\"scored\":false}");
        assertThat(counter.post("/v1/scores", score.replace(id, "nobody")).body())
                .isEqualTo("{\"scored\":false}");

        HttpResponse<String> wrong = counter.post("/v1/scores", score.replace("0.5", "1.5"));
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("score is a number between 0 and 1");
    }

    @Test
    void a_stream_comes_back_event_by_event_and_its_usage_only_if_asked_for() {
        HttpResponse<String> response = counter.post(CHAT, STREAM);
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.headers().firstValue("x-auterity-model")).contains("openai/gpt");
        assertThat(counter.upstream.last().body()).containsEntry("stream_options", Map.of("include_usage", true));
        String[] blocks = GPT_STREAMS.split("(?<=\n\n)");
        assertThat(response.body())
                .isEqualTo(
                        blocks[0] + blocks[1] + blocks[2] + blocks[3] + ": x-auterity-cost: 0.000051\n\n" + blocks[5]);
        HttpResponse<String> asked =
                counter.post(CHAT, STREAM.replace("'stream'", "'stream_options': {'include_usage': true}, 'stream'"));
        assertThat(asked.body()).contains(blocks[4]);
    }

    @Test
    void what_else_a_stream_is_asked_to_be_is_passed_on() {
        counter.post(
                CHAT,
                STREAM.replace(
                        "'stream'",
                        "'stream_options': {'include_usage': false, 'include_obfuscation': false, 'new': 1, 'old': null},"
                                + " 'stream'"));
        assertThat(counter.upstream.last().body())
                .containsEntry(
                        "stream_options", Map.of("include_usage", true, "include_obfuscation", false, "new", 1L));
        counter.post(CHAT, ASK.replace("'model'", "'stream_options': {'include_obfuscation': false}, 'model'"));
        assertThat(counter.upstream.last().body()).doesNotContainKey("stream_options"); // it is no stream
    }

    @Test
    void a_provider_of_the_other_interface_is_translated_both_ways() {
        String ask = ASK.replace("openai/gpt", "claude");
        HttpResponse<String> response = counter.post(CHAT, ask);
        assertThat(json(response.body(), "object")).isEqualTo("chat.completion");
        assertThat(json(response.body(), "choices", 0, "message", "content")).isEqualTo("hi");
        assertThat(json(response.body(), "choices", 0, "message", "tool_calls", 0, "function", "arguments"))
                .isEqualTo("{\"at\":1}");
        assertThat(json(response.body(), "choices", 0, "finish_reason")).isEqualTo("tool_calls");
        assertThat(json(response.body(), "usage", "total_tokens")).isEqualTo(10L);
        HttpResponse<String> stream = counter.post(
                CHAT, ask.replace("'model'", "'stream_options': {'include_usage': true}, 'stream': true, 'model'"));
        assertThat(stream.body())
                .contains("\"delta\":{\"role\":\"assistant\",\"content\":\"hi\"}")
                .contains("\"function\":{\"name\":\"look\",\"arguments\":\"\"}", "\"arguments\":\"{\\\"at\\\":1}\"")
                .contains("\"finish_reason\":\"tool_calls\"", "\"total_tokens\":10")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void what_a_provider_of_the_other_interface_is_not_told_is_told_the_caller() {
        String ask = ASK.replace("'model'", "'seed': 7, 'frequency_penalty': 0.5, 'presence_penalty': 0, 'model'");
        assertThat(counter.post(CHAT, ask).headers().map()).doesNotContainKey("x-auterity-dropped");
        assertThat(counter.upstream.last().body()).containsEntry("seed", 7L);
        for (String stream : List.of("", "'stream': true, ")) {
            String claude = ask.replace("openai/gpt", "claude").replace("'model'", stream + "'model'");
            assertThat(counter.post(CHAT, claude).headers().firstValue("x-auterity-dropped"))
                    .contains("frequency_penalty, seed");
            assertThat(counter.upstream.last().body()).doesNotContainKeys("seed", "frequency_penalty");
        }
        String message = "{'model': 'gpt', 'max_tokens': 50, 'top_k': 5, 'thinking': {'type': 'disabled'},"
                + " 'messages': [{'role': 'user', 'content': 'hello'}]}";
        assertThat(counter.post("/v1/messages", message).headers().firstValue("x-auterity-dropped"))
                .contains("top_k");
        assertThat(counter.post("/v1/messages", message.replace("gpt", "claude"))
                        .headers()
                        .map())
                .doesNotContainKey("x-auterity-dropped");
    }

    @Test
    void what_a_header_cannot_carry_is_a_question_mark_in_it() {
        String ask = ASK.replace("openai/gpt", "claude").replace("'model'", "'a\\n\u00e9\ud83d\ude00~': 1, 'model'");
        assertThat(counter.post(CHAT, ask).headers().firstValue("x-auterity-dropped"))
                .contains("a???~");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'modalities': ['text']",
                "'modalities': []",
                "'logprobs': false",
                "'top_logprobs': 0",
                "'function_call': 'none'",
                "'logit_bias': {}",
                "'frequency_penalty': 0",
                "'response_format': {'type': 'text'}",
                "'temperature': 1",
            })
    void what_says_the_usual_is_neither_refused_nor_told(String field) {
        HttpResponse<String> response =
                counter.post(CHAT, ASK.replace("openai/gpt", "claude").replace("'model'", field + ", 'model'"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().map()).doesNotContainKey("x-auterity-dropped");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'logprobs': true",
                "'top_logprobs': 2",
                "'logit_bias': {'50256': -100}",
                "'functions': [{'name': 'f'}]",
                "'response_format': {'type': 'json_object'}",
                "'temperature': 1.5",
                "'tools': [{'type': 'custom', 'custom': {'name': 'f'}}]",
                "'modalities': ['text', 'image']",
                "'modalities': [null]",
                "'function_call': {'name': 'f'}",
            })
    void what_would_make_another_answer_is_answered_by_who_understands_it(String field) {
        String ask = ASK.replace("'model'", field + ", 'model'");
        assertThat(counter.post(CHAT, ask.replace("openai/gpt", "both"))
                        .headers()
                        .firstValue("x-auterity-model"))
                .contains("openai/gpt");
        HttpResponse<String> refused = counter.post(CHAT, ask.replace("openai/gpt", "claude"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused.body(), "error", "code")).isEqualTo("unsupported_value");
        String name = field.substring(1, field.indexOf('\'', 1));
        assertThat((String) json(refused.body(), "error", "message")).contains("understand: " + name, "leave it out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/responses", "/v1/embeddings"})
    void what_no_provider_of_the_other_interface_has_cannot_be_left_out(String path) {
        HttpResponse<String> refused = counter.post(path, "{'model': 'claude', 'input': 'hello'}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat((String) json(refused.body(), "error", "message"))
                .isEqualTo(
                        "the request is one that only providers of another interface than that of 'claude' understand: "
                                + path + "; name a model of such a provider");
    }

    @Test
    void messages_are_answered_by_either_provider() {
        String ask =
                "{'model': 'claude', 'max_tokens': 50, 'novel': 1, 'messages': [{'role': 'user', 'content': 'hello'}]}";
        HttpResponse<String> native1 = counter.post("/v1/messages", ask);
        assertThat(native1.body()).isEqualTo(CLAUDE_SAYS);
        assertThat(counter.upstream.last().body()).containsEntry("novel", 1L).containsEntry("max_tokens", 50L);
        assertThat(counter.post("/v1/messages", ask.replace("'novel'", "'stream': true, 'novel'"))
                        .body())
                .startsWith(CLAUDE_STREAMS.substring(0, CLAUDE_STREAMS.indexOf("event: content_block_start")))
                .contains("event: ping", "event: message_stop")
                .contains(": x-auterity-cost: 0.000074");
        String other = ask.replace("claude", "gpt");
        HttpResponse<String> translated = counter.post("/v1/messages", other);
        assertThat(json(translated.body(), "type")).isEqualTo("message");
        assertThat(json(translated.body(), "content", 0, "text")).isEqualTo("hi");
        assertThat(json(translated.body(), "stop_reason")).isEqualTo("end_turn");
        assertThat(json(translated.body(), "usage", "input_tokens")).isEqualTo(11L);
        assertThat(counter.upstream.last().body()).doesNotContainKey("novel");
        assertThat(counter.post("/v1/messages", other.replace("'novel'", "'stream': true, 'novel'"))
                        .body())
                .contains("event: message_start", "\"text_delta\",\"text\":\"h\"".replace("\"text_delta\",", ""))
                .contains("event: content_block_stop", "\"stop_reason\":\"end_turn\"")
                .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    }

    @Test
    void tokens_are_counted_by_the_provider_or_guessed() {
        counter.upstream.on("/messages/count_tokens", status(200, "{\"input_tokens\": 42}"));
        String ask = "{'model': 'claude', 'messages': [{'role': 'user', 'content': 'hello'}]}";
        assertThat(counter.post("/v1/messages/count_tokens", ask).body()).isEqualTo("{\"input_tokens\":42}");
        assertThat(counter.upstream.last().body())
                .doesNotContainKey("max_tokens")
                .doesNotContainKey("stream");
        Object guess = json(
                counter.post("/v1/messages/count_tokens", ask.replace("claude", "gpt"))
                        .body(),
                "input_tokens");
        assertThat((Long) guess).isBetween(2L, 100L);
        assertThat(counter.lines()).isEmpty();
    }

    @Test
    void embeddings_and_responses_are_passed_on_and_paid_for() {
        String vectors = "{\"object\": \"list\", \"data\": [{\"object\": \"embedding\", \"index\": 0,"
                + " \"embedding\": \"AACAPw==\"}], \"model\": \"embed\", \"usage\": {\"prompt_tokens\": 50}}";
        counter.upstream.on("/embeddings", status(200, vectors));
        HttpResponse<String> embedded = counter.post(
                "/v1/embeddings", "{'model': 'embed', 'input': ['a', 'b'], 'encoding_format': 'base64', 'novel': 1}");
        assertThat(embedded.body()).isEqualTo(vectors);
        assertThat(embedded.headers().firstValue("x-auterity-cost")).contains("0.000001");
        assertThat(counter.upstream.last().body()).containsEntry("novel", 1L).doesNotContainKey("max_tokens");
        String said = "{\"id\": \"r\", \"status\": \"completed\", \"output\": [], \"usage\": {\"input_tokens\": 3}}";
        String stream = named(
                "{'type':'response.created','response':{'id':'r'}}",
                "{'type':'response.output_text.delta','output_index':0,'delta':'hi'}",
                "{'type':'response.completed','response':{'status':'completed','usage':{'input_tokens':3}}}");
        counter.upstream.on("/responses", answers(said, stream));
        assertThat(counter.post("/v1/responses", "{'model': 'gpt', 'input': 'hello'}")
                        .body())
                .isEqualTo(said);
        assertThat(counter.post("/v1/responses", "{'model': 'gpt', 'input': 'hello', 'stream': true}")
                        .body())
                .startsWith(stream);
        assertThat(counter.lines()).hasSize(3);
    }

    @Test
    void models_are_those_of_the_key() {
        assertThat(counter.get("/v1/models").body())
                .contains("\"auto\"", "\"both\"", "\"openai/gpt\"", "\"anthropic/claude\"", "\"openai/embed\"");
        String narrow = counter.send(counter.request("/v1/models")
                        .setHeader("Authorization", "Bearer " + Counter.key("narrow"))
                        .header("anthropic-version", "2023-06-01")
                        .GET())
                .body();
        assertThat(narrow)
                .contains("\"type\":\"model\",\"id\":\"anthropic/claude\"")
                .doesNotContain("openai/gpt");
        assertThat(counter.get("/v1/models/openai%2Fgpt").body()).contains("\"owned_by\":\"openai\"");
        assertThat(counter.get("/v1/models/none").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not json | 400 | invalid_json",
                "[] | 400 | invalid_value",
                "{} | 400 | invalid_value",
                "{'model': 'gpt'} | 400 | invalid_value",
                "{'model': 'nobody', 'messages': [{'role': 'user', 'content': 'x'}]} | 404 | model_not_found",
                "{'model': 'embed', 'messages': [{'role': 'user', 'content': 'x'}]} | 400 | invalid_value",
                "{'model': 'gpt', 'n': 2, 'messages': [{'role': 'user', 'content': 'x'}]} | 400 | invalid_value",
                "{'model': 'gpt', 'service_tier': 'priority', 'messages': [{'role': 'user'}]} | 400 | invalid_value",
                "{'model': 'gpt', 'web_search_options': {}, 'messages': [{'role': 'user'}]} | 403 | unbounded_cost",
                "{'model': 'gpt', 'max_tokens': 0, 'messages': [{'role': 'user'}]} | 400 | invalid_value",
                "{'model': 'claude', 'messages': [{'role': 'user', 'content': [{'type': 'image_url'}]}]} | 400 | no_model_fits"
            })
    void a_wrong_request_is_refused_in_the_callers_form(String body, int status, String word) {
        HttpResponse<String> response = counter.post(CHAT, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response.body(), "error", "code")).isEqualTo(word);
        assertThat(counter.upstream.received()).isEmpty();
    }

    @Test
    void a_wrong_message_is_refused_in_anthropics_form() {
        HttpResponse<String> response = counter.post("/v1/messages", "{'model': 'claude'}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response.body(), "type")).isEqualTo("error");
        assertThat(json(response.body(), "error", "type")).isEqualTo("invalid_request_error");
        assertThat((String) json(response.body(), "error", "message")).contains("max_tokens");
    }

    @Test
    void keys_are_needed_and_looked_for_where_clients_send_them() {
        HttpRequest.Builder none = HttpRequest.newBuilder(java.net.URI.create(counter.url() + "/v1/models"));
        assertThat(counter.send(none.copy()).statusCode()).isEqualTo(401);
        assertThat(counter.send(none.copy().header("Authorization", "Bearer wrong"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(counter.send(none.copy().header("x-api-key", Counter.KEY)).statusCode())
                .isEqualTo(200);
        assertThat(counter.send(none.copy().header("api-key", Counter.KEY)).statusCode())
                .isEqualTo(200);
        assertThat(counter.send(none.copy().header("authorization", "bearer " + Counter.KEY))
                        .statusCode())
                .isEqualTo(200);
        assertThat(counter.get("/v1/nothing").statusCode()).isEqualTo(404);
        assertThat(counter.get(CHAT).statusCode()).isEqualTo(405);
        assertThat(counter.get("/health/live").body()).isEqualTo("{\"status\":\"up\"}");
    }

    @Test
    void limits_of_keys_hold() throws Exception {
        String ask = ASK.replace("openai/gpt", "claude");
        assertThat(counter.post("narrow", CHAT, ASK).statusCode()).isEqualTo(404);
        assertThat(counter.post("narrow", CHAT, ask).statusCode()).isEqualTo(200);
        HttpResponse<String> third = counter.post("narrow", CHAT, ask);
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.headers().firstValue("Retry-After")).contains("30");
        counter.now = counter.now.plusSeconds(30);
        assertThat(counter.post("narrow", CHAT, ask).statusCode()).isEqualTo(200);
        HttpResponse<String> poor = counter.post("poor", CHAT, ASK);
        assertThat(poor.statusCode()).isEqualTo(402);
        assertThat(json(poor.body(), "error", "code")).isEqualTo("budget_exceeded");
    }

    @Test
    void a_key_has_no_more_requests_on_their_way_than_its_limit() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        counter.upstream.on("/chat/completions", (request, out) -> {
            asked.countDown();
            finish.await(60, TimeUnit.SECONDS);
            status(200, GPT_SAYS).answer(request, out);
        });
        Thread first = new Thread(() -> counter.post("single", CHAT, ASK));
        first.start();
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        HttpResponse<String> second = counter.post("single", CHAT, ASK);
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.headers().firstValue("Retry-After")).contains("1");
        finish.countDown();
        first.join(60_000);
        assertThat(counter.post("single", CHAT, ASK).statusCode()).isEqualTo(200);
    }

    @Test
    void a_gateway_that_is_full_says_so() throws Exception {
        counter.close();
        counter = new Counter(new GatewaySettings.Capacity(1_000, 1, 100, Duration.ofSeconds(30)));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        counter.upstream.on("/chat/completions", (request, out) -> {
            asked.countDown();
            finish.await(60, TimeUnit.SECONDS);
            status(200, GPT_SAYS).answer(request, out);
        });
        Thread first = new Thread(() -> counter.post(CHAT, ASK));
        first.start();
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        HttpResponse<String> second = counter.post(CHAT, ASK);
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(second.headers().firstValue("Retry-After")).contains("1");
        finish.countDown();
        first.join(60_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void a_body_has_a_limit(int over) throws Exception {
        counter.close();
        counter = new Counter(new GatewaySettings.Capacity(1_000, 10, 100, Duration.ofSeconds(30)));
        counter.upstream.on("/chat/completions", answers(GPT_SAYS, GPT_STREAMS));
        String body = ASK.replace('\'', '"');
        String padded = body + " ".repeat(1_000 + over - body.length());
        assertThat(counter.post(CHAT, padded).statusCode()).isEqualTo(over > 0 ? 413 : 200);
        HttpResponse<String> chunked = counter.send(counter.request(CHAT)
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(padded.getBytes(StandardCharsets.UTF_8)))));
        assertThat(chunked.statusCode()).isEqualTo(over > 0 ? 413 : 200);
        HttpResponse<String> zipped = counter.send(counter.request(CHAT)
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(zipped.statusCode()).isEqualTo(415);
    }

    @ParameterizedTest
    @CsvSource({"429, 429, 7", "500, 502, 7", "400, 400, ''", "401, 502, ''", "404, 502, ''"})
    void failures_of_providers_have_a_status_and_say_when_to_come_back(int upstream, int status, String retryAfter) {
        counter.upstream.on("/chat/completions", status(upstream, "{\"error\": \"secret sk-one\"}", "Retry-After: 7"));
        for (String ask : List.of(ASK, STREAM)) {
            counter.now = counter.now.plusSeconds(1_000);
            HttpResponse<String> response = counter.post(CHAT, ask);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            assertThat(response.headers().firstValue("Retry-After").orElse("")).isEqualTo(retryAfter);
            if (status == 502) {
                assertThat(response.body()).doesNotContain("secret");
            }
        }
    }

    @Test
    void a_failover_is_not_seen() {
        counter.upstream.on("/chat/completions", status(503, "{}"));
        HttpResponse<String> response = counter.post(CHAT, ASK.replace("openai/gpt", "both"));
        assertThat(response.headers().map())
                .containsEntry("x-auterity-model", List.of("anthropic/claude"))
                .containsEntry("x-auterity-attempts", List.of("2"));
    }

    @Test
    void a_stream_that_breaks_says_so_within_itself() {
        counter.upstream.on(
                "/chat/completions", answers("", events("{'choices':[{'index':0,'delta':{'content':'h'}}]}")));
        HttpResponse<String> response = counter.post(CHAT, STREAM);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .contains("\"content\":\"h\"", "data: {\"error\":{")
                .doesNotContain("[DONE]");
    }

    /** A client that goes away while a model is silent ends the call at the provider, whole or streamed. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_client_that_goes_away_ends_the_call(boolean isStream) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        counter.upstream.on("/chat/completions", (request, out) -> {
            Upstream.head(out);
            asked.countDown();
            try {
                while (true) { // comments are no content, so nothing is written to the client
                    Upstream.write(out, ": still thinking\n\n");
                    ended.await(5, TimeUnit.MILLISECONDS);
                }
            } finally {
                ended.countDown();
            }
        });
        try (Socket client = new Socket("127.0.0.1", counter.gateway.port())) {
            send(client, isStream ? STREAM : ASK);
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    }

    private static void send(Socket client, String body) throws Exception {
        String json = body.replace('\'', '"');
        OutputStream out = client.getOutputStream();
        out.write(("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + Counter.KEY
                        + "\r\nContent-Length: " + json.length() + "\r\n\r\n" + json)
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Test
    void a_model_may_think_longer_than_a_connection_may_be_idle_and_the_connection_lives_on() throws Exception {
        counter.close();
        counter = new Counter(new GatewaySettings.Capacity(1_000, 10, 100, Duration.ofSeconds(2)));
        AtomicLong asked = new AtomicLong();
        counter.upstream.on("/chat/completions", (request, out) -> {
            if (asked.incrementAndGet() == 1) {
                new CountDownLatch(1).await(5, TimeUnit.SECONDS); // the silence is what is tested
            }
            status(200, GPT_SAYS).answer(request, out);
        });
        try (Socket client = new Socket("127.0.0.1", counter.gateway.port())) {
            client.setSoTimeout(60_000);
            for (int i = 0; i < 2; i++) {
                send(client, ASK);
                assertThat(readAnswer(client)).startsWith("HTTP/1.1 200").endsWith(GPT_SAYS);
            }
        }
    }

    private static String readAnswer(Socket client) throws Exception {
        InputStream in = client.getInputStream();
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0 || !text.toString().endsWith(GPT_SAYS)) {
            int c = in.read();
            if (c < 0) {
                throw new AssertionError("the connection ended after " + text);
            }
            text.append((char) c);
        }
        return text.toString();
    }

    /** A byte now and then keeps a connection from being idle, but not for ever. */
    @Test
    void a_body_that_takes_too_long_is_refused() throws Exception {
        counter.close();
        counter = new Counter(new GatewaySettings.Capacity(1_000, 10, 100, Duration.ofMillis(500)));
        try (Socket client = new Socket("127.0.0.1", counter.gateway.port())) {
            client.setSoTimeout(60_000);
            OutputStream out = client.getOutputStream();
            out.write(("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + Counter.KEY
                            + "\r\nContent-Length: 1000\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            Thread drip = new Thread(() -> drip(out));
            drip.start();
            byte[] start = client.getInputStream().readNBytes("HTTP/1.1 408".length());
            assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
            client.close();
            drip.join(60_000);
        }
    }

    private static void drip(OutputStream out) {
        CountDownLatch never = new CountDownLatch(1);
        try {
            for (int i = 0; i < 900; i++) {
                out.write(' ');
                out.flush();
                never.await(50, TimeUnit.MILLISECONDS);
            }
        } catch (java.io.IOException | InterruptedException e) {
            // the connection is closed, at last
        }
    }

    /** What a client does not take is not read from the provider. */
    @Test
    void a_slow_client_slows_the_provider_down() throws Exception {
        AtomicLong written = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        String event =
                events("{'choices':[{'index':0,'delta':{'content':'x'}}],'padding':'" + "x".repeat(10_000) + "'}");
        counter.upstream.on("/chat/completions", (request, out) -> {
            Upstream.head(out);
            try {
                for (int i = 0; i < 3_000; i++) { // 30 MB, less than the most that a stream may have
                    Upstream.write(out, event);
                    written.addAndGet(event.length());
                }
            } finally {
                ended.countDown();
            }
        });
        try (Socket client = new Socket("127.0.0.1", counter.gateway.port())) {
            client.setReceiveBufferSize(64 * 1024);
            send(client, STREAM);
            client.getInputStream().readNBytes(1_000);
            long before = -1;
            while (before != written.get()) { // until the provider cannot write any more
                before = written.get();
                assertThat(ended.await(300, TimeUnit.MILLISECONDS)).isFalse();
            }
            assertThat(before).isLessThan(25_000_000);
        }
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    }
}
