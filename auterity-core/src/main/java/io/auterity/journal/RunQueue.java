package io.auterity.journal;

import io.auterity.definition.RunId;
import java.time.Duration;
import java.util.Optional;

/**
 * A queue of runs and its limits, as an engine declares it:
 *
 * <pre>{@code
 * RunQueue.named("mail").concurrency(10).perKey(1).rate(100, Duration.ofMinutes(1))
 * }</pre>
 *
 * <p>Limits hold across all engines of a journal that declare the same ones; each engine keeps to those it has declared
 * itself. A run takes a place when it begins and gives it back when it ends, also while it waits or is parked in between.
 * Immutable.
 *
 * @param name 1 to 200 characters of {@code A-Z a-z 0-9 . _ : -}
 * @param concurrency the most runs that have begun and not ended, 1 or more
 * @param perKey the most of these that have the same key, 1 or more; runs without a key count as having one
 * @param rate how many runs begin in a time; empty for any number
 * @param capacity the most runs that wait, 1 or more; more are refused
 * @param perEngine the most runs that one engine has taken from the queue and in memory, 0 or more; with 0 it only puts
 *     runs in
 */
public record RunQueue(String name, int concurrency, int perKey, Optional<Rate> rate, int capacity, int perEngine) {

    /** The value of a limit that does not limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** How many runs of a queue one engine takes when nothing else is said. */
    public static final int DEFAULT_PER_ENGINE = 500;

    /** Checks the limits. */
    public RunQueue {
        RunId.of(name); // the same characters
        atLeast(1, "concurrency", concurrency);
        atLeast(1, "perKey", perKey);
        atLeast(1, "capacity", capacity);
        atLeast(0, "perEngine", perEngine);
    }

    private static void atLeast(int least, String limit, int value) {
        if (value < least) {
            throw new IllegalArgumentException(limit + " must be " + least + " or more, not " + value);
        }
    }

    /**
     * Makes a queue without limits but for {@link #DEFAULT_PER_ENGINE}.
     *
     * @param name 1 to 200 characters of {@code A-Z a-z 0-9 . _ : -}
     * @return the queue
     */
    public static RunQueue named(String name) {
        return new RunQueue(name, UNLIMITED, UNLIMITED, Optional.empty(), UNLIMITED, DEFAULT_PER_ENGINE);
    }

    /**
     * Limits the runs that have begun and not ended.
     *
     * @param most 1 or more
     * @return a queue with this limit
     */
    public RunQueue concurrency(int most) {
        return new RunQueue(name, most, perKey, rate, capacity, perEngine);
    }

    /**
     * Limits the runs of each key that have begun and not ended; 1 makes the runs of a key one after the other.
     *
     * @param most 1 or more
     * @return a queue with this limit
     */
    public RunQueue perKey(int most) {
        return new RunQueue(name, concurrency, most, rate, capacity, perEngine);
    }

    /**
     * Limits how many runs begin in any span of time, wherever it starts.
     *
     * @param runs the most runs, 1 or more
     * @param period the length of the span, 1 ms or more
     * @return a queue with this limit
     */
    public RunQueue rate(int runs, Duration period) {
        return new RunQueue(name, concurrency, perKey, Optional.of(new Rate(runs, period)), capacity, perEngine);
    }

    /**
     * Limits the runs that wait, delayed ones among them.
     *
     * @param most 1 or more
     * @return a queue with this limit
     */
    public RunQueue capacity(int most) {
        return new RunQueue(name, concurrency, perKey, rate, most, perEngine);
    }

    /**
     * Limits the runs that one engine takes.
     *
     * @param most 0 or more; 0 for an engine that only puts runs in
     * @return a queue with this limit
     */
    public RunQueue perEngine(int most) {
        return new RunQueue(name, concurrency, perKey, rate, capacity, most);
    }

    /**
     * Says whether the end of a run may let another one begin.
     *
     * @return whether concurrency is limited, in all or by key
     */
    public boolean limitsConcurrency() {
        return concurrency != UNLIMITED || perKey != UNLIMITED;
    }

    /**
     * How many runs begin in any span of time of a length.
     *
     * @param runs the most runs, 1 or more
     * @param period the length, 1 ms or more
     */
    public record Rate(int runs, Duration period) {

        /** Checks the numbers. */
        public Rate {
            atLeast(1, "rate", runs);
            if (period.toMillis() < 1) {
                throw new IllegalArgumentException("the period of a rate must be 1 ms or more, not " + period);
            }
        }
    }
}
