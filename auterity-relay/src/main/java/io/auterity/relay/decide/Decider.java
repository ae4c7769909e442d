package io.auterity.relay.decide;

import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.Offer;
import io.auterity.relay.budget.PassedThreshold;
import io.auterity.relay.decide.Decision.Attempt;
import io.auterity.relay.decide.Decision.Candidate;
import io.auterity.relay.decide.Decision.Refusal;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.quality.Prediction;
import io.auterity.relay.rules.Action;
import io.auterity.relay.rules.Ruling;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Decides where a call goes: a pure function of the call, the policy, what is known at the moment, and a seed. The same
 * four give the same decision, on any machine, at any time; so a log can be replayed, and another policy tried on it.
 *
 * <p>First the model: the rules and the needs of the call leave some, and among these the objective decides. Then the
 * deployment, by {@link Balancing}. Money is compared exactly; quality is a guess and a floating-point number.
 *
 * <p>Stateless and thread-safe.
 */
public final class Decider {

    private static final int BAD_REQUEST = 400;
    private static final int UNAVAILABLE = 503;
    private static final int MOST_SHOWN = 5;
    private static final String BUDGET = "the budget leaves ";

    /** What has no price is the dearest. */
    private static final Comparator<Option> CHEAPEST = Comparator.comparing(
                    (Option option) -> option.candidate().cost().isEmpty())
            .thenComparing(option -> option.candidate().cost().orElse(Money.ZERO));

    private Decider() {}

    /**
     * A model with its offer and what it is worth.
     *
     * @param isExhausted whether it may answer, but has no deployment with anything left of its rate limits
     */
    private record Option(ModelCard card, Offer offer, Candidate candidate, boolean isExhausted) {

        boolean isOpen() {
            return candidate.excluded().isEmpty();
        }

        /** What the longest answer that is asked for costs. */
        Money most() {
            return offer.amount(offer.most().count(Meter.OUTPUT));
        }
    }

    /**
     * Decides.
     *
     * @param request the call
     * @param policy what the operator has decided
     * @param state what is known at the moment
     * @param seed the randomness of exploration and balancing
     * @return the decision
     */
    public static Decision decide(RouteRequest request, Policy policy, StateView state, long seed) {
        Ruling ruling = policy.rules().apply(request.facts());
        Optional<Refusal> rejection = ruling.all(Action.Reject.class)
                .map(rule -> new Refusal(rule.status(), rule.message(), Optional.empty()))
                .findFirst();
        List<Option> options = options(request, policy, state, ruling, state.left());
        if (rejection.isPresent()) {
            return refused(rejection.get(), "a rule rejects the call: " + ruling.matched(), options, ruling);
        }
        List<Option> open = options.stream().filter(Option::isOpen).toList();
        if (open.isEmpty()) {
            return refused(refusal(options, state), "every model is excluded", options, ruling);
        }
        SplittableRandom random = new SplittableRandom(seed);
        Exploration exploration = isDowngraded(state) ? Exploration.NONE : policy.exploration();
        List<Option> fresh = open.stream()
                .filter(option -> option.isExhausted() == open.get(0).isExhausted()) // which come last
                .toList();
        Map<ModelName, Double> propensities = propensities(fresh, state.prediction(), exploration);
        Option chosen = draw(fresh, propensities, random);
        List<Option> order = new ArrayList<>(List.of(chosen));
        open.stream().filter(option -> option != chosen).forEach(order::add);
        List<Attempt> attempts = attempts(order, request, policy, state, random);
        Optional<Decision.Hedge> hedge = hedge(attempts, request, policy, state);
        Money reservation = attempts.get(0)
                .amount()
                .orElse(Money.ZERO)
                .plus(hedge.flatMap(second -> second.attempt().amount()).orElse(Money.ZERO));
        List<String> reasons = reasons(chosen, open, request, state, ruling);
        return new Decision(
                attempts,
                hedge,
                reservation,
                propensities,
                Optional.empty(),
                new Decision.Explanation(
                        reasons,
                        candidates(chosen, options),
                        ruling,
                        withHalfTheBudget(open, request, policy, state, ruling)));
    }

