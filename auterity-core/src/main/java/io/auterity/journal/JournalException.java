package io.auterity.journal;

import io.auterity.definition.AuterityException;

/** A journal holds what this version of the library cannot read; the operator must act. */
public final class JournalException extends AuterityException {

    /** A recorded entry or message cannot be read. */
    public static final String UNREADABLE = "AUT-J003";

    /** The code with which any journal says that its store does not answer, and may later; what it threw is its own. */
    public static final String UNAVAILABLE = "AUT-J102";

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what was found, and what to do
     */
    public JournalException(String message) {
        super(UNREADABLE, message);
    }
}
