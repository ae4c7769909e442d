package io.auterity.relay;

import java.time.Duration;
import java.time.InstantSource;

/**
 * Keeps retries from making an overload worse (the idea and the numbers are Finagle's, {@code RetryBudget}).
 *
 * <p>Each call earns a tenth of a retry, so that where there are many calls retries are at most a tenth of the load. Beside
 * that there are ten retries a second, of which those of ten seconds can come at once: so few make no overload, and without
 * them a quiet relay, of whose few calls half fail, could not move on. A second call that is made only to be quicker (a
 * hedge) has but the tenth: nothing has failed that it could save, and it is paid for. Thread-safe.
 */
final class RetryBudget {

    /** How many retries a second there are, whatever was earned. */
    static final int A_SECOND = 10;

    /** The most that can come at once of these. */
    static final int AT_ONCE = 100;

    /** The most that are kept of those that were earned. */
    static final int MOST_EARNED = 10;

    private static final int TENTHS_A_RETRY = 10;
    private static final long MILLIS_A_RETRY = Duration.ofSeconds(1).toMillis() / A_SECOND;

    private final InstantSource clock;
    private int tenths = MOST_EARNED * TENTHS_A_RETRY; // guarded by this, like all below
    private long savedMillis = AT_ONCE * MILLIS_A_RETRY;
    private long savedUntil;

    RetryBudget(InstantSource clock) {
        this.clock = clock;
        savedUntil = clock.millis();
    }

    /** A call is made. */
    synchronized void earn() {
        tenths = Math.min(MOST_EARNED * TENTHS_A_RETRY, tenths + 1);
    }

    /** Takes a retry of a call that has failed, if there is one. */
    synchronized boolean spend() {
        long now = clock.millis();
        long passed = Math.max(0, now - savedUntil); // the wall clock can be set back
        savedUntil = now;
        savedMillis = Math.min(AT_ONCE * MILLIS_A_RETRY, savedMillis + passed);
        if (savedMillis < MILLIS_A_RETRY) {
            return spendEarned();
        }
        savedMillis -= MILLIS_A_RETRY;
        return true;
    }

    /** Takes one of those that were earned, if there is one. */
    synchronized boolean spendEarned() {
        if (tenths < TENTHS_A_RETRY) {
            return false;
        }
        tenths -= TENTHS_A_RETRY;
        return true;
    }
}
