package io.auterity.run;

import io.auterity.definition.AuterityException;

/** A run's record does not fit its definition, so that nobody can go on with it; the operator must look. */
public final class ReplayException extends AuterityException {

    private static final long serialVersionUID = 1L;

    ReplayException(String message) {
        super("AUT-R009", message);
    }
}
