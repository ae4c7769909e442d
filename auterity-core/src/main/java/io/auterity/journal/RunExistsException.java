package io.auterity.journal;

import io.auterity.definition.AuterityException;
import io.auterity.definition.RunId;

/** A run with this id has been started before; look at that one instead. */
public final class RunExistsException extends AuterityException {

    private static final long serialVersionUID = 1L;

    private final transient RunId run;

    /**
     * Makes the exception.
     *
     * @param run the run
     */
    public RunExistsException(RunId run) {
        super("AUT-J002", "run '" + run + "' has been started before; the same id names the same run");
        this.run = run;
    }

    /**
     * Returns the run.
     *
     * @return its id
     */
    public RunId run() {
        return run;
    }
}
