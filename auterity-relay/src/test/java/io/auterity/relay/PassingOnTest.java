package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.auterity.definition.Json;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.money.Meter;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderEvent;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.rules.Rules;
import io.auterity.relay.tokens.TokenCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that were written for a provider's interface, and answers that go back as they came. */
class PassingOnTest {

    private Office office;
    private final List<String> told = new ArrayList<>();

    private final Sink sink = new Sink() {
        @Override
        public void begin(Beginning beginning) {
            told.add("begin " + beginning.deployment().id());
        }

        @Override
        public void event(ProviderEvent event) {
            told.add("event " + event.protocol());
        }

        @Override
        public void text(String text) {
            told.add("text " + text);
        }

        @Override
        public void reasoning(String text) {
            told.add("reasoning " + text);
        }

        @Override
        public void tool(int index, String id, String name, String arguments) {
            told.add("tool " + index + " " + id + " " + name + " " + arguments);
        }
    };

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.stub.on("claude", status(503, "{}"));
        office.stub.on("llama", says("from llama", 5, 2));
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private static Map<String, Object> json(String text) {
        @SuppressWarnings("unchecked")
        Map<String, Object> map = (Map<String, Object>) Json.read(text.replace('\'', '"'));
        return map;
    }

    private RelayRequest request(Original original) {
        return request(new Prompt(List.of(Prompt.message("user", "hello")), Map.of(), Optional.of(original)));
    }

    private RelayRequest request(Prompt prompt) {
        RelayRequest usual = office.request("");
        return new RelayRequest(
                usual.id(), usual.scope(), prompt, usual.wishes(), usual.limits(), usual.cancellation());
    }

    private StubServer.Script streams(String... events) {
        return (request, out) -> StubServer.stream(
                out,
                List.of(events).stream().map(event -> event.replace('\'', '"')).toList());
    }

    @Test
    void what_comes_before_content_is_held_back_so_that_another_can_answer() {
        office.stub.on("first", streams("{'choices':[{'delta':{'role':'assistant','content':''}}]}"));
        Reply reply = office.relay().stream(office.request("hello"), sink);
        assertThat(reply.answer().text()).isEqualTo("from llama");
        assertThat(told)
                .startsWith("begin llama-eu", "event CHAT_COMPLETIONS", "text from ")
                .doesNotContain("begin first-eu");
    }

    @Test
    void calls_of_tools_and_thoughts_are_delivered_and_charged_piece_by_piece() {
        office.stub.on(
                "first",
                streams(
                        "{'choices':[{'delta':{'reasoning_content':'hm'}}]}",
                        "{'choices':[{'delta':{'tool_calls':[{'index':0,'id':'c1','function':{'name':'look','arguments':'{'}}]}}]}",
                        "{'choices':[{'delta':{'tool_calls':[{'index':0,'function':{'arguments':'1234567'}}]}}]}"));
        RelayException broken =
                catchThrowableOfType(RelayException.class, () -> office.relay().stream(office.request("hello"), sink));
        assertThat(broken.code()).isEqualTo(RelayException.BROKEN);
        assertThat(told)
                .containsExactly(
                        "begin first-eu",
                        "event CHAT_COMPLETIONS",
                        "reasoning hm",
                        "event CHAT_COMPLETIONS",
                        "tool 0 c1 look {",
                        "event CHAT_COMPLETIONS",
                        "tool 0   1234567");
        LedgerLine line = office.lines().get(0);
        assertThat(line.kind()).isEqualTo(LedgerLine.Kind.CUT_OFF);
        assertThat(line.charge().usage().count(Meter.OUTPUT)).isEqualTo("hm".length() + "look{".length() + 7);
    }

    @Test
    void an_empty_stream_is_an_answer() {
        office.stub.on("first", streams("{'choices':[{'delta':{},'finish_reason':'stop'}]}", "[DONE]"));
        Reply reply = office.relay().stream(office.request("hello"), sink);
        assertThat(reply.answer().text()).isEmpty();
        assertThat(told).containsExactly("begin first-eu", "event CHAT_COMPLETIONS");
    }

    @Test
    void a_provider_of_the_same_interface_gets_fields_that_nobody_knows_here() {
        Original original = new Original(
                Protocol.MESSAGES,
                json("{'model':'m','max_tokens':7,'messages':[{'role':'user','content':'hello'}],'novel':{'a':[1]},"
                        + "'system':'be brief'}"),
                Map.of("anthropic-beta", "new-2027"));
        office.rules = Rules.read("""
                relay: 1
                rules:
                  - id: all
                    then:
                      - models: [anthropic/claude]
                      - inject: {role: system, text: Be kind.}
                      - transform: {temperature: 0.5, stop: END}
                """);
        String answer = "{\"content\":[{\"type\":\"text\",\"text\":\"hi\"}],\"stop_reason\":\"end_turn\",\"more\":1}";
        office.stub.on("claude", status(200, answer));
        Reply reply = office.relay().call(request(original));
        StubServer.Received received = office.stub.received().get(0);
        assertThat(received.headers())
                .containsEntry("anthropic-beta", "new-2027")
                .containsEntry("x-api-key", "sk-one");
        assertThat(received.body())
                .containsEntry("model", "claude")
                .containsEntry("max_tokens", 1024L)
                .containsEntry("novel", Map.of("a", List.of(1L)))
                .containsEntry("system", "Be kind.\n\nbe brief")
                .containsEntry("temperature", 0.5)
                .containsEntry("stop_sequences", List.of("END"))
                .containsEntry("stream", false);
        assertThat(reply.answer().written().orElseThrow().json()).isEqualTo(answer);
        assertThat(reply.answer().written().orElseThrow().protocol()).isEqualTo(Protocol.MESSAGES);
    }

