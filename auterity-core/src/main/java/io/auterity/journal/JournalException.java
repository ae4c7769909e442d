package io.auterity.journal;

import io.auterity.definition.AuterityException;
import io.auterity.definition.RunId;

/** What any journal may say: it holds what this version cannot read, or a run's inbox is full. */
public final class JournalException extends AuterityException {

    /** A recorded entry or message cannot be read. */
    public static final String UNREADABLE = "AUT-J003";

    /** A run's inbox is full; what reads it is not there, or slower than what sends. */
    public static final String INBOX_FULL = "AUT-J004";

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

    private JournalException(String code, String message) {
        super(code, message);
    }

    /**
     * Says that a message was not taken.
     *
     * @param run the run it was for
     * @return the exception, with {@link #INBOX_FULL}
     */
    public static JournalException inboxFull(RunId run) {
        return new JournalException(
                INBOX_FULL,
                "run '" + run + "' has " + RunMessage.MOST_UNREAD + " messages that it has not taken yet; send it again"
                        + " when it has, and see that an engine runs that takes up such runs");
    }
}
