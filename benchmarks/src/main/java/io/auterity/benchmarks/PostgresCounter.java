package io.auterity.benchmarks;

import java.sql.SQLException;
import java.time.Duration;

/**
 * Counts what work makes a PostgreSQL do. Nothing is timed meanwhile, because counting costs the server time.
 *
 * <p>Statements are those of one database; bytes and flushes of the log are the whole server's, as there is one log, so
 * what other contestants do while they have nothing to do is among them. Of its flushes a process of the server tells
 * when it comes to rest, but at most once a second, and otherwise after ten seconds of rest (PGSTAT_IDLE_INTERVAL): these
 * are waited for.
 */
final class PostgresCounter implements AutoCloseable {

    private static final Duration REST = Duration.ofSeconds(11);

    private final PostgresServer server;
    private final Duration rest;

    /** Begins when everything that was done before has been told. Sessions that are open count from their next command on. */
    PostgresCounter(PostgresServer server) throws Exception {
        this(server, REST);
    }

    PostgresCounter(PostgresServer server, Duration rest) throws Exception {
        this.server = server;
        this.rest = rest;
        track("top");
        Thread.sleep(rest.toMillis());
    }

    /** Counts work after which the contestant rests; what it does in the eleven seconds until all is told may flush, too. */
    Counts of(String database, PostgresServer.Work work) throws Exception {
        long flushes = flushes();
        Counts counts = withoutFlushes(database, work);
        Thread.sleep(rest.toMillis());
        return new Counts(counts.statements(), counts.walBytes(), flushes() - flushes);
    }

    /** Counts what goes on all the time, such as looking for something to do. */
    Counts ofEver(String database, Duration time) throws Exception {
        long flushes = flushes();
        Counts counts = withoutFlushes(database, () -> Thread.sleep(time.toMillis()));
        return new Counts(counts.statements(), counts.walBytes(), flushes() - flushes);
    }

    private Counts withoutFlushes(String database, PostgresServer.Work work) throws Exception {
        server.execute("select pg_stat_statements_reset()");
        long before = server.walBytes();
        work.run();
        long wal = server.walBytes() - before;
        long statements = number("select coalesce(sum(calls), 0)::bigint from pg_stat_statements s"
                + " join pg_database d on d.oid = s.dbid where d.datname = '" + database + "'");
        return new Counts(statements, wal, 0);
    }

    private long flushes() throws SQLException {
        return number("select coalesce(sum(fsyncs), 0)::bigint from pg_stat_io where object = 'wal'");
    }

    private long number(String query) throws SQLException {
        return Long.parseLong(server.text(query));
    }

    private void track(String which) throws SQLException {
        server.execute("alter system set pg_stat_statements.track = '" + which + "'");
        server.execute("select pg_reload_conf()");
    }

    @Override
    public void close() throws SQLException {
        track("none");
    }
}
