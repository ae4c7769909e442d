package io.auterity.relay;

import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.OutboundGuard;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.event.RelayListener;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.HttpProvider;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Provider;
import io.auterity.relay.quality.ChoiceLog;
import io.auterity.relay.quality.PredictorSettings;
import io.auterity.relay.quality.QualityPredictor;
import io.auterity.relay.redact.Redaction;
import io.auterity.relay.rules.Rules;
import io.auterity.relay.tokens.ContextAssembly;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A relay over one stub server that plays OpenAI and Anthropic, with a daily budget of $5. */
final class Office implements AutoCloseable {

    static final Scope ACME = Scope.tenant("acme");
    static final ModelName FIRST = ModelName.of("openai/first");
    static final ModelName CLAUDE = ModelName.of("anthropic/claude");
    static final ModelName LOCAL = ModelName.of("local/llama");

    final StubServer stub = new StubServer();
    final Map<String, Credential> keys = new HashMap<>(Map.of(
            "one", new Credential("bearer", Map.of("token", "sk-one"), Set.of("127.0.0.1")),
            "two", new Credential("bearer", Map.of("token", "sk-two"), Set.of("127.0.0.1"))));
    OutboundGuard guard = OutboundGuard.builder().allow("127.0.0.1").build();
    volatile Instant now = Instant.parse("2026-05-01T08:00:00Z");
    Rules rules = Rules.NONE;
    Policy.Limits limits = Policy.Limits.DEFAULT;
    Set<Capability> capabilities = Set.of();
    long contextTokens = 100_000;
    int places = 1; // of each model
    Budget budget = Budget.of(ACME, Period.DAILY, Money.dollars("5"));
    final QualityPredictor predictor = new QualityPredictor(PredictorSettings.DEFAULT);
    final ChoiceLog choices = new ChoiceLog(1_000, predictor);
    final List<RelayListener> listeners = new ArrayList<>();
    BudgetListener budgetListener = new BudgetListener() {};
    Optional<ContextAssembly> assembly = Optional.empty();

    @Nullable
    Redaction redaction;

    @Nullable
    AnswerCache cache;

    Budgets budgets;
    private int ids;

    Office() throws Exception {}

    /** The relay; what a test changes before counts. */
    Relay relay() {
        InstantSource clock = () -> now;
        Map<String, Provider> providers = Map.of(
                "openai", provider(Endpoint.Dialect.OPENAI, "one", "two"),
                "anthropic", provider(Endpoint.Dialect.ANTHROPIC, "one"),
                "local", provider(Endpoint.Dialect.OPENAI_COMPATIBLE));
        budgets = new Budgets(List.of(budget), new InMemoryBudgetStore(), clock, budgetListener);
        RelayBuilder builder =
                Relay.builder(policy(), clock).budgets(budgets).learning(new Relay.Learning(predictor, choices));
        providers.forEach(builder::provider);
        listeners.forEach(builder::listener);
        assembly.ifPresent(builder::context);
        if (redaction != null) {
            builder.redaction(redaction);
        }
        if (cache != null) {
            builder.cache(cache);
        }
        return builder.build();
    }

    Provider provider(Endpoint.Dialect dialect, String... names) {
        Endpoint endpoint = new Endpoint(dialect, URI.create(stub.url()), List.of(names));
        return new HttpProvider(endpoint, guard, name -> Optional.ofNullable(keys.get(name)), () -> now);
    }

    /** The first model is the cheapest, so it is preferred while nothing is known of any. */
    Policy policy() {
        PriceBook book = PriceBook.shipped();
        List<ModelCard> cards = new ArrayList<>();
        List<Deployment> deployments = new ArrayList<>();
        long picos = 1_000_000;
        for (ModelName name : List.of(FIRST, CLAUDE, LOCAL)) {
            book = book.with(name, Rates.of(picos, 10 * picos));
            picos *= 2;
            cards.add(new ModelCard(name, capabilities, contextTokens, 4_000, Duration.ofSeconds(1)));
            for (int place = 1; place <= places; place++) {
                String id = name.model() + "-eu" + (place == 1 ? "" : place);
                deployments.add(new Deployment(id, name, "eu", ServiceTier.STANDARD));
            }
        }
        Policy.Prices prices = new Policy.Prices(book, UnknownPrice.REFUSE);
        return new Policy(cards, deployments, rules, prices, Exploration.NONE, limits);
    }

    RelayRequest request(String text) {
        return RelayRequest.of("request-" + ++ids, ACME, Prompt.of(text))
                .with(new RelayRequest.Wishes(
                        Objective.COST_SAVING, RouteRequest.Needs.NONE, Optional.empty(), Map.of()))
                .with(RelayRequest.Limits.USUAL.within(Duration.ofSeconds(20)));
    }

    /** Makes a call without side effects, which a cache may answer. */
    RelayRequest repeatable(String text) {
        RouteRequest.Needs needs = new RouteRequest.Needs(Set.of(), Optional.empty(), Set.of(), Optional.empty(), true);
        return request(text).with(new RelayRequest.Wishes(Objective.COST_SAVING, needs, Optional.empty(), Map.of()));
    }

    List<LedgerLine> lines() {
        return budgets.lines(ACME);
    }

    @Override
    public void close() throws Exception {
        stub.close();
    }
}
