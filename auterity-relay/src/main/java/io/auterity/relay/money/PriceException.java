package io.auterity.relay.money;

import io.auterity.definition.AuterityException;

/** Thrown when a call has no known price and the policy is to refuse such calls. */
public final class PriceException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code of a call whose price nobody knows. */
    public static final String UNKNOWN = "AUT-L001";

    PriceException(String message) {
        super(UNKNOWN, message);
    }
}
