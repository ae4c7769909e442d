package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import io.auterity.relay.budget.LedgerLine;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the file says about personal data and about answers that are kept holds in every interface. */
class GuardrailsTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK =
            "{'model': 'openai/gpt', 'messages': [{'role': 'user', 'content': 'I am jane@example.com, C-42'}]}";

    private Counter counter;

    @BeforeEach
    void open() throws Exception {
        counter = new Counter("""
            redact: {kinds: [email, iban], patterns: {CUSTOMER: "C-[0-9]+"}}
            cache: {ttl: 5m}
            """);
        counter.upstream.on(
                "/chat/completions",
                Upstream.answers(
                        GatewayTest.GPT_SAYS.replace("hi", "hi [EMAIL_1]"),
                        Upstream.events(
                                "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{'role':'assistant','content':'hi"
                                        + " [EM'}}]}",
                                "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{'content':'AIL_1]"
                                        + " [CUSTOMER_1'}}]}",
                                "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{'content':']'}}]}",
                                "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}",
                                "[DONE]")));
    }

    @AfterEach
    void close() throws Exception {
        counter.close();
    }

    private String seen() {
        return Json.write(counter.upstream.last().body());
    }

    @Test
    void S34_a_chat_is_redacted_and_its_answer_restored() {
        HttpResponse<String> response = counter.post(CHAT, ASK);
        assertThat(response.body()).contains("hi jane@example.com").doesNotContain("EMAIL");
        assertThat(seen())
                .contains("I am [EMAIL_1], [CUSTOMER_1]")
                .doesNotContain("jane")
                .doesNotContain("C-42");
    }

    @Test
    void S34_tokens_for_an_embedding_are_refused_and_texts_are_redacted() {
        counter.upstream.on("/embeddings", Upstream.status(200, "{\"data\": [], \"usage\": {\"prompt_tokens\": 1}}"));
        HttpResponse<String> refused = counter.post("/v1/embeddings", "{'model': 'embed', 'input': [[31, 337], [64]]}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Counter.json(refused.body(), "error", "code")).isEqualTo("invalid_request");
        assertThat((String) Counter.json(refused.body(), "error", "message"))
                .contains("'input' has tokens", "fix: send the texts");
        assertThat(counter.upstream.received()).isEmpty();
        HttpResponse<String> made =
                counter.post("/v1/embeddings", "{'model': 'embed', 'input': ['I am jane@example.com']}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(seen()).contains("I am [EMAIL_1]");
    }

    @Test
    void S34_a_streamed_chat_is_restored_although_the_placeholder_is_cut() {
        HttpResponse<String> response = counter.post(CHAT, ASK.replace("'model'", "'stream': true, 'model'"));
        StringBuilder text = new StringBuilder();
        for (String line : response.body().split("\n")) {
            if (line.startsWith("data: {")) {
                Object choices = ((Map<?, ?>) Json.read(line.substring(6))).get("choices");
                if (choices instanceof List<?> list && !list.isEmpty()) {
                    Object delta = ((Map<?, ?>) list.get(0)).get("delta");
                    Object content = ((Map<?, ?>) delta).get("content");
                    text.append(content == null ? "" : content);
                }
            }
        }
        assertThat(text.toString()).as(response.body()).isEqualTo("hi jane@example.com C-42");
        assertThat(response.body()).endsWith("data: [DONE]\n\n");
        assertThat(seen()).doesNotContain("jane");
    }

    @Test
    void S34_a_streamed_response_is_restored_although_the_placeholder_is_cut() {
        String delta = "{'type':'response.output_text.delta','sequence_number':1,'item_id':'m','output_index':0,"
                + "'content_index':0,'delta':'PIECE','logprobs':[]}";
        counter.upstream.on(
                "/responses",
                Upstream.answers(
                        "",
                        Upstream.named(
                                delta.replace("PIECE", "hi [EM"),
                                delta.replace("PIECE", "AIL_1] [CUSTOMER_1"),
                                delta.replace("PIECE", "]"),
                                "{'type':'response.completed','response':{'status':'completed','output':[]}}")));
        HttpResponse<String> response = counter.post(
                "/v1/responses", "{'model': 'openai/gpt', 'stream': true, 'input': 'I am jane@example.com, C-42'}");
        StringBuilder text = new StringBuilder();
        for (String line : response.body().split("\n")) {
            if (line.startsWith("data: {") && line.contains("output_text.delta")) {
                text.append(Counter.json(line.substring(6), "delta"));
            }
        }
        assertThat(text.toString()).as(response.body()).isEqualTo("hi jane@example.com C-42");
        assertThat(seen()).doesNotContain("jane");
    }

    @Test
    void S34_a_message_is_redacted_in_its_own_form() {
        counter.upstream.on(
                "/messages",
                Upstream.answers(
                        GatewayTest.CLAUDE_SAYS.replace("\"hi\"", "\"hi [EMAIL_1]\""), GatewayTest.CLAUDE_STREAMS));
        HttpResponse<String> response = counter.post(
                "/v1/messages",
                "{'model': 'anthropic/claude', 'max_tokens': 50, 'system': 'For jane@example.com', 'messages':"
                        + " [{'role': 'user', 'content': [{'type': 'text', 'text': 'DE89370400440532013000'}]}]}");
        assertThat(response.body()).contains("hi jane@example.com");
        assertThat(seen())
                .contains("[EMAIL_1]", "[IBAN_1]")
                .doesNotContain("jane")
                .doesNotContain("DE89");
    }

    @Test
    void what_was_asked_before_is_answered_again_for_nothing_and_not_to_another_tenant() {
        String first = counter.post(CHAT, ASK).body();
        HttpResponse<String> again = counter.post(CHAT, ASK);
        assertThat(again.body()).isEqualTo(first);
        assertThat(again.headers().firstValue("x-auterity-cost")).contains("0.00");
        assertThat(again.headers().firstValue("x-auterity-reason"))
                .hasValueSatisfying(reason -> assertThat(reason).contains("asked before"));
        assertThat(counter.upstream.received()).hasSize(1);
        assertThat(counter.lines()).extracting(LedgerLine::kind).endsWith(LedgerLine.Kind.CACHED);

        counter.post("free", CHAT, ASK); // of the same tenant
        assertThat(counter.upstream.received()).hasSize(1);
        counter.post("stranger", CHAT, ASK); // of another one
        assertThat(counter.upstream.received()).hasSize(2);
        counter.post(CHAT, ASK.replace("'model'", "'store': true, 'model'")); // has an effect
        assertThat(counter.upstream.received()).hasSize(3);
    }
}
