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
 * by default: every commit waits for its flush. {@link PostgresCounter} counts what it does. Linux only, for {@code /proc}.
 */
final class PostgresServer implements AutoCloseable {

    private static final String USER = "postgres";
    private static final long MICROS_PER_TICK = 10_000; // USER_HZ is 100 on every Linux

    private final EmbeddedPostgres server;
    private final Path data;
    private final long postmaster;

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
        execute("alter system set pg_stat_statements.track = 'none'");
        execute("select pg_reload_conf()");
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

    /** Bytes of the write-ahead log so far. */
    long walBytes() throws SQLException {
        return Long.parseLong(text("select (pg_current_wal_insert_lsn() - '0/0')::bigint"));
    }

    /** Work that may throw. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** CPU time of all its processes so far. */
    long cpuMicros() {
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
