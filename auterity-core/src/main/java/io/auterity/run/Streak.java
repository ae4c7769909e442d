package io.auterity.run;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Decides when the plain steps of a run are so quick that one thread does them alone, one after the other.
 *
 * <p>To hand a step to another thread costs more than a step that takes no time, and two threads that take turns at one
 * run stand in each other's way. So once {@value #LEARNT} plain steps in a row have taken less than
 * {@value #QUICK_NANOS} ns each, the thread that did them keeps those that become ready for itself. The average is looked
 * at again after every {@value #CHECKED} steps, and twice before the streak ends; a step that takes long all at once is noticed by the {@link Pulse}. By
 * the run's loop only.
 */
final class Streak {

    /** Steps in a row that must have been quick. */
    static final int LEARNT = 16;

    /** Steps of a streak between two looks at the clock. */
    static final int CHECKED = 32;

    /** What handing a step over costs, about; a step that takes longer is worth it. */
    static final long QUICK_NANOS = 4_000;

    private final InstantSource clock;
    private boolean on;
    private int count;
    private long since;
    private boolean wasQuick = true;

    Streak(InstantSource clock) {
        this.clock = clock;
    }

    /** Begins with a streak. */
    void expect() {
        on = true;
        since = nanos();
    }

    /** Notes that a thread goes on with a step; true if a streak begins with it. */
    boolean begins(boolean plain) {
        if (!plain) {
            count = 0;
        } else if (count++ == 0) {
            since = nanos();
        } else if (count > LEARNT) {
            on = isQuick();
        }
        return on;
    }

    /** Notes a step of the streak; true if it is time to {@link #goesOn look} at the clock. */
    boolean isDue() {
        return ++count >= CHECKED;
    }

    /** Whether the steps since the last look were quick, or those before it: a thread may have been kept waiting once. */
    boolean goesOn() {
        boolean before = wasQuick;
        wasQuick = isQuick();
        return wasQuick || before;
    }

    void end() {
        on = false;
        wasQuick = true;
        count = 0;
    }

    private boolean isQuick() {
        long now = nanos();
        boolean quick = now - since < count * QUICK_NANOS;
        since = now;
        count = 0;
        return quick;
    }

    private long nanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }
}
