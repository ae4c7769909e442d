package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.provider.Embeddings;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.HttpProvider;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.Provider;
import io.auterity.relay.rules.Rules;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One model is called at two addresses, under another name at each, and costs the same at both. */
class PlacesTest {

    private static final ModelName MODEL = ModelName.of("openai/gpt");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Office office; // its stub is in Europe
    private StubServer america;
    private Endpoint.Dialect dialect = Endpoint.Dialect.OPENAI;
    private Capability capability = Capability.STREAMING;
    private int ids;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        america = new StubServer();
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        america.close();
        office.close();
    }

    private static Deployment place(String region, String name) {
        return new Deployment(region, MODEL, region, ServiceTier.STANDARD, "azure-" + region, name);
    }

    private Policy policy() {
        return new Policy(
                List.of(new ModelCard(MODEL, Set.of(capability), 100_000, 4_000, Duration.ofSeconds(1))),
                List.of(place("eu", "gpt-in-dublin"), place("us", "gpt-in-texas")),
                Rules.NONE,
                new Policy.Prices(
                        PriceBook.shipped().with(MODEL, Rates.of(1_000_000, 10_000_000)), UnknownPrice.REFUSE),
                Exploration.NONE,
                new Policy.Limits(3, true));
    }

    private Relay relay() {
        office.budgets = new Budgets(
                List.of(office.budget), new InMemoryBudgetStore(), () -> office.now, new BudgetListener() {});
        return Relay.builder(policy(), () -> office.now)
                .provider("azure-eu", provider(office.stub, "one"))
                .provider("azure-us", provider(america, "two"))
                .budgets(office.budgets)
                .hedges(threads)
                .build();
    }

    private Provider provider(StubServer server, String key) {
        Endpoint endpoint = new Endpoint(dialect, URI.create(server.url()), List.of(key));
        return new HttpProvider(
                endpoint, office.guard, name -> Optional.ofNullable(office.keys.get(name)), () -> office.now);
    }

    private RelayRequest request(Prompt prompt, String region) {
        Optional<String> where = Optional.of(region).filter(name -> !name.isEmpty());
        RouteRequest.Needs needs = new RouteRequest.Needs(Set.of(capability), where, Set.of(), Optional.empty(), true);
        return RelayRequest.of("request-" + ++ids, Office.ACME, prompt)
                .with(new RelayRequest.Wishes(Objective.COST_SAVING, needs, Optional.empty(), Map.of()));
    }

    private void bothSay(StubServer.Script script) {
        office.stub.on("gpt-in-dublin", script);
        america.on("gpt-in-texas", script);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_region_has_an_address_a_key_and_a_name_of_its_own_and_the_price_of_the_model(boolean isStream) {
        bothSay(says("Because.", 10, 2));
        Relay relay = relay();
        for (int i = 0; i < 5; i++) {
            RelayRequest request = request(Prompt.of("Why?"), "us");
            Reply reply = isStream ? relay.stream(request, text -> {}) : relay.call(request);
            assertThat(reply.deployment().model()).isEqualTo(MODEL);
            assertThat(reply.cost()).contains(new Money(30_000)); // 10 at $1 and 2 at $10 a million
        }
        assertThat(office.stub.received()).isEmpty();
        assertThat(america.models()).hasSize(5).containsOnly("gpt-in-texas");
        assertThat(america.received().get(0).headers()).containsEntry("authorization", "Bearer sk-two");
        assertThat(office.lines())
                .hasSize(5)
                .allSatisfy(line -> assertThat(line.charge().model()).isEqualTo(MODEL));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_failover_goes_to_the_other_address_and_only_the_first_is_ill(boolean isStream) {
        office.stub.on("gpt-in-dublin", status(503, "{}"));
        america.on("gpt-in-texas", says("Because.", 10, 2));
        Relay relay = relay();
        for (int i = 0; i < 30; i++) {
            RelayRequest request = request(Prompt.of("Why?"), "");
            Reply reply = isStream ? relay.stream(request, text -> {}) : relay.call(request);
            assertThat(reply.deployment().id()).isEqualTo("us");
            office.now = office.now.plusMillis(200);
        }
        assertThat(office.stub.models()).isNotEmpty().containsOnly("gpt-in-dublin");
        assertThat(america.models()).hasSize(30).containsOnly("gpt-in-texas");
    }

    @Test
    void a_hedge_goes_to_the_other_address() {
        bothSay(says("Because.", 10, 2));
        Relay relay = relay();
        relay.call(request(Prompt.of("Why?"), "eu")); // so that both are measured
        relay.call(request(Prompt.of("Why?"), "us"));
        RelayRequest request = request(Prompt.of("Why?"), "");
        boolean isEuFirst =
                relay.explain(request).attempts().get(0).deployment().id().equals("eu");
        StubServer slow = isEuFirst ? office.stub : america;
        slow.on(isEuFirst ? "gpt-in-dublin" : "gpt-in-texas", slow.stalls(""));

        assertThat(relay.call(request).deployment().id()).isEqualTo(isEuFirst ? "us" : "eu");

        assertThat(office.stub.models()).containsExactly("gpt-in-dublin", "gpt-in-dublin");
        assertThat(america.models()).containsExactly("gpt-in-texas", "gpt-in-texas");
    }

    @Test
    void azure_has_the_name_of_the_deployment_in_its_address() {
        dialect = Endpoint.Dialect.AZURE;
        bothSay(says("Because.", 10, 2));
        relay().call(request(Prompt.of("Why?"), "eu"));
        assertThat(office.stub.received().get(0).path())
                .startsWith("/v1/openai/deployments/gpt-in-dublin/chat/completions?");
        assertThat(office.stub.received().get(0).headers()).containsEntry("api-key", "sk-one");
    }

    @Test
    void responses_and_vectors_are_asked_for_under_the_name_of_the_deployment() {
        bothSay(status(200, "{\"output\": [], \"data\": [], \"usage\": {\"prompt_tokens\": 1}}"));
        relay().call(request(
                Prompt.of("Why?").writtenAs(new Original(Protocol.RESPONSES, Map.of("input", "Why?"))), "us"));
        capability = Capability.EMBEDDINGS;
        relay().call(request(Embeddings.prompt(List.of("Why?"), Map.of()), "eu"));
        assertThat(america.models()).containsExactly("gpt-in-texas");
        assertThat(america.received().get(0).path()).isEqualTo("/v1/responses");
        assertThat(office.stub.models()).containsExactly("gpt-in-dublin");
        assertThat(office.stub.received().get(0).path()).isEqualTo("/v1/embeddings");
    }

    @Test
    void a_place_may_speak_another_interface_than_the_provider_in_the_name_and_counts_there() {
        dialect = Endpoint.Dialect.ANTHROPIC;
        bothSay(status(
                200,
                "{\"content\": [{\"type\": \"text\", \"text\": \"Because.\"}], \"stop_reason\": \"end_turn\","
                        + " \"input_tokens\": 77, \"usage\": {\"input_tokens\": 10, \"output_tokens\": 2}}"));
        Prompt prompt = Prompt.of("Why?");
        assertThat(relay().call(request(prompt, "eu")).answer().text()).isEqualTo("Because.");
        assertThat(relay().countTokens(request(prompt, "us"))).isEqualTo(77);
        Map<String, Object> message =
                Map.of("messages", List.of(Map.of("role", "user", "content", "Why?")), "novel", 1L);
        relay().call(request(prompt.writtenAs(new Original(Protocol.MESSAGES, Map.copyOf(message))), "us"));
        assertThat(office.stub.models()).containsExactly("gpt-in-dublin");
        assertThat(america.models()).containsExactly("gpt-in-texas", "gpt-in-texas");
        assertThat(america.received().get(0).path()).isEqualTo("/v1/messages/count_tokens");
        assertThat(america.received().get(1).body()).containsEntry("novel", 1L);
    }

    @Test
    void a_provider_that_is_not_there_is_named() {
        RelayBuilder builder = Relay.builder(policy(), () -> office.now)
                .provider("openai", provider(office.stub, "one"))
                .provider("azure-eu", provider(office.stub, "one"))
                .hedges(threads);
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessage("there is no provider 'azure-us', which deployment 'us' needs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Deployment("us", MODEL, "us", ServiceTier.STANDARD, "Azure", "gpt"))
                .withMessageContaining("'Azure' is no provider's name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Deployment("us", MODEL, "us", ServiceTier.STANDARD, "azure", " "))
                .withMessageContaining("1 to 200 characters");
    }
}
