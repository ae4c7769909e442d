package io.auterity.connector.jdbc;

import io.auterity.connector.Connector;
import io.auterity.connector.ConnectorProvider.Surroundings;
import io.auterity.connector.Describe;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operations {@code sql.query} and {@code sql.update}. */
final class SqlOperations implements Connector {

    /** About the most characters of the rows of a result: 10 Mi. */
    private static final long MAX_SIZE = 10L * 1024 * 1024;

    private final SqlConnections connections;
    private final Optional<JdbcJournal> journal;

    SqlOperations(Surroundings surroundings, Optional<JdbcJournal> journal) {
        this.connections = new SqlConnections(surroundings.guard(), surroundings.credentials());
        this.journal = journal;
    }

    @Override
    public String name() {
        return "sql";
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.of("query", SqlInput.class, Rows.class, this::query)
                        .summary("Reads rows from a database.")
                        .idempotent()
                        .retryable("io"),
                Operation.of("update", SqlInput.class, Updated.class, this::update)
                        .summary("Changes rows of a database; exactly once if it is that of the runs.")
                        .retryable("io"));
    }

    /** The output of sql.query. */
    @Describe("Rows of a database.")
    record Rows(
            @Describe("The rows, each an object by column.") List<Map<String, @Nullable Object>> rows,

            @Describe("Whether there were more.") boolean truncated) {}

    /** The output of sql.update. */
    @Describe("What a statement has changed.")
    record Updated(@Describe("How many rows.") long count) {}

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private Rows query(SqlInput input, StepContext context) throws Exception {
        SqlText text = SqlText.of(input.sql(), input.isNamed());
        return with(input, connection -> {
            boolean writable = !connection.isReadOnly();
            if (writable) {
                connection.setReadOnly(true);
            }
            connection.setAutoCommit(false); // for the fetch size, and because read-only is a transaction's
            startReadOnly(connection);
            try (PreparedStatement statement = prepare(connection, text, input, context)) {
                statement.setMaxRows(input.rows() + 1);
                statement.setFetchSize(500);
                try (ResultSet rows = statement.executeQuery()) {
                    return read(rows, input.rows());
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
                if (writable) {
                    connection.setReadOnly(false);
                }
            }
        });
    }

    /** MariaDB's driver keeps to itself that a connection is to be read-only. */
    private static void startReadOnly(Connection connection) throws SQLException {
        if (connection.getMetaData().getDatabaseProductName().equals("MariaDB")) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("start transaction read only");
            }
        }
    }

    private static Rows read(ResultSet rows, int limit) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        long size = 0;
        while (rows.next()) {
            if (all.size() == limit) {
                return new Rows(all, true);
            }
            Map<String, @Nullable Object> row = SqlValues.row(rows, columns);
            for (Map.Entry<String, @Nullable Object> column : row.entrySet()) {
                size += column.getKey().length()
                        + String.valueOf(column.getValue()).length();
            }
            if (size > MAX_SIZE) {
                throw new StepException(
                        "too-large",
                        "the rows have more than " + MAX_SIZE + " characters; ask for fewer rows or columns",
                        false);
            }
            all.add(row);
        }
        return new Rows(all, false);
    }

    private Updated update(SqlInput input, StepContext context) throws Exception {
        SqlText text = SqlText.of(input.sql(), input.isNamed());
        if (input.connection().isJournal()) {
            input.connection().check();
            Object count = ownJournal().transactional(context, connection -> change(connection, text, input, context));
            return new Updated(count instanceof Long rows ? rows : 0);
        }
        return with(input, connection -> new Updated(change(connection, text, input, context)));
    }

    private static long change(Connection connection, SqlText text, SqlInput input, StepContext context)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, text, input, context)) {
            return statement.executeLargeUpdate();
        } catch (UnsupportedOperationException e) {
            throw new SQLException("the driver cannot count the rows", e);
        }
    }

    private static PreparedStatement prepare(Connection connection, SqlText text, SqlInput input, StepContext context)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text.text());
        try {
            SqlValues.bind(statement, text, input.params().orElse(null));
            statement.setQueryTimeout(input.seconds());
            context.onCancel(() -> cancel(statement));
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private static void cancel(PreparedStatement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            throw new IllegalStateException("a statement could not be cancelled", e);
        }
    }

    private JdbcJournal ownJournal() {
        return journal.orElseThrow(() -> new StepException(
                "invalid-input",
                "the kind journal is not offered here; the host offers it with new SqlConnector(journal), the command"
                        + " line with --allow-journal-sql",
                false));
    }

    private <T> T with(SqlInput input, Work<T> work) throws Exception {
        try {
            if (input.connection().isJournal()) {
                input.connection().check();
                return ownJournal().reading(work::on);
            }
            try (Connection connection = connections.open(input.connection(), input.seconds())) {
                return work.on(connection);
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Retryable is what concerns the connection or others' transactions, not what concerns the statement. */
    private static StepException failure(SQLException e) {
        if (e instanceof SQLTimeoutException || "57014".equals(e.getSQLState())) {
            return new StepException("timeout", "the statement took too long: " + e.getMessage(), true).causedBy(e);
        }
        Trouble trouble = Trouble.of(e);
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        boolean passing = trouble == Trouble.LOST || state.startsWith("40") || state.startsWith("53");
        return (passing
                        ? new StepException("io", "the database failed: " + e.getMessage(), true)
                        : new StepException("sql", "the database refuses the statement: " + e.getMessage(), false))
                .causedBy(e);
    }
}
