package io.auterity.connector.jdbc;

import io.auterity.journal.EntryRow;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunStarted;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/**
 * PostgreSQL 11 and later: a batch is one statement in one round trip. Its first part takes the lease's row "for share",
 * which waits for nobody but who ends the lease, and whoever ends it waits for the batch; a weaker lock, or none, lets
 * rows in after the lease has ended. The other parts insert from arrays, so that the text does not depend on how many
 * rows there are.
 */
final class PostgresDialect extends Dialect {

    /** Between two statements of a transaction of ours; half of the usual lease. */
    static final Duration SILENCE = Duration.ofSeconds(5);

    /** The setting by which the server ends a transaction that falls silent. */
    static final String IDLE = "idle_in_transaction_session_timeout";

    private static final int OLDEST = 110_000;

    // What a batch consists of, as bits.
    private static final int STARTS = 1;
    private static final int ENTRIES = 2;
    private static final int ENDS = 4;
    private static final int BRIEFS = 8;
    private static final int PARTS = 16;
    private static final int OTHERS = 32;
    private static final int WAKES = 64;
    private static final int TAKEN = 128;
    private static final int LABELS = 256;

    private final AtomicReferenceArray<String> texts = new AtomicReferenceArray<>(512);

    PostgresDialect(Tables tables) {
        super(tables);
    }

    @Override
    String product() {
        return "PostgreSQL";
    }

    @Override
    String folder() {
        return "postgresql";
    }

    @Override
    SQLDialect jooq() {
        return SQLDialect.POSTGRES;
    }

    @Override
    String now() {
        return "(extract(epoch from clock_timestamp()) * 1000)::bigint";
    }

    @Override
    String locksFree() {
        return " for update skip locked";
    }

    @Override
    Turns turns() {
        return new PostgresTurns(this);
    }

    @Override
    Notices notices(Access access, Optional<DataSource> own) {
        return new PostgresNotices(access, own, tables().name("work"));
    }

    @Override
    String limitsSilence() {
        return "set_config('" + IDLE + "', '" + SILENCE.toMillis() + "', true)";
    }

