package io.auterity.relay.decide;

import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Usage;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A call before anybody has answered it.
 *
 * @param id unique
 * @param facts what rules can look at, as nested maps
 * @param size how long it is
 * @param needs what the model must be able to do, and where
 * @param objective what it is to achieve
 */
public record RouteRequest(String id, Map<String, ?> facts, Size size, Needs needs, Objective objective) {

    /** The fact that says how many messages of the conversation have been left out, because no window holds it. */
    public static final String DROPPED = "dropped";

    /** Copies the facts. */
    public RouteRequest {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(needs, "needs");
        Objects.requireNonNull(objective, "objective");
        facts = Map.copyOf(facts);
    }

    /**
     * How many tokens a prompt has at one model. Some models are paid for more than they read: images at gpt-4o-mini.
     *
     * @param expected how many are probably paid for; for predictions
     * @param likely how many it hardly ever exceeds; for the model's window
     * @param most how many are paid for; for budgets
     */
    public record Tokens(long expected, long likely, long most) {
        /** Checks the order. */
        public Tokens {
            if (expected < 0 || likely < 0 || most < expected || most < likely) {
                throw new IllegalArgumentException(
                        "tokens expected and likely are 0 to most, not " + expected + ", " + likely + " and " + most);
            }
        }
    }

    /**
     * How long a call is.
     *
     * @param most the most of each meter at any model; the answer's limit is what was wished for
     * @param prompts the prompt's tokens at the models where more is known than that
     * @param minOutput the fewest tokens of an answer that make the call worth while
     * @param expectedOutput how many tokens the answer probably has; for predictions, never for budgets
     */
    public record Size(Usage most, Map<ModelName, Tokens> prompts, long minOutput, long expectedOutput) {

        /** Copies the map. */
        public Size {
            Objects.requireNonNull(most, "most");
            prompts = Map.copyOf(prompts);
        }

        /**
         * Makes a size that is the same at all models.
         *
         * @param most the most of each meter
         * @param minOutput the fewest tokens of an answer that make the call worth while
         * @param expectedOutput how many tokens the answer probably has
         */
        public Size(Usage most, long minOutput, long expectedOutput) {
            this(most, Map.of(), minOutput, expectedOutput);
        }

        /**
         * Returns the prompt's tokens at a model.
         *
         * @param model the model
         * @return the tokens
         */
        public Tokens prompt(ModelName model) {
            Tokens known = prompts.get(model);
            return known == null ? new Tokens(most.inputTokens(), most.inputTokens(), most.inputTokens()) : known;
        }

        /**
         * Returns the most of each meter at a model.
         *
         * @param model the model
         * @return what is paid for
         */
        public Usage most(ModelName model) {
            return prompts.containsKey(model) ? with(prompt(model).most()) : most;
        }

        /**
         * Returns what the call probably uses at a model, with the answer's limit still as the wish.
         *
         * @param model the model
         * @return for predictions
         */
        public Usage expected(ModelName model) {
            return prompts.containsKey(model) ? with(prompt(model).expected()) : most;
        }

        private Usage with(long tokens) {
            Meter meter = most.count(Meter.CACHE_WRITE_1H) > 0 ? Meter.CACHE_WRITE_1H : Meter.INPUT;
            return most.with(meter, tokens);
        }
    }

    /**
     * What a call needs.
     *
     * @param capabilities what the model must be able to do
     * @param region where it must compute, or empty for anywhere
     * @param models if not empty, the only models that may answer
     * @param conversation the conversation it continues, whose prompt some deployment may have cached
     * @param isRepeatable whether calling twice does no harm, so that it may be hedged
     */
    public record Needs(
            Set<Capability> capabilities,
            Optional<String> region,
            Set<ModelName> models,
            Optional<String> conversation,
            boolean isRepeatable) {

        /** Anything, anywhere. */
        public static final Needs NONE = new Needs(Set.of(), Optional.empty(), Set.of(), Optional.empty(), false);

        /** Copies the sets. */
        public Needs {
            capabilities = Set.copyOf(capabilities);
            models = Set.copyOf(models);
        }
    }
}
