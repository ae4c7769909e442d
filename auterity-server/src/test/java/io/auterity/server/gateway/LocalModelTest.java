package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.auterity.relay.budget.LedgerLine;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model in the gateway's own process: vectors for callers, and answers again to questions that mean the same. */
class LocalModelTest {

    private Counter counter;

    @BeforeEach
    void open() throws Exception {
        counter = Counter.withLocalModel("cache: {embedder: minilm, similarity: 0.9}\n");
        counter.upstream.on("/chat/completions", Upstream.answers(GatewayTest.GPT_SAYS, GatewayTest.GPT_STREAMS));
    }

    @AfterEach
    void close() throws Exception {
        counter.close();
    }

    private static double cosine(List<Float> a, List<Float> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += a.get(i) * b.get(i);
        }
        return sum;
    }

    @Test
    void openais_client_gets_vectors_of_it() {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(counter.url() + "/v1")
                .apiKey(Counter.KEY)
                .maxRetries(0)
                .build();
        try {
            CreateEmbeddingResponse response = client.embeddings()
                    .create(EmbeddingCreateParams.builder()
                            .model("all-minilm-l6-v2-q")
                            .inputOfArrayOfStrings(List.of(
                                    "The cat sits on the mat.", "A kitten rests on a rug.", "Rates rose in March."))
                            .build());
            List<List<Float>> vectors = new ArrayList<>();
            response.data().forEach(one -> vectors.add(one.embedding()));
            assertThat(vectors)
                    .hasSize(3)
                    .allSatisfy(vector -> assertThat(vector).hasSize(384));
            assertThat(cosine(vectors.get(0), vectors.get(1))).isGreaterThan(0.5);
            assertThat(cosine(vectors.get(0), vectors.get(2))).isLessThan(0.3);
        } finally {
            client.close();
        }
    }

    @Test
    void it_costs_nothing_and_nobody_else_is_asked() {
        HttpResponse<String> answer =
                counter.post("/v1/embeddings", "{'model': 'local/all-minilm-l6-v2-q', 'input': 'hello'}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-auterity-cost")).contains("0.00");
        assertThat(answer.headers().firstValue("x-auterity-model")).contains("local/all-minilm-l6-v2-q");
        assertThat((List<?>) Counter.json(answer.body(), "data", 0, "embedding"))
                .hasSize(384);
        assertThat(counter.upstream.received()).isEmpty();
        assertThat(Counter.json(answer.body(), "usage", "prompt_tokens")).isEqualTo(3L); // [CLS] hello [SEP]
        assertThat(counter.lines())
                .extracting(line -> line.charge().usage().inputTokens())
                .containsExactly(3L);
    }

    @Test
    void all_texts_of_a_call_may_be_longer_than_one_may() {
        String texts = "'" + "a sentence of about eight tokens, ".repeat(10) + "'";
        HttpResponse<String> answer = counter.post(
                "/v1/embeddings",
                "{'model': 'local/all-minilm-l6-v2-q', 'input': [" + (texts + ",").repeat(19) + texts + "]}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat((List<?>) Counter.json(answer.body(), "data")).hasSize(20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'input': 'LONG' | context_length_exceeded | longer than the 256 tokens that"
                        + " all-minilm-l6-v2-q takes: text 0;",
                "'input': [1, 2, 3] | invalid_request | it takes texts, not tokens",
                "'input': 'a', 'dimensions': 256 | invalid_request | its vectors have 384 dimensions, not 256"
            },
            quoteCharacter = '`')
    void what_it_cannot_do_is_the_callers_mistake(String body, String code, String message) {
        HttpResponse<String> answer = counter.post(
                "/v1/embeddings", "{'model': 'all-minilm-l6-v2-q', " + body.replace("LONG", "long ".repeat(300)) + "}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Counter.json(answer.body(), "error", "code")).isEqualTo(code);
        assertThat((String) Counter.json(answer.body(), "error", "message")).contains(message);
    }

    private HttpResponse<String> ask(String question) {
        HttpResponse<String> answer = counter.post(
                "/v1/chat/completions",
                "{'model': 'gpt', 'messages': [{'role': 'user', 'content': '" + question + "'}]}");
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer;
    }

    @Test
    void a_question_that_means_the_same_is_answered_again_for_nothing() {
        String first = ask("How do I reset my password?").body();
        HttpResponse<String> again = ask("How can I reset my password?");
        assertThat(counter.upstream.received()).hasSize(1);
        assertThat(again.headers().firstValue("x-auterity-cost")).contains("0.00");
        assertThat(Counter.json(again.body(), "choices")).isEqualTo(Counter.json(first, "choices"));
        assertThat(counter.lines()).extracting(LedgerLine::kind).contains(LedgerLine.Kind.CACHED);
        ask("How do I delete my account?");
        assertThat(counter.upstream.received()).hasSize(2);
    }

    @Test
    void so_is_a_message_and_a_response_that_is_not_stored() {
        counter.upstream.on("/messages", Upstream.answers(GatewayTest.CLAUDE_SAYS, GatewayTest.CLAUDE_STREAMS));
        counter.upstream.on("/responses", Upstream.answers(OpenAiSdkTest.RESPONSE, ""));
        for (String body : List.of(
                "/v1/messages {'model': 'claude', 'max_tokens': 50, 'messages': [{'role': 'user', 'content': 'ASK'}]}",
                "/v1/responses {'model': 'gpt', 'store': false, 'input': 'ASK'}")) {
            int before = counter.upstream.received().size();
            for (String question : List.of("How do I reset my password?", "How can I reset my password?")) {
                HttpResponse<String> answer = counter.post(
                        body.substring(0, body.indexOf(' ')),
                        body.substring(body.indexOf(' ')).replace("ASK", question));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body()).contains("hi");
            }
            assertThat(counter.upstream.received()).hasSize(before + 1);
        }
    }

    @Test
    void questions_that_are_too_long_for_it_are_the_same_or_not() {
        String question = "Tell me more of this. ".repeat(60);
        ask(question + "Then sum it up.");
        ask(question + "Then leave it out.");
        assertThat(counter.upstream.received()).hasSize(2);
        ask(question + "Then sum it up.");
        assertThat(counter.upstream.received()).hasSize(2);
    }
}
