package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * Transactions of SQLite, by its own statements instead of the driver's methods. The driver's {@code commit} also begins
 * the next transaction: where somebody else writes that can fail, and what was committed looks as if it had not been. Its
 * {@code setAutoCommit(false)}, if it fails for that reason, leaves a connection that believes it is in a transaction and is
 * in none: what comes next would be committed statement by statement. And its {@code abort} does nothing.
 *
 * <p>They begin "immediate", however the connection was set up: there is one writer at a time, nobody else writes
 * between what a transaction reads and what it writes, and a transaction that has begun is not refused for being too late.
 */
final class SqliteTransaction {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteTransaction.class);

    private static final String BEGIN = "begin immediate";

    private SqliteTransaction() {}

    /** Whether a connection is one to SQLite, as far as it says. */
    static boolean isFor(Connection connection) throws SQLException {
        return connection.isWrapperFor(SQLiteConnection.class);
    }

    /** Does work in one transaction of a connection that commits by itself otherwise. */
    static <T extends @Nullable Object> T around(Connection connection, SqlWork<T> work) throws SQLException {
        boolean done = false;
        try {
            execute(connection, BEGIN);
            T result = Access.work(connection, work);
            execute(connection, "commit");
            done = true;
            return result;
        } finally {
            if (!done) {
                end(connection);
            }
        }
    }

    /** Undoes what the transaction has done, and lets it go on. */
    static void undo(Connection connection) throws SQLException {
        execute(connection, "rollback");
        execute(connection, BEGIN);
    }

    private static void end(Connection connection) throws SQLException {
        try {
            execute(connection, "rollback");
        } catch (SQLException e) {
            // After some errors, such as a full disk, SQLite has done so itself.
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                LOG.debug("a transaction could not be rolled back; its connection is ended", e);
                connection.unwrap(SQLiteConnection.class).close();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
