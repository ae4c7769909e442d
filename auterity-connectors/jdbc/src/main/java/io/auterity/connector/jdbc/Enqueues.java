package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.EntryRow;
import io.auterity.journal.QueuedRun;
import io.auterity.journal.QueuedRun.Place;
import io.auterity.journal.QueuedRun.Sole;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunQueues.Accepted;
import io.auterity.journal.RunQueues.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Puts runs into queues, those of all callers that come during a commit in the next one. Each batch is a transaction that
 * can be done again: a run that is there under the number that it was given here has been put in before.
 *
 * <p>Whatever must look before it writes, because there is a capacity or a sole id, holds the row of the queue. Thread-safe.
 */
final class Enqueues {

    /** The most runs of a batch, unless one call alone has more. */
    private static final int MOST = 500;

    /** How often a batch is done again because another transaction has just put in the same id. */
    private static final int COLLISIONS = 20;

    private final Dialect dialect;
    private final Access access;
    private final QueueLock locks;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

    /** Whoever commits. */
    private final ReentrantLock committing = new ReentrantLock();

    private final AtomicLong lastRun = new AtomicLong();
    private volatile long block;

    private final String reserve;
    private final String release;
    private final String known;
    private final String insertRun;
    private final String insertEntry;
    private final String insertPart;
    private final String insertLabel;
    private final String waiting;
    private final String sole;
    private final String lockRun;
    private final String replaceRun;
    private final String replaceEntry;
    private final String deleteParts;

    Enqueues(Dialect dialect, Access access) {
        this.dialect = dialect;
        this.access = access;
        locks = new QueueLock(dialect, access);
        reserve = dialect.sql("insert into {lease} (owner, lasts, until, state) values ('queues', 1, 0, 1)");
        release = dialect.sql("delete from {lease} where epoch = ?");
        known = dialect.sql("select id, name from {run} where name in ([names])");
        insertRun =
                dialect.sql("insert into {run} (id, name, workflow, version, tenant, parent, parent_step, started_at,"
                        + " queue, queue_key, queue_rank, queue_at, queue_state, sole, sole_until)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, [now] + ?, ?, ?, [now] + ?)");
        insertEntry = dialect.sql("insert into {entry} (run, seq, kind, at, step, attempt, started_at, form, payload)"
                + " values (?, 1, ?, ?, ?, ?, ?, ?, ?)");
        insertPart = dialect.sql("insert into {part} (run, seq, part, payload) values (?, 1, ?, ?)");
        insertLabel = dialect.sql("insert into {label} (run, name, content) values (?, ?, ?)");
        waiting = dialect.sql("select count(*) from {run} where queue = ? and queue_state in (1, 2)");
        sole = dialect.sql("select id, name, queue_state, sole_until from {run}"
                + " where queue = ? and sole = ? and ended_at is null order by id");
        lockRun = dialect.sql("select 1 from {run} where id = ? and ended_at is null and queue_state in (1, 2)"
                + dialect.locksRows());
        replaceRun = dialect.sql("update {run} set workflow = ?, version = ?, started_at = ?, queue_at = ?,"
                + " queue_state = 1 where id = ?");
        replaceEntry = dialect.sql("update {entry} set kind = ?, at = ?, step = ?, attempt = ?, started_at = ?,"
                + " form = ?, payload = ? where run = ? and seq = 1");
        deleteParts = dialect.sql("delete from {part} where run = ? and seq = 1");
    }

    /** What one caller puts in. */
    private static final class Call {
        private final List<Item> items;
        private final Thread caller = Thread.currentThread();
        private final CompletableFuture<List<Accepted>> answer = new CompletableFuture<>();

        private Call(List<Item> items) {
            this.items = items;
        }
    }

    /** A run on its way in, and what became of it in the transaction under way. */
    private static final class Item {
        private final long id;
        private final RunQueue queue;
        private final QueuedRun run;
        private final EntryRow row;
        private final Payload payload;
        private @Nullable Accepted accepted;

