package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.auterity.relay.budget.Charge;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.rules.Rules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is charged goes by the class of service that an answer was made in, which need not be the one that was asked for. */
class ServiceTierTest {

    /** Of the second model only the usual price is known, of the third only that of the slowest class of service. */
    private static final PriceBook BOOK = PriceBook.read("""
            {"version": "1", "unit": "pico-dollars", "models": {
              "openai/gpt": {"standard": {"input": 0, "output": 1000000}, "flex": {"input": 0, "output": 500000},
                "priority": {"input": 0, "output": 2000000}, "regional": {"input": 0, "output": 1100000},
                "regional-priority": {"input": 0, "output": 2200000}},
              "openai/old": {"standard": {"input": 0, "output": 1000000}},
              "openai/slow": {"flex": {"input": 0, "output": 500000}, "regional-flex": {"input": 0, "output": 550000}}}}""".getBytes(StandardCharsets.UTF_8));

    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private Relay relay(String model, ServiceTier tier, Endpoint.Dialect dialect) {
        ModelName name = ModelName.of("openai/" + model);
        ModelCard card = new ModelCard(name, Set.of(Capability.STREAMING), 100_000, 4_000, Duration.ofSeconds(1));
        Policy policy = new Policy(
                List.of(card),
                List.of(new Deployment("place", name, "", tier)),
                Rules.NONE,
                new Policy.Prices(BOOK, UnknownPrice.REFUSE),
                Exploration.NONE,
                Policy.Limits.DEFAULT);
        return Relay.builder(policy, () -> office.now)
                .provider("openai", office.provider(dialect, "one"))
                .build();
    }

    /** A hundred tokens of an answer; the class of service is as the provider writes it. */
    private static StubServer.Script says(Protocol protocol, String tier) {
        String told = tier.isEmpty() ? "" : "\"service_tier\": \"" + tier + "\", ";
        boolean isChat = protocol == Protocol.CHAT_COMPLETIONS;
        String usage = isChat
                ? "\"usage\": {\"prompt_tokens\": 10, \"completion_tokens\": 100}"
                : "\"usage\": {\"input_tokens\": 10, \"output_tokens\": 100}";
        String whole = isChat
                ? "{" + told + "\"choices\": [{\"message\": {\"content\": \"hi\"}, \"finish_reason\": \"stop\"}], "
                        + usage + "}"
                : "{" + told + "\"status\": \"completed\", \"output\": [{\"content\": [{\"text\": \"hi\"}]}], " + usage
                        + "}";
        List<String> events = isChat
                ? List.of(
                        "{" + told + "\"choices\": [{\"delta\": {\"content\": \"hi\"}}]}",
                        "{" + told + "\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}",
                        "{" + told + "\"choices\": [], " + usage + "}",
                        "[DONE]")
                : List.of(
                        "{\"type\": \"response.created\", \"response\": {\"service_tier\": \"auto\"}}",
                        "{\"type\": \"response.output_text.delta\", \"delta\": \"hi\"}",
                        "{\"type\": \"response.completed\", \"response\": " + whole + "}");
        return (request, out) -> {
            if (request.isStream()) {
                StubServer.stream(out, events);
            } else {
                StubServer.status(200, whole).answer(request, out);
            }
        };
    }

    private Charge charge(Relay relay, Protocol protocol, boolean isStream) {
        RelayRequest usual = office.request("hello");
        RelayRequest request = protocol == Protocol.CHAT_COMPLETIONS
                ? usual
                : new RelayRequest(
                        usual.id(),
                        usual.scope(),
                        usual.prompt().writtenAs(new Original(protocol, Map.of("input", "hello"))),
                        usual.wishes(),
                        usual.limits(),
                        usual.cancellation());
        return (isStream ? relay.stream(request, Sink.NONE) : relay.call(request))
                .line()
                .charge();
    }

