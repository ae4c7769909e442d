package io.auterity.relay.provider;

import java.time.Duration;
import java.util.Objects;

/**
 * What a provider told of its rate limits.
 *
 * @param left the least part that is left of any of them, 0 to 1; at 0 the next call would be turned away
 * @param resets how long until that limit is whole again, zero or more
 */
public record Headroom(double left, Duration resets) {

    /** Checks the ranges. */
    public Headroom {
        Objects.requireNonNull(resets, "resets");
        if (!(left >= 0 && left <= 1) || resets.isNegative()) {
            throw new IllegalArgumentException("headroom is a part, until a time that comes: " + left + ", " + resets);
        }
    }

    /**
     * Says whether nothing is left.
     *
     * @return whether it is so
     */
    public boolean isExhausted() {
        return left == 0;
    }
}
