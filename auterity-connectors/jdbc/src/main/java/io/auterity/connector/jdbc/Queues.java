package io.auterity.connector.jdbc;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.EntryRow;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.QueuedRun;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunQueues;
import io.auterity.journal.RunStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Queues as columns of the runs' rows: a run waits, is due, or has begun. {@link Enqueues} puts runs in, {@link Dequeues}
 * lets them begin. Thread-safe.
 */
final class Queues implements RunQueues {

    /** Its time has not come. */
    static final int DELAYED = 1;

    /** It is due and waits for its turn. */
    static final int READY = 2;

    /** It has begun, or was cancelled before. */
    static final int BEGUN = 3;

    /** The number of a run's first entry. */
    static final int START = 1;

    private final Dialect dialect;
    private final Access access;
    private final Enqueues enqueues;
    private final Claiming claiming;
    private final Hints hints;
    private final String waiting;
    private final String lock;
    private final String end;
    private final String entry;
    private final String forget;
    private final String depth;

    /** Lets a lease of this journal claim. */
    interface Claiming {
        Taken claim(Lease lease, RunQueue queue, int limit, Set<String> except);
    }

    Queues(Dialect dialect, Access access, Claiming claiming, Hints hints) {
        this.dialect = dialect;
        this.access = access;
        this.claiming = claiming;
        this.hints = hints;
        enqueues = new Enqueues(dialect, access);
        waiting = dialect.sql("select id from {run} where name = ? and ended_at is null and queue_state in (1, 2)");
        lock = dialect.sql("select 1 from {run} where id = ? and ended_at is null and queue_state in (1, 2)"
                + dialect.locksRows());
        end = dialect.sql(
                "update {run} set queue_state = 3, status = ?, ended_at = ?, failure = ?, unread = 0 where id = ?");
        entry = dialect.sql("insert into {entry} (run, seq, kind, at, step, attempt, started_at, form, payload)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        forget = dialect.sql("delete from {inbox} where run = ?");
        depth = dialect.sql("select queue_state, count(*) from {run} where queue = ? and queue_state = 1"
                + " group by queue_state union all "
                + "select queue_state, count(*) from {run} where queue = ? and queue_state = 2"
                + " group by queue_state union all "
                + "select queue_state, count(*) from {run} where queue = ? and queue_state = 3"
                + " and ended_at is null group by queue_state");
    }

    @Override
    public List<Accepted> enqueue(RunQueue queue, List<QueuedRun> runs) {
        if (runs.size() > MAX_ENQUEUED) {
            throw new IllegalArgumentException(
                    "at most " + MAX_ENQUEUED + " runs are put in by one call, not " + runs.size());
        }
        List<Accepted> accepted = enqueues.enqueue(queue, runs);
        hints.queue(queue.name());
        return accepted;
    }

    @Override
    public Taken claim(Lease lease, RunQueue queue, int limit, Set<String> except) {
        return claiming.claim(lease, queue, limit, except);
    }

    @Override
    public boolean cancel(RunId run, String reason) {
        Optional<String> queue = access.transaction("cancel a queued run", connection -> {
            Optional<Long> id = waiting(connection, run);
            if (id.isEmpty()) {
                return Optional.empty();
            }
            return end(connection, run, id.get(), reason) ? Optional.of(run.value()) : Optional.empty();
        });
        return queue.isPresent();
    }

    private Optional<Long> waiting(Connection connection, RunId run) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(waiting)) {
            statement.setString(1, run.value());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
            }
        }
    }

    private boolean end(Connection connection, RunId run, long id, String reason) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lock)) {
            statement.setLong(1, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return false; // it has just begun
                }
            }
        }
        Failure why = Failure.of(Failure.CANCELLED, reason, false);
        Change change = new Change(run, id);
        change.end = new RunEnded(dialect.now(connection), RunStatus.CANCELLED, null, Optional.of(why));
        EntryRow row = EntryCodec.encode(change.end);
        try (PreparedStatement statement = connection.prepareStatement(entry)) {
            Payload payload = Payload.of(row.payload());
            statement.setLong(1, id);
            statement.setInt(2, START + 1);
            Enqueues.fill(statement, 3, row, payload);
            statement.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(end)) {
            statement.setInt(1, change.status());
            statement.setLong(2, change.end.at());
            statement.setString(3, change.failure());
            statement.setLong(4, id);
            statement.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(forget)) {
            statement.setLong(1, id);
            statement.executeUpdate();
        }
        return true;
    }

    @Override
    public Depth depth(String queue) {
        return access.read("count the runs of a queue", connection -> {
            long[] counts = new long[BEGUN + 1];
            try (PreparedStatement statement = connection.prepareStatement(depth)) {
                statement.setString(1, queue);
                statement.setString(2, queue);
                statement.setString(3, queue);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        counts[rows.getInt(1)] = rows.getLong(2);
                    }
                }
            }
            return new Depth(counts[DELAYED], counts[READY], counts[BEGUN]);
        });
    }

    /** Tells of the same as {@link JdbcJournal#onHint}. */
    @Override
    public AutoCloseable onHint(Consumer<String> hint) {
        return hints.onQueue(hint);
    }
}
