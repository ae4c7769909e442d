package io.auterity;

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
        Acting[] threads = new Acting[actions.length];
        for (int i = 0; i < actions.length; i++) {
            threads[i] = new Acting(actions[i]);
            threads[i].start();
        }
        try {
            for (Acting thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        for (Acting thread : threads) {
            if (thread.thrown != null) {
                throw new AssertionError(thread.thrown);
            }
        }
    }

    private static final class Acting extends Thread {

        private final Runnable action;
        private @Nullable Throwable thrown;

        private Acting(Runnable action) {
            this.action = action;
        }

        @Override
        public void run() {
            try {
                action.run();
            } catch (Throwable failure) { // a thread's own failure would end the thread and nothing else
                thrown = failure;
            }
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
