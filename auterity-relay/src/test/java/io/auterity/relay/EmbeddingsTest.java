package io.auterity.relay;

import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.operation.AiConnector;
import io.auterity.relay.provider.Embedder;
import io.auterity.relay.provider.Embeddings;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Vectors from a provider, from a model in this process, and in workflows. */
class EmbeddingsTest {

    private static final ModelName REMOTE = ModelName.of("openai/embed");
    private static final ModelName LOCAL = ModelName.of("mini/lm");

    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private Relay relay() {
        List<ModelCard> cards = List.of(REMOTE, LOCAL).stream()
                .map(name -> new ModelCard(name, Set.of(Capability.EMBEDDINGS), 8_000, 0, Duration.ofSeconds(1)))
                .toList();
        PriceBook book = PriceBook.shipped().with(REMOTE, Rates.of(20_000, 0)).with(LOCAL, Rates.of(0, 0));
        Policy policy = new Policy(
                cards,
                cards.stream()
                        .map(card -> new Deployment(card.name().model(), card.name(), "", ServiceTier.STANDARD))
                        .toList(),
                Rules.NONE,
                new Policy.Prices(book, UnknownPrice.REFUSE),
                Exploration.NONE,
                Policy.Limits.DEFAULT);
        office.relay(); // for its budgets
        return Relay.builder(policy, () -> office.now)
                .provider("openai", office.provider(Endpoint.Dialect.OPENAI, "one"))
                .provider(
                        "mini",
                        Embedder.provider(texts -> texts.stream()
                                .map(text -> new float[] {text.length(), 0.5f})
                                .toList()))
                .budgets(office.budgets)
                .build();
    }

    private RunResult<Object> run(String with) {
        Workflow<Map<String, Object>, Object> workflow = Workflow.read(
                "auterity: 1\nid: embed\ninput: {texts: {type: array, items: {type: string}}}\nsteps:\n"
                        + "  it: {uses: ai.embed, with: " + with + "}\noutput: ${{ steps.it.output }}\n",
                "embed.yaml");
        try (Engine engine = Engine.builder()
                .connector(new AiConnector(relay(), Office.ACME))
                .register(workflow)
                .build()) {
            return engine.start(workflow, Map.of("texts", List.of("a", "four"))).await(Duration.ofSeconds(30));
        }
    }

    @Test
    void a_workflow_gets_vectors_of_a_provider_and_pays_for_them() {
        office.stub.on(
                "embed",
                status(
                        200,
                        "{\"data\": [{\"embedding\": \"AACAPwAAAEA=\"}, {\"embedding\": [3, 4.5]}],"
                                + " \"usage\": {\"prompt_tokens\": 5}}"));
        Map<?, ?> output =
                (Map<?, ?>) run("{texts: \"${{ input.texts }}\", dimensions: 2, choice: {models: [openai/embed]}}")
                        .orElseThrow();
        assertThat(output.get("vectors")).isEqualTo(List.of(List.of(1.0, 2.0), List.of(3.0, 4.5)));
        assertThat(((Map<?, ?>) output.get("spent")).get("nanoDollars")).isEqualTo(100L); // 5 tokens at $0.02 a million
        assertThat(office.stub.received().get(0).path()).isEqualTo("/v1/embeddings");
        assertThat(office.stub.received().get(0).body())
                .containsEntry("input", List.of("a", "four"))
                .containsEntry("dimensions", 2L)
                .doesNotContainKeys("max_tokens", "messages");
        assertThat(office.lines().get(0).charge().cost()).contains(new Money(100));
    }

    @Test
    void a_model_in_this_process_answers_like_a_provider() {
        Map<?, ?> output = (Map<?, ?>) run("{texts: \"${{ input.texts }}\", choice: {models: [mini/lm]}}")
                .orElseThrow();
        assertThat(output.get("vectors")).isEqualTo(List.of(List.of(1.0, 0.5), List.of(4.0, 0.5)));
        assertThat(((Map<?, ?>) output.get("spent")).get("nanoDollars")).isEqualTo(0L);
    }

    @Test
    void too_few_vectors_and_too_many_texts_fail_the_step() {
        office.stub.on("embed", status(200, "{\"data\": []}"));
        assertThat(run("{texts: [x], choice: {models: [openai/embed]}}")
                        .failure()
                        .orElseThrow()
                        .code())
                .isEqualTo("answer-invalid");
        String texts = Collections.nCopies(2_049, "t").toString();
        assertThat(run("{texts: " + texts + "}").failure().orElseThrow().code()).isEqualTo("invalid-input");
    }

    @Test
    void vectors_that_are_none_are_told() {
        ProviderAnswer answer = new ProviderAnswer(
                "",
                List.of(),
                "stop",
                Optional.empty(),
                Optional.empty(),
                Optional.of(new ProviderAnswer.Written(
                        Protocol.EMBEDDINGS, "{\"data\": [{\"embedding\": \"not base64!\"}]}")));
        assertThatThrownBy(() -> Embeddings.vectors(answer)).hasMessageContaining("neither numbers nor bytes");
    }
}
