package io.auterity.connector.jdbc;

import io.auterity.journal.Expiry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Forgets runs that ended long ago, a few in a transaction so that nobody waits for it. */
final class Purge {

    /** The most runs of one transaction. */
    static final int MOST = 500;

    /** The most entries of one transaction, unless a single run has more. */
    static final int MOST_ENTRIES = 10_000;

    private final Access access;
    private final int mostEntries;
    private final String old;
    private final String count;
    private final String locksFree;
    private final List<String> deletions;

    Purge(Dialect dialect, Access access, int mostEntries) {
        this.access = access;
        this.mostEntries = mostEntries;
        String expired = dialect.sql(" from {run} r where r.ended_at <= [now] - ? and r.status in (%s) and not exists"
                + " (select 1 from {run} c where c.parent = r.name and c.parent <> '' and c.ended_at is null) and not"
                + " exists (select 1 from {run} p where p.name = r.parent and p.ended_at is null)");
        // Entries are numbered, so the last number is how many there are; counting them would read them all.
        old = dialect.sql("select r.id, (select max(e.seq) from {entry} e where e.run = r.id)") + expired
                + " order by r.ended_at limit ?";
        count = "select count(*)" + expired;
        locksFree = dialect.locksFree();
        deletions = List.of(
                dialect.sql("delete from {entry} where run = ?"),
                dialect.sql("delete from {part} where run = ?"),
                dialect.sql("delete from {label} where run = ?"),
                dialect.sql("delete from {inbox} where run = ?"),
                dialect.sql("delete from {effect} where run = (select name from {run} where id = ?)"),
                dialect.sql("delete from {run} where id = ?"));
    }

    int purge(Expiry expiry, int limit) {
        int forgotten = 0;
        int batch;
        do {
            batch = some(expiry, Math.min(MOST, limit - forgotten));
            forgotten += batch;
        } while (batch > 0 && forgotten < limit);
        return forgotten;
    }

    /** Forgets what one transaction may; 0 when nothing is left. */
    int some(Expiry expiry, int limit) {
        return access.transaction("forget runs", connection -> some(connection, expiry, limit));
    }

    long count(Expiry expiry) {
        return access.read("count runs", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql(count, expiry))) {
                statement.setLong(1, expiry.age().toMillis());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
    }

    /** The numbers of statuses are constants of the program. */
    private static String sql(String template, Expiry expiry) {
        return template.formatted(expiry.statuses().stream()
                .map(Change::numberOf)
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(", ")));
    }

    private int some(Connection connection, Expiry expiry, int limit) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql(old, expiry) + locksFree)) {
            statement.setLong(1, expiry.age().toMillis());
            statement.setInt(2, limit);
            try (ResultSet rows = statement.executeQuery()) {
                long entries = 0;
                while (rows.next()) {
                    entries += rows.getLong(2);
                    if (entries > mostEntries && !ids.isEmpty()) {
                        break;
                    }
                    ids.add(rows.getLong(1));
                }
            }
        }
        for (String deletion : ids.isEmpty() ? List.<String>of() : deletions) {
            try (PreparedStatement statement = connection.prepareStatement(deletion)) {
                for (long id : ids) {
                    statement.setLong(1, id);
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        }
        return ids.size();
    }
}
