package io.auterity.definition;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What holds for every run of a workflow.
 *
 * @param defaults the attempt time-out and retry of steps that do not say their own
 * @param vars named values ({@code vars.<name>}); their templates may read {@code input}, {@code run} and each other
 * @param timeout the longest a run may take from its start, pauses included; none when empty
 * @param maxRuns how many runs of this workflow one engine executes at a time, 1 to {@value #MOST_RUNS}; the rest
 *     queue
 * @param onFailure the workflow to start when a run fails
 */
public record Settings(
        Defaults defaults,
        Map<String, Template> vars,
        Optional<Duration> timeout,
        Optional<Integer> maxRuns,
        Optional<String> onFailure) {

    /** No variables, no limits, no failure workflow, and {@link Defaults#NONE}. */
    public static final Settings DEFAULT =
            new Settings(Defaults.NONE, Map.of(), Optional.empty(), Optional.empty(), Optional.empty());

    /** The largest number of runs at a time that can be written. */
    public static final int MOST_RUNS = 100_000;

    /** Copies the variables in their order. */
    public Settings {
        Objects.requireNonNull(defaults, "defaults");
        vars = Copies.ordered(vars);
    }

    /**
     * What a step that calls something ({@code uses}, {@code java}) falls back to when it does not say its own.
     *
     * @param timeout the time-out of one attempt; {@link Policy#DEFAULT_TIMEOUT} when empty
     * @param retry the retry; a single attempt when empty
     */
    public record Defaults(Optional<Duration> timeout, Optional<Retry> retry) {

        /** Neither time-out nor retry. */
        public static final Defaults NONE = new Defaults(Optional.empty(), Optional.empty());
    }
}
