package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.Claim;
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

/**
 * Takes runs over: those whose lease has ended, and those parked that are due. Rows that another engine is just taking are
 * passed over, so two claimers neither wait for each other nor take the same run.
 */
final class Claims {

    /** The most runs of one statement; longer lists make planners read whole tables. */
    static final int MOST = 500;

    private static final String COLUMNS = "select r.id, r.name, r.workflow, r.version, r.recoveries, r.claimed_seq,"
            + " (select max(e.seq) from {entry} e where e.run = r.id) as last_seq from {run} r where ";

    private final Dialect dialect;
    private final Access access;
    private final Leases leases;
    private final String ended;
    private final String take;

    Claims(Dialect dialect, Access access, Leases leases) {
        this.dialect = dialect;
        this.access = access;
        this.leases = leases;
        ended = dialect.sql("select epoch, state from {lease} where state <> 0 order by epoch");
        take = dialect.sql("update {run} set epoch = ?, wake_at = null, woken = 0, recoveries = ?, claimed_seq = ?"
                + " where id = ?");
    }

    /** A run that was taken, with what the lane needs to go on writing. */
    record Taken(Claim claim, long id, int lastSeq) {}

    /**
     * Claims runs.
     *
     * @throws JdbcJournalException if the database failed; it may have claimed some, which {@link #owned} finds
     */
    List<Taken> claim(long epoch, int limit, Set<String> except) {
        int most = Math.min(limit, MOST);
        access.alone("end leases that have run out", connection -> leases.endRunOut(connection, epoch));
        boolean[] barren = {false};
        List<Taken> taken;
        try {
            // Once: if the answer to its commit is lost, trying again would not find the runs that it has claimed.
            taken = access.transactionOnce(connection -> claim(connection, epoch, most, except, barren));
        } catch (SQLException e) {
            throw Access.unavailable("claim runs", e);
        }
        if (barren[0]) {
            leases.sweep();
        }
        return taken;
    }

    private List<Taken> claim(Connection connection, long epoch, int most, Set<String> except, boolean[] barren)
            throws SQLException {
        if (!dialect.holds(connection, epoch)) {
            return List.of();
        }
        List<Taken> all = new ArrayList<>();
        for (Map.Entry<Long, Integer> lease : ended(connection).entrySet()) {
            int before = all.size();
            if (before < most) {
                all.addAll(abandoned(connection, lease.getKey(), lease.getValue(), most - before, except));
                barren[0] |= all.size() == before;
            }
        }
        if (all.size() < most) {
            all.addAll(due(connection, most - all.size(), except));
        }
        List<Taken> trusted = Claim.trusted(all, Taken::claim);
        take(connection, epoch, trusted);
        return trusted;
    }

    /** Runs that belong to the lease and were perhaps claimed without an answer. */
    List<Taken> owned(long epoch, Set<RunId> known) {
        return access.read("look for claimed runs", connection -> {
            String sql = dialect.sql(COLUMNS + "r.epoch = ? order by r.id");
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setLong(1, epoch);
                List<Taken> all = read(statement, recoveries -> recoveries);
                all.removeIf(taken -> known.contains(taken.claim().run()));
                return all;
            }
        });
    }

    private Map<Long, Integer> ended(Connection connection) throws SQLException {
        Map<Long, Integer> all = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(ended);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                all.put(rows.getLong(1), rows.getInt(2));
            }
        }
        return all;
    }

    private List<Taken> abandoned(Connection connection, long epoch, int state, int limit, Set<String> except)
            throws SQLException {
        String sql =
                dialect.sql(COLUMNS + "r.epoch = ?" + without(except) + " order by r.id limit ?" + dialect.locksFree());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, epoch);
            fill(statement, 2, except, limit);
            return read(statement, recoveries -> state == Leases.CLOSED ? -1 : recoveries);
        }
    }

    private List<Taken> due(Connection connection, int limit, Set<String> except) throws SQLException {
        long now = dialect.now(connection);
        String sql = dialect.sql(
                COLUMNS + "r.wake_at <= ?" + without(except) + " order by r.wake_at limit ?" + dialect.locksFree());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, now);
            fill(statement, 2, except, limit);
            return read(statement, recoveries -> -1);
        }
    }

    private static String without(Set<String> versions) {
        return versions.isEmpty()
                ? ""
                : " and r.version not in (" + String.join(", ", Collections.nCopies(versions.size(), "?")) + ")";
    }

    private static void fill(PreparedStatement statement, int from, Set<String> except, int limit) throws SQLException {
        int index = from;
        for (String version : except) {
            statement.setString(index++, version);
        }
        statement.setInt(index, limit);
    }

    private interface Recoveries {
        /** How often the run was recovered so far; -1 if this is no recovery. */
        int before(int recorded);
    }

    private static List<Taken> read(PreparedStatement statement, Recoveries counting) throws SQLException {
        List<Taken> all = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                int lastSeq = rows.getInt("last_seq");
                int before = counting.before(rows.getInt("recoveries"));
                int recoveries = before < 0 ? 0 : lastSeq > rows.getInt("claimed_seq") ? 1 : before + 1;
                Claim claim = new Claim(
                        RunId.of(rows.getString("name")),
                        rows.getString("workflow"),
                        rows.getString("version"),
                        recoveries);
                all.add(new Taken(claim, rows.getLong("id"), lastSeq));
            }
        }
        return all;
    }

    private void take(Connection connection, long epoch, List<Taken> all) throws SQLException {
        if (all.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(take)) {
            for (Taken taken : all) {
                statement.setLong(1, epoch);
                statement.setInt(2, taken.claim().recoveries());
                statement.setInt(3, taken.lastSeq());
                statement.setLong(4, taken.id());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
