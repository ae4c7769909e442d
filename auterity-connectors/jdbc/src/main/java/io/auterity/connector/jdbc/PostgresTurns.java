package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The same in one statement each, however many keys there are: a recursion that leaps from key to key in the index, and a
 * join that reads the beginning of each key's range. Thread-safe.
 */
final class PostgresTurns extends Turns {

    private final String firstKeys;
    private final String nextKeys;
    private final String heads;
    private final String begin;

    PostgresTurns(Dialect dialect) {
        super(dialect);
        String key = "(select queue_key from {run} where queue = ? and queue_state = 2 and queue_rank = ?"
                + "[behind] order by queue_key limit 1)";
        String keys = "with recursive k(key) as ([first] union all select "
                + key.replace("[behind]", " and queue_key > k.key")
                + " from k where k.key is not null) select key from k where key is not null limit ?";
        firstKeys = dialect.sql(keys.replace("[first]", key.replace("[behind]", "")));
        nextKeys = dialect.sql(keys.replace("[first]", key.replace("[behind]", " and queue_key > ?")));
        heads = dialect.sql("select h.* from unnest(?::text[], ?::int4[]) with ordinality a(key, most, number)"
                + " cross join lateral (" + COLUMNS
                + " where r.queue = ? and r.queue_state = 2 and r.queue_rank = ? and r.queue_key = a.key"
                + "[except] order by r.queue_at, r.id limit a.most for update skip locked) h order by a.number");
        begin = dialect.sql(BEGIN + "id = any(?::int8[])");
    }

    @Override
    List<String> keys(Connection connection, Line line, @Nullable String after, int limit) throws SQLException {
        List<String> keys = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(after == null ? firstKeys : nextKeys)) {
            int index = 0;
            statement.setString(++index, line.queue());
            statement.setInt(++index, line.rank());
            if (after != null) {
                statement.setString(++index, after);
            }
            statement.setString(++index, line.queue());
            statement.setInt(++index, line.rank());
            statement.setInt(++index, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    keys.add(rows.getString(1));
                }
            }
        }
        return keys;
    }

    @Override
    Map<String, List<Head>> heads(Connection connection, Line line, Map<String, Integer> asked, Set<String> except)
            throws SQLException {
        Map<String, List<Head>> found = new LinkedHashMap<>();
        asked.keySet().forEach(key -> found.put(key, new ArrayList<>()));
        try (PreparedStatement statement = connection.prepareStatement(without(heads, except))) {
            int index = 0;
            statement.setArray(
                    ++index, connection.createArrayOf("text", asked.keySet().toArray()));
            statement.setArray(
                    ++index, connection.createArrayOf("int4", asked.values().toArray()));
            statement.setString(++index, line.queue());
            statement.setInt(++index, line.rank());
            for (String version : except) {
                statement.setString(++index, version);
            }
            for (Head head : read(statement)) {
                found.computeIfAbsent(head.key(), any -> new ArrayList<>()).add(head);
            }
        }
        return found;
    }

    @Override
    void begin(Connection connection, long epoch, List<Head> heads) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(begin)) {
            statement.setLong(1, epoch);
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "int8", heads.stream().map(Head::id).toArray()));
            statement.executeUpdate();
        }
    }
}