    @Override
    void allowSilence(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local " + IDLE + " = 0");
        }
    }

    @Override
    String locksLease() {
        return " for share";
    }

    @Override
    void checkDurability(Connection connection, Consumer<String> refuse, Consumer<String> warn) throws SQLException {
        int version = Integer.parseInt(setting(connection, "server_version_num"));
        if (version < OLDEST) {
            throw new JdbcJournalException(
                    JdbcJournalException.UNSUPPORTED,
                    "PostgreSQL " + setting(connection, "server_version") + " is too old; use 11 or later");
        }
        if (setting(connection, "transaction_read_only").equals("on")) { // always so while the server is in recovery
            throw new JdbcJournalException(
                    JdbcJournalException.UNSUPPORTED,
                    "this PostgreSQL takes no writes: it is a standby, or default_transaction_read_only is on;"
                            + " connect to the primary, with targetServerType=primary in the URL for example");
        }
        if (setting(connection, "fsync").equals("off")) {
            refuse.accept("fsync is off: a crash of the machine loses or damages everything; set fsync = on");
        }
        if (setting(connection, "synchronous_commit").equals("off")) {
            refuse.accept("synchronous_commit is off: a crash of the server loses what was acknowledged last;"
                    + " set synchronous_commit = on for this user or database");
        }
        if (setting(connection, "full_page_writes").equals("off")) {
            warn.accept("full_page_writes is off: a crash of the machine can damage pages unless its file system"
                    + " writes them whole; set full_page_writes = on");
        }
        if (connection.unwrap(PGConnection.class).getPreferQueryMode().value().equals("simple")) {
            throw new JdbcJournalException(
                    JdbcJournalException.UNSUPPORTED,
                    "the connection has preferQueryMode=simple, which puts values into the text of statements;"
                            + " remove it from the URL");
        }
    }

    private static String setting(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select current_setting(?)")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    @Override
    boolean write(Access access, long epoch, Batch batch) throws SQLException {
        int shape = (batch.starts.isEmpty() ? 0 : STARTS)
                | (batch.entries == 0 ? 0 : ENTRIES)
                | (batch.ends.isEmpty() ? 0 : ENDS)
                | (batch.briefs.isEmpty() ? 0 : BRIEFS)
                | (batch.parts == 0 ? 0 : PARTS)
                | (batch.others.isEmpty() ? 0 : OTHERS)
                | (batch.wakes.isEmpty() ? 0 : WAKES)
                | (batch.taken.isEmpty() ? 0 : TAKEN)
                | (batch.labels == 0 ? 0 : LABELS);
        String known = texts.get(shape);
        String text = known == null ? text(shape) : known;
        texts.set(shape, text);
        return access.once(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                statement.unwrap(PGStatement.class).setPrepareThreshold(1);
                new Filling(connection.unwrap(PGConnection.class), statement).fill(shape, epoch, batch);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && row.getInt(1) == 1;
                }
            }
        });
    }

    private String text(int shape) {
        StringBuilder text =
                new StringBuilder("with f as (select 1 from {lease} where epoch = ? and state = 0 for share)");
        add(
                text,
                shape & STARTS,
                ", st as (insert into {run} (id, name, workflow, version, tenant, parent, parent_step, started_at,"
                        + " epoch) select a.*, ?::int8 from f, unnest(?::int8[], ?::text[], ?::text[], ?::text[],"
                        + " ?::text[], ?::text[], ?::text[], ?::int8[]) a)");
        add(
                text,
                shape & BRIEFS,
                ", br as (insert into {run} (id, name, workflow, version, tenant, parent, parent_step, started_at,"
                        + " status, ended_at, failure, wake_at, epoch) select a.i, a.n, a.w, a.v, a.t, a.p, a.q, a.s, a.u,"
                        + " case when a.u not in (0, 6) then a.e end, a.f, case when a.k >= 0 then [now] + a.k end, case when"
                        + " a.u in (0, 6) and a.k < 0 then ?::int8 end from f,"
                        + " unnest(?::int8[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int8[],"
                        + " ?::int4[], ?::int8[], ?::text[], ?::int8[]) a(i, n, w, v, t, p, q, s, u, e, f, k))");
        add(
                text,
                shape & ENTRIES,
                ", en as (insert into {entry} (run, seq, kind, at, step, attempt, started_at, form, payload)"
                        + " select a.* from f, unnest(?::int8[], ?::int4[], ?::int4[], ?::int8[], ?::text[], ?::int4[],"
                        + " ?::int8[], ?::int4[], ?::bytea[]) a)");
        add(
                text,
                shape & PARTS,
                ", pt as (insert into {part} (run, seq, part, payload)"
                        + " select a.* from f, unnest(?::int8[], ?::int4[], ?::int4[], ?::bytea[]) a)");
        add(
                text,
                shape & ENDS,
                ", fi as (update {run} r set status = a.s, ended_at = a.t, failure = a.f, epoch = null, wake_at = null"
                        + " from f, unnest(?::int8[], ?::int4[], ?::int8[], ?::text[]) a(i, s, t, f)"
                        + " where r.id = a.i and r.epoch = ?)");
        add(
                text,
                shape & TAKEN,
                ", tk as (delete from {inbox} i using f where i.number = any(?::int8[]) returning i.run)");
        add(
                text,
                shape & OTHERS,
                ", ch as (update {run} r set wake_at = case when a.p < 0 then r.wake_at when r.unread > coalesce(t.k, 0) or r.woken"
                        + " + a.w > 0 then [now] else [now] + a.p end, epoch = case when a.p < 0 then r.epoch end,"
                        + " recoveries = case when a.p < 0 then r.recoveries else 0 end, woken = case when a.p < 0 and"
                        + " r.woken + a.w > 0 then 1 else 0 end, unread = greatest(0, r.unread - coalesce(t.k, 0)),"
                        + " status = case when a.s > 0 then a.s else r.status end"
                        + " from f, unnest(?::int8[], ?::int8[], ?::int4[], ?::int4[]) a(i, p, w, s) left join "
                        + ((shape & TAKEN) == 0
                                ? "(select null::int8 as run, 0 as k) t"
                                : "(select run, count(*)::int4 as k from tk group by run) t")
                        + " on t.run = a.i where r.id = a.i and r.epoch = ?)");
        add(
                text,
                shape & WAKES,
                ", wk as (update {run} r set woken = case when r.wake_at is null then 1 else r.woken end,"
                        + " wake_at = least(r.wake_at, case when r.wake_at is not null then [now] end)"
                        + " from f where r.name = any(?::text[]) and r.ended_at is null)");
        add(
                text,
                shape & LABELS,
                ", lb as (insert into {label} (run, name, content)"
                        + " select a.* from f, unnest(?::int8[], ?::text[], ?::text[]) a)");
        return sql(text.append(" select count(*) from f").toString());
    }

    private static void add(StringBuilder text, int wanted, String part) {
        if (wanted != 0) {
            text.append(part);
        }
    }

    /** Fills a statement from left to right, whole columns at a time. */
    private static final class Filling {

        private final PGConnection connection;
        private final PreparedStatement statement;
        private int index;

        private Filling(PGConnection connection, PreparedStatement statement) {
            this.connection = connection;
            this.statement = statement;
        }

        private void fill(int shape, long epoch, Batch batch) throws SQLException {
            statement.setLong(++index, epoch);
            if ((shape & STARTS) != 0) {
                statement.setLong(++index, epoch);
                starts(batch.starts);
            }
            if ((shape & BRIEFS) != 0) {
                statement.setLong(++index, epoch);
                starts(batch.briefs);
                int size = batch.briefs.size();
                int[] statuses = new int[size];
                @Nullable String[] failures = new @Nullable String[size];
                for (int i = 0; i < size; i++) {
                    statuses[i] = batch.briefs.get(i).status();
                    failures[i] = batch.briefs.get(i).failure();
                }
                ints(statuses);
                longs(batch.briefs, change -> change.end == null ? 0 : change.end.at());
                texts(failures);
                longs(
                        batch.briefs,
                        change -> change.end != null ? -1 : change.woken ? Math.min(0, change.park) : change.park);
            }
            if ((shape & ENTRIES) != 0) {
                entries(batch);
            }
            if ((shape & PARTS) != 0) {
                parts(batch);
            }
            if ((shape & ENDS) != 0) {
                ends(batch.ends);
                statement.setLong(++index, epoch);
            }
            if ((shape & TAKEN) != 0) {
                array(
                        "int8",
                        batch.taken.stream().mapToLong(Batch.Taken::number).toArray());
            }
            if ((shape & OTHERS) != 0) {
                List<Change> changes = batch.others;
                longs(changes, change -> change.id);
                longs(changes, change -> change.park);
                ints(changes.stream().mapToInt(change -> change.woken ? 1 : 0).toArray());
                ints(changes.stream().mapToInt(Change::status).toArray());
                statement.setLong(++index, epoch);
            }
            if ((shape & WAKES) != 0) {
                texts(batch.wakes.stream().map(run -> run.value()).toArray(String[]::new));
            }
            if ((shape & LABELS) != 0) {
                labels(batch);
            }
        }

        private void starts(List<Change> starts) throws SQLException {
            int size = starts.size();
            long[] ids = new long[size];
            long[] at = new long[size];
            String[][] texts = new String[6][size];
            for (int i = 0; i < size; i++) {
                Change change = starts.get(i);
                RunStarted start = change.started();
                Origin origin = start.origin();
                ids[i] = change.id;
                at[i] = start.at();
                texts[0][i] = change.run.value();
                texts[1][i] = start.workflow();
                texts[2][i] = start.version();
                texts[3][i] = origin.tenant();
                texts[4][i] =
                        origin.parent().isPresent() ? origin.parent().get().value() : "";
                texts[5][i] = origin.parentStep();
            }
            array("int8", ids);
            for (String[] column : texts) {
                texts(column);
            }
            array("int8", at);
        }

        private void ends(List<Change> ends) throws SQLException {
            int size = ends.size();
            int[] statuses = new int[size];
            @Nullable String[] failures = new @Nullable String[size];
            for (int i = 0; i < size; i++) {
                statuses[i] = ends.get(i).status();
                failures[i] = ends.get(i).failure();
            }
            longs(ends, change -> change.id);
            ints(statuses);
            longs(ends, change -> change.ended().at());
            texts(failures);
        }

        private void entries(Batch batch) throws SQLException {
            int size = batch.entries;
            long[] runs = new long[size];
            int[] seqs = new int[size];
            int[] kinds = new int[size];
            long[] at = new long[size];
            String[] steps = new String[size];
            int[] attempts = new int[size];
            long[] startedAt = new long[size];
            int[] forms = new int[size];
            byte[] @Nullable [] payloads = new byte[size] @Nullable [];
            int to = 0;
            for (Pending pending : batch.writes) {
                for (int i = 0; i < pending.rows.size(); i++) {
                    EntryRow row = pending.rows.get(i);
                    runs[to] = pending.live.id;
                    seqs[to] = pending.firstSeq + i;
                    kinds[to] = row.kind();
                    at[to] = row.at();
                    steps[to] = row.step();
                    attempts[to] = row.attempt();
                    startedAt[to] = row.startedAt();
                    forms[to] = pending.payloads.get(i).form();
                    payloads[to++] = pending.payloads.get(i).inline();
                }
            }
            array("int8", runs);
            ints(seqs);
            ints(kinds);
            array("int8", at);
            texts(steps);
            ints(attempts);
            array("int8", startedAt);
            ints(forms);
            array("bytea", payloads);
        }

        private void parts(Batch batch) throws SQLException {
            long[] runs = new long[batch.parts];
            int[] seqs = new int[batch.parts];
            int[] numbers = new int[batch.parts];
            byte[][] payloads = new byte[batch.parts][];
            int to = 0;
            for (Pending pending : batch.writes) {
                for (int i = 0; i < pending.payloads.size(); i++) {
                    List<byte[]> parts = pending.payloads.get(i).parts();
                    for (int part = 0; part < parts.size(); part++) {
                        runs[to] = pending.live.id;
                        seqs[to] = pending.firstSeq + i;
                        numbers[to] = part;
                        payloads[to++] = parts.get(part);
                    }
                }
            }
            array("int8", runs);
            ints(seqs);
            ints(numbers);
            array("bytea", payloads);
        }

        private void labels(Batch batch) throws SQLException {
            long[] runs = new long[batch.labels];
            String[] names = new String[batch.labels];
            String[] contents = new String[batch.labels];
            int to = 0;
            for (Change change : batch.allStarts()) {
                for (var label : change.started().origin().labels().entrySet()) {
                    runs[to] = change.id;
                    names[to] = label.getKey();
                    contents[to++] = label.getValue();
                }
            }
            array("int8", runs);
            texts(names);
            texts(contents);
        }

        private void longs(List<Change> changes, ToLongFunction<Change> value) throws SQLException {
            long[] column = new long[changes.size()];
            for (int i = 0; i < column.length; i++) {
                column[i] = value.applyAsLong(changes.get(i));
            }
            array("int8", column);
        }

        private void ints(int[] column) throws SQLException {
            array("int4", column);
        }

        private void texts(@Nullable String[] column) throws SQLException {
            array("text", column);
        }

        private void array(String type, Object column) throws SQLException {
            statement.setArray(++index, connection.createArrayOf(type, column));
        }
    }
}
