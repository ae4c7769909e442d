package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** What the journal commits on an application's connections to SQLite is on the disk, whichever of them is lent. */
class SqliteSyncTest {

    private static final int OFF = 0;
    private static final int NORMAL = 1;
    private static final int FULL = 2;
    private static final int EXTRA = 3;

    @TempDir
    private Path folder;

    private final List<Connection> connections = new ArrayList<>();
    private final AtomicInteger lent = new AtomicInteger();
    private volatile boolean isDisguised;

    @BeforeEach
    void open() throws SQLException {
        for (int level : List.of(FULL, OFF, NORMAL, EXTRA)) {
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + folder.resolve("host.db") + "?journal_mode=WAL&synchronous=" + level);
            connections.add(source.getConnection());
        }
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
    }

    /** A pool that lends connections with other settings in turn, once a journal has opened with the first. */
    private DataSource alternating() {
        return FailingStatements.proxy(DataSource.class, (proxy, method, arguments) -> {
            Connection next = connections.get(lent.get() < 0 ? 0 : lent.getAndIncrement() % connections.size());
            return FailingStatements.proxy(Connection.class, (connection, called, values) -> switch (called.getName()) {
                case "close" -> null;
                case "isWrapperFor" -> !isDisguised;
                default -> FailingStatements.call(next, called, values);
            });
        });
    }

    private static int level(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma synchronous")) {
            row.next();
            return row.getInt(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void every_connection_synchronises_while_the_journal_writes_and_is_given_back_as_it_was(boolean autoCommit)
            throws Exception {
        lent.set(-1);
        try (JdbcJournal journal =
                JdbcJournal.builder().dataSource(alternating()).open()) {
            lent.set(0);
            for (Connection connection : connections) {
                connection.setAutoCommit(autoCommit);
            }
            List<Integer> inTransactions = new ArrayList<>();
            List<Integer> alone = new ArrayList<>();
            for (int i = 0; i < connections.size(); i++) {
                inTransactions.add(journal.access().transactionOnce(SqliteSyncTest::level));
            }
            for (int i = 0; i < connections.size(); i++) {
                alone.add(journal.access().once(SqliteSyncTest::level));
            }
            assertThat(inTransactions).containsExactly(FULL, FULL, FULL, EXTRA);
            assertThat(alone).containsExactly(FULL, FULL, FULL, EXTRA);

            Lease lease = journal.open("a", Rig.LONG);
            for (int i = 0; i < 8; i++) {
                Rig.await(Rig.append(journal, lease, RunId.of("run-" + i), Rig.start()));
            }
            for (int i = 0; i < connections.size(); i++) {
                assertThat(connections.get(i).getAutoCommit()).isEqualTo(autoCommit);
                assertThat(level(connections.get(i)))
                        .isEqualTo(List.of(FULL, OFF, NORMAL, EXTRA).get(i));
            }
        }
    }

    @Test
    void one_that_hides_what_it_is_is_written_with_only_if_it_synchronises() throws Exception {
        lent.set(-1);
        isDisguised = true;
        try (JdbcJournal journal =
                JdbcJournal.builder().dataSource(alternating()).open()) {
            lent.set(0);
            List<Integer> levels = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                levels.add(journal.access().transactionOnce(SqliteSyncTest::level));
                for (int j = 0; j < 2; j++) {
                    assertThatThrownBy(() -> journal.access().transactionOnce(SqliteSyncTest::level))
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    refused -> assertThat(Trouble.of(refused)).isEqualTo(Trouble.TRANSIENT))
                            .hasMessageContaining("set synchronous = FULL");
                }
                levels.add(journal.access().once(SqliteSyncTest::level));
            }
            assertThat(levels).containsExactly(FULL, EXTRA, FULL, EXTRA);

            Lease lease = journal.open("a", Rig.LONG);
            Rig.await(Rig.append(journal, lease, RunId.of("run"), Rig.start()));
        }
    }

    @Test
    void who_allows_loss_has_it() throws Exception {
        lent.set(-1);
        try (JdbcJournal journal =
                JdbcJournal.builder().dataSource(alternating()).allowingLoss().open()) {
            lent.set(1);
            assertThat(journal.access().<Integer>transactionOnce(SqliteSyncTest::level))
                    .isEqualTo(OFF);
        }
    }
}
