package io.auterity.connector.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarFile;
import javax.sql.DataSource;

/** A PostgreSQL server from embedded binaries with its defaults for durability, started once in a test JVM. */
final class TestPostgres {

    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private final EmbeddedPostgres server;

    private TestPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /** The newest major version. */
    static TestPostgres newest() {
        return Newest.SERVER;
    }

    private static final class Newest {
        private static final TestPostgres SERVER = new TestPostgres(start(EmbeddedPostgres.builder()));
    }

    /** The oldest major version that is supported; the build puts its binaries there. */
    static TestPostgres oldest() {
        return Oldest.SERVER;
    }

    private static final class Oldest {
        private static final TestPostgres SERVER =
                new TestPostgres(start(EmbeddedPostgres.builder().setPgBinaryResolver(Oldest::binaries)));

        private static InputStream binaries(String system, String machine) throws IOException {
            try (JarFile jar = new JarFile("target/postgresql-oldest.jar")) {
                return new ByteArrayInputStream(jar.getInputStream(
                                jar.getEntry("postgres-" + system.toLowerCase(Locale.ROOT) + "-" + machine + ".txz"))
                        .readAllBytes());
            }
        }
    }

    static EmbeddedPostgres start(EmbeddedPostgres.Builder builder) {
        try {
            return builder.setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getPort();
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/postgres?user=postgres";
    }

    DataSource dataSource() {
        return server.getPostgresDatabase();
    }

    /** A schema that no other test has. */
    static String newSchema() {
        return "test_" + SCHEMAS.incrementAndGet();
    }

    JdbcJournalBuilder journal() {
        return JdbcJournal.builder().url(url()).schema(newSchema());
    }

    /** Runs statements as the superuser. */
    void execute(String... statements) throws Exception {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