    /** The same as with all of it, where half pays for every answer; what is excluded with all of it stays so. */
    private static Optional<ModelName> withHalfTheBudget(
            List<Option> open, RouteRequest request, Policy policy, StateView state, Ruling ruling) {
        Optional<Money> half = state.left().map(left -> left.percent(50));
        boolean isEnough = half.isEmpty()
                || open.stream().noneMatch(option -> option.most().isMoreThan(half.get()));
        List<Option> options = isEnough ? open : options(request, policy, state, ruling, half);
        return options.stream()
                .filter(Option::isOpen)
                .findFirst()
                .map(option -> option.card().name());
    }

    private static Decision refused(Refusal why, String reason, List<Option> options, Ruling ruling) {
        List<Candidate> candidates = options.stream().map(Option::candidate).toList();
        Decision.Explanation explanation =
                new Decision.Explanation(List.of(reason, why.message()), candidates, ruling, Optional.empty());
        return new Decision(List.of(), Optional.empty(), Money.ZERO, Map.of(), Optional.of(why), explanation);
    }

    /**
     * Too little money has its own status, if it is what excludes the last models; so has what passes by itself, and what a
     * budget's threshold forbids. For everything else the call, the rules or the policy must change.
     */
    private static Refusal refusal(List<Option> options, StateView state) {
        Optional<Option> leastMoney = options.stream()
                .filter(option -> why(option).startsWith(BUDGET))
                .min(Comparator.comparing(
                        option -> option.offer().amount(option.offer().minOutput())));
        if (leastMoney.isPresent()) {
            return new Refusal(BudgetException.STATUS, why(leastMoney.get()), Optional.empty());
        }
        if (options.stream().anyMatch(option -> why(option).equals(Limits.UNAVAILABLE))) {
            return new Refusal(
                    UNAVAILABLE, "no model can answer this call at the moment" + each(options), Optional.empty());
        }
        return options.stream()
                .flatMap(option -> state.allowance().thresholds().stream()
                        .filter(passed -> why(option).equals(passed.toString())))
                .findFirst()
                .map(passed -> new Refusal(BudgetException.STATUS, passed.refusal(), Optional.of(passed)))
                .orElseGet(() ->
                        new Refusal(BAD_REQUEST, "no model can answer this call" + each(options), Optional.empty()));
    }

    private static boolean isDowngraded(StateView state) {
        return state.allowance().thresholds().stream().anyMatch(PassedThreshold::isDowngrade);
    }

    private static String why(Option option) {
        return option.candidate().excluded().orElse("");
    }

    private static String each(List<Option> options) {
        return options.stream()
                .filter(option -> !why(option).equals(Limits.OTHERS_NAMED))
                .limit(MOST_SHOWN)
                .map(option -> option.card().name() + ": " + why(option))
                .collect(Collectors.joining("; ", ": ", ""));
    }

    // --- the model ---

    /** All models, those that may answer first, by falling value, or by rising cost if a budget says so. */
    private static List<Option> options(
            RouteRequest request, Policy policy, StateView state, Ruling ruling, Optional<Money> left) {
        Optional<Money> limit = Limits.least(
                ruling.all(Action.CostLimit.class).map(Action.CostLimit::most).reduce(Money::min),
                request.objective().maxCost());
        List<Option> options = new ArrayList<>();
        for (ModelCard card : policy.models()) {
            options.add(option(card, request, policy, state, ruling, left, limit));
        }
        Money dearest = options.stream()
                .filter(Option::isOpen)
                .flatMap(option -> option.candidate().cost().stream())
                .max(Comparator.naturalOrder())
                .orElse(Money.ZERO); // there is nothing to compare with
        options.replaceAll(option ->
                option.candidate().cost().isPresent() ? option : unpriced(option, dearest, request.objective()));
        double least = request.objective().minQuality();
        boolean isReached = options.stream()
                .anyMatch(option -> option.isOpen() && option.candidate().quality() >= least);
        if (isReached) {
            options.replaceAll(option -> option.isOpen() && option.candidate().quality() < least
                    ? excluded(option, "its expected score is below " + least)
                    : option);
        }
        boolean isByQuality = least > 0 && !isReached;
        Comparator<Option> worth = Comparator.comparingDouble(option ->
                isByQuality ? option.candidate().quality() : option.candidate().value());
        options.sort(Comparator.comparing(Option::isOpen)
                .reversed()
                .thenComparing(Option::isExhausted)
                .thenComparing(preference(ruling, state))
                .thenComparing(worth.reversed())
                .thenComparing(option -> option.card().name()));
        return options;
    }

