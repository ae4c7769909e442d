package io.auterity.connector.jdbc;

import io.auterity.connector.jdbc.Turns.Head;
import io.auterity.definition.RunId;
import io.auterity.journal.Claim;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunQueues.Begun;
import io.auterity.journal.Write;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets queued runs begin. One transaction takes a batch: those that are due by priority, key by key in turn, each key's
 * oldest first, every step of that one range of an index. Rows that another engine is just taking are passed over.
 *
 * <p>A queue whose concurrency or rate is limited is counted while its row is held, so that engines that take at the same
 * time do so one after the other, and never more in all than the limit. Where each engine last stopped in the round of
 * keys is its own affair. Thread-safe.
 */
final class Dequeues {

    /** The most runs of one batch. */
    static final int MOST = 500;

    /** The most keys looked at for one batch; a further one goes on behind them. */
    private static final int MOST_KEYS = 5_000;

    /** The fewest keys asked for at a time. */
    private static final int LEAST_KEYS = 64;

    private final Dialect dialect;
    private final Access access;
    private final EntryReads entries;
    private final QueueLock locks;
    private final Turns turns;
    private final Map<String, String> lastKeys = new ConcurrentHashMap<>();

    private final String overview;
    private final String due;
    private final String promote;
    private final String begun;
    private final String begunByKey;
    private final String forgetStarts;
    private final String starts;
    private final String firstStart;
    private final String addStart;
    private final String nextRank;

    Dequeues(Dialect dialect, Access access, EntryReads entries) {
        this.dialect = dialect;
        this.access = access;
        this.entries = entries;
        locks = new QueueLock(dialect, access);
        turns = dialect.turns();
        overview = dialect.sql("select [now],"
                + " (select min(queue_at) from {run} where queue = ? and queue_state = 1),"
                + " (select min(queue_rank) from {run} where queue = ? and queue_state = 2),"
                + " (select max(queue_rank) from {run} where queue = ? and queue_state = 2)");
        due = dialect.sql("select id from {run} where queue = ? and queue_state = 1 and queue_at <= ?"
                + " order by queue_at limit ?" + dialect.locksFree());
        promote = dialect.sql("update {run} set queue_state = 2 where id = ?");
        begun = dialect.sql("select count(*) from {run} where queue = ? and queue_state = 3 and ended_at is null");
        begunByKey = dialect.sql("select queue_key, count(*) from {run}"
                + " where queue = ? and queue_state = 3 and ended_at is null group by queue_key");
        forgetStarts = dialect.sql("delete from {queue_start} where queue = ? and at <= ?");
        starts = dialect.sql("select sum(runs) from {queue_start} where queue = ?");
        firstStart = dialect.sql("select min(at) from {queue_start} where queue = ?");
        addStart = dialect.sql("insert into {queue_start} (queue, at, runs) values (?, ?, ?)");
        nextRank = dialect.sql(
                "select min(queue_rank) from {run}" + " where queue = ? and queue_state = 2 and queue_rank > ?");
    }

    /** A run that has begun, with its number and the bytes on its record. */
    record Started(Begun begun, long id, long bytes) {}

    /** What was taken, and in what time there is more. */
    record Batch(List<Started> runs, Duration again) {
        static final Batch NONE = new Batch(List.of(), Write.FOREVER);
    }

    /** Takes runs, once: when the outcome is not known, what was taken is found by its lease. */
    Batch take(long epoch, RunQueue queue, int limit, Set<String> except) throws SQLException {
        if (isLimited(queue)) {
            locks.prepare(queue.name());
        }
        return access.transactionOnce(connection -> {
            if (!dialect.holds(connection, epoch)) {
                return Batch.NONE;
            }
            return new Taking(connection, epoch, queue, except).take(Math.min(limit, MOST));
        });
    }

    private static boolean isLimited(RunQueue queue) {
        return queue.limitsConcurrency() || queue.rate().isPresent();
    }

    /** What a queue looks like: the time, when the next delayed run is due, and the priorities that are due. */
    private record Overview(
            long now, Optional<Long> delayed, Optional<Integer> firstRank, Optional<Integer> lastRank) {}

