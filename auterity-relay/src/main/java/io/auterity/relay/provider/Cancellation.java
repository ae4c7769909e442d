package io.auterity.relay.provider;

import java.util.ArrayList;
import java.util.List;

/** Tells a call that nobody waits for it any more. Thread-safe. */
public final class Cancellation {

    private final List<Runnable> actions = new ArrayList<>(); // guarded by itself, like the flag
    private boolean isCancelled;

    /** Makes one that has not happened. */
    public Cancellation() {}

    /** Cancels; a second time has no effect. */
    public void cancel() {
        List<Runnable> due;
        synchronized (actions) {
            isCancelled = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }

    /**
     * Says whether it has happened.
     *
     * @return whether to stop
     */
    public boolean isCancelled() {
        synchronized (actions) {
            return isCancelled;
        }
    }

    /**
     * Registers what stops the work; runs at once if it has happened already.
     *
     * @param action quick, and does not throw
     */
    public void onCancel(Runnable action) {
        synchronized (actions) {
            if (!isCancelled) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }
}
