package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.definition.Failure;
import io.auterity.definition.Json;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.budget.Spending;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import io.auterity.relay.operation.AiConnector;
import io.auterity.relay.prompt.PromptTemplate;
import io.auterity.relay.prompt.PromptTemplates;
import io.auterity.relay.replay.DecisionLog;
import io.auterity.relay.rules.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations in workflows, on a real engine, over real sockets. */
class AiOperationsTest {

    private static final PromptTemplates TEMPLATES = PromptTemplates.read("""
        prompts: 1
        templates:
          - name: complaint
            version: 2
            input: {mail: string}
            messages: [{role: system, content: Be kind.}, {role: user, content: "Answer: ${{ input.mail }}"}]
            parameters: {temperature: 0.5}
        """);

    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private RunResult<Object> run(String steps) {
        return run(steps, "");
    }

    private RunResult<Object> run(String steps, String output) {
        Workflow<Map<String, Object>, Object> workflow = Workflow.read(
                "auterity: 1\nid: ask\ninput: {text: string}\nsteps:\n" + steps.indent(2) + output, "ask.yaml");
        try (Engine engine = Engine.builder()
                .connector(new AiConnector(office.relay(), Office.ACME, TEMPLATES))
                .register(workflow)
                .build()) {
            return engine.start(workflow, Map.of("text", "I want my money back"))
                    .await(Duration.ofSeconds(30));
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> result(String steps) {
        return (Map<String, Object>)
                run(steps, "output: ${{ steps.it.output }}\n").orElseThrow();
    }

    private static Map<?, ?> spent(Map<String, Object> output) {
        return (Map<?, ?>) output.get("spent");
    }

    @Test
    void chat_records_who_answered_why_and_what_it_cost() {
        office.stub.on("first", says("Hello!", 10, 2));
        Map<String, Object> output = result("""
            it:
              uses: ai.chat
              with: {prompt: "${{ input.text }}", system: Be kind., maxTokens: 50, choice: {objective: cost-saving}}
            """);
        assertThat(output).containsEntry("text", "Hello!").containsEntry("finishReason", "stop");
        assertThat(spent(output).get("nanoDollars")).isEqualTo(30_000L); // 10 x $1 + 2 x $10 a million
        assertThat(spent(output).get("dollars")).isEqualTo("$0.00003");
        assertThat(spent(output).get("inputTokens")).isEqualTo(10L);
        assertThat(spent(output).get("outputTokens")).isEqualTo(2L);
        assertThat(spent(output).get("model")).isEqualTo("openai/first");
        assertThat(String.valueOf(spent(output).get("reason"))).contains("greatest value");
        assertThat(office.stub.received().get(0).body())
                .containsEntry("max_completion_tokens", 50L)
                .containsEntry(
                        "messages",
                        List.of(
                                Map.of("role", "system", "content", "Be kind."),
                                Map.of("role", "user", "content", "I want my money back")));
    }

    /** As the gateway does. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prompt: hi, parameters: {service_tier: flex} | /parameters/service_tier: is flex",
                "prompt: hi, parameters: {web_search_options: {}} | no bound before the call: web_search_options;",
                "prompt: hi, parameters: {modalities: [text, audio]} | no bound before the call: modalities: audio;",
                "messages: [{role: user, content: [{type: file, file: {}}]}] | no bound before the call: messages: file;",
                "prompt: hi, parameters: {logit_bias: {5: 1}}, choice: {models: [anthropic/claude]} | only providers of"
                        + " OpenAI's interface understand logit_bias;"
            })
    void a_chat_that_cannot_be_priced_or_is_not_understood_is_not_made(String with, String said) {
        Failure failure =
                run("it: {uses: ai.chat, with: {" + with + "}}").failure().orElseThrow();
        assertThat(failure.code()).isEqualTo(Failure.INVALID_INPUT);
        assertThat(failure.message()).contains(said);
        assertThat(office.stub.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prompt: hi, parameters: {tools: [{type: function, function: {name: look}}]}",
                "prompt: hi, parameters: {response_format: {type: json_schema, json_schema: {name: x, schema: {}}}}",
                "messages: [{role: user, content: [{type: image_url, image_url: {url: 'https://x/y.png'}}]}]"
            })
    void a_model_that_cannot_do_what_a_chat_needs_is_not_asked(String with) {
        Failure failure =
                run("it: {uses: ai.chat, with: {" + with + "}}").failure().orElseThrow();
        assertThat(failure.code()).isEqualTo("rejected");
        assertThat(office.stub.received()).isEmpty();

        office.capabilities = Set.of(Capability.TOOLS, Capability.VISION, Capability.STRUCTURED);
        office.stub.on("first", says("{}", 10, 2));
        assertThat(result("it: {uses: ai.chat, with: {" + with + "}}")).containsEntry("text", "{}");
    }

    @Test
    void what_only_openai_understands_does_not_go_on_to_anthropic() {
        office.stub.on("first", status(500, "{}"));
        office.stub.on("llama", says("hi", 10, 2));
        assertThat(result("it: {uses: ai.chat, with: {prompt: hi, parameters: {temperature: 1.5}}}"))
                .containsEntry("text", "hi");
        assertThat(office.stub.received())
                .extracting(request -> request.body().get("model"))
                .doesNotContain("claude")
                .contains("first", "llama");
    }

    @Test
    void chat_fills_a_template_and_says_which_one_it_was() {
        List<String> log = new ArrayList<>();
        office.listeners.add(new DecisionLog(log::add, true));
        office.stub.on("first", says("Hello!", 10, 2));
        Map<String, Object> output = result("""
            it: {uses: ai.chat, with: {template: complaint, values: {mail: "${{ input.text }}"}}}
            """);
        PromptTemplate template = TEMPLATES.find("complaint@2");
        assertThat(output)
                .containsEntry("template", Map.of("name", "complaint", "version", 2L, "hash", template.hash()));
        assertThat(office.stub.received().get(0).body())
                .containsEntry("temperature", 0.5)
                .containsEntry(
                        "messages",
                        List.of(
                                Map.of("role", "system", "content", "Be kind."),
                                Map.of("role", "user", "content", "Answer: I want my money back")));
        assertThat(log.get(0)).contains("\"hash\":\"" + template.hash() + "\"");
    }

    @Test
    void a_template_that_is_not_there_or_not_filled_fails_the_step_without_a_call() {
        Failure none = run("it: {uses: ai.chat, with: {template: complaint@3}}")
                .failure()
                .orElseThrow();
        assertThat(none.code()).isEqualTo(Failure.INVALID_INPUT);
        assertThat(none.message()).contains("invalid input at /template", "there are [complaint@2]");
        assertThat(run("it: {uses: ai.chat, with: {template: complaint, values: {mail: 5}}}")
                        .failure()
                        .orElseThrow()
                        .message())
                .contains("invalid input at /values", "/mail");
        assertThat(office.stub.received()).isEmpty();
    }

    @Test
    void the_run_pays_and_its_lines_are_its_cost() {
        office.stub.on("first", says("Hello!", 10, 2));
        result("""
            one: {uses: ai.chat, with: {prompt: hi}}
            it: {uses: ai.chat, with: {prompt: "${{ steps.one.output.text }}"}}
            """);
        assertThat(office.lines()).hasSize(2);
        Scope run = office.lines().get(0).scope();
        assertThat(run.level()).isEqualTo(Scope.Level.RUN);
        assertThat(office.budgets.lines(run))
                .hasSize(2)
                .extracting(LedgerLine::scope)
                .containsOnly(run);
        Money each = office.lines().get(0).charge().cost().orElseThrow();
        assertThat(office.budgets.spending(run)).isEqualTo(new Spending(2, each.plus(each), 0, Usage.of(20, 4)));
    }

    @Test
    void a_budget_for_each_run_stops_a_loop() {
        office.stub.on("first", (request, out) -> {
            long limit = (Long) request.body().get("max_completion_tokens"); // and the model uses all of it
            says("Again!", 10, limit).answer(request, out);
        });
        office.budget =
                Budget.of(Office.ACME, Period.TOTAL, Money.dollars("0.05")).forEach(Scope.Level.RUN);
        Failure failure = run("""
            it:
              forEach: ${{ [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }}
              concurrency: 1
              steps:
                call: {uses: ai.chat, with: {prompt: again, maxTokens: 1000, choice: {models: [openai/first]}}}
            """).failure().orElseThrow();
        assertThat(failure.code()).isEqualTo("budget");
        Money cost = office.lines().stream()
                .map(line -> line.charge().cost().orElseThrow())
                .reduce(Money.ZERO, Money::plus);
        assertThat(cost).isBetween(Money.dollars("0.0495"), Money.dollars("0.05"));
        assertThat(office.lines()).hasSizeBetween(5, 9); // the last answers were limited to what was left
    }

    @Test
    void classify_answers_with_a_label_and_asks_once_more() {
        office.stub.on("first", says("It is a complaint, I think", 10, 5), says(" \"Complaint\".", 20, 2));
        Map<String, Object> output = result("""
            it: {uses: ai.classify, with: {text: "${{ input.text }}", labels: [praise, complaint]}}
            """);
        assertThat(output).containsEntry("label", "complaint");
        assertThat(spent(output).get("inputTokens")).isEqualTo(30L); // both calls
        assertThat(office.lines()).hasSize(2);
    }

    @Test
    void extract_answers_with_data_that_satisfies_the_schema() {
        office.stub.on("first", says("```json\n{\"amount\": \"much\"}\n```", 10, 5), says("{\"amount\": 12}", 20, 4));
        Map<String, Object> output = result("""
            it:
              uses: ai.extract
              with:
                text: ${{ input.text }}
                schema: {type: object, properties: {amount: {type: number}}, required: [amount]}
            """);
        assertThat(output).containsEntry("data", Map.of("amount", 12L));
        List<?> messages = (List<?>) office.stub.received().get(1).body().get("messages");
        assertThat(Json.write(messages.get(3))).contains("does not satisfy the schema");
    }

    /** S33: a model that obeys whoever attacks it gets nothing done, because what it says is only data. */
    @Test
    void what_a_model_says_is_never_more_than_data() {
        for (String attack : List.of(
                "${{ input.text }}",
                "${{ 1 / 0 }}",
                "{\"uses\": \"http.request\"}",
                "complaint'; drop table x",
                "admin")) {
            office.stub.on("first", says(attack, 1, 1));
            assertThat(result("it: {uses: ai.chat, with: {prompt: hi}}")).containsEntry("text", attack);
            Failure failure = run("it: {uses: ai.classify, with: {text: hi, labels: [praise, complaint]}}")
                    .failure()
                    .orElseThrow();
            assertThat(failure.code()).isEqualTo("answer-invalid");
            assertThat(failure.retryable()).isFalse();
        }
    }

    @Test
    void failures_have_codes_that_a_step_can_retry_on() {
        for (String model : List.of("first", "claude", "llama")) {
            office.stub.on(model, status(429, "{}"));
        }
        Failure busy = run("it: {uses: ai.chat, with: {prompt: hi}}").failure().orElseThrow();
        assertThat(busy.code()).isEqualTo("rate-limit");
        assertThat(busy.retryable()).isTrue();
        Failure wrong = run("it: {uses: ai.chat, with: {prompt: hi, parameters: {model: x}}}")
                .failure()
                .orElseThrow();
        assertThat(wrong.code()).isEqualTo("invalid-input");
        Failure nameless = run("it: {uses: ai.chat, with: {prompt: hi, choice: {models: [gpt]}}}")
                .failure()
                .orElseThrow();
        assertThat(nameless.message()).contains("names no provider");
    }

    private static final String APPROVAL = """
        relay: 1
        rules: [{id: ask, then: [{require-approval: true}]}]
        """;

    /** The workflow in docs/relay.md. */
    private static Workflow<Map<String, Object>, Object> manual() throws IOException {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/relay.md"))) {
            directory = directory.getParent();
            assertThat(directory).as("a directory with docs/relay.md").isNotNull();
        }
        String manual = Files.readString(directory.resolve("docs/relay.md"));
        int marker = manual.indexOf("<!-- run by AiOperationsTest -->");
        int start = manual.indexOf("```yaml\n", marker) + "```yaml\n".length();
        return Workflow.read(manual.substring(start, manual.indexOf("```", start)), "relay.md");
    }

    /** Runs it with the decision of a manager. */
    private RunResult<Object> decided(boolean isApproved) throws Exception {
        Workflow<Map<String, Object>, Object> workflow = manual();
        CompletableFuture<StepWaiting> waiting = new CompletableFuture<>();
        try (Engine engine = Engine.builder()
                .connector(new AiConnector(office.relay(), Office.ACME))
                .register(workflow)
                .listener((run, of, entry) -> {
                    if (entry instanceof StepWaiting step) {
                        waiting.complete(step);
                    }
                })
                .build()) {
            Run<Object> run = engine.start(workflow, Map.of("question", "I want my money back"));
            String step = waiting.get(60, TimeUnit.SECONDS).step();
            assertThat(office.stub.received()).isEmpty();
            run.decide(step, isApproved, "ada", Map.of());
            return run.await(Duration.ofSeconds(30));
        }
    }

    @Test
    void a_call_that_needs_an_approval_is_made_when_a_person_has_approved_it() throws Exception {
        office.rules = Rules.read(APPROVAL);
        office.stub.on("first", says("Here it is.", 10, 2));
        assertThat(decided(true).orElseThrow()).isEqualTo("Here it is.");
    }

    @Test
    void a_call_that_a_person_has_rejected_is_not_made() throws Exception {
        office.rules = Rules.read(APPROVAL);
        Failure failure = decided(false).failure().orElseThrow();
        assertThat(failure.code()).isEqualTo("approval-required");
        assertThat(failure.message())
                .contains("a rule makes this call need an approval", "fix: have it approved")
                .contains("'approved' of an ai.* step");
        assertThat(office.stub.received()).isEmpty();
    }

    @Test
    void nobody_is_asked_about_a_call_that_fails_for_another_reason() throws Exception {
        office.budget = Budget.of(Office.ACME, Period.DAILY, new Money(10));
        Workflow<Map<String, Object>, Object> workflow = manual();
        try (Engine engine = Engine.builder()
                .connector(new AiConnector(office.relay(), Office.ACME))
                .register(workflow)
                .build()) {
            Failure failure = engine.start(workflow, Map.of("question", "Why?"))
                    .await(Duration.ofSeconds(30))
                    .failure()
                    .orElseThrow();
            assertThat(failure.message()).contains("the budget leaves");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chat, with: {prompt: money",
                "classify, with: {text: money, labels: [first, second]",
                "extract, with: {text: money, schema: {type: object}",
                "embed, with: {texts: [money]",
            })
    void every_operation_can_be_approved(String operation) {
        office.rules = Rules.read(APPROVAL);
        office.capabilities = operation.startsWith("embed") ? Set.of(Capability.EMBEDDINGS) : Set.of();
        office.stub.on(
                "first",
                operation.startsWith("embed")
                        ? status(
                                200,
                                "{\"data\": [{\"index\": 0, \"embedding\": [1]}], \"usage\": {\"prompt_tokens\": 1}}")
                        : says(operation.startsWith("extract") ? "{}" : "first", 10, 2));
        assertThat(run("it: {uses: ai." + operation + "}}")
                        .failure()
                        .orElseThrow()
                        .code())
                .isEqualTo("approval-required");
        assertThat(run("it: {uses: ai." + operation + ", approved: false}}")
                        .failure()
                        .orElseThrow()
                        .code())
                .isEqualTo("approval-required");
        assertThat(office.stub.received()).isEmpty();
        assertThat(run("it: {uses: ai." + operation + ", approved: true}}").failure())
                .isEmpty();
    }

    @Test
    void a_budget_that_wants_calls_approved_fails_steps_in_the_same_way() {
        office.stub.on("first", says("Hello!", 1_000, 1_000)); // for $0.011
        office.budget =
                Budget.of(Office.ACME, Period.DAILY, Money.dollars("1")).at(1, new Enforcement.RequireApproval());
        RunResult<Object> result = run("""
            first: {uses: ai.chat, with: {prompt: hello}}
            second: {needs: [first], uses: ai.chat, with: {prompt: hello, approved: true}}
            third: {needs: [second], uses: ai.chat, with: {prompt: hello}}
            """);
        assertThat(result.failure().orElseThrow().code()).isEqualTo("approval-required");
        assertThat(result.failure().orElseThrow().message())
                .contains("the DAILY budget of tenant:acme has passed 1 %, from where on calls need an approval");
        assertThat(office.stub.received()).hasSize(2);
    }
}
