package io.auterity.journal;

import io.auterity.definition.AuterityException;
import io.auterity.definition.RunId;

/** The writer's lease has ended, or the run belongs to another: what the writer does with the run no longer counts. */
public final class FencedException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param run the run
     * @param lease the lease that does not hold
     */
    public FencedException(RunId run, Journal.Lease lease) {
        super(
                "AUT-J001",
                "run '" + run + "' does not belong to engine '" + lease.owner() + "' in epoch " + lease.epoch()
                        + "; another engine has taken it over");
    }
}