        private Item(long id, RunQueue queue, QueuedRun run, EntryRow row) {
            this.id = id;
            this.queue = queue;
            this.run = run;
            this.row = row;
            this.payload = Payload.of(row.payload());
        }

        private Place place() {
            return run.place();
        }

        private boolean looksFirst() {
            return queue.capacity() != RunQueue.UNLIMITED || place().sole().isPresent();
        }

        private void is(Outcome outcome) {
            accepted = new Accepted(run.run(), outcome);
        }
    }

    List<Accepted> enqueue(RunQueue queue, List<QueuedRun> runs) {
        if (runs.isEmpty()) {
            return List.of();
        }
        List<Item> items = new ArrayList<>(runs.size());
        for (QueuedRun run : runs) {
            items.add(new Item(newRun(), queue, run, encode(run)));
        }
        if (items.stream().anyMatch(Item::looksFirst)) {
            locks.prepare(queue.name());
        }
        Call call = new Call(items);
        calls.add(call);
        commitOrWait(call);
        try {
            return call.answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /**
     * Commits what waits, this call among it, or waits until somebody else has. Whoever stops committing wakes the first
     * that waits, and whoever comes has put its call in before it tries; so either sees the other. Nobody waits for the
     * lock itself: it would be handed from thread to thread, one by one, to all whose calls are long done.
     */
    private void commitOrWait(Call call) {
        boolean interrupted = false;
        while (!call.answer.isDone()) {
            if (committing.tryLock()) {
                try {
                    while (!call.answer.isDone()) {
                        commitNext();
                    }
                } finally {
                    committing.unlock();
                }
                Call next = calls.peek();
                if (next != null) {
                    LockSupport.unpark(next.caller);
                }
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static EntryRow encode(QueuedRun run) {
        EntryRow row = EntryCodec.encode(run.start());
        if (row.payload().length > Payload.MAX) {
            throw new JdbcJournalException(
                    JdbcJournalException.TOO_LARGE,
                    "run '" + run.run() + "': its input has " + row.payload().length + " bytes, the journal takes "
                            + Payload.MAX + "; keep large data elsewhere and pass on where it is");
        }
        return row;
    }

    /** Numbers of leases are never given twice, so one that is given back at once names a block of runs. */
    private long newRun() {
        long number = lastRun.incrementAndGet();
        if (block == 0) {
            synchronized (this) {
                if (block == 0) {
                    block = access.transaction("reserve numbers for queued runs", this::reserve);
                }
            }
        }
        return block << 32 | number;
    }

    private long reserve(Connection connection) throws SQLException {
        long number;
        try (PreparedStatement statement = connection.prepareStatement(reserve, Statement.RETURN_GENERATED_KEYS)) {
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                keys.next();
                number = keys.getLong(1);
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(release)) {
            statement.setLong(1, number);
            statement.executeUpdate();
        }
        return number;
    }

    // --- committing ---

    private void commitNext() {
        List<Call> batch = new ArrayList<>();
        int size = 0;
        Call next = calls.peek();
        while (next != null && (batch.isEmpty() || size + next.items.size() <= MOST)) {
            batch.add(Objects.requireNonNull(calls.poll()));
            size += next.items.size();
            next = calls.peek();
        }
        commit(batch);
    }

    private void commit(List<Call> batch) {
        List<Item> items = batch.stream().flatMap(call -> call.items.stream()).toList();
        try {
            write(items);
        } catch (RuntimeException e) {
            boolean refused =
                    e instanceof JdbcJournalException known && known.code().equals(JdbcJournalException.REFUSED);
            if (refused && batch.size() > 1) {
                batch.forEach(call -> commit(List.of(call))); // so that only the culprit's caller is told
            } else {
                batch.forEach(call -> {
                    call.answer.completeExceptionally(e);
                    LockSupport.unpark(call.caller);
                });
            }
            return;
        }
        for (Call call : batch) {
            call.answer.complete(call.items.stream()
                    .map(item -> Objects.requireNonNull(item.accepted))
                    .toList());
            LockSupport.unpark(call.caller);
        }
    }

    private void write(List<Item> items) {
        boolean plain = items.stream().noneMatch(Item::looksFirst);
        for (int collision = 0; ; collision++) {
            boolean last = collision == COLLISIONS;
            boolean first = collision == 0;
            boolean written = access.transaction("put runs into a queue", connection -> {
                try {
                    if (first && plain) {
                        items.forEach(item -> item.is(Outcome.ADDED)); // ids are hardly ever there already
                        insert(connection, items);
                    } else {
                        put(connection, items);
                    }
                    return true;
                } catch (SQLException e) {
                    if (Trouble.of(e) == Trouble.DUPLICATE && !last) {
                        Access.undo(connection); // somebody has just put in the same id; now it can be seen
                        return false;
                    }
                    throw e;
                }
            });
            if (written) {
                return;
            }
        }
    }

    private void put(Connection connection, List<Item> items) throws SQLException {
        items.forEach(item -> item.accepted = null);
        Set<String> held = new TreeSet<>();
        items.stream().filter(Item::looksFirst).forEach(item -> held.add(item.queue.name()));
        for (String queue : held) {
            locks.hold(connection, queue);
        }
        markKnown(connection, items);
        long now = dialect.now(connection);
        Map<String, Long> left = new HashMap<>();
        List<Item> plain = new ArrayList<>(items.size());
        for (Item item : items) {
            if (item.accepted == null) {
                Optional<Sole> one = item.place().sole();
                if (one.isPresent() && join(connection, item, one.get(), now)) {
                    continue;
                }
                if (hasPlace(connection, item, left)) {
                    item.is(Outcome.ADDED);
                    if (one.isPresent()) {
                        insert(connection, List.of(item)); // the next one of the batch may have the same id
                    } else {
                        plain.add(item);
                    }
                } else {
                    item.is(Outcome.FULL);
                }
            }
        }
        insert(connection, plain);
    }

    private void markKnown(Connection connection, List<Item> items) throws SQLException {
        Map<String, Long> there = new HashMap<>();
        for (int from = 0; from < items.size(); from += MOST) {
            List<Item> some = items.subList(from, Math.min(items.size(), from + MOST));
            String sql = known.replace("[names]", String.join(", ", Collections.nCopies(some.size(), "?")));
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < some.size(); i++) {
                    statement.setString(i + 1, some.get(i).run.run().value());
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        there.put(rows.getString(2), rows.getLong(1));
                    }
                }
            }
        }
        Set<RunId> seen = new HashSet<>();
        for (Item item : items) {
            Long id = there.get(item.run.run().value());
            if (id != null) {
                item.is(id == item.id ? Outcome.ADDED : Outcome.KNOWN);
            } else if (!seen.add(item.run.run())) {
                item.is(Outcome.KNOWN);
            }
        }
    }

    private boolean hasPlace(Connection connection, Item item, Map<String, Long> left) throws SQLException {
        if (item.queue.capacity() == RunQueue.UNLIMITED) {
            return true;
        }
        Long places = left.get(item.queue.name());
        if (places == null) {
            try (PreparedStatement statement = connection.prepareStatement(waiting)) {
                statement.setString(1, item.queue.name());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    places = item.queue.capacity() - row.getLong(1);
                }
            }
        }
        left.put(item.queue.name(), places - 1);
        return places > 0;
    }

    /** Says whether there is a run already that stands for this one, too. */
    private boolean join(Connection connection, Item item, Sole wanted, long now) throws SQLException {
        long id = 0;
        long until = 0;
        RunId run = item.run.run();
        try (PreparedStatement statement = connection.prepareStatement(sole)) {
            statement.setString(1, item.queue.name());
            statement.setString(2, wanted.id());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    boolean begun = rows.getInt(3) == Queues.BEGUN;
                    if (wanted.debounce().isEmpty() || !begun) {
                        id = rows.getLong(1);
                        run = RunId.of(rows.getString(2));
                        until = rows.getLong(4);
                    }
                }
            }
        }
        if (id == 0) {
            return false;
        }
        if (wanted.debounce().isEmpty()) {
            item.accepted = new Accepted(run, Outcome.DUPLICATE);
            return true;
        }
        if (!isWaiting(connection, id)) {
            return false; // it has just begun
        }
        replace(connection, id, item, Math.min(now + item.place().delay().toMillis(), Math.max(until, now)));
        item.accepted = new Accepted(run, Outcome.REPLACED);
        return true;
    }

    private boolean isWaiting(Connection connection, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lockRun)) {
            statement.setLong(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private void replace(Connection connection, long id, Item item, long dueAt) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(replaceRun)) {
            statement.setString(1, item.run.start().workflow());
            statement.setString(2, item.run.start().version());
            statement.setLong(3, item.run.start().at());
            statement.setLong(4, dueAt);
            statement.setLong(5, id);
            statement.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(replaceEntry)) {
            int next = fill(statement, 1, item.row, item.payload);
            statement.setLong(next, id);
            statement.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(deleteParts)) {
            statement.setLong(1, id);
            statement.executeUpdate();
        }
        parts(connection, id, item.payload);
    }

    private void insert(Connection connection, List<Item> items) throws SQLException {
        if (items.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(insertRun)) {
            for (Item item : items) {
                fill(statement, item);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        try (PreparedStatement statement = connection.prepareStatement(insertEntry)) {
            for (Item item : items) {
                statement.setLong(1, item.id);
                fill(statement, 2, item.row, item.payload);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        for (Item item : items) {
            parts(connection, item.id, item.payload);
            labels(connection, item);
        }
    }

    private static void fill(PreparedStatement statement, Item item) throws SQLException {
        var start = item.run.start();
        Place place = item.place();
        long delay = Math.max(0, place.delay().toMillis());
        statement.setLong(1, item.id);
        statement.setString(2, item.run.run().value());
        statement.setString(3, start.workflow());
        statement.setString(4, start.version());
        statement.setString(5, start.origin().tenant());
        statement.setString(6, start.origin().parent().map(RunId::value).orElse(""));
        statement.setString(7, start.origin().parentStep());
        statement.setLong(8, start.at());
        statement.setString(9, item.queue.name());
        statement.setString(10, place.key());
        statement.setInt(11, -place.priority());
        statement.setLong(12, delay);
        statement.setInt(13, delay == 0 ? Queues.READY : Queues.DELAYED);
        statement.setString(14, place.sole().map(Sole::id).orElse(null));
        statement.setLong(
                15, place.sole().flatMap(Sole::debounce).map(Duration::toMillis).orElse(0L));
    }

    private void parts(Connection connection, long id, Payload payload) throws SQLException {
        if (payload.parts().isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(insertPart)) {
            for (int part = 0; part < payload.parts().size(); part++) {
                statement.setLong(1, id);
                statement.setInt(2, part);
                statement.setBytes(3, payload.parts().get(part));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void labels(Connection connection, Item item) throws SQLException {
        Map<String, String> labels = item.run.start().origin().labels();
        if (labels.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(insertLabel)) {
            for (Map.Entry<String, String> label : labels.entrySet()) {
                statement.setLong(1, item.id);
                statement.setString(2, label.getKey());
                statement.setString(3, label.getValue());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Fills the columns of an entry from {@code kind} on; returns the next index. */
    static int fill(PreparedStatement statement, int from, EntryRow row, Payload payload) throws SQLException {
        int index = from;
        statement.setInt(index++, row.kind());
        statement.setLong(index++, row.at());
        statement.setString(index++, row.step());
        statement.setInt(index++, row.attempt());
        statement.setLong(index++, row.startedAt());
        statement.setInt(index++, payload.form());
        statement.setBytes(index++, payload.inline());
        return index;
    }
}
