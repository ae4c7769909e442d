package io.auterity.relay.replay;

import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import io.auterity.relay.quality.LoggedChoice;
import io.auterity.relay.quality.OffPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the routing of a log has saved, beside always calling the best model and always calling the cheapest one.
 *
 * <p>The best is the one with the highest score: estimated from the scores of the log where it has some, expected by the
 * predictor otherwise; of equals the dearest. The cheapest is the one at which the tokens of the log cost least. Both
 * answer every call here, also those that need what they cannot do. Costs and scores of calls that were not made are
 * estimated as in {@link Replay}, and the differences call by call.
 *
 * @param calls how many answered chats with a known cost the report rests on
 * @param spent what they cost
 * @param comparisons against the best, then the cheapest
 */
public record Savings(int calls, Money spent, List<Comparison> comparisons) {

    /** Copies the list. */
    public Savings {
        comparisons = List.copyOf(comparisons);
    }

    /**
     * The routing beside one model that always answers.
     *
     * @param name {@code always-best} or {@code always-cheapest}
     * @param model the model
     * @param saved how much more a call of that model costs, in dollars; negative if it costs less
     * @param share how much of its cost that is, as in 0.4 for 40 %
     * @param score how much more it would score; empty if no call has a score
     */
    public record Comparison(
            String name, ModelName model, OffPolicy.Estimate saved, double share, Optional<OffPolicy.Estimate> score) {}

    /**
     * Computes what was saved.
     *
     * @param logged the calls
     * @param policy has the models and their prices
     * @param seed makes the intervals repeatable
     * @return the report
     * @throws IllegalArgumentException if no call has an answer and a known cost, or no model a known price
     */
    public static Savings of(List<LoggedCall> logged, Policy policy, long seed) {
        List<LoggedCall> calls = logged.stream()
                .filter(call -> call.choice().model().isPresent()
                        && call.outcome()
                                .filter(outcome -> outcome.model().isPresent()
                                        && outcome.cost().isPresent())
                                .isPresent()
                        && !call.situation().request().needs().capabilities().contains(Capability.EMBEDDINGS))
                .toList();
        if (calls.isEmpty()) {
            throw new IllegalArgumentException("the log has no answered chat whose cost is known");
        }
        Pricing pricing = new Pricing(policy);
        List<Rival> rivals = policy.models().stream()
                .filter(card -> !card.capabilities().contains(Capability.EMBEDDINGS))
                .map(ModelCard::name)
                .flatMap(model -> Rival.of(model, calls, pricing).stream())
                .toList();
        if (rivals.isEmpty()) {
            throw new IllegalArgumentException("the policy has no model that chats and has a price");
        }
        boolean isScored = calls.stream().anyMatch(call -> call.score().isPresent());
        Rival best = rivals.stream()
                .max(Comparator.<Rival>comparingDouble(rival -> isScored ? rival.estimated() : rival.expected())
                        .thenComparingDouble(Rival::cost)
                        .thenComparing(Rival::model))
                .orElseThrow();
        Rival cheapest = rivals.stream()
                .min(Comparator.comparingDouble(Rival::cost).thenComparing(Rival::model))
                .orElseThrow();
        Money spent = calls.stream()
                .map(call -> call.outcome().orElseThrow().cost().orElseThrow())
                .reduce(Money.ZERO, Money::plus);
        return new Savings(
                calls.size(),
                spent,
                List.of(best.compared("always-best", seed), cheapest.compared("always-cheapest", seed)));
    }

    /** A model that always answers. */
    private record Rival(ModelName model, List<LoggedChoice> costs, List<LoggedChoice> scores, double expected) {

        static Optional<Rival> of(ModelName model, List<LoggedCall> calls, Pricing pricing) {
            List<LoggedChoice> costs = new ArrayList<>();
            List<LoggedChoice> scores = new ArrayList<>();
            double expected = 0;
            for (LoggedCall call : calls) {
                LoggedCall.Outcome outcome = call.outcome().orElseThrow();
                Usage usage = outcome.usage();
                ModelName drawn = call.choice().model().orElseThrow();
                Optional<Money> there = pricing.cost(model, usage);
                if (there.isEmpty()) {
                    return Optional.empty();
                }
                Map<ModelName, Double> predicted = new HashMap<>();
                pricing.cost(drawn, usage).ifPresent(cost -> predicted.put(drawn, Pricing.dollars(cost)));
                predicted.put(model, Pricing.dollars(there.get()));
                costs.add(Replay.choice(
                        call.situation().request().id(),
                        call,
                        predicted,
                        Pricing.dollars(outcome.cost().orElseThrow())));
                double quality = call.situation().state().prediction().of(model).mean();
                expected += quality / calls.size();
                call.score()
                        .ifPresent(score -> scores.add(
                                Replay.choice(call.situation().request().id(), call, Map.of(model, quality), score)));
            }
            return Optional.of(new Rival(model, costs, scores, expected));
        }

        private Map<ModelName, Double> always() {
            return Map.of(model, 1.0);
        }

        double cost() {
            return costs.stream()
                    .mapToDouble(choice -> choice.predicted().getOrDefault(model, 0.0))
                    .average()
                    .orElse(0);
        }

        double estimated() {
            return OffPolicy.evaluate(scores, choice -> always(), 1)
                    .doublyRobust()
                    .mean();
        }

        Comparison compared(String name, long seed) {
            OffPolicy.Estimate saved = OffPolicy.advantage(costs, choice -> always(), seed);
            double spent = costs.stream()
                    .mapToDouble(choice -> choice.score().orElseThrow())
                    .average()
                    .orElse(0);
            double there = spent + saved.mean();
            return new Comparison(
                    name,
                    model,
                    saved,
                    there == 0 ? 0 : saved.mean() / there,
                    scores.isEmpty()
                            ? Optional.empty()
                            : Optional.of(OffPolicy.advantage(scores, choice -> always(), seed)));
        }
    }

    /**
     * Returns the report as JSON values.
     *
     * @return lists, maps, texts and numbers
     */
    public Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("calls", calls);
        json.put("spentNanoDollars", spent.nanos());
        for (Comparison comparison : comparisons) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("model", comparison.model().toString());
            one.put("savedDollarsACall", Replay.json(comparison.saved()));
            one.put("share", comparison.share());
            one.put("itsScoreAbove", comparison.score().map(Replay::json).orElse(null));
            json.put(comparison.name(), one);
        }
        return json;
    }

    /**
     * Returns the report as lines for people.
     *
     * @return the lines
     */
    public List<String> text() {
        List<String> lines = new ArrayList<>();
        lines.add(calls + " answered chats cost " + spent);
        for (Comparison comparison : comparisons) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%s (%s): saved %s a call, %.1f %% of its cost%s",
                    comparison.name(),
                    comparison.model(),
                    Replay.text(comparison.saved(), "$%.6f [$%.6f, $%.6f]"),
                    100 * comparison.share(),
                    comparison
                            .score()
                            .map(score -> "; it would score " + Replay.text(score, "%+.4f [%+.4f, %+.4f]")
                                    + " beside the routing")
                            .orElse("; no call has a score")));
        }
        return lines;
    }
}
