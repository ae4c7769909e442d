package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Forgets runs that ended long ago, a few in a transaction so that nobody waits for it. */
final class Purge {

    /** The most runs of one transaction. */
    static final int MOST = 500;

    private final Access access;
    private final String old;
    private final List<String> deletions;

    Purge(Dialect dialect, Access access) {
        this.access = access;
        old = dialect.sql(
                "select id, name from {run} where ended_at < ? order by ended_at limit ?" + dialect.locksFree());
        deletions = List.of(
                dialect.sql("delete from {entry} where run = ?"),
                dialect.sql("delete from {part} where run = ?"),
                dialect.sql("delete from {label} where run = ?"),
                dialect.sql("delete from {inbox} where run = ?"),
                dialect.sql("delete from {effect} where run = (select name from {run} where id = ?)"),
                dialect.sql("delete from {run} where id = ?"));
    }

    int purge(long endedBefore, int limit) {
        int forgotten = 0;
        int batch;
        int most;
        do {
            most = Math.min(MOST, limit - forgotten);
            int now = most;
            batch = access.transaction("forget runs", connection -> purgeSome(connection, endedBefore, now));
            forgotten += batch;
        } while (batch == most && forgotten < limit);
        return forgotten;
    }

    private int purgeSome(Connection connection, long endedBefore, int limit) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(old)) {
            statement.setLong(1, endedBefore);
            statement.setInt(2, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
        }
        for (String deletion : ids.isEmpty() ? List.<String>of() : deletions) {
            try (PreparedStatement statement = connection.prepareStatement(deletion)) {
                for (long id : ids) {
                    statement.setLong(1, id);
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        }
        return ids.size();
    }
}
