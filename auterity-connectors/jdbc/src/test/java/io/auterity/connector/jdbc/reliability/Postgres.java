package io.auterity.connector.jdbc.reliability;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A PostgreSQL server that flushes what it commits, for one proof. */
final class Postgres implements AutoCloseable {

    private final EmbeddedPostgres server;
    private Optional<Process> restarted = Optional.empty();

    Postgres() throws IOException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
    }

    int port() {
        return server.getPort();
    }

    Store store() {
        return store(port());
    }

    /** The same through another port, as behind a proxy. */
    static Store store(int port) {
        return new Store("jdbc:postgresql://127.0.0.1:" + port + "/postgres");
    }

    String text(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(store().address(), "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(store().address(), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** {@code kill -9} of the postmaster and all its processes; then the same server again, until it takes connections. */
    void killAndRestart() throws IOException, InterruptedException {
        Path data = Path.of(dataDirectory());
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> all = postmaster.descendants().collect(Collectors.toCollection(ArrayList::new));
        all.add(0, postmaster);
        String[] words = Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0");
        String program =
                Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).toString();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : all) {
            Proof.await(() -> !each.isAlive(), "the server does not end");
        }
        List<String> command = new ArrayList<>(List.of("unshare", "-U", program)); // PostgreSQL refuses to run as root
        command.addAll(List.of(words).subList(1, words.length));
        restarted = Optional.of(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        Proof.await(this::isUp, "the server does not start");
    }

    private boolean isUp() {
        try {
            return text("select 1").equals("1");
        } catch (SQLException e) { // not yet
            return false;
        }
    }

    private String dataDirectory() throws IOException {
        try {
            return text("show data_directory");
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        restarted.ifPresent(Process::destroy);
        server.close();
    }
}
