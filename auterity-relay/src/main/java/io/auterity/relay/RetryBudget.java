package io.auterity.relay;

/**
 * Keeps retries from making an overload worse: each call earns a tenth of a retry, so that retries are at most a tenth of
 * the load in the long run, and a few in reserve help a quiet relay (the idea is Finagle's). Thread-safe.
 */
final class RetryBudget {

    private static final int TENTHS_A_RETRY = 10;
    private static final int MOST = 10 * TENTHS_A_RETRY;

    private int tenths = MOST; // guarded by this

    synchronized void earn() {
        tenths = Math.min(MOST, tenths + 1);
    }

    synchronized boolean spend() {
        if (tenths < TENTHS_A_RETRY) {
            return false;
        }
        tenths -= TENTHS_A_RETRY;
        return true;
    }
}
