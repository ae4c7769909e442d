package io.auterity.connector.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Pools of connections that are the journal's own, set up for what it does. */
final class Pools {

    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** For how long a server may be silent before the connection to it is given up. */
    static final Duration ANSWER = Duration.ofSeconds(20);

    private static final Duration BUSY = Duration.ofSeconds(10);

    /**
     * Settings of a session, where the server knows them. Plans made while the tables are empty must not read them whole
     * when they have grown, and a transaction that falls silent must not hold what others need.
     */
    private static final String POSTGRESQL_SESSION =
            "select set_config(s.name, s.setting, false) from (values ('jit', 'off'), ('enable_seqscan', 'off'),"
                    + " ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),"
                    + " ('plan_cache_mode', 'force_generic_plan'), ('" + PostgresDialect.IDLE + "', '"
                    + PostgresDialect.SILENCE.toMillis() + "')) s(name, setting)"
                    + " where s.name in (select name from pg_settings)";

    private Pools() {}

    static HikariDataSource server(String url, String user, String password, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("auterity-journal");
        config.setJdbcUrl(url);
        if (!user.isEmpty()) {
            config.setUsername(user);
            config.setPassword(password);
        }
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setInitializationFailTimeout(CONNECT.toMillis());
        if (url.startsWith("jdbc:postgresql:")) {
            config.setConnectionInitSql(POSTGRESQL_SESSION);
            config.addDataSourceProperty("ApplicationName", "auterity");
            config.addDataSourceProperty("connectTimeout", Long.toString(CONNECT.toSeconds()));
            config.addDataSourceProperty("socketTimeout", Long.toString(ANSWER.toSeconds()));
            config.addDataSourceProperty("tcpKeepAlive", "true");
        } else if (url.startsWith("jdbc:mariadb:")) {
            config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
            config.addDataSourceProperty("connectTimeout", Long.toString(CONNECT.toMillis()));
            config.addDataSourceProperty("socketTimeout", Long.toString(ANSWER.toMillis()));
            config.addDataSourceProperty("allowLocalInfile", "false");
            config.addDataSourceProperty("useServerPrepStmts", "true"); // values apart from the text
        }
        return new HikariDataSource(config);
    }

    /** Connections to listen with, which nobody lends: each is its user's until it is closed. */
    static Optional<DataSource> listeners(String url, String user, String password) {
        if (!url.startsWith("jdbc:postgresql:")) {
            return Optional.empty();
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        if (!user.isEmpty()) {
            source.setUser(user);
            source.setPassword(password);
        }
        source.setApplicationName("auterity");
        source.setConnectTimeout((int) CONNECT.toSeconds());
        source.setTcpKeepAlive(true);
        return Optional.of(source);
    }

    /** The one connection that writes to a file. */
    static HikariDataSource sqliteWriter(Path file) {
        return sqlite(file, false, 1);
    }

    static HikariDataSource sqliteReaders(Path file) {
        return sqlite(file, true, 2);
    }

    private static HikariDataSource sqlite(Path file, boolean reading, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("auterity-journal-" + (reading ? "readers" : "writer"));
        config.setDataSource(sqliteSource(file, reading));
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(reading ? 0 : 1);
        config.setMaxLifetime(0);
        config.setReadOnly(reading);
        config.setConnectionTimeout(ANSWER.toMillis());
        try {
            return new HikariDataSource(config);
        } catch (RuntimeException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new JdbcJournalException(
                    JdbcJournalException.UNAVAILABLE,
                    "the file " + file + " cannot be opened: " + root.getMessage() + "; name one that holds a journal",
                    e);
        }
    }

    static DataSource sqliteSource(Path file, boolean reading) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout((int) BUSY.toMillis());
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setReadOnly(reading);
        if (!reading) {
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        }
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }
}
