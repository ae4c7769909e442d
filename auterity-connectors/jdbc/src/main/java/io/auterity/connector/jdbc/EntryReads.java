package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.EntryRow;
import io.auterity.journal.JournalEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the entries of a run: one range of the primary key, and large payloads from their own rows. */
final class EntryReads {

    private static final int FETCH = 1_000;

    private final Access access;
    private final String entries;
    private final String firsts;
    private final String parts;

    /**
     * Entries as they were found.
     *
     * @param entries the entries in order
     * @param bytes what their payloads have together
     */
    record Found(List<JournalEntry> entries, long bytes) {}

    EntryReads(Dialect dialect, Access access) {
        this.access = access;
        entries = dialect.sql("select e.run, e.seq, e.kind, e.at, e.step, e.attempt, e.started_at, e.form, e.payload"
                + " from {run} r join {entry} e on e.run = r.id where r.name = ? order by e.seq");
        firsts = dialect.sql("select e.run, e.seq, e.kind, e.at, e.step, e.attempt, e.started_at, e.form, e.payload"
                + " from {entry} e where e.seq = 1 and e.run in ([runs])");
        parts = dialect.sql("select payload from {part} where run = ? and seq = ? order by part");
    }

    List<JournalEntry> read(RunId run) {
        return record(run).entries();
    }

    /** Reads what stands on a run's record, and how large it is. */
    Found record(RunId run) {
        return access.read("read a run", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(entries)) {
                statement.setString(1, run.value());
                statement.setFetchSize(FETCH);
                List<JournalEntry> all = new ArrayList<>();
                long bytes = 0;
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        EntryRow row = row(connection, rows);
                        bytes += row.payload().length;
                        all.add(EntryCodec.decode(row));
                    }
                }
                return new Found(all, bytes);
            }
        });
    }

    /** Reads the first entry of each run, at most {@value Claims#MOST} of them. */
    Map<Long, Found> starts(Connection connection, List<Long> runs) throws SQLException {
        if (runs.isEmpty()) {
            return Map.of();
        }
        String sql = firsts.replace("[runs]", String.join(", ", Collections.nCopies(runs.size(), "?")));
        Map<Long, Found> all = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < runs.size(); i++) {
                statement.setLong(i + 1, runs.get(i));
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    EntryRow row = row(connection, rows);
                    all.put(rows.getLong(1), new Found(List.of(EntryCodec.decode(row)), row.payload().length));
                }
            }
        }
        return all;
    }

    /** Reads the row that a result set stands on, with the columns of the constant above. */
    private EntryRow row(Connection connection, ResultSet row) throws SQLException {
        int form = row.getInt(8);
        Payload payload = form == Payload.PARTS
                ? new Payload(form, null, parts(connection, row.getLong(1), row.getInt(2)))
                : new Payload(form, row.getBytes(9), List.of());
        return new EntryRow(
                row.getInt(3), row.getLong(4), row.getString(5), row.getInt(6), row.getLong(7), payload.bytes());
    }

    private List<byte[]> parts(Connection connection, long run, int seq) throws SQLException {
        List<byte[]> all = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(parts)) {
            statement.setLong(1, run);
            statement.setInt(2, seq);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(rows.getBytes(1));
                }
            }
        }
        return all;
    }
}
