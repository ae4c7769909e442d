package io.auterity.server.gateway;

import static io.auterity.server.gateway.Counter.json;
import static io.auterity.server.gateway.Upstream.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers of the gateway see, and its operator, when a budget has passed a threshold or a rule wants an approval. */
class GatewayBudgetsTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String BOTH = "{'model': 'both', 'messages': [{'role': 'user', 'content': 'hello'}]}";

    private static final String GPT_SAYS =
            "{\"choices\": [{\"message\": {\"content\": \"hi\"}, \"finish_reason\": \"stop\"}],"
                    + " \"usage\": {\"prompt_tokens\": 1000, \"completion_tokens\": 2000}}"; // for $0.021
    private static final String CLAUDE_SAYS = "{\"type\": \"message\", \"role\": \"assistant\","
            + " \"content\": [{\"type\": \"text\", \"text\": \"hi\"}], \"stop_reason\": \"end_turn\","
            + " \"usage\": {\"input_tokens\": 1000, \"output_tokens\": 2000}}"; // for $0.042

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private PrintStream before;
    private Counter counter;

    @BeforeEach
    void readLog() {
        before = System.err;
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() throws Exception {
        System.setErr(before);
        counter.close();
    }

    /** A gateway that prefers the dearer model, and whose budget of $1 a day does something at 1 %. */
    private void open(String enforcement) throws Exception {
        open("default: [{models: [anthropic/claude, openai/gpt]}]", enforcement);
    }

    private void open(String rules, String enforcement) throws Exception {
        counter = new Counter(
                rules + "\nbudgets: [{tenant: acme, period: daily, limit: \"1\", at: {1: " + enforcement + "}}]\n");
        counter.upstream.on("/chat/completions", status(200, GPT_SAYS));
        counter.upstream.on("/messages", status(200, CLAUDE_SAYS));
    }

    /** The lines of the log that are about budgets. */
    private List<String> warnings() {
        return log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("budget of"))
                .toList();
    }

    private HttpResponse<String> approved(String key, String word) {
        return counter.send(counter.request(CHAT)
                .setHeader("Authorization", "Bearer " + Counter.key(key))
                .header("x-auterity-approved", word)
                .POST(HttpRequest.BodyPublishers.ofString(BOTH.replace('\'', '"'))));
    }

    private static String model(HttpResponse<String> response) {
        return response.headers().firstValue("x-auterity-model").orElse(response.body());
    }

    @Test
    void from_a_downgrade_on_the_cheapest_model_answers() throws Exception {
        open("downgrade");
        assertThat(model(counter.post(CHAT, BOTH))).isEqualTo("anthropic/claude");
        HttpResponse<String> after = counter.post(CHAT, BOTH);
        assertThat(model(after)).isEqualTo("openai/gpt");
        assertThat(after.headers().firstValue("x-auterity-reason").orElseThrow())
                .contains("the DAILY budget of tenant:acme has passed 1 %", "openai/gpt is the cheapest of 2 models");
    }

    @Test
    void a_restriction_leaves_the_models_of_its_list() throws Exception {
        open("[openai/gpt]");
        assertThat(model(counter.post(CHAT, BOTH))).isEqualTo("anthropic/claude");
        assertThat(model(counter.post(CHAT, BOTH))).isEqualTo("openai/gpt");
        HttpResponse<String> other = counter.post(CHAT, BOTH.replace("both", "claude"));
        assertThat(other.statusCode()).isEqualTo(402);
        assertThat(json(other.body(), "error", "code")).isEqualTo("budget_exceeded");
        assertThat(json(other.body(), "error", "message"))
                .asString()
                .contains("only these models may be called: [openai/gpt]");
    }

    @Test
    void a_block_refuses_calls_and_still_counts_their_tokens() throws Exception {
        open("block");
        assertThat(counter.post(CHAT, BOTH).statusCode()).isEqualTo(200);
        HttpResponse<String> after = counter.post(CHAT, BOTH);
        assertThat(after.statusCode()).isEqualTo(402);
        assertThat(json(after.body(), "error", "message")).asString().contains("calls are blocked");
        counter.upstream.on("/messages/count_tokens", status(200, "{\"input_tokens\": 42}"));
        assertThat(counter.post("/v1/messages/count_tokens", BOTH).body()).isEqualTo("{\"input_tokens\":42}");
    }

    @Test
    void the_operator_is_warned_of_a_threshold_once_in_a_period() throws Exception {
        open("notify");
        counter.post(CHAT, BOTH);
        counter.post(CHAT, BOTH);
        assertThat(warnings())
                .singleElement()
                .asString()
                .contains("WARN", "the DAILY budget of tenant:acme has passed 1 %: $0.042 of $1.00 is spent;")
                .endsWith("it begins anew at 2026-05-02T00:00:00Z");
        counter.now = counter.now.plus(Duration.ofDays(1));
        assertThat(counter.post(CHAT, BOTH).statusCode()).isEqualTo(200);
        assertThat(warnings()).hasSize(2);
        assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain(Counter.KEY, "sk-one");
    }

    @Test
    void only_a_key_that_approves_can_say_that_a_call_is_approved() throws Exception {
        open("require-approval");
        assertThat(approved("clerk", "true").statusCode()).isEqualTo(200); // and now it is needed
        for (String key : List.of("app", "clerk")) {
            HttpResponse<String> without = counter.post(key, CHAT, BOTH);
            assertThat(without.statusCode()).isEqualTo(402);
            assertThat(json(without.body(), "error", "code")).isEqualTo("approval_required");
            assertThat(json(without.body(), "error", "message"))
                    .asString()
                    .contains("calls need an approval", "x-auterity-approved and a key that approves");
        }
        HttpResponse<String> own = approved("app", "true");
        assertThat(own.statusCode()).isEqualTo(403);
        assertThat(json(own.body(), "error", "code")).isEqualTo("may_not_approve");
        assertThat(approved("clerk", "false").statusCode()).isEqualTo(402);
        assertThat(approved("clerk", "yes").statusCode()).isEqualTo(400);
        assertThat(counter.lines()).hasSize(1);
        assertThat(approved("clerk", "true").statusCode()).isEqualTo(200);
        assertThat(warnings()).singleElement().asString().contains("from where on calls need an approval: $0.042 of");
    }

    @Test
    void rules_want_approvals_too_and_write_into_the_log() throws Exception {
        open("rules: [{id: r, then: [{log: a call of the day}, {require-approval: true}]}]", "notify");
        HttpResponse<String> without = counter.post(CHAT, BOTH);
        assertThat(without.statusCode()).isEqualTo(403);
        assertThat(json(without.body(), "error", "code")).isEqualTo("approval_required");
        HttpResponse<String> with = approved("clerk", "true");
        assertThat(with.statusCode()).isEqualTo(200);
        assertThat(log.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("a call of the day")))
                .hasSize(2)
                .last()
                .asString()
                .contains(
                        "INFO", "[" + with.headers().firstValue("x-request-id").orElseThrow() + "]");
    }
}
