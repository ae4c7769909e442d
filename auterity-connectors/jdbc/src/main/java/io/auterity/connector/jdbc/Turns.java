package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the keys of a queue with due runs, and the first runs of each: a statement a key, which is quick where the
 * database is in this process. Thread-safe.
 */
class Turns {

    static final String COLUMNS = "select r.id, r.name, r.workflow, r.version, r.queue_key from {run} r";

    static final String BEGIN = "update {run} set queue_state = 3, epoch = ?, recoveries = 0, claimed_seq = 1 where ";

    private final String firstKey;
    private final String nextKey;
    private final String heads;
    private final String begin;

    Turns(Dialect dialect) {
        String key = "select min(queue_key) from {run} where queue = ? and queue_state = 2 and queue_rank = ?";
        firstKey = dialect.sql(key);
        nextKey = dialect.sql(key + " and queue_key > ?");
        heads = dialect.sql(
                COLUMNS + " where r.queue = ? and r.queue_state = 2 and r.queue_rank = ? and r.queue_key = ?"
                        + "[except] order by r.queue_at, r.id limit ?" + dialect.locksFree());
        begin = dialect.sql(BEGIN + "id = ?");
    }

    /** Runs of one priority of one queue. */
    record Line(String queue, int rank) {}

    /** A run that may begin. */
    record Head(long id, String run, String workflow, String version, String key) {}

    /**
     * Returns keys with due runs, in order.
     *
     * @param after the key behind which to begin; null for the first
     */
    List<String> keys(Connection connection, Line line, @Nullable String after, int limit) throws SQLException {
        List<String> keys = new ArrayList<>();
        String last = after;
        while (keys.size() < limit) {
            try (PreparedStatement statement = connection.prepareStatement(last == null ? firstKey : nextKey)) {
                statement.setString(1, line.queue);
                statement.setInt(2, line.rank);
                if (last != null) {
                    statement.setString(3, last);
                }
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    last = row.getString(1);
                }
            }
            if (last == null) {
                return keys;
            }
            keys.add(last);
        }
        return keys;
    }

    /**
     * Locks the first runs of keys, passing over those that another engine is just taking.
     *
     * @param asked how many of each key
     * @param except versions to leave out
     * @return runs by key, in the order asked
     */
    Map<String, List<Head>> heads(Connection connection, Line line, Map<String, Integer> asked, Set<String> except)
            throws SQLException {
        Map<String, List<Head>> found = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(without(heads, except))) {
            for (Map.Entry<String, Integer> one : asked.entrySet()) {
                int index = 0;
                statement.setString(++index, line.queue);
                statement.setInt(++index, line.rank);
                statement.setString(++index, one.getKey());
                for (String version : except) {
                    statement.setString(++index, version);
                }
                statement.setInt(++index, one.getValue());
                found.put(one.getKey(), read(statement));
            }
        }
        return found;
    }

    /** Lets runs that are locked begin. */
    void begin(Connection connection, long epoch, List<Head> heads) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(begin)) {
            for (Head head : heads) {
                statement.setLong(1, epoch);
                statement.setLong(2, head.id());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    static String without(String sql, Set<String> versions) {
        return sql.replace(
                "[except]",
                versions.isEmpty()
                        ? ""
                        : " and r.version not in (" + String.join(", ", Collections.nCopies(versions.size(), "?"))
                                + ")");
    }

    static List<Head> read(PreparedStatement statement) throws SQLException {
        List<Head> all = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                all.add(new Head(
                        rows.getLong(1), rows.getString(2), rows.getString(3), rows.getString(4), rows.getString(5)));
            }
        }
        return all;
    }
}
