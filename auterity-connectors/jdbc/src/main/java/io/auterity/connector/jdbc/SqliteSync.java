package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that what is committed to SQLite on somebody else's connection is on the disk: {@code synchronous} is a
 * setting of each connection, and a pool may lend others than the one that was looked at when the journal opened.
 */
final class SqliteSync {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteSync.class);

    private static final int FULL = 2;

    private SqliteSync() {}

    static boolean isFull(Connection connection) throws SQLException {
        return level(connection) >= FULL;
    }

    /** Does work with a connection that is in no transaction; it synchronises fully meanwhile, and as before afterwards. */
    static <T extends @Nullable Object> T fully(Connection connection, SqlWork<T> work) throws SQLException {
        int before = level(connection);
        if (before >= FULL) {
            return work.on(connection);
        }
        set(connection, FULL);
        try {
            return work.on(connection);
        } finally {
            restore(connection, before);
        }
    }

    private static void restore(Connection connection, int level) {
        try {
            if (!connection.isClosed()) {
                set(connection, level);
            }
        } catch (SQLException e) { // what came of the work counts, and more than was asked for does no harm
            LOG.debug("a connection could not be given back as it was", e);
        }
    }

    private static int level(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma synchronous")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void set(Connection connection, int level) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma synchronous = " + level);
        }
    }
}
