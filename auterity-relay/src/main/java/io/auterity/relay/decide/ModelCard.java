package io.auterity.relay.decide;

import io.auterity.relay.money.ModelName;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * What is known of a model without calling it.
 *
 * @param name the model
 * @param capabilities what it can do
 * @param contextTokens how many tokens prompt and answer may have together
 * @param maxOutput how many tokens an answer may have
 * @param latency how long a call usually takes, until something has been measured
 */
public record ModelCard(
        ModelName name, Set<Capability> capabilities, long contextTokens, long maxOutput, Duration latency) {

    /** Copies the capabilities. */
    public ModelCard {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(latency, "latency");
        capabilities = Set.copyOf(capabilities);
        if (contextTokens < 1 || maxOutput < 0) {
            throw new IllegalArgumentException("contextTokens is 1 or more, and maxOutput 0 or more");
        }
    }
}
