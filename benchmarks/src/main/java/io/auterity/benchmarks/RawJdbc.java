package io.auterity.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/**
 * What one would write by hand, without a library: a row when a workflow begins, one for what each step has returned, and
 * the workflow's row again when it ends. Each of these is a statement that commits by itself, on a connection that the
 * caller takes from a pool for its workflow; no commit waits for another caller. What a dead process has left is taken up
 * by nobody: no leases, no retries, no JSON, no listener. Thread-safe.
 */
final class RawJdbc implements AutoCloseable {

    /** Beside those of the contestants, so that the server has room for all. */
    private static final int CONNECTIONS = 64;

    private static final String TABLES = "create table run (id uuid primary key, input text not null, output text,"
            + " began_at timestamptz not null default now(), ended_at timestamptz);"
            + "create table step (run uuid not null references run, number int not null, output text not null,"
            + " ended_at timestamptz not null default now(), primary key (run, number))";

    private static final String BEGIN = "insert into run (id, input) values (?, ?)";
    private static final String STEP = "insert into step (run, number, output) values (?, ?, ?)";
    private static final String END = "update run set output = ?, ended_at = now() where id = ?";

    private final HikariDataSource pool;

    RawJdbc(PostgresServer server, String database) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.newDatabase(database));
        config.setUsername(server.user());
        config.setMaximumPoolSize(CONNECTIONS);
        server.executeIn(database, TABLES);
        pool = new HikariDataSource(config);
    }

    /** Runs a chain. */
    String chain(String text, int steps) throws SQLException {
        UUID id = UUID.randomUUID();
        try (Connection connection = pool.getConnection()) {
            execute(connection, BEGIN, id, text);
            String last = text;
            for (int step = 0; step < steps; step++) {
                last = Chains.step(last);
                execute(connection, STEP, id, step, last);
            }
            execute(connection, END, last, id);
            return last;
        }
    }

    private static void execute(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            if (statement.executeUpdate() != 1) {
                throw new IllegalStateException("not one row: " + sql);
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
