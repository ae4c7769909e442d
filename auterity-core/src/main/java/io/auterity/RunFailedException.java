package io.auterity;

import io.auterity.definition.AuterityException;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.RunStatus;
import java.util.Optional;

/** A run ended without an output; its failure says why. */
public final class RunFailedException extends AuterityException {

    private static final long serialVersionUID = 1L;

    private final transient RunId run;
    /** How the run ended. */
    private final RunStatus status;

    private final transient Optional<Failure> failure;

    RunFailedException(RunId run, RunStatus status, Optional<Failure> failure) {
        super(
                "AUT-R001",
                "run '" + run + "' ended as " + status.text()
                        + failure.map(why -> ": " + why.code() + ": " + why.message())
                                .orElse(""));
        this.run = run;
        this.status = status;
        this.failure = failure;
        failure.map(Failure::cause).ifPresent(this::initCause);
    }

    /**
     * Returns the run.
     *
     * @return its id
     */
    public RunId run() {
        return run;
    }

    /**
     * Returns how it ended.
     *
     * @return a terminal status
     */
    public RunStatus status() {
        return status;
    }

    /**
     * Returns why it did not succeed.
     *
     * @return the failure of the step that failed the run, or of its cancellation
     */
    public Optional<Failure> failure() {
        return failure;
    }
}