    /** One transaction. */
    private final class Taking {
        private final Connection connection;
        private final long epoch;
        private final RunQueue queue;
        private final Set<String> except;
        private final List<Head> taken = new ArrayList<>();
        private final Map<String, Integer> running = new HashMap<>();
        private int looked;

        Taking(Connection connection, long epoch, RunQueue queue, Set<String> except) {
            this.connection = connection;
            this.epoch = epoch;
            this.queue = queue;
            this.except = except;
        }

        Batch take(int limit) throws SQLException {
            if (isLimited(queue)) {
                locks.hold(connection, queue.name());
            }
            Overview seen = overview();
            if (seen.delayed.isPresent() && seen.delayed.get() <= seen.now) {
                promote(seen.now);
                seen = overview();
            }
            long now = seen.now;
            long next = seen.delayed.orElse(Long.MAX_VALUE);
            if (seen.firstRank.isEmpty()) {
                return new Batch(List.of(), until(next, now));
            }
            int want = Math.min(limit, freePlaces());
            int rate = queue.rate().isPresent() ? rateLeft(now) : want;
            if (rate < want) {
                next = Math.min(next, rateOpens());
            }
            want = Math.min(want, rate);
            Optional<Integer> rank = want > 0 ? seen.firstRank : Optional.empty();
            while (rank.isPresent() && taken.size() < want && looked < MOST_KEYS) {
                takeRank(rank.get(), want);
                boolean last = taken.size() >= want || rank.equals(seen.lastRank);
                rank = last ? Optional.empty() : nextRank(rank.get());
            }
            if (queue.rate().isPresent() && !taken.isEmpty()) {
                addStart(now);
            }
            boolean more = looked >= MOST_KEYS && taken.size() < want;
            return new Batch(started(), more ? Duration.ZERO : until(next, now));
        }

        private static Duration until(long next, long now) {
            return next == Long.MAX_VALUE ? Write.FOREVER : Duration.ofMillis(Math.max(0, next - now));
        }

