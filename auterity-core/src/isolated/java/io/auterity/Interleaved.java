package io.auterity;

/** What runs inside Lincheck, which follows every call: as little of others' code as can be. */
public final class Interleaved {

    private Interleaved() {}

    /**
     * Does actions on a thread each, and waits for all of them.
     *
     * @param actions what to do
     */
    public static void parallel(Runnable... actions) {
        Thread[] threads = new Thread[actions.length];
        for (int i = 0; i < actions.length; i++) {
            threads[i] = new Thread(actions[i]);
            threads[i].start();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
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
