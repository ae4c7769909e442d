package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.auterity.definition.Problem;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.budget.Threshold;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.quality.PredictorSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayFileTest {

    private static final String WHOLE = """
        relay: 1
        providers:
          openai: {speaks: openai, url: "https://api.openai.com/v1", credentials: [one, two]}
          local: {speaks: openai-compatible, url: "http://localhost:11434/v1"}
        models:
          openai/gpt-4o:
            context: 128000
            max-output: 16384
            can: [tools, vision]
            latency: 2s
            deployments:
              - {id: eu, region: eu}
              - {region: us}
          local/llama: {context: 8000, max-output: 1000, price: {input: "0.05", output: 1, cached-input: "0.000001"}}
        aliases: {fast: [local/llama]}
        keys:
          - id: app
            tenant: acme
            team: sales
            sha256: 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b
            models: [fast]
            requests-per-minute: 5
            concurrent: 2
            approves: true
            budgets: [{period: daily, limit: "5"}]
        budgets:
          - {tenant: acme, period: monthly, limit: "500", zone: Europe/Berlin, at: {80: notify, 85: [local/llama], 90: downgrade, 95: require-approval, 98: block}}
          - {tenant: acme, each: run, period: total, limit: "1"}
        rules:
          - {id: big, when: {field: tokens, gt: 1000}, then: [{models: [openai/gpt-4o]}]}
        default: [{log: usual}]
        max-tokens: 100
        deadline: 30s
        attempts: 5
        explore: 0.1
        hedge: true
        after-first-token: continue
        cache: {ttl: 5m, max-bytes: 1000000}
        redact: {kinds: [email, national-id], patterns: {CUSTOMER: "C-[0-9]+"}}
        """;

    private static RelayFile.Content read(String yaml) {
        return RelayFile.read("relay.yaml", yaml, name -> Optional.empty());
    }

    @Test
    void everything_is_read() {
        RelayFile.Content content = read(WHOLE);
        assertThat(content.endpoints().get("openai").credentials()).containsExactly("one", "two");
        assertThat(content.policy().deployments())
                .extracting(place -> place.id() + " " + place.region())
                .containsExactly("eu eu", "openai/gpt-4o@us us", "local/llama ");
        assertThat(content.policy().models().get(0).capabilities())
                .containsExactlyInAnyOrder(Capability.TOOLS, Capability.VISION);
        assertThat(content.policy().models().get(0).latency()).isEqualTo(Duration.ofSeconds(2));
        Price price = content.policy()
                .prices()
                .book()
                .price(ModelName.of("local/llama"), ServiceTier.STANDARD, 1, UnknownPrice.REFUSE);
        assertThat(price.cost(Usage.of(1_000_000, 1_000_000))).contains(Money.dollars("1.05"));
        VirtualKey key = content.settings().keys().get(0);
        Scope scope = Scope.tenant("acme").team("sales").key("app");
        assertThat(key.scope()).isEqualTo(scope);
        assertThat(key.models()).containsExactly(ModelName.of("local/llama"));
        assertThat(key.limits()).isEqualTo(new VirtualKey.Limits(5, 2, false, true));
        assertThat(content.budgets()).hasSize(3).contains(Budget.of(scope, Period.DAILY, Money.dollars("5")));
        assertThat(content.budgets().get(0).thresholds())
                .hasSize(5)
                .contains(new Threshold(85, new Enforcement.RestrictModels(Set.of(ModelName.of("local/llama")))));
        assertThat(content.policy().limits().isHedged()).isTrue();
        assertThat(content.policy().limits().afterFirstToken()).isEqualTo(Policy.AfterFirstToken.CONTINUE);
        assertThat(content.options().cache())
                .contains(new RelayFile.Caching(Duration.ofMinutes(5), 1_000_000, Optional.empty()));
        assertThat(content.options().redaction()).isPresent();
        assertThat(content.budgets().get(1).each()).contains(Scope.Level.RUN);
        assertThat(content.policy().rules().size()).isEqualTo(1);
        assertThat(content.policy().limits().maxAttempts()).isEqualTo(5);
        assertThat(content.policy().exploration().share()).isEqualTo(0.1);
        assertThat(content.settings().defaults().maxOutput()).isEqualTo(100);
        assertThat(content.settings().defaults().deadline()).isEqualTo(Duration.ofSeconds(30));
        assertThat(content.settings().aliases()).isEqualTo(Map.of("fast", Set.of(ModelName.of("local/llama"))));
    }

    @Test
    void an_objective_has_limits_and_what_was_learned_a_half_life() {
        RelayFile.Content usual = read(WHOLE);
        assertThat(usual.options().predictor()).isEqualTo(PredictorSettings.DEFAULT);
        RelayFile.Content content = read(WHOLE
                + "objective: {mode: cost-saving, min-quality: 0.7, within: 5s, at-most: \"0.02\"}\nhalf-life: 30d\n");
        assertThat(content.settings().defaults().objective())
                .isEqualTo(Objective.COST_SAVING
                        .atLeast(0.7)
                        .within(Duration.ofSeconds(5))
                        .atMost(Money.dollars("0.02")));
        assertThat(content.options().predictor()).isEqualTo(PredictorSettings.DEFAULT.halfLife(Duration.ofDays(30)));
    }

    /** One change to a right file, and what is said of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "relay: 1 | relay: 2 | relay | the format is 1",
                "url: \"https://api.openai.com/v1\" | url: nowhere | providers/openai/url | a base URL has a host",
                "openai/gpt-4o: | gpt-4o: | models/gpt-4o | names no provider",
                "local/llama: {context | other/llama: {context | models/other/llama | there is no provider 'other'",
                "context: 128000 | context: 0 | models/openai/gpt-4o/context | is 0",
                "can: [tools, vision] | can: [dance] | models/openai/gpt-4o/can | 'dance' is nothing that a model can",
                "{region: us} | {region: us, provider: loca} | models/openai/gpt-4o/deployments[1]/provider | there is no"
                        + " provider 'loca' at a url",
                "{region: us} | {region: us, name: ''} | models/openai/gpt-4o/deployments[1]/name | a model's name has 1 to",
                "{region: us} | {region: us, url: here} | models/openai/gpt-4o/deployments[1]/url | is not known here",
                "can: [tools, vision] | can: [tools, streaming] | models/openai/gpt-4o/can | 'streaming' has no effect",
                "latency: 2s | latency: soon | models/openai/gpt-4o/latency | is 'soon', which is no duration",
                "{id: eu, region: eu} | {id: eu, tier: batch} | models/openai/gpt-4o/deployments | 'eu' is in tier batch,"
                        + " for which provider 'openai' cannot be asked",
                "{id: eu, region: eu} | {id: eu, tier: fast} | models/openai/gpt-4o/deployments | 'eu' is in tier fast",
                "fast: [local/llama] | fast: [local/none] | aliases/fast | 'local/none' is none of the models",
                "sha256: 2bb80d | sha256: XYZ | keys[0]/sha256 | a SHA-256 has 64",
                "models: [fast] | models: [slow] | keys[0]/models | 'slow' names no provider",
                "concurrent: 2 | concurrent: 0 | keys[0]/concurrent | is 0",
                "period: daily | period: hourly | keys[0]/budgets[0]/period | is 'hourly'",
                "limit: \"500\" | limit: much | budgets[0]/limit | 'much' is no amount of dollars",
                "zone: Europe/Berlin | zone: Here | budgets[0]/zone | ",
                "80: notify | 800: notify | budgets[0]/at/800 | a threshold is at 1 to 100 percent",
                "80: notify | 80: shout | budgets[0]/at/80 | 'shout' is nothing a budget does",
                "field: tokens, gt: 1000 | field: tokens, is: 1000 | the rules | rules[0]/when/is: is no operator",
                "explore: 0.1 | explore: 2 | explore | share is between 0 and 0.5",
                "input: \"0.05\" | input: cheap | models/local/llama/price/input | ",
                "input: \"0.05\", output: 1 | input: \"0.05\" | models/local/llama | has no price of its output in tier"
                        + " standard",
                "input: \"0.05\" | inputs: \"0.05\" | models/local/llama/price/inputs | nothing of this name",
                "85: [local/llama] | 85: [llama] | budgets[0]/at/85 | names no provider",
                "after-first-token: continue | after-first-token: retry | after-first-token | is 'retry'",
                "hedge: true | hedge: often | hedge | is often",
                "ttl: 5m | ttl: 0s | cache/ttl | ",
                "max-bytes: 1000000 | max-bytes: 0 | cache/max-bytes | is 0",
                "kinds: [email, national-id] | kinds: [name] | redact/kinds | there is no 'name'",
                "\"C-[0-9]+\" | \"C-(\" | redact/patterns/CUSTOMER | the expression of CUSTOMER is none",
                "{CUSTOMER: | {customer: | redact/patterns/customer | of capital letters",
                "deadline: 30s | deadlin: 30s | deadlin | is not known here",
                "speaks: openai-compatible, url: \"http://localhost:11434/v1\" | in-process: minlm |"
                        + " providers/local/in-process | there is no embedder 'minlm'",
                "speaks: openai-compatible, url | in-process: minilm, url | providers/local/url | is nothing that a"
                        + " provider in this process has",
                "speaks: openai-compatible, url: \"http://localhost:11434/v1\" | in-process: minilm |"
                        + " models/local/llama | the model of a provider in this process comes with it",
                "max-bytes: 1000000 | embedder: word2vec | cache/embedder | there is no embedder 'word2vec' on the"
                        + " class path",
                "max-bytes: 1000000 | similarity: 0.9 | cache/similarity | is nothing without an embedder",
                "max-bytes: 1000000 | embedder: minilm, similarity: 0 | cache/similarity | a similarity is above 0 and"
                        + " at most 1, not 0",
                "max-bytes: 1000000 | embedder: minilm, similarity: 1.01 | cache/similarity | a similarity is above 0"
                        + " and at most 1",
                "max-bytes: 1000000 | embedder: minilm, similarity: NaN | cache/similarity | ",
                "explore: 0.1 | objective: {min-quality: 2} | objective/min-quality | minQuality is between 0 and 1",
                "explore: 0.1 | objective: {within: soon} | objective/within | is 'soon', which is no duration",
                "explore: 0.1 | objective: {at-most: much} | objective/at-most | 'much' is no amount of dollars",
                "explore: 0.1 | half-life: 0s | half-life | is '0s', which is no duration above zero",
            })
    void what_is_wrong_is_said_with_its_place(String right, String wrong, String where, String what) {
        assertThat(WHOLE).contains(right);
        RelayFileException refused =
                catchThrowableOfType(RelayFileException.class, () -> read(WHOLE.replace(right, wrong)));
        assertThat(refused.problems()).anySatisfy(problem -> {
            assertThat(problem.where()).isEqualTo(where);
            assertThat(problem.what()).contains(what == null ? "" : what);
        });
        assertThat(refused.problems()).extracting(Problem::code).containsOnly("AUT-S008");
    }

    @Test
    void a_deployment_says_where_it_is_and_what_it_is_called_there() {
        RelayFile.Content content = read(
                WHOLE.replace("{region: us}", "{provider: local, name: 4}\n      - {region: us, provider: local}"));
        assertThat(content.policy().deployments())
                .extracting(place -> place.id() + " " + place.provider() + " " + place.name())
                .containsExactly(
                        "eu openai gpt-4o",
                        "openai/gpt-4o@local local 4",
                        "openai/gpt-4o@us local gpt-4o",
                        "local/llama local llama");
        assertThat(content.policy().deployments().get(1).model()).isEqualTo(ModelName.of("openai/gpt-4o"));
    }

    @Test
    void a_model_needs_no_provider_of_its_name_if_its_deployments_have_others() {
        String azure = WHOLE.replace("  openai: {", "  azure-eu: {")
                .replace("{region: us}", "{region: us, provider: azure-eu}");
        RelayFileException refused = catchThrowableOfType(RelayFileException.class, () -> read(azure));
        assertThat(refused.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo("models/openai/gpt-4o");
            assertThat(problem.what()).isEqualTo("there is no provider 'openai'");
        });
        assertThat(read(azure.replace("region: eu}", "region: eu, provider: azure-eu}"))
                        .policy()
                        .deployments())
                .extracting(place -> place.id() + " " + place.provider())
                .containsExactly("eu azure-eu", "openai/gpt-4o@us azure-eu", "local/llama local");
    }

    @Test
    void every_wrong_provider_of_a_deployment_is_said_with_the_closest() {
        RelayFileException refused = catchThrowableOfType(
                RelayFileException.class,
                () -> read(
                        WHOLE.replace("region: eu}", "provider: opena}").replace("{region: us}", "{provider: loca}")));
        assertThat(refused.problems())
                .extracting(Problem::fix)
                .containsExactly("use 'openai' (closest of: openai, local)", "use 'local' (closest of: openai, local)");
    }

    @Test
    void the_deployments_of_a_model_speak_one_interface() {
        RelayFileException refused = catchThrowableOfType(
                RelayFileException.class,
                () -> read(WHOLE.replace("speaks: openai-compatible", "speaks: anthropic")
                        .replace("{region: us}", "{region: us, provider: local}")));
        assertThat(refused.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo("models/openai/gpt-4o/deployments");
            assertThat(problem.what()).isEqualTo("are at providers of two interfaces, openai and local");
            assertThat(problem.fix()).isEqualTo("make a model of each, and one alias for both");
        });
        Policy policy = read(WHOLE.replace("{region: us}", "{region: us, provider: local}"))
                .policy();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Models(policy, Map.of(), Map.of("local", Protocol.MESSAGES)))
                .withMessageContaining("openai/gpt-4o speak two interfaces, CHAT_COMPLETIONS and MESSAGES");
    }

    @Test
    void every_model_that_rules_and_thresholds_name_and_that_is_not_there_is_told_with_the_closest() {
        String wrong = WHOLE.replace("then: [{models: [openai/gpt-4o]}]", "then: [{models: [openai/gpt-40, x/y]}]")
                .replace("default: [{log: usual}]", "default: [{log: usual}, {provider: opena1}]")
                .replace("85: [local/llama]", "85: [local/lama]");
        RelayFileException refused = catchThrowableOfType(RelayFileException.class, () -> read(wrong));
        assertThat(refused.problems())
                .extracting(problem -> problem.where() + ": " + problem.what() + "; " + problem.fix())
                .containsExactly(
                        "budgets[0]/at/85: 'local/lama' is none of the models; use 'local/llama', or add it to models",
                        "rules[0]/then[0]/models: 'openai/gpt-40' is none of the models; use 'openai/gpt-4o', or add it to"
                                + " models",
                        "rules[0]/then[0]/models: 'x/y' is none of the models; add it to models",
                        "default[1]/provider: there is no model of 'opena1'; use 'openai' (closest of: openai, local)");
    }

    @Test
    void one_line_is_a_provider_in_this_process_with_its_model() {
        try (RelayFile.Content content = read("""
            relay: 1
            providers: {local: {in-process: minilm}}
            cache: {embedder: minilm}
            keys: [{id: app, tenant: acme, sha256: 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b}]
            """)) {
            ModelName name = ModelName.of("local/all-minilm-l6-v2-q");
            assertThat(content.policy().models()).singleElement().satisfies(card -> {
                assertThat(card.name()).isEqualTo(name);
                assertThat(card.capabilities()).containsExactly(Capability.EMBEDDINGS);
            });
            Price price = content.policy().prices().book().price(name, ServiceTier.STANDARD, 1, UnknownPrice.REFUSE);
            assertThat(price.cost(Usage.of(1_000_000, 0))).contains(Money.ZERO);
            assertThat(content.options().cache().flatMap(RelayFile.Caching::meaning))
                    .contains(new RelayFile.Meaning(content.embedders().get("local"), 0.95)); // one for both
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"'a: [' | ", "text | is a map", "'' | is a map", "'a: 1\na: 2' | "})
    void what_is_no_file_at_all_is_refused(String yaml, String what) {
        RelayFileException refused = catchThrowableOfType(RelayFileException.class, () -> read(yaml));
        assertThat(refused).hasMessageContaining(what == null ? "" : what);
    }
}
