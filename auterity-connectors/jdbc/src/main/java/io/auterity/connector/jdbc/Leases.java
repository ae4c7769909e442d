package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Leases: a row each, by the database's clock. An ended one stays as long as runs refer to it.
 *
 * <p>Ending one updates its row, which waits for batches under way that look at it and fences all later ones.
 */
final class Leases {

    /** The lease holds, or has run out and nobody has noticed. */
    static final int OPEN = 0;

    /** The lease was closed in good order. */
    static final int CLOSED = 1;

    /** The lease has run out, or its owner came back without it. */
    static final int LOST = 2;

    private final Dialect dialect;
    private final Access access;
    private final StoreClock clock;
    private final String loseOfOwner;
    private final String insert;
    private final String renew;
    private final String close;
    private final String runOut;
    private final String sweep;

    Leases(Dialect dialect, Access access, StoreClock clock) {
        this.dialect = dialect;
        this.access = access;
        this.clock = clock;
        loseOfOwner = dialect.sql("update {lease} set state = 2, open_owner = null where open_owner = ?");
        insert = dialect.sql(
                "insert into {lease} (owner, open_owner, lasts, until, state) values (?, ?, ?, [now] + ?, 0)");
        renew = dialect.sql("update {lease} set until = [now] + lasts where epoch = ? and state = 0");
        close = dialect.sql("update {lease} set state = 1, open_owner = null where epoch = ? and state = 0");
        runOut = dialect.sql(
                "update {lease} set state = 2, open_owner = null where state = 0 and until < [now] and epoch <> ?");
        sweep = dialect.sql("delete from {lease} where state <> 0 and not exists"
                + " (select 1 from {run} where {run}.epoch = {lease}.epoch)");
    }

    Lease open(String owner, Duration time) {
        RunId.of(owner); // the same characters
        long millis = time.toMillis();
        if (millis < 1) {
            throw new IllegalArgumentException("a lease lasts 1 ms or more, not " + time);
        }
        long epoch = access.transaction("open a lease", connection -> open(connection, owner, millis));
        return new Lease(owner, epoch);
    }

    /** Reads the time for whoever has no lease yet. */
    void readClock() {
        access.read("ask for the time", connection -> {
            clock.read(() -> dialect.now(connection));
            return 0;
        });
    }

    private long open(Connection connection, String owner, long millis) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(loseOfOwner)) {
            statement.setString(1, owner);
            statement.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(insert, Statement.RETURN_GENERATED_KEYS)) {
            statement.setString(1, owner);
            statement.setString(2, owner);
            statement.setLong(3, millis);
            statement.setLong(4, millis);
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                keys.next();
                return keys.getLong(1);
            }
        }
    }

    boolean renew(Lease lease) {
        return access.alone("renew a lease", connection -> {
            clock.read(() -> dialect.now(connection));
            return update(connection, renew, lease.epoch()) == 1;
        });
    }

    void close(Lease lease) {
        access.alone("close a lease", connection -> update(connection, close, lease.epoch()));
        sweep();
    }

    /** Ends the leases of others that were not renewed in time. */
    int endRunOut(Connection connection, long epoch) throws SQLException {
        return update(connection, runOut, epoch);
    }

    /** Forgets ended leases that no run refers to. */
    void sweep() {
        access.alone("forget ended leases", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sweep)) {
                return statement.executeUpdate();
            }
        });
    }

    private static int update(Connection connection, String sql, long epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, epoch);
            return statement.executeUpdate();
        }
    }
}
