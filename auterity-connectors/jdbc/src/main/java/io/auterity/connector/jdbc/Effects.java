package io.auterity.connector.jdbc;

import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Json;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal.Lease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Steps whose effect is in the journal's own database, exactly once.
 *
 * <p>One transaction holds the effect and a row that says: this step is done, with this output. The row's key is the
 * step's, so of several attempts, in whatever processes, one commits. An attempt that finds the row returns the output
 * that stands there and does nothing. The lease is looked at right before the commit, under the lock that its end waits
 * for: so an engine that has lost the run commits nothing, and a long step does not hold up the lease's renewal.
 */
final class Effects {

    private final Dialect dialect;
    private final Access access;
    private final String find;
    private final String insert;

    Effects(Dialect dialect, Access access) {
        this.dialect = dialect;
        this.access = access;
        find = dialect.sql("select output from {effect} where run = ? and step = ?");
        insert = dialect.sql("insert into {effect} (run, step, output) values (?, ?, ?)");
    }

    @Nullable
    Object once(Lease lease, StepContext context, TransactionalStep step) throws Exception {
        Failing failing = new Failing();
        try {
            return access.transactionOnce(connection -> {
                context.onCancel(() -> abort(connection));
                dialect.allowSilence(connection);
                Optional<Output> before = find(connection, context);
                return before.isPresent() ? before.get().value() : effect(connection, lease, context, step, failing);
            });
        } catch (SQLException e) {
            if (failing.thrown != null) {
                throw failing.thrown;
            }
            if (Trouble.of(e) == Trouble.DUPLICATE || Trouble.of(e) == Trouble.LOST) {
                // Another attempt may have committed, or this one without our hearing of it.
                Optional<Output> output = access.read("look for an effect", connection -> find(connection, context));
                if (output.isPresent()) {
                    return output.get().value();
                }
            }
            throw new StepException("io", "the journal's database failed: " + e.getMessage(), true).causedBy(e);
        }
    }

    /** What the step itself threw, which the transaction's end must not hide. */
    private static final class Failing {
        private @Nullable Exception thrown;
    }

    /** An output that stands in the database. */
    @SuppressWarnings("ArrayRecordComponent") // not compared, not changed
    private record Output(byte @Nullable [] json) {
        private @Nullable Object value() {
            return json == null ? null : Json.read(json);
        }
    }

    private @Nullable Object effect(
            Connection connection, Lease lease, StepContext context, TransactionalStep step, Failing failing)
            throws SQLException {
        Output output;
        try {
            Object value = LentConnection.lend(connection, step::on);
            output = new Output(value == null ? null : Json.writeBytes(value));
        } catch (Exception e) {
            failing.thrown = e;
            throw new SQLException("the step failed", e);
        }
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, context.runId().value());
            statement.setString(2, context.idempotencyKey());
            statement.setBytes(3, output.json());
            statement.executeUpdate();
        }
        if (!dialect.holds(connection, lease.epoch())) {
            failing.thrown = new FencedException(context.runId(), lease);
            throw new SQLException("the lease has ended", failing.thrown);
        }
        return output.value();
    }

    private Optional<Output> find(Connection connection, StepContext context) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setString(1, context.runId().value());
            statement.setString(2, context.idempotencyKey());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(new Output(row.getBytes(1))) : Optional.empty();
            }
        }
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("the connection of a cancelled step could not be cut", e);
        }
    }
}
