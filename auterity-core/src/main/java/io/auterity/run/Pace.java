package io.auterity.run;

/**
 * What the runs of one plan have found out about how quick its steps are, so that the next run need not find it out
 * again. A hint that may be wrong: threads write it without asking each other. Thread-safe.
 */
public final class Pace {

    private volatile boolean quick;

    /** Makes a pace of which nothing is known yet. */
    public Pace() {}

    /** Whether the last run that could tell was in a streak of quick steps. */
    boolean isQuick() {
        return quick;
    }

    void set(boolean isQuick) {
        if (quick != isQuick) {
            quick = isQuick;
        }
    }
}
