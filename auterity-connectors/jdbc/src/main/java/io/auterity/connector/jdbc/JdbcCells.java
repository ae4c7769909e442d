package io.auterity.connector.jdbc;

import io.auterity.definition.Json;
import io.auterity.journal.Cells;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Cells as rows; names are bytes, so that every database orders them the same way. Thread-safe. */
final class JdbcCells implements Cells {

    private final Access access;
    private final String read;
    private final String insert;
    private final String update;
    private final String list;
    private final String listRange;

    JdbcCells(Dialect dialect, Access access) {
        this.access = access;
        read = dialect.sql("select name, version, body from {cell} where name = ?");
        insert = dialect.sql("insert into {cell} (name, version, body) values (?, 1, ?)");
        update = dialect.sql("update {cell} set version = version + 1, body = ? where name = ? and version = ?");
        String from = "select name, version, body from {cell} where name >= ? and name > ?";
        list = dialect.sql(from + " order by name limit ?");
        listRange = dialect.sql(from + " and name < ? order by name limit ?");
    }

    @Override
    public Optional<Cell> read(String name) {
        return access.read("read a cell", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(read)) {
                statement.setBytes(1, bytes(name));
                List<Cell> found = cells(statement);
                return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
            }
        });
    }

    @Override
    public boolean write(String name, long expected, Map<String, Object> value) {
        byte[] body = bytes(Cells.checked(name, value));
        boolean[] unsure = {false};
        return access.transaction("write a cell", connection -> {
            boolean again = unsure[0];
            unsure[0] = true;
            boolean written = expected == 0 ? insert(connection, name, body) : update(connection, name, expected, body);
            // After a lost connection the first try may have counted: then the cell is as it would be now.
            return written || (again && isAt(connection, name, expected + 1, body));
        });
    }

    private boolean insert(Connection connection, String name, byte[] body) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(read)) {
            statement.setBytes(1, bytes(name));
            if (!cells(statement).isEmpty()) {
                return false;
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setBytes(1, bytes(name));
            statement.setBytes(2, body);
            return statement.executeUpdate() == 1;
        } catch (SQLException e) {
            if (Trouble.of(e) == Trouble.DUPLICATE) {
                Access.undo(connection);
                return false;
            }
            throw e;
        }
    }

    private boolean update(Connection connection, String name, long expected, byte[] body) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setBytes(1, body);
            statement.setBytes(2, bytes(name));
            statement.setLong(3, expected);
            return statement.executeUpdate() == 1;
        }
    }

    private boolean isAt(Connection connection, String name, long version, byte[] body) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(read)) {
            statement.setBytes(1, bytes(name));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getLong(2) == version && Arrays.equals(row.getBytes(3), body);
            }
        }
    }

    @Override
    public List<Cell> list(String prefix, String after, int limit) {
        byte[] from = bytes(prefix);
        byte[] end = successor(from);
        return access.read("list cells", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(end == null ? list : listRange)) {
                statement.setBytes(1, from);
                statement.setBytes(2, bytes(after));
                int index = 3;
                if (end != null) {
                    statement.setBytes(index++, end);
                }
                statement.setInt(index, limit);
                return cells(statement);
            }
        });
    }

    /** The first name that is behind all with a prefix; null if there is none. */
    private static byte @Nullable [] successor(byte[] prefix) {
        for (int last = prefix.length - 1; last >= 0; last--) {
            if (prefix[last] != (byte) 0xff) {
                byte[] next = Arrays.copyOf(prefix, last + 1);
                next[last]++;
                return next;
            }
        }
        return null;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked") // a cell's value is an object, as Cells.checked has seen to
    private static Map<String, Object> value(byte[] json) {
        return (Map<String, Object>) Objects.requireNonNull(Json.read(json));
    }

    private static List<Cell> cells(PreparedStatement statement) throws SQLException {
        List<Cell> all = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                all.add(new Cell(
                        new String(rows.getBytes(1), StandardCharsets.UTF_8),
                        rows.getLong(2),
                        value(rows.getBytes(3))));
            }
        }
        return all;
    }
}
