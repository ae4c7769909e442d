package io.auterity.connector;

import io.auterity.definition.AuterityException;
import io.auterity.definition.Failure;

/** What a step or an operation throws to fail with a code of its own. */
public final class StepException extends AuterityException {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    /**
     * Makes the exception.
     *
     * @param code a short stable word that retries match on, as in {@code http-503}
     * @param message what went wrong, without secrets
     * @param retryable whether trying again could help
     */
    public StepException(String code, String message, boolean retryable) {
        super(code, message);
        this.retryable = retryable;
    }

    /**
     * Adds what caused it.
     *
     * @param cause the cause
     * @return this exception
     */
    public StepException causedBy(Throwable cause) {
        initCause(cause);
        return this;
    }

    /**
     * Says whether trying again could help.
     *
     * @return whether the failure is retryable
     */
    public boolean isRetryable() {
        return retryable;
    }

    /**
     * Returns the failure as data.
     *
     * @return the failure, with this exception as its cause
     */
    public Failure failure() {
        return new Failure(code(), String.valueOf(getMessage()), retryable, this);
    }
}
