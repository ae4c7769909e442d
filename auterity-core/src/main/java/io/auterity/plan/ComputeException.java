package io.auterity.plan;

import io.auterity.definition.AuterityException;

/** A computation that has no value: a missing field, a division by zero, a spent budget. */
public final class ComputeException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param code the failure's code, as in {@link io.auterity.definition.Failure#EXPRESSION}
     * @param message what went wrong and in which expression
     */
    public ComputeException(String code, String message) {
        super(code, message);
    }
}
