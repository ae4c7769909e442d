package io.auterity.relay.decide;

/**
 * How often the router tries something else than what it thinks best, so that it can learn.
 *
 * <p>Conservative: only models whose expected score plus {@code deviations} standard deviations reaches the best one's are
 * tried, and only within the constraints of the call.
 *
 * @param share of the calls, 0 to 0.5
 * @param deviations how doubtful an expectation must be to be tested, 0 or more
 */
public record Exploration(double share, double deviations) {

    /** Always what is thought best. */
    public static final Exploration NONE = new Exploration(0, 0);

    /** Checks the ranges. */
    public Exploration {
        if (!(share >= 0 && share <= 0.5) || !(deviations >= 0)) {
            throw new IllegalArgumentException("share is between 0 and 0.5, and deviations 0 or more");
        }
    }
}
