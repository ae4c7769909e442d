package io.auterity.relay.replay;

import io.auterity.definition.Json;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.quality.LoggedChoice;
import io.auterity.relay.quality.OffPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What another policy would have decided, cost and scored on the calls of a log.
 *
 * <p>Each call is decided again with what was known then: the same facts, predictions, health and seed. With the same
 * policy every decision is the same, byte by byte; so {@link Decisions#same} also proves that a log is whole.
 *
 * <p>What another decision would have cost and scored is estimated from the propensities of the log and those of the
 * policy ({@link OffPolicy}). The cost of a model that was not called is predicted by pricing the tokens that were used,
 * its score by the prediction of that time; the doubly robust estimate corrects both by what was observed. Where the log
 * could not have chosen what the policy chooses ({@link #tried} says how often it could), only predictions are left, and
 * IPS and SNIPS see nothing: let the log explore before trusting them. A call that fell back to another model counts for
 * the model that was drawn, with all its attempts.
 *
 * @param decisions how the decisions differ
 * @param tried the share of the policy's choices that the log could have made, 0 to 1
 * @param spent what the calls that the estimate of the cost rests on cost in truth
 * @param cost what they would have cost, in dollars a call; empty if no call has a cost that is known under both policies
 * @param score what they would have scored; empty if no call has a score
 */
public record Replay(
        Decisions decisions,
        double tried,
        Money spent,
        Optional<OffPolicy.Report> cost,
        Optional<OffPolicy.Report> score) {

    /**
     * How the decisions of two policies differ.
     *
     * @param calls how many calls the log has
     * @param same how many are decided the same, byte by byte
     * @param refused how many the policy refuses
     * @param withoutPrompt how many have no prompt in the log, so that rules that look at it cannot match
     * @param before how many calls went to each model first
     * @param after how many would have gone to each
     */
    public record Decisions(
            int calls,
            int same,
            int refused,
            int withoutPrompt,
            Map<ModelName, Integer> before,
            Map<ModelName, Integer> after) {
        /** Copies the maps. */
        public Decisions {
            before = Map.copyOf(before);
            after = Map.copyOf(after);
        }
    }

    /** Decisions while they are counted. */
    private static final class Count {

        private final Map<ModelName, Integer> before = new HashMap<>();
        private final Map<ModelName, Integer> after = new HashMap<>();
        private final Map<String, Map<ModelName, Double>> shares = new HashMap<>();
        private final List<LoggedChoice> costs = new ArrayList<>();
        private final List<LoggedChoice> scores = new ArrayList<>();
        private int calls;
        private int same;
        private int refused;
        private int withoutPrompt;
        private int answered;
        private double tried;
        private Money spent = Money.ZERO;

        void add(LoggedCall call, Policy policy) {
            Decision decision = call.situation().decide(policy);
            String id = String.valueOf(calls++);
            same += Json.write(Situations.write(decision)).equals(call.choice().json()) ? 1 : 0;
            refused += decision.refusal().isPresent() ? 1 : 0;
            withoutPrompt += call.hasPrompt() ? 0 : 1;
            call.choice().model().ifPresent(model -> before.merge(model, 1, Integer::sum));
            decision.attempts().stream()
                    .findFirst()
                    .ifPresent(attempt -> after.merge(attempt.deployment().model(), 1, Integer::sum));
            if (call.outcome().flatMap(LoggedCall.Outcome::model).isEmpty()
                    || call.choice().model().isEmpty()) {
                return;
            }
            answered++;
            tried += decision.propensities().entrySet().stream()
                    .filter(entry -> call.choice().propensities().containsKey(entry.getKey()))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            shares.put(id, decision.propensities());
            cost(id, call, decision, new Pricing(policy)).ifPresent(choice -> {
                costs.add(choice);
                spent = spent.plus(call.outcome().orElseThrow().cost().orElseThrow());
            });
            score(id, call, decision).ifPresent(scores::add);
        }

        Replay replay(long seed) {
            return new Replay(
                    new Decisions(calls, same, refused, withoutPrompt, before, after),
                    answered == 0 ? 0 : tried / answered,
                    spent,
                    report(costs, seed),
                    report(scores, seed));
        }

        private Optional<OffPolicy.Report> report(List<LoggedChoice> choices, long seed) {
            return choices.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OffPolicy.evaluate(
                            choices, choice -> shares.getOrDefault(choice.request(), Map.of()), seed));
        }
    }

    /**
     * Decides the calls of a log again.
     *
     * @param calls the calls
     * @param policy another policy, or the same
     * @param seed makes the intervals repeatable
     * @return what would have come of it
     */
    public static Replay of(List<LoggedCall> calls, Policy policy, long seed) {
        Count count = new Count();
        calls.forEach(call -> count.add(call, policy));
        return count.replay(seed);
    }

    private static Optional<LoggedChoice> cost(String id, LoggedCall call, Decision decision, Pricing pricing) {
        LoggedCall.Outcome outcome = call.outcome().orElseThrow();
        Map<ModelName, Double> predicted = new HashMap<>();
        for (ModelName model : decision.propensities().keySet()) {
            Optional<Money> cost = pricing.cost(model, outcome.usage());
            if (cost.isEmpty()) {
                return Optional.empty();
            }
            predicted.put(model, Pricing.dollars(cost.get()));
        }
        return outcome.cost().map(cost -> choice(id, call, predicted, Pricing.dollars(cost)));
    }

    private static Optional<LoggedChoice> score(String id, LoggedCall call, Decision decision) {
        Map<ModelName, Double> predicted = new HashMap<>();
        decision.propensities()
                .keySet()
                .forEach(model -> predicted.put(
                        model, call.situation().state().prediction().of(model).mean()));
        return call.score().map(score -> choice(id, call, predicted, score));
    }

    static LoggedChoice choice(String id, LoggedCall call, Map<ModelName, Double> predicted, double value) {
        return new LoggedChoice(
                id,
                "",
                call.choice().model().orElseThrow(),
                call.choice().propensities(),
                predicted,
                Optional.of(value));
    }

    /**
     * Returns the report as JSON values.
     *
     * @return lists, maps, texts and numbers
     */
    public Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("calls", decisions.calls());
        json.put("same", decisions.same());
        json.put("refused", decisions.refused());
        json.put("withoutPrompt", decisions.withoutPrompt());
        json.put("before", named(decisions.before()));
        json.put("after", named(decisions.after()));
        json.put("tried", tried);
        json.put("spentNanoDollars", spent.nanos());
        json.put("dollarsACall", cost.map(Replay::json).orElse(null));
        json.put("score", score.map(Replay::json).orElse(null));
        return json;
    }

    private static Map<String, Object> named(Map<ModelName, Integer> counts) {
        Map<String, Object> named = new TreeMap<>();
        counts.forEach((model, count) -> named.put(model.toString(), count));
        return named;
    }

    private static Map<String, Object> json(OffPolicy.Report report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("calls", report.used());
        json.put("doublyRobust", json(report.doublyRobust()));
        json.put("snips", json(report.snips()));
        json.put("ips", json(report.ips()));
        return json;
    }

    static Map<String, Object> json(OffPolicy.Estimate estimate) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mean", estimate.mean());
        json.put("low", estimate.low());
        json.put("high", estimate.high());
        return json;
    }

    /**
     * Returns the report as lines for people.
     *
     * @return the lines
     */
    public List<String> text() {
        List<String> lines = new ArrayList<>();
        lines.add(decisions.calls() + " calls: " + decisions.same() + " are decided the same, byte by byte; "
                + decisions.refused() + " are refused");
        if (decisions.withoutPrompt() > 0) {
            lines.add(decisions.withoutPrompt() + " have no prompt in the log: rules that look at it do not match");
        }
        new TreeMap<>(named(decisions.before()))
                .forEach((model, count) -> lines.add("before: " + count + " to " + model));
        named(decisions.after()).forEach((model, count) -> lines.add("after: " + count + " to " + model));
        lines.add(
                String.format(Locale.ROOT, "%.1f %% of the choices are such as the log could have made", 100 * tried));
        cost.ifPresent(report -> {
            lines.add(String.format(
                    Locale.ROOT,
                    "cost of a call, over %d: $%.6f before",
                    report.used(),
                    Pricing.dollars(spent) / report.used()));
            lines.addAll(text(report, "$%.6f [$%.6f, $%.6f]"));
        });
        score.ifPresent(report -> {
            lines.add("score, over " + report.used() + ":");
            lines.addAll(text(report, "%.4f [%.4f, %.4f]"));
        });
        return lines;
    }

    private static List<String> text(OffPolicy.Report report, String format) {
        return List.of(
                "  doubly robust " + text(report.doublyRobust(), format),
                "  SNIPS         " + text(report.snips(), format),
                "  IPS           " + text(report.ips(), format));
    }

    static String text(OffPolicy.Estimate estimate, String format) {
        return String.format(Locale.ROOT, format, estimate.mean(), estimate.low(), estimate.high());
    }
}
