package io.auterity.connector.jdbc;

import io.auterity.journal.EntryRow;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunStarted;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/**
 * What differs between kinds of databases, and how a batch is written where one statement cannot do it all: as one
 * transaction that looks at the lease first.
 *
 * <p>All texts are fixed when the journal opens. Thread-safe.
 */
abstract class Dialect {

    private final Tables tables;
    private final String fence;
    private final String insertRun;
    private final String insertLabel;
    private final String insertEntry;
    private final String insertPart;
    private final String endRun;
    private final String changeRun;
    private final String wakeRun;
    private final String takeMessage;

    /**
     * Prepares the texts.
     *
     * @param tables what the tables are called
     */
    Dialect(Tables tables) {
        this.tables = tables;
        fence = sql("select " + limitsSilence() + " from {lease} where epoch = ? and state = 0" + locksLease());
        insertRun =
                sql("insert into {run} (id, name, workflow, version, tenant, parent, parent_step, started_at, epoch,"
                        + " wake_at, status, ended_at, failure) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insertLabel = sql("insert into {label} (run, name, content) values (?, ?, ?)");
        insertEntry = sql("insert into {entry} (run, seq, kind, at, step, attempt, started_at, form, payload)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insertPart = sql("insert into {part} (run, seq, part, payload) values (?, ?, ?, ?)");
        endRun = sql("update {run} set status = ?, ended_at = ?, failure = ?, epoch = null, wake_at = null"
                + " where id = ? and epoch = ?");
        // The new values are worked out before any is set, except in MariaDB: hence the order.
        changeRun = sql("update {run} set wake_at = case when ? < 0 then wake_at when unread > ? or woken + ? > 0 then"
                + " [now] else [now] + ? end, epoch = case when ? < 0 then epoch else null end, recoveries = case when ? <"
                + " 0 then recoveries else 0 end, woken = case when ? < 0 and woken + ? > 0 then 1 else 0 end, unread ="
                + " case when unread > ? then unread - ? else 0 end, status = case when ? > 0 then ? else status end where id"
                + " = ? and epoch = ?");
        wakeRun = sql("update {run} set"
                + " woken = case when wake_at is null then 1 else woken end,"
                + " wake_at = case when wake_at > [now] then [now] else wake_at end"
                + " where name = ? and ended_at is null");
        takeMessage = sql("delete from {inbox} where number = ?");
    }

    /** What the database is called. */
    abstract String product();

    /** Where its migrations are, below those of this package. */
    abstract String folder();

    /** What jOOQ calls it. */
    abstract SQLDialect jooq();

    /** How the database writes a name that stands without quotes in a statement. */
    String catalogued(String name) {
        return name;
    }

    /** The database's clock in milliseconds since the epoch. */
    abstract String now();

    /** What makes a selection of rows lock them and leave out those that are locked. */
    abstract String locksFree();

    /** What makes a selection of rows lock them, and wait for who has them. */
    String locksRows() {
        return " for update";
    }

    /** How the keys of queues take turns. */
    Turns turns() {
        return new Turns(this);
    }

    /**
     * How processes tell each other that there may be something to do.
     *
     * @param access to tell with
     * @param own opens a connection to hear with; empty if there is none to be had for so long
     */
    Notices notices(Access access, Optional<DataSource> own) {
        return Notices.NONE;
    }

    /**
     * An expression that, where the server knows how, lets it end this transaction if it hears nothing of it for a while: who
     * is cut off in the middle of one holds its lease's row, and nobody could end that lease and take over. Any other one is
     * computed in vain.
     */
    String limitsSilence() {
        return "1";
    }

    /** Lets this transaction be silent for as long as it likes, until it {@link #holds} a lease: a step's own code is in it. */
    void allowSilence(Connection connection) throws SQLException {}

    /** What makes looking at a lease hold off its end until the transaction is over. */
    abstract String locksLease();

    /**
     * Finds out whether the database would lose what has been acknowledged.
     *
     * @param connection a connection of the journal's
     * @param refuse is told what would
     * @param warn is told what might
     * @throws SQLException what went wrong
     */
    abstract void checkDurability(Connection connection, Consumer<String> refuse, Consumer<String> warn)
            throws SQLException;

    /**
     * Names the file that only one engine process may have.
     *
     * @param connection a connection of the journal's
     * @return empty for a database that several processes share
     * @throws SQLException what went wrong
     */
    Optional<Path> file(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /** Makes a statement's text of a constant of the program: {@code {run}} is a table, {@code [now]} the time. */
    final String sql(String template) {
        return tables.sql(template).replace("[now]", now());
    }

    final Tables tables() {
        return tables;
    }

    /**
     * Writes a batch, all or nothing.
     *
     * @param access how to reach the database
     * @param epoch the lease
     * @param batch what to write
     * @return false if the lease has ended; nothing was written then
     * @throws SQLException what went wrong
     */
    boolean write(Access access, long epoch, Batch batch) throws SQLException {
        return access.transactionOnce(connection -> write(connection, Statements.of(connection), epoch, batch));
    }

    /** Whether a lease still holds, which it does until the transaction is over. */
    final boolean holds(Connection connection, long epoch) throws SQLException {
        return holds(Statements.of(connection), epoch);
    }

    private boolean holds(Statements statements, long epoch) throws SQLException {
        PreparedStatement statement = statements.get(fence);
        try {
            statement.setLong(1, epoch);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } finally {
            statements.release(statement);
        }
    }

    /** Writes a batch in a transaction that has begun. */
    final boolean write(Connection connection, Statements statements, long epoch, Batch batch) throws SQLException {
        if (!holds(statements, epoch)) {
            return false;
        }
        List<Change> starts = batch.allStarts();
        each(statements, insertRun, starts, (statement, change) -> start(statement, change, epoch));
        for (Change change : batch.labels == 0 ? List.<Change>of() : starts) {
            Map<String, String> labels = change.started().origin().labels();
            each(statements, insertLabel, labels.entrySet(), (statement, label) -> {
                statement.setLong(1, change.id);
                statement.setString(2, label.getKey());
                statement.setString(3, label.getValue());
                statement.addBatch();
            });
        }
        if (batch.entries > 0) {
            each(statements, insertEntry, batch.writes, Dialect::entries);
        }
        if (batch.parts > 0) {
            each(statements, insertPart, batch.writes, Dialect::parts);
        }
        take(statements, batch.taken);
        each(statements, endRun, batch.ends, (statement, change) -> {
            statement.setInt(1, change.status());
            statement.setLong(2, change.ended().at());
            statement.setString(3, change.failure());
            statement.setLong(4, change.id);
            statement.setLong(5, epoch);
            statement.addBatch();
        });
        each(statements, changeRun, batch.others, (statement, change) -> change(statement, change, epoch));
        each(statements, wakeRun, batch.wakes, (statement, run) -> {
            statement.setString(1, run.value());
            statement.addBatch();
        });
        return true;
    }

    /** Counts only what is still there: the batch may have been written before, and the answer lost. */
    private void take(Statements statements, List<Batch.Taken> taken) throws SQLException {
        int[] deleted = each(statements, takeMessage, taken, (statement, message) -> {
            statement.setLong(1, message.number());
            statement.addBatch();
        });
        for (int i = 0; i < deleted.length; i++) {
            if (deleted[i] == 0) {
                taken.get(i).change().taken--;
            }
        }
    }

    private interface Adding<T> {
        void to(PreparedStatement statement, T item) throws SQLException;
    }

    /** Returns how many rows each changed, as far as the driver says. */
    private static <T> int[] each(Statements statements, String sql, Iterable<T> items, Adding<T> adding)
            throws SQLException {
        if (!items.iterator().hasNext()) {
            return new int[0];
        }
        PreparedStatement statement = statements.get(sql);
        try {
            for (T item : items) {
                adding.to(statement, item);
            }
            return statement.executeBatch();
        } finally {
            statements.release(statement);
        }
    }

    private void start(PreparedStatement statement, Change change, long epoch) throws SQLException {
        RunStarted start = change.started();
        Origin origin = start.origin();
        statement.setLong(1, change.id);
        statement.setString(2, change.run.value());
        statement.setString(3, start.workflow());
        statement.setString(4, start.version());
        statement.setString(5, origin.tenant());
        statement.setString(6, origin.parent().map(parent -> parent.value()).orElse(""));
        statement.setString(7, origin.parentStep());
        statement.setLong(8, start.at());
        boolean owned = change.end == null && change.park < 0;
        setLong(statement, 9, owned ? epoch : null);
        setLong(
                statement,
                10,
                change.end == null && change.park >= 0 ? wakeAt(statement.getConnection(), change) : null);
        statement.setInt(11, change.status());
        setLong(statement, 12, change.end == null ? null : change.end.at());
        statement.setString(13, change.failure());
        statement.addBatch();
    }

    /** When a run is due that is parked as soon as it starts; rare enough to ask for the time. */
    private long wakeAt(Connection connection, Change change) throws SQLException {
        return now(connection) + (change.woken ? 0 : change.park);
    }

    /** The database's time. */
    final long now(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select " + now());
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void setLong(PreparedStatement statement, int index, @Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, value);
        }
    }

    private static void entries(PreparedStatement statement, Pending pending) throws SQLException {
        for (int i = 0; i < pending.rows.size(); i++) {
            EntryRow row = pending.rows.get(i);
            Payload payload = pending.payloads.get(i);
            statement.setLong(1, pending.live.id);
            statement.setInt(2, pending.firstSeq + i);
            statement.setInt(3, row.kind());
            statement.setLong(4, row.at());
            statement.setString(5, row.step());
            statement.setInt(6, row.attempt());
            statement.setLong(7, row.startedAt());
            statement.setInt(8, payload.form());
            statement.setBytes(9, payload.inline());
            statement.addBatch();
        }
    }

    private static void parts(PreparedStatement statement, Pending pending) throws SQLException {
        for (int i = 0; i < pending.payloads.size(); i++) {
            List<byte[]> parts = pending.payloads.get(i).parts();
            for (int part = 0; part < parts.size(); part++) {
                statement.setLong(1, pending.live.id);
                statement.setInt(2, pending.firstSeq + i);
                statement.setInt(3, part);
                statement.setBytes(4, parts.get(part));
                statement.addBatch();
            }
        }
    }

    private static void change(PreparedStatement statement, Change change, long epoch) throws SQLException {
        int woken = change.woken ? 1 : 0;
        statement.setLong(1, change.park);
        statement.setInt(2, change.taken);
        statement.setInt(3, woken);
        statement.setLong(4, change.park);
        statement.setLong(5, change.park);
        statement.setLong(6, change.park);
        statement.setLong(7, change.park);
        statement.setInt(8, woken);
        statement.setInt(9, change.taken);
        statement.setInt(10, change.taken);
        statement.setInt(11, change.status());
        statement.setInt(12, change.status());
        statement.setLong(13, change.id);
        statement.setLong(14, epoch);
        statement.addBatch();
    }
}
