package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to the database, each borrowed for one piece of work, and patience with its moods.
 *
 * <p>Work that fails for a reason that passes is done again for a while, so it must be such that doing it twice does no
 * harm, even when it is not known whether the first time counted. Thread-safe.
 */
final class Access {

    private static final Logger LOG = LoggerFactory.getLogger(Access.class);

    /** The SQLSTATE of what is not in the right state for what was asked. */
    private static final String NOT_READY = "55000";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final DataSource writers;
    private final DataSource readers;
    private final Duration patience;
    private final Duration silence;
    private final boolean isSyncing;

    /**
     * Makes an access.
     *
     * @param writers connections that may write
     * @param readers connections to read with; the same, or others
     * @param patience for how long work is tried again
     * @param silence after how long a connection is given up that does not answer, unless it has a limit of its own
     */
    Access(DataSource writers, DataSource readers, Duration patience, Duration silence) {
        this(writers, readers, patience, silence, false);
    }

    private Access(DataSource writers, DataSource readers, Duration patience, Duration silence, boolean isSyncing) {
        this.isSyncing = isSyncing;
        this.writers = writers;
        this.readers = readers;
        this.patience = patience;
        this.silence = silence;
    }

    /** The same access to a SQLite whose connections may synchronise less than they must. */
    Access syncing() {
        return new Access(writers, readers, patience, silence, true);
    }

    /** Does work once, each statement a transaction of its own. */
    <T extends @Nullable Object> T once(SqlWork<T> work) throws SQLException {
        return borrowing(
                writers,
                connection -> needsSyncing(connection)
                        ? inSqlite(connection, free -> SqliteSync.fully(free, syncing -> work(syncing, work)))
                        : autoCommitting(connection, work));
    }

    /** Whether a connection has to be made to synchronise; one that cannot be, and does not, is not written with. */
    private boolean needsSyncing(Connection connection) throws SQLException {
        if (!isSyncing || SqliteTransaction.isFor(connection)) {
            return isSyncing;
        }
        if (!SqliteSync.isFull(connection)) { // the next one may be another
            throw new SQLException(
                    "the data source lends connections to SQLite with synchronous less than FULL, and hides what they"
                            + " are: a power failure would lose what was acknowledged last; set synchronous = FULL for"
                            + " all of them",
                    NOT_READY);
        }
        return false;
    }

    /**
     * Does a statement that is a transaction of its own, again if need be. It leaves no lock behind, whenever the network
     * falls silent.
     */
    <T extends @Nullable Object> T alone(String what, SqlWork<T> work) {
        return patiently(what, () -> once(work));
    }

    /** Does work in one transaction, once. */
    <T extends @Nullable Object> T transactionOnce(SqlWork<T> work) throws SQLException {
        return borrowing(
                writers,
                connection -> needsSyncing(connection)
                        ? inSqlite(
                                connection,
                                free -> SqliteSync.fully(free, syncing -> SqliteTransaction.around(syncing, work)))
                        : inTransaction(connection, work));
    }

    /** Does work in one transaction, again if need be. */
    <T extends @Nullable Object> T transaction(String what, SqlWork<T> work) {
        return patiently(what, () -> transactionOnce(work));
    }

    /** Reads, again if need be. */
    <T extends @Nullable Object> T read(String what, SqlWork<T> work) {
        return patiently(what, () -> readOnce(work));
    }

    /** Reads, once. */
    <T extends @Nullable Object> T readOnce(SqlWork<T> work) throws SQLException {
        return borrowing(readers, connection -> autoCommitting(connection, work));
    }

    /** Does work with a connection that is not waited for without an end: if it has no limit, it gets one meanwhile. */
    private <T extends @Nullable Object> T borrowing(DataSource source, SqlWork<T> work) throws SQLException {
        try (Connection connection = borrow(source)) {
            boolean isUnlimited = connection.getNetworkTimeout() == 0;
            if (isUnlimited) {
                connection.setNetworkTimeout(Runnable::run, (int) silence.toMillis());
            }
            try {
                return work.on(connection);
            } finally {
                if (isUnlimited) {
                    unlimit(connection);
                }
            }
        }
    }