    @Test
    void a_provider_of_another_interface_gets_the_translation() {
        Original original = new Original(Protocol.MESSAGES, json("{'messages':[],'novel':1}"), Map.of("x-beta", "1"));
        office.stub.on("first", says("hi", 1, 1));
        office.relay().call(request(original));
        StubServer.Received received = office.stub.received().get(0);
        assertThat(received.body()).doesNotContainKey("novel");
        assertThat(received.headers()).doesNotContainKey("x-beta");
        assertThat(Json.write(received.body())).contains("\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]");
    }

    @Test
    void responses_are_passed_on_and_their_streams_end_with_the_usage() {
        Original original = new Original(Protocol.RESPONSES, json("{'input':'hello','novel':1}"));
        office.stub.on(
                "first",
                streams(
                        "{'type':'response.created','response':{}}",
                        "{'type':'response.output_text.delta','delta':'hi'}",
                        "{'type':'response.completed','response':{'status':'completed','output':[],"
                                + "'usage':{'input_tokens':3,'output_tokens':2}}}"));
        Reply reply = office.relay().stream(request(original), sink);
        assertThat(office.stub.received().get(0).path()).isEqualTo("/v1/responses");
        assertThat(office.stub.received().get(0).body())
                .containsEntry("novel", 1L)
                .containsEntry("max_output_tokens", 1024L);
        assertThat(told)
                .containsExactly("begin first-eu", "event RESPONSES", "event RESPONSES", "text hi", "event RESPONSES");
        assertThat(reply.line().charge().usage().outputTokens()).isEqualTo(2);
    }

    @Test
    void a_failure_in_the_events_of_a_stream_has_its_class() {
        Original original = new Original(Protocol.RESPONSES, json("{'input':'hello'}"));
        office.stub.on(
                "first", streams("{'type':'response.failed','response':{'error':{'code':'rate_limit_exceeded'}}}"));
        office.stub.on(
                "llama",
                streams(
                        "{'type':'response.output_text.delta','delta':'hi'}",
                        "{'type':'response.incomplete','response':{'status':'incomplete'}}"));
        Reply reply = office.relay().stream(request(original), sink);
        assertThat(reply.failures())
                .extracting(failure -> failure.errorClass().name())
                .containsExactly("RATE_LIMIT", "NOT_FOUND"); // Anthropic has no responses
        assertThat(reply.answer().finishReason()).isEqualTo("length");
    }

    @Test
    void an_image_is_counted_as_one_and_what_pretends_to_be_one_as_text() {
        String long1 = "data:image/png;base64," + "x".repeat(100_000);
        Prompt image = new Prompt(
                List.of(Map.of(
                        "role",
                        "user",
                        "content",
                        List.of(Map.of("type", "image_url", "image_url", Map.of("url", long1))))),
                Map.of());
        Prompt text = new Prompt(
                List.of(Map.of(
                        "role", "user", "content", List.of(Map.of("type", "text", "text", long1, "image_url", "y")))),
                Map.of());
        Prompt tool = new Prompt(
                List.of(Map.of("role", "assistant", "tool_calls", List.of(Map.of("type", "image", "source", long1)))),
                Map.of());
        assertThat(TokenCounter.provable().count(image).most(1).inputTokens()).isBetween(48_169L, 49_000L);
        assertThat(TokenCounter.provable().count(text).most(1).inputTokens()).isGreaterThan(100_000);
        assertThat(TokenCounter.provable().count(tool).most(1).inputTokens()).isGreaterThan(100_000);
    }

    @Test
    void writing_a_cache_is_reserved_at_its_own_rate() {
        Original original = new Original(
                Protocol.MESSAGES,
                json("{'system':[{'type':'text','text':'x','cache_control':{'type':'ephemeral'}}]}"));
        Prompt prompt = new Prompt(List.of(Prompt.message("user", "hello")), Map.of(), Optional.of(original));
        assertThat(TokenCounter.provable().count(prompt).most(1).count(Meter.CACHE_WRITE_1H))
                .isPositive();
        assertThat(TokenCounter.provable().count(prompt).most(1).count(Meter.INPUT))
                .isZero();
    }

    @Test
    void what_no_model_can_do_is_the_callers_to_change() {
        RouteRequest.Needs needs =
                new RouteRequest.Needs(Set.of(Capability.VISION), Optional.empty(), Set.of(), Optional.empty(), false);
        RelayRequest usual = office.request("hello");
        RelayRequest request =
                usual.with(new RelayRequest.Wishes(usual.wishes().objective(), needs, Optional.empty(), Map.of()));
        RelayException refused =
                catchThrowableOfType(RelayException.class, () -> office.relay().call(request));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused).hasMessageContaining("openai/first: it cannot do [VISION]");
    }

    @Test
    void a_relay_with_the_defaults_answers_on_another_thread() throws Exception {
        office.stub.on("first", says("hi", 1, 1));
        Relay relay = Relay.builder(office.policy(), () -> office.now)
                .provider("openai", office.provider(io.auterity.relay.provider.Endpoint.Dialect.OPENAI, "one"))
                .provider("anthropic", office.provider(io.auterity.relay.provider.Endpoint.Dialect.ANTHROPIC))
                .provider("local", office.provider(io.auterity.relay.provider.Endpoint.Dialect.OPENAI_COMPATIBLE))
                .build();
        Reply reply = relay.call(office.request("hello"), task -> new Thread(task).start())
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        assertThat(reply.answer().text()).isEqualTo("hi");
    }
}