        private Overview overview() throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(overview)) {
                statement.setString(1, queue.name());
                statement.setString(2, queue.name());
                statement.setString(3, queue.name());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return new Overview(
                            row.getLong(1),
                            present(row, 2),
                            present(row, 3).map(Long::intValue),
                            present(row, 4).map(Long::intValue));
                }
            }
        }

        private static Optional<Long> present(ResultSet row, int column) throws SQLException {
            long value = row.getLong(column);
            return row.wasNull() ? Optional.empty() : Optional.of(value);
        }

        /** Makes what is due ready. */
        private void promote(long now) throws SQLException {
            List<Long> ids = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(due)) {
                statement.setString(1, queue.name());
                statement.setLong(2, now);
                statement.setInt(3, MOST);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        ids.add(rows.getLong(1));
                    }
                }
            }
            try (PreparedStatement statement = connection.prepareStatement(promote)) {
                for (long id : ids) {
                    statement.setLong(1, id);
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        }

        private Optional<Long> number(String sql) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, queue.name());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    long value = row.getLong(1);
                    return row.wasNull() ? Optional.empty() : Optional.of(value);
                }
            }
        }

        private int freePlaces() throws SQLException {
            if (queue.perKey() != RunQueue.UNLIMITED) {
                try (PreparedStatement statement = connection.prepareStatement(begunByKey)) {
                    statement.setString(1, queue.name());
                    try (ResultSet rows = statement.executeQuery()) {
                        while (rows.next()) {
                            running.put(rows.getString(1), rows.getInt(2));
                        }
                    }
                }
                return queue.concurrency()
                        - running.values().stream().mapToInt(Integer::intValue).sum();
            }
            return queue.concurrency() == RunQueue.UNLIMITED
                    ? RunQueue.UNLIMITED
                    : (int) Math.max(0, queue.concurrency() - number(begun).orElse(0L));
        }

        private int rateLeft(long now) throws SQLException {
            RunQueue.Rate rate = queue.rate().orElseThrow();
            try (PreparedStatement statement = connection.prepareStatement(forgetStarts)) {
                statement.setString(1, queue.name());
                statement.setLong(2, now - rate.period().toMillis());
                statement.executeUpdate();
            }
            return (int) Math.max(0, rate.runs() - number(starts).orElse(0L));
        }

        private long rateOpens() throws SQLException {
            long period = queue.rate().orElseThrow().period().toMillis();
            return number(firstStart).map(first -> first + period).orElse(Long.MAX_VALUE);
        }

        private void addStart(long now) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(addStart)) {
                statement.setString(1, queue.name());
                statement.setLong(2, now);
                statement.setInt(3, taken.size());
                statement.executeUpdate();
            }
        }

        private Optional<Integer> nextRank(int after) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(nextRank)) {
                statement.setString(1, queue.name());
                statement.setInt(2, after);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    int rank = row.getInt(1);
                    return row.wasNull() ? Optional.empty() : Optional.of(rank);
                }
            }
        }

        /** Goes round the keys of a priority, from where the last batch stopped, until there are enough runs. */
        private void takeRank(int rank, int want) throws SQLException {
            Turns.Line line = new Turns.Line(queue.name(), rank);
            String stop = lastKeys.get(queue.name());
            String after = stop;
            boolean fromStart = stop == null;
            while (taken.size() < want && looked < MOST_KEYS) {
                int most = Math.max(LEAST_KEYS, want - taken.size());
                List<String> keys = turns.keys(connection, line, after, most);
                looked += keys.size();
                boolean end = keys.size() < most;
                after = end ? null : keys.get(keys.size() - 1);
                if (fromStart && stop != null && keys.contains(stop)) {
                    keys = keys.subList(0, keys.indexOf(stop) + 1);
                    end = true;
                }
                goRound(line, new ArrayList<>(keys), want);
                if (end && fromStart) {
                    return;
                }
                fromStart |= end;
            }
        }

        private void goRound(Turns.Line line, List<String> keys, int want) throws SQLException {
            List<String> rest = keys;
            rest.removeIf(key -> free(key) < 1);
            while (!rest.isEmpty() && taken.size() < want) {
                int left = want - taken.size();
                int each = Math.max(1, left / rest.size());
                Map<String, Integer> asked = new LinkedHashMap<>();
                for (String key : rest.subList(0, Math.min(rest.size(), left))) {
                    asked.put(key, Math.min(each, free(key)));
                }
                Map<String, List<Head>> found = turns.heads(connection, line, asked, except);
                begin(oneByOne(found));
                List<String> next = new ArrayList<>(rest.subList(asked.size(), rest.size()));
                asked.forEach((key, most) -> {
                    if (found.getOrDefault(key, List.of()).size() == most && free(key) > 0) {
                        next.add(key);
                    }
                });
                rest = next;
            }
        }

        private int free(String key) {
            return queue.perKey() == RunQueue.UNLIMITED
                    ? RunQueue.UNLIMITED
                    : queue.perKey() - running.getOrDefault(key, 0);
        }

        /** The first of each key, then the second of each. */
        private static List<Head> oneByOne(Map<String, List<Head>> found) {
            List<Head> all = new ArrayList<>();
            boolean more = true;
            for (int i = 0; more; i++) {
                more = false;
                for (List<Head> heads : found.values()) {
                    if (i < heads.size()) {
                        all.add(heads.get(i));
                        more = true;
                    }
                }
            }
            return all;
        }

        private void begin(List<Head> heads) throws SQLException {
            if (heads.isEmpty()) {
                return;
            }
            turns.begin(connection, epoch, heads);
            heads.forEach(head -> running.merge(head.key(), 1, Integer::sum));
            taken.addAll(heads);
            lastKeys.put(queue.name(), heads.get(heads.size() - 1).key());
        }

        private List<Started> started() throws SQLException {
            Map<Long, EntryReads.Found> starts =
                    entries.starts(connection, taken.stream().map(Head::id).toList());
            return taken.stream()
                    .map(head -> {
                        Claim claim = new Claim(RunId.of(head.run()), head.workflow(), head.version(), 0);
                        EntryReads.Found start = Objects.requireNonNull(starts.get(head.id()));
                        return new Started(new Begun(claim, start.entries()), head.id(), start.bytes());
                    })
                    .toList();
        }
    }
}
