package io.auterity.relay.decide;

import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.rules.Rules;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything the operator has decided, as one immutable value.
 *
 * @param models the models, each once
 * @param deployments where they can be called; those of one model share a tier
 * @param rules steering rules
 * @param prices the price book, and what to do with models that are not in it
 * @param exploration how often something else is tried
 * @param limits how far a call goes
 */
public record Policy(
        List<ModelCard> models,
        List<Deployment> deployments,
        Rules rules,
        Prices prices,
        Exploration exploration,
        Limits limits) {

    /**
     * Where prices come from.
     *
     * @param book the price book
     * @param unknown what to do with a model that is not in it
     */
    public record Prices(PriceBook book, UnknownPrice unknown) {}

    /**
     * How far a call goes.
     *
     * @param maxAttempts the most deployments that are tried, 1 or more
     * @param isHedged whether a slow call without side effects is sent a second time, to another deployment
     */
    public record Limits(int maxAttempts, boolean isHedged) {

        /** Three attempts, and no hedges. */
        public static final Limits DEFAULT = new Limits(3, false);

        /** Checks the range. */
        public Limits {
            if (maxAttempts < 1) {
                throw new IllegalArgumentException("maxAttempts is 1 or more, not " + maxAttempts);
            }
        }
    }

    /** Checks that ids are unique and every deployment's model is known. */
    public Policy {
        models = List.copyOf(models);
        deployments = List.copyOf(deployments);
        Set<ModelName> names = new HashSet<>();
        for (ModelCard card : models) {
            if (!names.add(card.name())) {
                throw new IllegalArgumentException("there are two cards of " + card.name());
            }
        }
        Set<String> ids = new HashSet<>();
        Map<ModelName, ServiceTier> tiers = new HashMap<>();
        for (Deployment deployment : deployments) {
            if (!ids.add(deployment.id())) {
                throw new IllegalArgumentException("there are two deployments '" + deployment.id() + "'");
            }
            if (tiers.computeIfAbsent(deployment.model(), name -> deployment.tier()) != deployment.tier()) {
                throw new IllegalArgumentException(
                        "the deployments of " + deployment.model() + " have two tiers, and so two prices");
            }
            if (!names.contains(deployment.model())) {
                throw new IllegalArgumentException(
                        "deployment '" + deployment.id() + "' serves " + deployment.model() + ", which has no card");
            }
        }
    }
}
