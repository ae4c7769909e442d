package io.auterity.relay.budget;

import java.util.Objects;

/**
 * A mark on the way to a budget's limit.
 *
 * @param percent of the limit, 1 to 100, spent and reserved
 * @param enforcement what happens from there on
 */
public record Threshold(int percent, Enforcement enforcement) {

    /** Checks the percentage. */
    public Threshold {
        Objects.requireNonNull(enforcement, "enforcement");
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("a threshold is at 1 to 100 percent, not " + percent);
        }
    }
}
