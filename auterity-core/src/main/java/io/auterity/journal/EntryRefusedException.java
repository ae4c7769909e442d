package io.auterity.journal;

import io.auterity.definition.AuterityException;

/**
 * A journal refuses an entry for what it is, and would again: it is too large, or holds what the store cannot keep. The run
 * that it belongs to is dead-lettered, since it would come to the same point however often it were taken up.
 */
public final class EntryRefusedException extends AuterityException {

    /** An entry is larger than the journal takes. */
    public static final String TOO_LARGE = "AUT-J103";

    /** The store refuses a value. */
    public static final String BAD_VALUE = "AUT-J104";

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param code {@link #TOO_LARGE} or {@link #BAD_VALUE}
     * @param message which entry of which run, why, and what to do
     */
    public EntryRefusedException(String code, String message) {
        super(code, message);
    }
}
