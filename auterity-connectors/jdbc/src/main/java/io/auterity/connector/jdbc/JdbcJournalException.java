package io.auterity.connector.jdbc;

import io.auterity.definition.AuterityException;
import io.auterity.journal.EntryRefusedException;
import io.auterity.journal.JournalException;

/** The database cannot serve as a journal, or not now; the operator must act. */
public final class JdbcJournalException extends AuterityException {

    /** The database, or its settings, would lose what has been acknowledged. */
    public static final String NOT_DURABLE = "AUT-J101";

    /** The database does not answer, or has no place. */
    public static final String UNAVAILABLE = JournalException.UNAVAILABLE;

    /** A message, or what waits in a queue, is larger than the limit. */
    public static final String TOO_LARGE = EntryRefusedException.TOO_LARGE;

    /** The database refuses what was to be written. */
    public static final String REFUSED = EntryRefusedException.BAD_VALUE;

    /** Another process has the file of the database. */
    public static final String IN_USE = "AUT-J105";

    /** The kind of database, its version, or the tables in it are not those that are needed. */
    public static final String UNSUPPORTED = "AUT-J106";

    private static final long serialVersionUID = 1L;

    JdbcJournalException(String code, String message) {
        super(code, message);
    }

    JdbcJournalException(String code, String message, Throwable cause) {
        super(code, message);
        initCause(cause);
    }
}
