package io.auterity.relay.budget;

import io.auterity.definition.AuterityException;

/** Thrown when a budget does not allow a call; in HTTP it is the status 402. */
public final class BudgetException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code of a call that there is too little money for. */
    public static final String SPENT = "AUT-L002";

    /** The code of a call that a threshold forbids although money is left. */
    public static final String FORBIDDEN = "AUT-L003";

    /** The code of a call that somebody must approve first, whether a threshold or a steering rule says so. */
    public static final String APPROVAL = "AUT-L004";

    /** The HTTP status of all of them. */
    public static final int STATUS = 402;

    /**
     * Makes the exception for a call that too little money is left for.
     *
     * @param why how much is left, and how much the call needs
     * @return an exception with the code {@link #SPENT}
     */
    public static BudgetException spent(String why) {
        return new BudgetException(SPENT, why);
    }

    BudgetException(String code, String message) {
        super(code, message);
    }

    /**
     * Makes the exception for a call that no model may be called for.
     *
     * @param threshold what forbids it
     * @return an exception with the code {@link #FORBIDDEN}
     */
    public static BudgetException forbidden(PassedThreshold threshold) {
        return new BudgetException(FORBIDDEN, threshold.refusal());
    }
}