    /** A hundred tokens cost $0.0001 in the usual class of service. */
    @ParameterizedTest
    @CsvSource({
        "STANDARD, '', STANDARD, 0.0001",
        "STANDARD, auto, STANDARD, 0.0001",
        "STANDARD, scale, STANDARD, 0.0001",
        "STANDARD, default, STANDARD, 0.0001",
        "STANDARD, priority, PRIORITY, 0.0002",
        "STANDARD, flex, FLEX, 0.00005",
        "PRIORITY, priority, PRIORITY, 0.0002",
        "PRIORITY, default, STANDARD, 0.0001",
        "FLEX, default, STANDARD, 0.0001",
        "REGIONAL, default, REGIONAL, 0.00011",
        "REGIONAL, priority, REGIONAL_PRIORITY, 0.00022"
    })
    void the_answers_class_of_service_is_charged(ServiceTier asked, String told, ServiceTier tier, String cost) {
        Relay relay = relay("gpt", asked, Endpoint.Dialect.OPENAI);
        for (Protocol protocol : List.of(Protocol.CHAT_COMPLETIONS, Protocol.RESPONSES)) {
            office.stub.on("gpt", says(protocol, told));
            for (boolean isStream : new boolean[] {false, true}) {
                Charge charge = charge(relay, protocol, isStream);
                assertThat(charge.tier()).isEqualTo(tier);
                assertThat(charge.cost()).as(protocol + " " + isStream).contains(Money.dollars(cost));
                assertThat(charge.certainty()).isEqualTo(Price.Certainty.KNOWN);
            }
        }
    }

    @Test
    void a_class_of_service_without_a_price_is_never_charged_too_little() {
        Relay relay = relay("old", ServiceTier.STANDARD, Endpoint.Dialect.OPENAI);
        office.stub.on("old", says(Protocol.CHAT_COMPLETIONS, "flex"));
        Charge slower = charge(relay, Protocol.CHAT_COMPLETIONS, false);
        assertThat(slower.tier()).isEqualTo(ServiceTier.FLEX);
        assertThat(slower.cost()).contains(Money.dollars("0.0001"));
        assertThat(slower.certainty()).isEqualTo(Price.Certainty.WORST_CASE);
        office.stub.on("old", says(Protocol.CHAT_COMPLETIONS, "priority"));
        Charge quicker = charge(relay, Protocol.CHAT_COMPLETIONS, false);
        assertThat(quicker.tier()).isEqualTo(ServiceTier.PRIORITY);
        assertThat(quicker.cost()).contains(Money.dollars("0.001024")); // what was set aside: 1,024 tokens
        assertThat(quicker.certainty()).isEqualTo(Price.Certainty.WORST_CASE);
    }

    /** What was set aside is booked, 1,024 tokens: the usual class of service is dearer than flex. */
    @ParameterizedTest
    @CsvSource({
        "FLEX, default, STANDARD, 0.000512",
        "FLEX, priority, PRIORITY, 0.000512",
        "REGIONAL_FLEX, default, REGIONAL, 0.0005632"
    })
    void a_quicker_class_of_service_than_the_slowest_is_not_charged_at_its_rates(
            ServiceTier asked, String told, ServiceTier tier, String cost) {
        office.stub.on("slow", says(Protocol.CHAT_COMPLETIONS, told));
        Charge charge = charge(relay("slow", asked, Endpoint.Dialect.OPENAI), Protocol.CHAT_COMPLETIONS, false);
        assertThat(charge.tier()).isEqualTo(tier);
        assertThat(charge.cost()).contains(Money.dollars(cost));
        assertThat(charge.certainty()).isEqualTo(Price.Certainty.WORST_CASE);
    }

    /** Their calls are not made in it: half of what is charged would be booked. */
    @ParameterizedTest
    @CsvSource({
        "OPENAI, BATCH",
        "OPENAI, REGIONAL_BATCH",
        "OPENAI, FAST",
        "AZURE, BATCH",
        "OPENAI_COMPATIBLE, BATCH",
        "ANTHROPIC, BATCH",
        "ANTHROPIC, FLEX",
        "ANTHROPIC, FAST"
    })
    void a_class_of_service_that_nobody_asks_for_is_refused(Endpoint.Dialect dialect, ServiceTier tier) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> relay("gpt", tier, dialect))
                .withMessageContainingAll(
                        "deployment 'place' is in tier " + tier.key(), "provider 'openai' cannot be asked", "standard");
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI, PRIORITY, priority",
        "OPENAI, FLEX, flex",
        "OPENAI, REGIONAL_PRIORITY, priority",
        "OPENAI, STANDARD, ",
        "OPENAI_COMPATIBLE, PRIORITY, "
    })
    void openai_is_asked_for_the_class_of_service_that_a_deployment_is_priced_in(
            Endpoint.Dialect dialect, ServiceTier tier, String word) {
        Relay relay = relay("gpt", tier, dialect);
        for (Protocol protocol : List.of(Protocol.CHAT_COMPLETIONS, Protocol.RESPONSES)) {
            office.stub.on("gpt", says(protocol, ""));
            charge(relay, protocol, false);
            Map<String, Object> body = office.stub
                    .received()
                    .get(office.stub.received().size() - 1)
                    .body();
            assertThat(Optional.ofNullable(body.get("service_tier"))).isEqualTo(Optional.ofNullable(word));
        }
    }
}
