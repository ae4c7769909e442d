package io.auterity.connector.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * Statements of one connection to SQLite, kept from batch to batch: its driver would compile their texts each time. They
 * belong to whoever has taken them; after a failure they are closed, since what was added to one of them must not come
 * along with the next batch. Not thread-safe.
 */
final class KeptStatements implements Statements {

    private static final Logger LOG = LoggerFactory.getLogger(KeptStatements.class);

    private final SQLiteConnection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    KeptStatements(SQLiteConnection connection) {
        this.connection = connection;
    }

    boolean areOf(SQLiteConnection other) {
        return connection == other;
    }

    @Override
    public PreparedStatement get(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            statements.put(sql, known);
        }
        return known;
    }

    @Override
    public void release(PreparedStatement statement) {
        // It stays.
    }

    /** Ends them all; the connection may be gone, and they with it. */
    void close() {
        for (PreparedStatement statement : statements.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                LOG.debug("a statement could not be closed", e);
            }
        }
        statements.clear();
    }
}
