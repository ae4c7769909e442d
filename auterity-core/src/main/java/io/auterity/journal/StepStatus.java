package io.auterity.journal;

/** What a step is doing, or how it ended. */
public enum StepStatus {
    /** Steps before it have not settled. */
    PENDING(false, "pending"),
    /** May start; waits for a thread. */
    READY(false, "ready"),
    /** An attempt is under way. */
    RUNNING(false, "running"),
    /** Waits for time, a signal, a person, a child run, or its next attempt. */
    WAITING(false, "waiting"),
    /** Ended with an output. */
    SUCCEEDED(true, "succeeded"),
    /** Ended with a failure. */
    FAILED(true, "failed"),
    /** Never started, because of its condition, its join, or a failure elsewhere. */
    SKIPPED(true, "skipped"),
    /** Stopped under way. */
    CANCELLED(true, "cancelled"),
    /** Succeeded, and its undo step has taken it back. */
    COMPENSATED(true, "compensated");

    private final boolean terminal;
    private final String text;

    StepStatus(boolean terminal, String text) {
        this.terminal = terminal;
        this.text = text;
    }

    /**
     * Says whether the step has settled.
     *
     * @return whether its dependants may be decided upon
     */
    public boolean isTerminal() {
        return terminal;
    }

    /**
     * Returns the word used in expressions, JSON and on the command line.
     *
     * @return the lower-case name
     */
    public String text() {
        return text;
    }
}