    /** Under a downgrade the cheapest is preferred; and a rule that names models names the preferred one first. */
    private static Comparator<Option> preference(Ruling ruling, StateView state) {
        List<ModelName> preferred = ruling.all(Action.UseModels.class)
                .reduce((first, second) -> second)
                .map(Action.UseModels::models)
                .orElse(List.of());
        Comparator<Option> named = Comparator.comparingInt(option -> {
            int at = preferred.indexOf(option.card().name());
            return at < 0 ? Integer.MAX_VALUE : at;
        });
        return isDowngraded(state) ? CHEAPEST.thenComparing(named) : named;
    }

    private static Option excluded(Option option, String why) {
        Candidate was = option.candidate();
        return judged(
                option,
                new Candidate(was.model(), was.quality(), was.cost(), was.latency(), was.value(), Optional.of(why)));
    }

    /** What has no price is worth as much as if it were the dearest. */
    private static Option unpriced(Option option, Money dearest, Objective objective) {
        Candidate was = option.candidate();
        double value = value(was.quality(), dearest, was.latency(), objective);
        return judged(
                option, new Candidate(was.model(), was.quality(), was.cost(), was.latency(), value, was.excluded()));
    }

    private static Option judged(Option option, Candidate candidate) {
        return new Option(option.card(), option.offer(), candidate, option.isExhausted());
    }

    private static double value(double quality, Money cost, Duration latency, Objective objective) {
        return (quality * objective.worthOfQuality().nanos()
                        - cost.nanos()
                        - latency.toNanos() / 1e9 * objective.worthOfSecond().nanos())
                / 1e9;
    }

