package io.auterity.relay.budget;

import io.auterity.definition.AuterityException;

/** Thrown when a budget does not allow a call; in HTTP it is the status 402, but for {@link #FULL}. */
public final class BudgetException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code of a call that there is too little money for. */
    public static final String SPENT = "AUT-L002";

    /** The code of a call that a threshold forbids although money is left. */
    public static final String FORBIDDEN = "AUT-L003";

    /** The code of a call that somebody must approve first, whether a threshold or a steering rule says so. */
    public static final String APPROVAL = "AUT-L004";

    /** The code of a call whose accounts the store has no room for, as the operator can mend; in HTTP the status 500. */
    public static final String FULL = "AUT-L014";

    /** The HTTP status of the others. */
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

    /**
     * Makes the exception for a call whose accounts a store has no room for.
     *
     * @param why how many the store keeps, and what to raise
     * @return an exception with the code {@link #FULL}
     */
    public static BudgetException full(String why) {
        return new BudgetException(FULL, why);
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