    private static void unlimit(Connection connection) {
        try {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, 0);
            }
        } catch (SQLException e) { // what came of the work counts, whatever becomes of the connection
            LOG.debug("a connection could not be given back as it was", e);
        }
    }

    /** Borrows a connection; that it cannot be had says for sure that nothing was changed. */
    private static Connection borrow(DataSource source) throws SQLException {
        try {
            return source.getConnection();
        } catch (SQLException e) {
            throw new SQLException(e.getMessage(), "53300", e);
        }
    }

    private interface Try<T extends @Nullable Object> {
        T go() throws SQLException;
    }

    private <T extends @Nullable Object> T patiently(String what, Try<T> work) {
        long deadline = System.nanoTime() + patience.toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return work.go();
            } catch (SQLException e) {
                Trouble trouble = Trouble.of(e);
                if (trouble == Trouble.DATA || trouble == Trouble.DUPLICATE) {
                    throw new JdbcJournalException(
                            JdbcJournalException.REFUSED, "the database refuses to " + what + ": " + e.getMessage(), e);
                }
                if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                    throw unavailable(what, e);
                }
                LOG.debug("trying again to {}", what, e);
            }
            LockSupport.parkNanos(pause.toNanos());
            pause = longer(pause);
        }
    }

    static JdbcJournalException unavailable(String what, Throwable cause) {
        return new JdbcJournalException(
                JdbcJournalException.UNAVAILABLE,
                "the database does not let the journal " + what + ": " + cause.getMessage()
                        + "; check that it runs, that it can be reached, and that it has space",
                cause);
    }

    static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    private static <T extends @Nullable Object> T autoCommitting(Connection connection, SqlWork<T> work)
            throws SQLException {
        boolean before = connection.getAutoCommit();
        if (!before) {
            connection.setAutoCommit(true);
        }
        try {
            return work(connection, work);
        } finally {
            if (!before && !connection.isClosed()) {
                connection.setAutoCommit(false);
            }
        }
    }

    /** Undoes what a transaction has done, and lets it go on. */
    static void undo(Connection connection) throws SQLException {
        if (SqliteTransaction.isFor(connection)) {
            SqliteTransaction.undo(connection);
        } else {
            connection.rollback();
        }
    }

    /** Does work in one transaction of a connection, which is left as it was. */
    static <T extends @Nullable Object> T inTransaction(Connection connection, SqlWork<T> work) throws SQLException {
        if (SqliteTransaction.isFor(connection)) {
            return inSqlite(connection, free -> SqliteTransaction.around(free, work));
        }
        boolean before = connection.getAutoCommit();
        if (before) {
            connection.setAutoCommit(false);
        }
        boolean done = false;
        try {
            T result = work(connection, work);
            connection.commit();
            done = true;
            return result;
        } finally {
            boolean over = done || rollBack(connection);
            if (before && over && !connection.isClosed()) {
                restore(connection, true, done);
            }
        }
    }

    /** Does work with a connection to SQLite that is in no transaction, and gives it back as it was. */
    private static <T extends @Nullable Object> T inSqlite(Connection connection, SqlWork<T> work) throws SQLException {
        boolean before = connection.getAutoCommit();
        if (!before) {
            connection.setAutoCommit(true);
        }
        boolean done = false;
        try {
            T result = work.on(connection);
            done = true;
            return result;
        } finally {
            if (!connection.isClosed() && connection.getAutoCommit() != before) { // a savepoint changes it, too
                restore(connection, before, done);
            }
        }
    }

    /** Does the work; what the database said is thrown as it said it, not as jOOQ wraps it. */
    static <T extends @Nullable Object> T work(Connection connection, SqlWork<T> work) throws SQLException {
        try {
            return work.on(connection);
        } catch (DataAccessException e) {
            SQLException said = e.getCause(SQLException.class);
            if (said == null) {
                throw e;
            }
            throw said;
        }
    }

    /** Ends a transaction without effect; false if that needs the end of the connection: to restore it would commit. */
    private static boolean rollBack(Connection connection) throws SQLException {
        try {
            connection.rollback();
            return true;
        } catch (SQLException e) {
            LOG.debug("a transaction could not be rolled back; its connection is ended", e);
            connection.abort(Runnable::run);
            return false;
        }
    }

    private static void restore(Connection connection, boolean autoCommit, boolean done) {
        try {
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            // After a failure that one counts; after a commit the work is done, whatever becomes of the connection.
            LOG.debug("a connection could not be restored after its transaction (committed: {})", done, e);
        }
    }
}