    private static Option option(
            ModelCard card,
            RouteRequest request,
            Policy policy,
            StateView state,
            Ruling ruling,
            Optional<Money> left,
            Optional<Money> limit) {
        List<Deployment> places = places(card, request, policy);
        ServiceTier tier =
                places.isEmpty() ? ServiceTier.STANDARD : places.get(0).tier();
        RouteRequest.Size size = request.size();
        long room = Math.max(0, card.contextTokens() - size.prompt(card.name()).likely());
        long wished = Math.min(
                Math.min(card.maxOutput(), room), size.most(card.name()).count(Meter.OUTPUT));
        Usage most = size.most(card.name()).with(Meter.OUTPUT, wished);
        UnknownPrice unknown = policy.prices().unknown();
        // a price that is refused excludes the model instead of failing the call
        Price price = policy.prices()
                .book()
                .price(card.name(), tier, most, unknown == UnknownPrice.REFUSE ? UnknownPrice.ALLOW_AND_FLAG : unknown);
        long least = Math.min(wished, size.minOutput());
        Optional<Money> affordable = Limits.least(left, limit);
        Offer offer = new Offer(card.name(), tier, price, most, least);
        Optional<Long> output = affordable.isEmpty() ? Optional.of(wished) : offer.affordable(affordable.get(), wished);
        Offer expected =
                new Offer(card.name(), tier, price, size.expected(card.name()).with(Meter.OUTPUT, wished), 0);
        Optional<Money> cost =
                offer.isPriced() ? expected.cost(Math.min(wished, size.expectedOutput())) : Optional.empty();
        Duration latency = places.stream()
                .map(place -> state.health().get(place.id()))
                .filter(health -> health != null)
                .map(StateView.Health::latency)
                .min(Comparator.naturalOrder())
                .orElse(card.latency());
        double quality = state.prediction().of(card.name()).mean();
        Objective objective = request.objective();
        double value = value(quality, cost.orElse(Money.ZERO), latency, objective);
        Optional<String> why = Limits.excluded(card, places, request, state, ruling);
        if (why.isEmpty() && price.certainty() == Price.Certainty.UNKNOWN && unknown == UnknownPrice.REFUSE) {
            why = policy.prices().book().missing(card.name(), tier, most).map(what -> "the price book has no " + what);
        }
        if (why.isEmpty() && cost.isEmpty() && limit.isPresent()) {
            why = Optional.of("nobody knows its price, and the call may cost " + limit.get() + " at most");
        }
        if (why.isEmpty() && output.isEmpty()) {
            why = Optional.of(
                    BUDGET + affordable.orElse(Money.ZERO) + ", and it needs at least " + offer.amount(least));
        }
        if (why.isEmpty()
                && objective
                        .maxLatency()
                        .filter(longest -> latency.compareTo(longest) > 0)
                        .isPresent()) {
            why = Optional.of("it takes " + latency.toMillis() + " ms");
        }
        Offer fitted = new Offer(card.name(), tier, price, most.with(Meter.OUTPUT, output.orElse(wished)), least);
        boolean isExhausted = why.isEmpty()
                && places.stream()
                        .filter(place -> Balancing.isOpen(place, state))
                        .allMatch(place -> Balancing.isExhausted(place, state));
        return new Option(card, fitted, new Candidate(card.name(), quality, cost, latency, value, why), isExhausted);
    }

    /** Where the model may be called, as a new list. */
    static List<Deployment> places(ModelCard card, RouteRequest request, Policy policy) {
        Optional<String> region = request.needs().region();
        List<Deployment> places = new ArrayList<>();
        for (Deployment place : policy.deployments()) {
            if (place.model().equals(card.name())
                    && (region.isEmpty() || region.get().equals(place.region()))) {
                places.add(place);
            }
        }
        return places;
    }

    /** Everything but the share of exploration goes to the best; the rest is spread over those that may be better. */
    private static Map<ModelName, Double> propensities(
            List<Option> open, Prediction prediction, Exploration exploration) {
        ModelName best = open.get(0).card().name();
        double bar = prediction.of(best).mean();
        List<ModelName> tried = open.stream()
                .map(option -> option.card().name())
                .filter(name -> name.equals(best)
                        || prediction.of(name).mean()
                                        + exploration.deviations()
                                                * prediction.of(name).deviation()
                                >= bar)
                .toList();
        Map<ModelName, Double> propensities = new LinkedHashMap<>();
        double share = tried.size() == 1 ? 0 : exploration.share();
        for (ModelName name : tried) {
            double propensity = share / tried.size() + (name.equals(best) ? 1 - share : 0);
            if (propensity > 0) {
                propensities.put(name, propensity);
            }
        }
        return propensities;
    }

    private static Option draw(List<Option> open, Map<ModelName, Double> propensities, SplittableRandom random) {
        double at = random.nextDouble();
        for (Option option : open) {
            at -= propensities.getOrDefault(option.card().name(), 0.0);
            if (at < 0) {
                return option;
            }
        }
        return open.get(0);
    }

    // --- the deployment ---

