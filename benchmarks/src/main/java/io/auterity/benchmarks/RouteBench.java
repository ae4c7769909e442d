package io.auterity.benchmarks;

import io.auterity.relay.decide.Decider;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.decide.StateView;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.quality.PredictorSettings;
import io.auterity.relay.quality.QualityPredictor;
import io.auterity.relay.rules.Rules;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The time of a whole routing decision over 10,000 stored examples: hashing the prompt, finding its neighbours, predicting
 * every model, rules, budget, choice of model and deployment, the explanation and what half the budget would have chosen.
 */
final class RouteBench implements Bench {

    private static final Path DATA = Path.of("benchmarks/data/router");
    private static final int EXAMPLES = 10_000;
    private static final double MEDIAN_BAR = 50;
    private static final double TAIL_BAR = 500;

    @Override
    public String id() {
        return "route";
    }

    @Override
    public String summary() {
        return "the time of a routing decision with 10,000 examples, beside the bars of 50 and 500 microseconds";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        if (!arguments.isEmpty()) {
            throw new UsageException("route takes no arguments");
        }
        ScoredPrompts pair = ScoredPrompts.read(List.of(DATA.resolve("mmlu_two_models.jsonl.gz")));
        QualityPredictor predictor = new QualityPredictor(PredictorSettings.DEFAULT);
        predictor.learn(
                pair.rows().subList(0, EXAMPLES).stream().map(pair::example).toList());
        List<ScoredPrompts.Row> asked =
                pair.rows().subList(EXAMPLES, pair.rows().size());
        Policy policy = policy(pair.models());
        int calls = effort.isQuick() ? 2_000 : 20_000;
        decide(predictor, policy, asked, calls); // warm up
        double[] medians = new double[effort.rounds()];
        double[] tails = new double[effort.rounds()];
        for (int round = 0; round < effort.rounds(); round++) {
            double[] micros = decide(predictor, policy, asked, calls);
            medians[round] = micros[calls / 2];
            tails[round] = micros[calls - 1 - calls / 100];
        }
        figures.accept(new Figure(
                "route", "p50-10000-examples/bar", Interleaved.median(medians), MEDIAN_BAR, "us", effort.rounds()));
        figures.accept(new Figure(
                "route", "p99-10000-examples/bar", Interleaved.median(tails), TAIL_BAR, "us", effort.rounds()));
    }

    private static Policy policy(List<ModelName> models) {
        PriceBook book = PriceBook.shipped();
        List<ModelCard> cards = new ArrayList<>();
        List<Deployment> deployments = new ArrayList<>();
        for (ModelName model : models) {
            book = book.with(model, Rates.of(1_000_000, 1_000_000L * (1 + 9 * cards.size())));
            cards.add(new ModelCard(model, Set.of(), 100_000, 4_000, Duration.ofSeconds(1)));
            for (String region : List.of("eu", "us")) {
                deployments.add(new Deployment(model.model() + region, model, region, ServiceTier.STANDARD));
            }
        }
        Rules rules =
                Rules.read("relay: 1\nrules: [{id: long, when: {field: tokens, gt: 50000}, then: [{log: long}]}]");
        return new Policy(
                cards,
                deployments,
                rules,
                new Policy.Prices(book, UnknownPrice.REFUSE),
                new Exploration(0.05, 2),
                Policy.Limits.DEFAULT);
    }

    private static double[] decide(
            QualityPredictor predictor, Policy policy, List<ScoredPrompts.Row> asked, int calls) {
        double[] micros = new double[calls];
        for (int i = 0; i < calls; i++) {
            String prompt = asked.get(i % asked.size()).prompt();
            long start = System.nanoTime();
            long tokens = prompt.length() / 2;
            RouteRequest request = new RouteRequest(
                    "q",
                    Map.of("tokens", tokens),
                    new RouteRequest.Size(Usage.of(tokens, 1_000), 100, 300),
                    RouteRequest.Needs.NONE,
                    Objective.BALANCED);
            StateView state = new StateView(
                    predictor.predict(prompt, Optional.empty(), Instant.EPOCH),
                    Optional.of(Money.dollars("5")),
                    Map.of());
            Decision decision = Decider.decide(request, policy, state, i);
            micros[i] = (System.nanoTime() - start) / 1e3;
            if (decision.attempts().isEmpty()) {
                throw new IllegalStateException("refused: " + decision.explanation());
            }
        }
        Arrays.sort(micros);
        return micros;
    }
}
