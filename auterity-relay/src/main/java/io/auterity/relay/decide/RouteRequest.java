package io.auterity.relay.decide;

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

    /** Copies the facts. */
    public RouteRequest {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(needs, "needs");
        Objects.requireNonNull(objective, "objective");
        facts = Map.copyOf(facts);
    }

    /**
     * How long a call is.
     *
     * @param most the most of each meter; the answer's limit is what was wished for
     * @param minOutput the fewest tokens of an answer that make the call worth while
     * @param expectedOutput how many tokens the answer probably has; for predictions, never for budgets
     */
    public record Size(Usage most, long minOutput, long expectedOutput) {}

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