    /**
     * All that may be tried, and not only as many as may be: who follows, the next deployment or the next model,
     * depends on how one fails. Deployments whose rate limits are used up come after all others.
     */
    private static List<Attempt> attempts(
            List<Option> order, RouteRequest request, Policy policy, StateView state, SplittableRandom random) {
        List<Attempt> attempts = new ArrayList<>();
        for (boolean isExhausted : new boolean[] {false, true}) {
            for (Option option : order) {
                List<Deployment> places = places(option.card(), request, policy);
                places.removeIf(
                        place -> !Balancing.isOpen(place, state) || Balancing.isExhausted(place, state) != isExhausted);
                if (places.isEmpty()) {
                    continue;
                }
                long output = option.offer().most().count(Meter.OUTPUT);
                Optional<Money> amount = option.offer().cost(output);
                for (Deployment place : Balancing.order(places, request.needs().conversation(), state, random)) {
                    attempts.add(new Attempt(place, output, amount));
                }
            }
        }
        return attempts;
    }

    /** The same model at another deployment, after the time that 19 of 20 calls take to their first token. */
    private static Optional<Decision.Hedge> hedge(
            List<Attempt> attempts, RouteRequest request, Policy policy, StateView state) {
        boolean isForbidden = !policy.limits().isHedged() || policy.limits().maxAttempts() < 2;
        if (isForbidden || !request.needs().isRepeatable()) {
            return Optional.empty();
        }
        Attempt first = attempts.get(0);
        StateView.Health health = state.health().get(first.deployment().id());
        if (health == null || health.p95().isZero()) {
            return Optional.empty();
        }
        return attempts.stream()
                .skip(1)
                .filter(other ->
                        other.deployment().model().equals(first.deployment().model()))
                .filter(other -> !Balancing.isExhausted(other.deployment(), state))
                .findFirst()
                .map(other -> new Decision.Hedge(other, health.p95()));
    }

    // --- the reasons ---

    private static List<Candidate> candidates(Option chosen, List<Option> options) {
        List<Candidate> candidates = new ArrayList<>(List.of(chosen.candidate()));
        options.stream()
                .filter(option -> option != chosen)
                .map(Option::candidate)
                .forEach(candidates::add);
        return candidates;
    }

    private static List<String> reasons(
            Option chosen, List<Option> open, RouteRequest request, StateView state, Ruling ruling) {
        List<String> reasons = new ArrayList<>();
        Candidate candidate = chosen.candidate();
        if (!ruling.matched().isEmpty()) {
            reasons.add("rules " + String.join(", ", ruling.matched()) + " matched");
        }
        if (ruling.all(Action.RequireApproval.class).findAny().isPresent()) {
            reasons.add("a rule makes it need an approval");
        }
        state.allowance().thresholds().forEach(passed -> reasons.add(passed.toString()));
        if (chosen != open.get(0)) {
            reasons.add(chosen.card().name() + " is tried to learn about it; "
                    + open.get(0).card().name() + " was expected to be worth more");
        } else {
            long drawn = open.stream()
                    .filter(option -> option.isExhausted() == chosen.isExhausted())
                    .count();
            reasons.add(chosen.card().name()
                    + (isDowngraded(state) ? " is the cheapest of " : " has the greatest value of ") + drawn
                    + " models: expected score "
                    + BigDecimal.valueOf(candidate.quality()).setScale(3, RoundingMode.HALF_UP)
                    + ", cost " + candidate.cost().map(Money::toString).orElse("unknown"));
        }
        open.stream()
                .filter(Option::isExhausted)
                .map(option -> option.card().name() + " comes last, because its rate limits are used up")
                .forEach(reasons::add);
        if (candidate.quality() < request.objective().minQuality()) {
            reasons.add("no model reaches the score of " + request.objective().minQuality()
                    + (isDowngraded(state) ? "" : "; the best is taken"));
        }
        Object dropped = request.facts().get(RouteRequest.DROPPED);
        if (dropped != null) {
            reasons.add("the conversation fits no window; " + dropped + " of its messages are left out");
        }
        long wished = request.size().most().count(Meter.OUTPUT);
        long limit = chosen.offer().most().count(Meter.OUTPUT);
        if (limit < wished) {
            reasons.add("the answer is limited to " + limit + " tokens instead of " + wished);
        }
        return reasons;
    }
}
