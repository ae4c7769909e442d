package io.auterity.connector.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.auterity.connector.jdbc.FailingStatements.Error;
import java.nio.file.Path;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * P9: an error of the database that passes is got over, whichever statement it hits: every statement that an engine sends
 * for runs, its lease, queues, schedules and forgetting fails once, and so do the commits; the runs end as they should,
 * and no step is entered twice.
 */
class P9TransientErrorsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "40P01, a deadlock, false",
        "40001, a serialization failure, false",
        "57P01, the server is shut down, false",
        "57P01, the server is shut down after it did as it was told, true",
        "08006, the connection fails, false",
        "08006, the connection fails after the server did as it was told, true",
        "53300, too many connections, false",
        "55P03, a lock is not available, false",
        "25006, the server only reads, false",
        "25P03, the server has ended a transaction that was silent, false",
    })
    void P9_every_statement_may_fail_in_passing(String state, String what, boolean afterwards) {
        JdbcJournalBuilder builder = JdbcJournal.builder().schema(TestPostgres.newSchema());
        onPostgres(
                statements -> EveryStatement.ofRuns(statements, statements.dataSource(), builder),
                Error.of(state),
                afterwards);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "40P01, a deadlock, false",
        "08006, the connection fails, false",
        "08006, the connection fails after the server did as it was told, true",
    })
    void P9_statements_of_queues_schedules_and_forgetting_may_fail_in_passing(
            String state, String what, boolean afterwards) {
        JdbcJournalBuilder builder = JdbcJournal.builder().schema(TestPostgres.newSchema());
        onPostgres(
                statements -> EveryStatement.ofAll(statements, statements.dataSource(), builder),
                Error.of(state),
                afterwards);
    }

    @Tag("once")
    @ParameterizedTest(name = "{1}, {2}")
    @CsvSource({
        "40001, 1213, a deadlock, false",
        "HY000, 1205, a lock is not to be had in time, false",
        "08000, 0, the connection fails, false",
        "08000, 0, the connection fails after the server did as it was told, true",
    })
    void P9_every_statement_may_fail_in_passing_on_mariadb(String state, int code, String what, boolean afterwards)
            throws Exception {
        String database = TestMariaDb.emptyDatabase();
        DataSource server = new MariaDbDataSource(TestMariaDb.server().url(database) + "&useServerPrepStmts=true");
        onServer(
                server,
                statements -> EveryStatement.ofAll(statements, statements.dataSource(), JdbcJournal.builder()),
                Error.of(state, code),
                afterwards);
    }

    private static void onPostgres(
            Function<FailingStatements, EveryStatement> opening, Error error, boolean afterwards) {
        onServer(TestPostgres.newest().dataSource(), opening, error, afterwards);
    }

    private static void onServer(
            DataSource server, Function<FailingStatements, EveryStatement> opening, Error error, boolean afterwards) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(server);
        config.setMaximumPoolSize(8);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        try (HikariDataSource pool = new HikariDataSource(config);
                EveryStatement engine = opening.apply(new FailingStatements(pool))) {
            engine.fail(error, afterwards);
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "SQLITE_BUSY, somebody writes, false",
        "SQLITE_BUSY_SNAPSHOT, somebody has written, false",
        "SQLITE_FULL, the disk is full, false",
        "SQLITE_IOERR, the disk fails after it did as it was told, true",
    })
    void P9_every_statement_may_fail_in_passing_on_sqlite(SQLiteErrorCode code, String what, boolean afterwards) {
        SQLiteConfig sqlite = new SQLiteConfig();
        sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
        sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        sqlite.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        sqlite.setBusyTimeout(10_000);
        FailingStatements statements = FailingStatements.sqlite(folder.resolve("journal.db"), sqlite);
        HikariConfig config = new HikariConfig();
        config.setDataSource(statements.plain());
        config.setMaximumPoolSize(2);
        try (HikariDataSource pool = new HikariDataSource(config);
                EveryStatement engine = EveryStatement.ofAll(statements, pool, JdbcJournal.builder())) {
            engine.fail(Error.of(code), afterwards);
        }
    }
}
