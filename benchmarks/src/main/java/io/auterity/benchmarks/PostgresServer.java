package io.auterity.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of the newest version we ship tests for, on a free port of 127.0.0.1 and with the durability it has
 * by default: every commit waits for its flush. Counts what a contestant makes it do. Linux only, for {@code /proc}.
 */
final class PostgresServer implements AutoCloseable {

    private static final String USER = "postgres";
    private static final long MICROS_PER_TICK = 10_000; // USER_HZ is 100 on every Linux

    private final EmbeddedPostgres server;
    private final Path data;
    private final long postmaster;

    /**
     * What happened in a while.
     *
     * @param cpuMicros CPU time of all its processes
     * @param walBytes bytes of the write-ahead log
     * @param fsyncs flushes of that log
     */
    record Cost(long cpuMicros, long walBytes, long fsyncs) {
        Cost minus(Cost earlier) {
            return new Cost(cpuMicros - earlier.cpuMicros, walBytes - earlier.walBytes, fsyncs - earlier.fsyncs);
        }
    }

    PostgresServer() throws IOException, SQLException {
        // Zonky's own defaults are for tests, not for durability; all of them are set back to PostgreSQL's.
        server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "150")
                .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                .start();
        data = Path.of(text("show data_directory"));
        postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
        if (!text("show fsync").equals("on") || !text("show synchronous_commit").equals("on")) {
            throw new IllegalStateException("a server that does not flush proves nothing");
        }
        execute("create extension pg_stat_statements");
        track("none");
    }

    String user() {
        return USER;
    }

    /** Makes an empty database and returns its address. */
    String newDatabase(String name) throws SQLException {
        execute("create database " + name);
        return url(name);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database;
    }

    Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, USER, "");
    }

    void execute(String sql) throws SQLException {
        executeIn("postgres", sql);
    }

    void executeIn(String database, String sql) throws SQLException {
        try (Connection connection = connect(url(database));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String text(String query) throws SQLException {
        return textIn("postgres", query);
    }

    String textIn(String database, String query) throws SQLException {
        try (Connection connection = connect(url(database));
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    Cost cost() throws SQLException {
        return new Cost(
                cpuMicros(),
                Long.parseLong(text("select (pg_current_wal_insert_lsn() - '0/0')::bigint")),
                Long.parseLong(text("select coalesce(sum(fsyncs), 0)::bigint from pg_stat_io where object = 'wal'")));
    }

    /** Counts the statements that a piece of work makes the server execute in a database, BEGIN and COMMIT among them. */
    long statementsOf(Work work) throws Exception {
        track("top");
        // Sessions see the new setting with their next command; give each contestant's pool one to see it with.
        work.run();
        execute("select pg_stat_statements_reset()");
        work.run();
        long calls = Long.parseLong(text("select coalesce(sum(calls), 0)::bigint from pg_stat_statements s"
                + " join pg_database d on d.oid = s.dbid where d.datname <> 'postgres'"));
        track("none");
        return calls;
    }

    private void track(String which) throws SQLException {
        execute("alter system set pg_stat_statements.track = '" + which + "'");
        execute("select pg_reload_conf()");
    }

    /** Work that may throw. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private long cpuMicros() {
        long ticks = 0;
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : (Iterable<Path>) processes.filter(PostgresServer::isProcess)::iterator) {
                ticks += ticksOf(process);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ticks * MICROS_PER_TICK;
    }

    private static boolean isProcess(Path path) {
        return path.getFileName().toString().chars().allMatch(Character::isDigit);
    }

    private long ticksOf(Path process) throws IOException {
        String stat;
        try {
            stat = Files.readString(process.resolve("stat"));
        } catch (IOException e) { // it has ended meanwhile
            return 0;
        }
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        long parent = Long.parseLong(fields.get(1));
        boolean isPostmaster = process.getFileName().toString().equals(String.valueOf(postmaster));
        if (!isPostmaster && parent != postmaster) {
            return 0;
        }
        long ticks = Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
        // The postmaster's account of children that have ended.
        return isPostmaster ? ticks + Long.parseLong(fields.get(13)) + Long.parseLong(fields.get(14)) : ticks;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
