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
import java.util.Objects;
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
     * @param maxAttempts the most deployments that are called, 1 or more; one that there was no money or no place for
     *     does not count
     * @param isHedged whether a slow call without side effects is sent a second time, to another deployment
     * @param afterFirstToken what becomes of a stream that breaks after its first piece of content
     */
    public record Limits(int maxAttempts, boolean isHedged, AfterFirstToken afterFirstToken) {

        /** Three deployments, no hedges, and a stream that breaks fails. */
        public static final Limits DEFAULT = new Limits(3, false);

        /** Checks the range. */
        public Limits {
            if (maxAttempts < 1) {
                throw new IllegalArgumentException("maxAttempts is 1 or more, not " + maxAttempts);
            }
            Objects.requireNonNull(afterFirstToken, "afterFirstToken");
        }

        /**
         * Makes limits under which a stream that breaks fails.
         *
         * @param maxAttempts the most deployments that are called, 1 or more
         * @param isHedged whether a slow call without side effects is sent a second time, to another deployment
         */
        public Limits(int maxAttempts, boolean isHedged) {
            this(maxAttempts, isHedged, AfterFirstToken.FAIL);
        }

        /**
         * Returns a copy that says something else of streams that break.
         *
         * @param what what becomes of them
         * @return the copy
         */
        public Limits afterFirstToken(AfterFirstToken what) {
            return new Limits(maxAttempts, isHedged, what);
        }
    }

    /** What becomes of a stream that breaks after its first piece of content has been delivered. */
    public enum AfterFirstToken {
        /** It ends with an error. */
        FAIL,
        /**
         * The next deployment goes on where it broke off, and the answer is marked. Nobody knows whether two models would have
         * said the same, so a join can be seen: a word twice, a change of mind. Streams that have called a tool, that are to be
         * JSON, or that have not said anything yet but thought, end with an error all the same.
         */
        CONTINUE
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
