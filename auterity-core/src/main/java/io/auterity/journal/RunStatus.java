package io.auterity.journal;

import java.util.Locale;

/** What a run is doing, or how it ended. */
public enum RunStatus {
    /** Accepted and recorded; waits for a place among the running. */
    QUEUED(false),
    /** At least one step is under way or about to be. */
    RUNNING(false),
    /** Nothing is under way; a timer, a signal, an approval or a child run will go on with it. */
    WAITING(false),
    /** Ended with an output. */
    SUCCEEDED(true),
    /** Ended with a failure. */
    FAILED(true),
    /** Ended because somebody cancelled it. */
    CANCELLED(true),
    /** Failed or cancelled; undo steps are taking back what had succeeded. */
    COMPENSATING(false),
    /** Failed or cancelled, and everything that could be taken back was. */
    COMPENSATED(true),
    /** Given up after too many recoveries; an operator must look. */
    DEAD_LETTERED(true);

    private final boolean terminal;

    RunStatus(boolean terminal) {
        this.terminal = terminal;
    }

    /**
     * Says whether the run has ended.
     *
     * @return whether no other status follows
     */
    public boolean isTerminal() {
        return terminal;
    }

    /**
     * Returns the word used in JSON and on the command line.
     *
     * @return the lower-case name with dashes
     */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
