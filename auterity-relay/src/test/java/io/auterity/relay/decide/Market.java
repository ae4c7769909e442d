package io.auterity.relay.decide;

import io.auterity.relay.budget.Allowance;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.PassedThreshold;
import io.auterity.relay.budget.Threshold;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.quality.Prediction;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Three models at round prices, each with two deployments, and a call to choose for. */
final class Market {

    static final ModelName STRONG = ModelName.of("openai/strong");
    static final ModelName MIDDLE = ModelName.of("anthropic/middle");
    static final ModelName WEAK = ModelName.of("openai/weak");

    /** $100, $10 and $1 a million tokens of an answer; prompts cost nothing. */
    static final PriceBook BOOK = PriceBook.shipped()
            .with(STRONG, Rates.of(0, 100_000_000))
            .with(MIDDLE, Rates.of(0, 10_000_000))
            .with(WEAK, Rates.of(0, 1_000_000));

    Rules rules = Rules.NONE;
    Exploration exploration = Exploration.NONE;
    Policy.Limits limits = new Policy.Limits(6, false);
    PriceBook book = BOOK;
    UnknownPrice unknown = UnknownPrice.REFUSE;
    Objective objective = Objective.BALANCED;
    RouteRequest.Needs needs = RouteRequest.Needs.NONE;
    Usage most = Usage.of(100, 1_000);
    Optional<Money> left = Optional.empty();
    List<PassedThreshold> thresholds = List.of();
    final Map<String, Object> facts = new HashMap<>(Map.of("tenant", "acme"));
    final Map<String, StateView.Health> health = new HashMap<>();
    Prediction prediction = new Prediction(Map.of(
            STRONG, new Prediction.Quality(0.9, 20),
            MIDDLE, new Prediction.Quality(0.8, 20),
            WEAK, new Prediction.Quality(0.5, 20)));
    List<ModelCard> cards = List.of(
            card(STRONG, Set.of(Capability.TOOLS, Capability.VISION), 100_000),
            card(MIDDLE, Set.of(Capability.TOOLS), 10_000),
            card(WEAK, Set.of(), 4_000));

    static ModelCard card(ModelName name, Set<Capability> can, long context) {
        return new ModelCard(name, can, context, 2_000, Duration.ofSeconds(1));
    }

    Policy policy() {
        List<Deployment> places = cards.stream()
                .flatMap(card -> List.of("eu", "us").stream()
                        .map(region -> new Deployment(
                                card.name().model() + "-" + region, card.name(), region, ServiceTier.STANDARD)))
                .toList();
        return new Policy(cards, places, rules, new Policy.Prices(book, unknown), exploration, limits);
    }

    RouteRequest request() {
        long half = Math.max(1, most.count(Meter.OUTPUT) / 10);
        return new RouteRequest("q", facts, new RouteRequest.Size(most, half, 500), needs, objective);
    }

    StateView state() {
        return new StateView(prediction, new Allowance(left, thresholds), health);
    }

    Decision decide(long seed) {
        return Decider.decide(request(), policy(), state(), seed);
    }

    /** A budget has passed 90 %. */
    void passed(Enforcement enforcement) {
        thresholds = List.of(new PassedThreshold("the budget", new Threshold(90, enforcement)));
    }

    ModelName chosen() {
        return decide(1).attempts().get(0).deployment().model();
    }

    void ill(String deployment) {
        health.put(deployment, new StateView.Health(Duration.ofSeconds(1), Duration.ofSeconds(2), 0, false, 1));
    }

    void busy(String deployment, int inFlight) {
        health.put(deployment, new StateView.Health(Duration.ofSeconds(1), Duration.ofSeconds(2), inFlight, true, 1));
    }

    void exhausted(String deployment) {
        health.put(deployment, new StateView.Health(Duration.ofSeconds(1), Duration.ofSeconds(2), 0, true, 0));
    }
}
