package io.auterity;

import io.auterity.journal.Journal.Lease;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A lease and for how long its engine may trust it without asking.
 *
 * <p>That is judged by a clock that only runs forward, from when the last renewal was asked for, so that neither a slow
 * answer nor a jump of the wall clock lets an engine trust it too long; and a fifth of the lease before its end, for the
 * time that passes between the look and what is done then. A lease that was found lost is never trusted again: the one
 * after it is another object.
 *
 * <p>Thread-safe: whoever has the lease renewed is alone, and everybody may ask.
 */
final class HeldLease {

    private final Lease lease;
    private final long safeNanos;
    private final LongSupplier ticker;
    private volatile long renewedAt;
    private volatile boolean isLost;

    /**
     * A lease that was just opened.
     *
     * @param lease the lease
     * @param time for how long it holds
     * @param asked when it was asked for, by the ticker
     * @param ticker nanoseconds of a clock that only runs forward
     */
    HeldLease(Lease lease, Duration time, long asked, LongSupplier ticker) {
        this.lease = lease;
        this.ticker = ticker;
        safeNanos = time.dividedBy(5).multipliedBy(4).toNanos();
        renewedAt = asked;
    }

    Lease lease() {
        return lease;
    }

    /** When the last renewal that succeeded was asked for. */
    long renewedAt() {
        return renewedAt;
    }

    /** The journal has renewed it. */
    void renewed(long asked) {
        renewedAt = asked;
    }

    /** The journal knows it no longer. */
    void lost() {
        isLost = true;
    }

    /** Whether the journal is known not to know it: there has to be another. */
    boolean isLost() {
        return isLost;
    }

    /** Whether nobody else can have taken the runs under this lease. */
    boolean surelyHolds() {
        return !isLost && ticker.getAsLong() - renewedAt < safeNanos;
    }
}
