package io.auterity;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What runs inside Lincheck, which follows every call: as little of others' code as can be. */
public final class Interleaved {

    private Interleaved() {}

    /**
     * Does actions on a thread each, and waits for all of them; what one of them throws is thrown here.
     *
     * @param actions what to do
     */
    public static void parallel(Runnable... actions) {
        Thread[] threads = new Thread[actions.length];
        AtomicReference<@Nullable AssertionError> failed = new AtomicReference<>();
        for (int i = 0; i < actions.length; i++) {
            Runnable action = actions[i];
            threads[i] = new Thread(() -> {
                try {
                    action.run();
                } catch (AssertionError failure) { // which would end the thread and nothing else
                    failed.set(failure);
                }
            });
            threads[i].start();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        AssertionError failure = failed.get();
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Checks a claim.
     *
     * @param holds whether it holds
     * @param claim what is said of it if it does not
     */
    public static void check(boolean holds, String claim) {
        if (!holds) {
            throw new AssertionError(claim);
        }
    }
}
