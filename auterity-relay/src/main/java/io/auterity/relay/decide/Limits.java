package io.auterity.relay.decide;

import io.auterity.relay.budget.PassedThreshold;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.rules.Action;
import io.auterity.relay.rules.Ruling;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What keeps a model from being chosen, apart from money. */
final class Limits {

    static final String OTHERS_NAMED = "the call names other models";

    /** The one reason that passes by itself. */
    static final String UNAVAILABLE = "none of its deployments is available";

    private Limits() {}

    static Optional<Money> least(Optional<Money> one, Optional<Money> other) {
        return one.isPresent() && other.isPresent() ? Optional.of(one.get().min(other.get())) : one.or(() -> other);
    }

    static Optional<String> excluded(
            ModelCard card, List<Deployment> places, RouteRequest request, StateView state, Ruling ruling) {
        ModelName name = card.name();
        RouteRequest.Needs needs = request.needs();
        if (!needs.models().isEmpty() && !needs.models().contains(name)) {
            return Optional.of(OTHERS_NAMED);
        }
        if (ruling.all(Action.UseModels.class).anyMatch(rule -> !rule.models().contains(name))
                || ruling.all(Action.UseProvider.class)
                        .anyMatch(rule -> !rule.provider().equals(name.provider()))) {
            return Optional.of("a rule allows other models");
        }
        boolean isEmbedding = needs.capabilities().contains(Capability.EMBEDDINGS);
        if (card.capabilities().contains(Capability.EMBEDDINGS) && !isEmbedding) {
            return Optional.of("it makes vectors and does not chat");
        }
        Set<Capability> missing = new TreeSet<>(needs.capabilities());
        missing.removeAll(card.capabilities());
        if (!missing.isEmpty()) {
            return Optional.of("it cannot do " + missing);
        }
        long input = request.size().prompt(name).likely();
        long output = Math.min(request.size().minOutput(), request.size().most().count(Meter.OUTPUT));
        if (Math.addExact(input, output) > card.contextTokens()) {
            return Optional.of("its context of " + card.contextTokens() + " tokens is too small for " + input);
        }
        if (output > card.maxOutput()) {
            return Optional.of("its answers end at " + card.maxOutput() + " tokens");
        }
        if (places.isEmpty()) {
            return Optional.of(needs.region()
                    .map(region -> "it is not in region " + region)
                    .orElse("it has no deployment"));
        }
        Optional<PassedThreshold> forbidding = state.allowance().thresholds().stream()
                .filter(passed -> !passed.allows(name))
                .findFirst();
        if (forbidding.isPresent()) {
            return Optional.of(forbidding.get().toString());
        }
        return places.stream().noneMatch(place -> Balancing.isOpen(place, state))
                ? Optional.of(UNAVAILABLE)
                : Optional.empty();
    }
}
