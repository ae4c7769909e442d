package io.auterity.run;

import java.time.Duration;

/** Calls back after some time; the real one is backed by a thread, the one for tests by a virtual clock. */
@FunctionalInterface
public interface Timer {

    /**
     * Calls a task once, after a delay.
     *
     * @param delay how long to wait; none or negative calls soon, never within this call
     * @param task runs on a thread of the timer and must be quick
     * @return cancels the call if it has not begun
     */
    Cancellable after(Duration delay, Runnable task);

    /** A call that can still be called off. */
    @FunctionalInterface
    interface Cancellable {
        /** Calls it off; no effect if it has begun. */
        void cancel();
    }
}
