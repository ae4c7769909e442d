package io.auterity;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done with Lincheck before anything counts. */
public final class WarmUp {

    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int TRIES = 3;

    private WarmUp() {}

    /**
     * Has Lincheck rewrite the classes: on a busy machine that takes longer than it waits for a scenario. What it has
     * rewritten by then stays so.
     *
     * @param invocation lets Lincheck run what uses the classes, once
     */
    public static void rewriteClasses(Runnable invocation) {
        boolean rewritten = false;
        for (int tries = 0; tries < TRIES && !rewritten; tries++) {
            try {
                invocation.run();
                rewritten = true;
            } catch (AssertionError impatient) {
                LOG.info("Lincheck has not rewritten all classes in time", impatient);
            }
        }
    }
}
