package io.auterity.server.gateway;

import static io.auterity.server.gateway.Upstream.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that have to satisfy a JSON Schema, in both of OpenAI's interfaces. */
class StructuredAnswersTest {

    private static final String SCHEMA =
            "{'type': 'object', 'properties': {'amount': {'type': 'number'}}, 'required': ['amount']}";
    private static final String CHAT = "{'model': 'gpt', 'messages': [{'role': 'user', 'content': 'how much?'}],"
            + " 'response_format': {'type': 'json_schema', 'json_schema': {'name': 'a', 'schema': " + SCHEMA + "}}}";
    private static final String RESPONSES = "{'model': 'gpt', 'input': 'how much?',"
            + " 'text': {'format': {'type': 'json_schema', 'name': 'a', 'schema': " + SCHEMA + "}}}";

    private static final String RIGHT = "{\"amount\": 12}";
    private static final String WRONG = "{\"amount\": \"much\"}";

    private Counter counter;

    @BeforeEach
    void open() throws Exception {
        counter = new Counter();
    }

    @AfterEach
    void close() throws Exception {
        counter.close();
    }

    private HttpResponse<String> asked(String path, String... answers) {
        Upstream.Script[] scripts = new Upstream.Script[answers.length];
        for (int i = 0; i < answers.length; i++) {
            scripts[i] = status(200, path.equals("/responses") ? response(answers[i]) : completion(answers[i]));
        }
        AtomicInteger next = new AtomicInteger();
        counter.upstream.on(
                path,
                (request, out) -> scripts[Math.min(next.getAndIncrement(), scripts.length - 1)].answer(request, out));
        return counter.post("/v1" + path, path.equals("/responses") ? RESPONSES : CHAT);
    }

    private static String completion(String text) {
        return "{\"novel\":1,\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":" + Json.write(text)
                + "},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5}}";
    }

    private static String response(String text) {
        return "{\"novel\":1,\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":"
                + "[{\"type\":\"output_text\",\"text\":" + Json.write(text)
                + "}]}],\"usage\":{\"input_tokens\":10,\"output_tokens\":5}}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat/completions", "/responses"})
    void a_wrong_one_is_asked_for_again_and_its_cost_is_told(String path) {
        HttpResponse<String> answer = asked(path, WRONG, RIGHT);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(path.equals("/responses") ? response(RIGHT) : completion(RIGHT));
        assertThat(answer.headers().firstValue("x-auterity-cost")).contains("0.00012"); // twice $0.00006
        assertThat(answer.headers().firstValue("x-auterity-attempts")).contains("2");
        assertThat(answer.headers().firstValue("x-auterity-reason").orElseThrow())
                .startsWith("openai/gpt answered wrongly, and openai/gpt was asked again");
        assertThat(counter.lines()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat/completions", "/responses"})
    void two_wrong_ones_are_an_error_that_clients_do_not_repeat_by_themselves(String path) {
        HttpResponse<String> answer = asked(path, WRONG);
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.headers().firstValue("x-auterity-cost")).contains("0.00012"); // twice $0.00006
        assertThat(answer.headers().firstValue("x-auterity-attempts")).contains("2");
        assertThat(answer.headers().firstValue("x-auterity-model")).contains("openai/gpt");
        assertThat(answer.headers().firstValue("x-auterity-deployment")).isPresent();
        assertThat(answer.body())
                .contains("\"code\":\"answer_invalid\"")
                .contains(
                        "the answer of openai/gpt does not satisfy the schema: /amount: string found, number expected");
        assertThat(counter.lines()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat/completions", "/responses"})
    void fences_are_taken_off_and_the_rest_is_as_the_provider_wrote_it(String path) {
        HttpResponse<String> answer = asked(path, "```json\n" + RIGHT + "\n```");
        assertThat(answer.body()).isEqualTo(path.equals("/responses") ? response(RIGHT) : completion(RIGHT));
        assertThat(counter.lines()).hasSize(1);
    }

    @Test
    void a_caller_who_says_that_it_is_not_strict_gets_what_the_model_says() {
        counter.upstream.on("/chat/completions", status(200, completion(WRONG)));
        String lax = CHAT.replace("'name': 'a'", "'name': 'a', 'strict': false");
        assertThat(counter.post("/v1/chat/completions", lax).body()).isEqualTo(completion(WRONG));
    }
}
