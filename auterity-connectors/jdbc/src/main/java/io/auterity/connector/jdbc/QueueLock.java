package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A row a queue, which whoever counts its runs holds until the end of the transaction. Thread-safe. */
final class QueueLock {

    private final Access access;
    private final String insert;
    private final String find;
    private final String lock;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    QueueLock(Dialect dialect, Access access) {
        this.access = access;
        insert = dialect.sql("insert into {queue} (name) values (?)");
        find = dialect.sql("select 1 from {queue} where name = ?");
        lock = dialect.sql("select " + dialect.limitsSilence() + " from {queue} where name = ?" + dialect.locksRows());
    }

    /** Sees to it that there is a row; outside of any transaction. */
    void prepare(String queue) {
        if (!known.contains(queue)) {
            access.transaction("make a queue", connection -> make(connection, queue));
            known.add(queue);
        }
    }

    private boolean make(Connection connection, String queue) throws SQLException {
        if (has(connection, find, queue)) {
            return true;
        }
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, queue);
            return statement.executeUpdate() == 1;
        } catch (SQLException e) {
            if (Trouble.of(e) == Trouble.DUPLICATE) {
                Access.undo(connection);
                return true;
            }
            throw e;
        }
    }

    /** Holds the row; of one transaction's queues in the order of their names. */
    void hold(Connection connection, String queue) throws SQLException {
        if (!has(connection, lock, queue)) {
            throw new SQLException("the row of queue '" + queue + "' is gone");
        }
    }

    private static boolean has(Connection connection, String sql, String queue) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, queue);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
