package io.auterity.connector.jdbc;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * A MariaDB server from the programs of the machine, in a temporary folder and on a free port, with
 * {@code innodb_flush_log_at_trx_commit=1} unless a test says otherwise.
 *
 * <p>Nobody publishes these programs as a Maven artifact. Where they are missing the test is skipped and says what to
 * install; in continuous integration ({@code CI=true}) it fails.
 */
public final class TestMariaDb implements AutoCloseable {

    /** How many ports are tried: between asking for a free one and using it somebody else may take it. */
    private static final int TRIES = 3;

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path folder;
    private final int port;
    private final Process process;

    private TestMariaDb(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /**
     * The server that the tests of a JVM share.
     *
     * @return the server, which runs as long as the JVM
     */
    public static TestMariaDb server() {
        requireInstalled();
        return Shared.SERVER;
    }

    private static final class Shared {
        private static final TestMariaDb SERVER = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
        }
    }

    /** Skips what is about to run where there is no MariaDB; fails it in continuous integration. */
    static void requireInstalled() {
        String missing = Stream.of("mariadbd", "mariadb-install-db")
                .filter(name -> program(name).isEmpty())
                .findFirst()
                .orElse("");
        if (!missing.isEmpty()) {
            String message = "there is no " + missing + " on this machine: install MariaDB 10.11 or later"
                    + " (Debian: apt-get install --no-install-recommends mariadb-server)";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(message);
            }
            Assumptions.abort(message);
        }
    }

    private static Optional<Path> program(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
        return Stream.of(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts a server of a test's own, with more options. */
    static TestMariaDb start(String... options) {
        requireInstalled();
        try {
            Path folder = Files.createTempDirectory("auterity-mariadb");
            String user = System.getProperty("user.name");
            List<String> install = command("mariadb-install-db");
            install.addAll(List.of(
                    "--no-defaults",
                    "--user=" + user,
                    "--datadir=" + folder,
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db"));
            finish(install);
            List<String> serve = command("mariadbd");
            serve.addAll(List.of(
                    "--no-defaults",
                    "--user=" + user,
                    "--datadir=" + folder,
                    "--socket=" + folder.resolve("socket"),
                    "--bind-address=127.0.0.1",
                    "--skip-name-resolve",
                    "--innodb-flush-log-at-trx-commit=1"));
            serve.addAll(List.of(options)); // the last one counts
            for (int tries = 1; true; tries++) {
                try {
                    return serve(serve, folder, freePort());
                } catch (IOException e) { // somebody else may have taken the port
                    if (tries == TRIES) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestMariaDb serve(List<String> command, Path folder, int port) throws IOException {
        List<String> whole = new ArrayList<>(command);
        whole.add("--port=" + port);
        Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        boolean ready = false;
        try {
            awaitReady(process);
            ready = true;
        } finally {
            if (!ready) {
                process.destroyForcibly().onExit().join();
            }
        }
        return new TestMariaDb(folder, port, process);
    }

    private static List<String> command(String program) {
        return new ArrayList<>(List.of(program(program).orElseThrow().toString()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void finish(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(command + ": " + output);
        }
    }

    /** Reads what the server writes until it takes connections, and lets a thread read on so that it never waits. */
    private static void awaitReady(Process process) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        String line;
        do {
            line = lines.readLine();
            said.append(line).append('\n');
            if (line == null) {
                throw new IOException("mariadbd did not start: " + said);
            }
        } while (!line.contains("ready for connections"));
        Thread reader = new Thread(() -> drain(lines), "mariadbd output");
        reader.setDaemon(true);
        reader.start();
    }

    private static void drain(Reader output) {
        try (output) {
            output.transferTo(Writer.nullWriter());
        } catch (IOException e) {
            // The server has ended while it was being read.
        }
    }

    int port() {
        return port;
    }

    /**
     * Where a database is.
     *
     * @param database its name
     * @return a JDBC address, with the user in it
     */
    public String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=root";
    }

    DataSource dataSource(String database) {
        try {
            return new MariaDbDataSource(url(database));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A database that no other test has, without tables.
     *
     * @return its name
     */
    public String newDatabase() {
        String name = "test_" + DATABASES.incrementAndGet();
        try {
            execute("mysql", "create database " + name);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return name;
    }

    /** A journal in {@link #emptyDatabase()}. */
    static JdbcJournal emptyJournal() {
        return journal(emptyDatabase());
    }

    static JdbcJournal journal(String database) {
        return JdbcJournal.builder().url(server().url(database)).open();
    }

    /**
     * The database that tests share one after the other, with the tables of a journal and nothing in them: making the
     * tables takes longer than most tests do.
     */
    static String emptyDatabase() {
        try {
            server().execute(SharedTables.DATABASE, SharedTables.EMPTY);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return SharedTables.DATABASE;
    }

    private static final class SharedTables {
        private static final String DATABASE = server().newDatabase();
        private static final String[] EMPTY = Tables.NAMES.stream()
                .map(table -> "delete from auterity_" + table)
                .toArray(String[]::new);

        static {
            journal(DATABASE).close();
        }
    }

    /** Runs statements as the superuser. */
    void execute(String database, String... statements) throws SQLException {
        try (Connection connection = dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
