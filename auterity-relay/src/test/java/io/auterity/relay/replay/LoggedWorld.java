package io.auterity.relay.replay;

import io.auterity.relay.budget.Charge;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.decide.Situation;
import io.auterity.relay.decide.StateView;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Cancellation;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderCall;
import io.auterity.relay.quality.Prediction;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A log of calls in a world whose truth is known: the dear model is right 9 times of 10, the cheap one 4 times. */
final class LoggedWorld {

    static final ModelName DEAR = ModelName.of("openai/dear");
    static final ModelName CHEAP = ModelName.of("openai/cheap");
    static final double DEAR_SCORE = 0.9;
    static final double CHEAP_SCORE = 0.4;

    /** $10 and $1 a million tokens, of prompts and answers alike. */
    private static final PriceBook BOOK = PriceBook.shipped()
            .with(DEAR, Rates.of(10_000_000, 10_000_000))
            .with(CHEAP, Rates.of(1_000_000, 1_000_000));

    final List<String> lines = new ArrayList<>();
    private final DecisionLog log = new DecisionLog(lines::add, true);

    static Policy policy(double explored, Rules rules) {
        List<ModelCard> cards = List.of(card(DEAR), card(CHEAP));
        List<Deployment> places = List.of(place(DEAR), place(CHEAP));
        return new Policy(
                cards,
                places,
                rules,
                new Policy.Prices(BOOK, UnknownPrice.REFUSE),
                new Exploration(explored, 1_000),
                Policy.Limits.DEFAULT);
    }

    private static ModelCard card(ModelName name) {
        return new ModelCard(name, Set.of(), 100_000, 4_000, Duration.ofSeconds(1));
    }

    private static Deployment place(ModelName name) {
        return new Deployment(name.model() + "-eu", name, "eu", ServiceTier.STANDARD);
    }

    /** Logs calls of 1,000 tokens each way; the predictor is wrong about both models. */
    LoggedWorld calls(int count, Policy policy, Objective objective, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            String id = "q" + i;
            RouteRequest route = new RouteRequest(
                    id,
                    Map.of("prompt", "question " + i, "number", i),
                    new RouteRequest.Size(Usage.of(1_200, 1_500), 10, 700),
                    RouteRequest.Needs.NONE,
                    objective);
            StateView state = new StateView(
                    new Prediction(Map.of(
                            DEAR, new Prediction.Quality(0.7, 5),
                            CHEAP, new Prediction.Quality(0.6, 5))),
                    Optional.empty(),
                    Map.of());
            Situation situation = new Situation(route, state, random.nextLong());
            Decision decision = situation.decide(policy);
            log.on(new RelayEvent.Decided(
                    id, Instant.EPOCH.plusSeconds(i), Scope.tenant("acme"), situation, BOOK.hash(), decision));
            if (decision.refusal().isPresent()) {
                log.on(new RelayEvent.Finished(id, Instant.EPOCH, Optional.empty()));
                continue;
            }
            Deployment place = decision.attempts().get(0).deployment();
            log.on(attempted(id, place));
            log.on(new RelayEvent.Finished(id, Instant.EPOCH, Optional.of(place.model())));
            boolean isRight = random.nextDouble() < (place.model().equals(DEAR) ? DEAR_SCORE : CHEAP_SCORE);
            log.on(new RelayEvent.Scored(id, Instant.EPOCH, Optional.empty(), isRight ? 1 : 0));
        }
        return this;
    }

    private static RelayEvent.Attempted attempted(String id, Deployment place) {
        Usage usage = Usage.of(1_000, 1_000);
        Price price = BOOK.price(place.model(), place.tier(), 1_000, UnknownPrice.REFUSE);
        LedgerLine line = new LedgerLine(
                id,
                id,
                Instant.EPOCH,
                Scope.tenant("acme"),
                LedgerLine.Kind.REPORTED,
                Charge.of(place.model(), place.tier(), usage, price));
        ProviderCall call = new ProviderCall(
                place, Prompt.of("question"), 1_500, false, Duration.ofSeconds(60), new Cancellation());
        ProviderAnswer answer =
                new ProviderAnswer("answer", List.of(), "stop", Optional.of(usage), Optional.empty(), Optional.empty());
        return new RelayEvent.Attempted(
                id,
                Instant.EPOCH,
                call,
                new RelayEvent.Timing(Instant.EPOCH, Optional.empty()),
                new RelayEvent.Result(Optional.of(answer), Optional.of(line), Optional.empty()),
                Optional.empty());
    }

    List<LoggedCall> read() {
        return LoggedCall.read(lines.stream());
    }
}
