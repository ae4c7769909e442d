package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A transaction on an application's connections to SQLite is one, whoever else writes to the file. */
class SqliteTransactionTest {

    @TempDir
    private Path folder;

    private final SQLiteConfig config = new SQLiteConfig();
    private HikariDataSource pool;
    private Access access;
    private Connection other;

    @BeforeEach
    void open() throws SQLException {
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setBusyTimeout(0);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + folder.resolve("host.db"));
        HikariConfig one = new HikariConfig();
        one.setDataSource(source);
        one.setMaximumPoolSize(1);
        pool = new HikariDataSource(one);
        access = new Access(pool, pool, Duration.ofSeconds(1), Duration.ofSeconds(20));
        other = source.getConnection();
        execute(other, "create table t (n int)");
    }

    @AfterEach
    void close() throws SQLException {
        other.close();
        pool.close();
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    private long rows() throws SQLException {
        try (Statement statement = other.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from t")) {
            row.next();
            return row.getLong(1);
        }
    }

    private void fails(SqlWork<?> work) {
        assertThatThrownBy(() -> access.transactionOnce(work)).isInstanceOf(SQLException.class);
    }

    private boolean insertAndFail(Connection connection) throws SQLException {
        execute(connection, "insert into t values (1)");
        throw new SQLException("something else", "40001");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_connection_that_could_not_begin_is_as_good_as_before(boolean isReading) throws SQLException {
        execute(other, "begin immediate");
        fails(connection -> execute(connection, "insert into t values (1)"));
        execute(other, "rollback");

        if (isReading) {
            access.readOnce(connection -> execute(connection, "select n from t"));
        }
        fails(this::insertAndFail);
        assertThat(rows()).isZero();
        access.transactionOnce(connection -> execute(connection, "insert into t values (1)"));
        assertThat(rows()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_sqlite_has_rolled_back_itself_leaves_no_trace(boolean isRetried) throws SQLException {
        fails(connection -> {
            execute(connection, "insert into t values (1)");
            execute(connection, "rollback"); // as SQLite does when the disk is full
            throw new SQLException("full", "53100");
        });
        if (isRetried) {
            access.transactionOnce(connection -> execute(connection, "insert into t values (1)"));
        }
        assertThat(rows()).isEqualTo(isRetried ? 1 : 0);
        fails(this::insertAndFail);
        assertThat(rows()).isEqualTo(isRetried ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void undoing_leaves_the_transaction_to_go_on(boolean isSaving) throws SQLException {
        access.transactionOnce(connection -> {
            execute(connection, "insert into t values (1)");
            Access.undo(connection);
            if (isSaving) {
                Savepoint savepoint = connection.setSavepoint();
                execute(connection, "insert into t values (2)");
                connection.rollback(savepoint);
            }
            assertThatThrownBy(() -> execute(other, "begin immediate")).isInstanceOf(SQLException.class);
            return execute(connection, "insert into t values (3)");
        });
        assertThat(rows()).isEqualTo(1);
        access.transactionOnce(connection -> execute(connection, "insert into t values (4)"));
        fails(this::insertAndFail);
        assertThat(rows()).isEqualTo(2);
    }
}
