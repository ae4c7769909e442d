package io.auterity.connector.jdbc;

/**
 * How many writes are worth a little waiting before the next commit: those whose callers were just answered, who are
 * likely to come back at once, and those who were queued already. If they do not come in time, the next commits do not
 * wait, twice as many every time; so callers whose steps do real work lose next to nothing. Not thread-safe.
 */
final class Cohort {

    /** The longest wait; waiting longer was measured not to gather more. */
    private static final long LONGEST = 200_000;

    private static final int MOST_SKIPPED = 64;

    private int want;
    private int skip;
    private int penalty;
    private long usualCommit;

    /** How many to wait for; 0 for none. */
    int wanted() {
        if (want < 2) {
            return 0;
        }
        if (skip > 0) {
            skip--;
            return 0;
        }
        return want;
    }

    /** For how many nanoseconds at most: never more than half of what a commit takes. */
    long patience() {
        return Math.min(LONGEST, usualCommit / 2);
    }

    /** Learns how many there were when waiting was over. */
    void waited(int came) {
        if (came >= want * 7 / 8) {
            penalty = 0;
        } else {
            penalty = Math.min(MOST_SKIPPED, Math.max(1, 2 * penalty));
            skip = penalty;
        }
    }

    /** Learns how many are being answered, and how many were queued before that. */
    void committed(int answered, int queued) {
        want = answered + queued;
    }

    /** Learns how long a commit took, in nanoseconds. */
    void took(long nanos) {
        usualCommit = usualCommit == 0 ? nanos : usualCommit + (nanos - usualCommit) / 8;
    }
}
