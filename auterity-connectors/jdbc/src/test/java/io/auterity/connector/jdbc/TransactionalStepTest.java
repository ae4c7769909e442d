package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import io.auterity.connector.TestContext;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal.Lease;
import io.auterity.testkit.Fault;
import io.auterity.testkit.FaultProxy;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** G3: an effect in the journal's own database happens exactly once, whatever happens around it. */
class TransactionalStepTest {

    @TempDir
    private Path folder;

    private static JdbcJournal started(JdbcJournal journal) throws Exception {
        Lease lease = journal.open("a", Rig.LONG);
        Rig.await(Rig.append(journal, lease, new TestContext().runId(), Rig.start()));
        return journal;
    }

    private static Object insert(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into booked (amount) values (5)");
            return Map.of("booked", 5L);
        }
    }

    private static void execute(JdbcJournal journal, String sql) throws SQLException {
        journal.reading(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private static long booked(JdbcJournal journal) throws SQLException {
        return journal.reading(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select count(*) from booked")) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    private static void withTable(TestPostgres server) throws Exception {
        server.execute("drop table if exists booked", "create table booked (amount int)");
    }

    @Test
    void a_step_that_is_tried_again_returns_what_it_did_the_first_time() throws Exception {
        TestPostgres server = TestPostgres.newest();
        withTable(server);
        try (JdbcJournal journal = started(server.journal().open())) {
            for (int attempt = 0; attempt < 3; attempt++) {
                assertThat(journal.transactional(new TestContext(), TransactionalStepTest::insert))
                        .isEqualTo(Map.of("booked", 5L));
            }
            assertThat(booked(journal)).isEqualTo(1);
        }
    }

    @Test
    void a_step_that_fails_leaves_nothing() throws Exception {
        TestPostgres server = TestPostgres.newest();
        withTable(server);
        try (JdbcJournal journal = started(server.journal().open())) {
            assertThatThrownBy(() -> journal.transactional(new TestContext(), connection -> {
                        insert(connection);
                        throw new IllegalStateException("no stock");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no stock");
            assertThat(booked(journal)).isZero();
            journal.transactional(new TestContext(), TransactionalStepTest::insert);
            assertThat(booked(journal)).isEqualTo(1);
        }
    }

    @Test
    void an_engine_that_loses_the_run_meanwhile_commits_nothing() throws Exception {
        TestPostgres server = TestPostgres.newest();
        withTable(server);
        String schema = TestPostgres.newSchema();
        try (JdbcJournal journal = started(
                        JdbcJournal.builder().url(server.url()).schema(schema).open());
                JdbcJournal taker =
                        JdbcJournal.builder().url(server.url()).schema(schema).open()) {
            assertThatThrownBy(() -> journal.transactional(new TestContext(), connection -> {
                        taker.open("a", Rig.LONG);
                        return insert(connection);
                    }))
                    .isInstanceOf(FencedException.class);
            assertThat(booked(journal)).isZero();
            assertThatThrownBy(() -> taker.transactional(new TestContext(), TransactionalStepTest::insert))
                    .isInstanceOf(FencedException.class);
        }
    }

    @Test
    void of_attempts_at_the_same_time_one_counts() throws Exception {
        TestPostgres server = TestPostgres.newest();
        withTable(server);
        try (JdbcJournal journal = started(server.journal().open())) {
            List<CompletableFuture<Object>> attempts = IntStream.range(0, 3)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                        try {
                            return journal.transactional(new TestContext(), TransactionalStepTest::insert);
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    }))
                    .toList();
            for (CompletableFuture<Object> attempt : attempts) {
                Rig.await(attempt);
            }
            assertThat(booked(journal)).isEqualTo(1);
        }
    }

    @Test
    void R7_a_commit_whose_reply_is_lost_counts_once() throws Exception {
        TestPostgres server = TestPostgres.newest();
        try (FaultProxy proxy = FaultProxy.postgres(new InetSocketAddress("127.0.0.1", server.port()))) {
            for (int replies = 0; replies < 8; replies++) {
                withTable(server);
                try (JdbcJournal journal = started(JdbcJournal.builder()
                        .url("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres?user=postgres")
                        .schema(TestPostgres.newSchema())
                        .open())) {
                    proxy.set(new Fault.CutBeforeReply(replies));
                    Object output = null;
                    while (output == null) {
                        try {
                            output = journal.transactional(new TestContext(), TransactionalStepTest::insert);
                        } catch (StepException | JdbcJournalException lost) {
                            proxy.heal();
                        }
                    }
                    proxy.heal();
                    assertThat(booked(journal)).as("after %s replies", replies).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void mariadb_does_the_same() throws Exception {
        TestMariaDb server = TestMariaDb.server();
        String database = TestMariaDb.emptyDatabase();
        server.execute(database, "create or replace table booked (amount int)");
        try (JdbcJournal journal =
                started(JdbcJournal.builder().url(server.url(database)).open())) {
            for (int attempt = 0; attempt < 3; attempt++) {
                assertThat(journal.transactional(new TestContext(), TransactionalStepTest::insert))
                        .isEqualTo(Map.of("booked", 5L));
            }
            assertThat(booked(journal)).isEqualTo(1);
        }
    }

    @Test
    void an_engine_that_loses_the_run_meanwhile_commits_nothing_on_mariadb() throws Exception {
        TestMariaDb server = TestMariaDb.server();
        String database = TestMariaDb.emptyDatabase();
        server.execute(database, "create or replace table booked (amount int)");
        try (JdbcJournal journal = started(JdbcJournal.builder()
                        .dataSource(server.dataSource(database))
                        .open());
                JdbcJournal taker =
                        JdbcJournal.builder().url(server.url(database)).open()) {
            assertThatThrownBy(() -> journal.transactional(new TestContext(), connection -> {
                        taker.open("a", Rig.LONG);
                        return insert(connection);
                    }))
                    .isInstanceOf(FencedException.class);
            assertThat(booked(journal)).isZero();
        }
    }

    @Test
    void sqlite_and_the_operation_do_the_same() throws Exception {
        try (JdbcJournal journal = started(JdbcJournal.sqlite(folder.resolve("j.db")))) {
            AtomicInteger calls = new AtomicInteger();
            journal.transactional(new TestContext(), connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.executeUpdate("create table booked (amount int)");
                }
                calls.incrementAndGet();
                return null;
            });
            journal.transactional(new TestContext(), connection -> calls.incrementAndGet());
            assertThat(calls).hasValue(1);
        }
        Path file = folder.resolve("k.db");
        SQLiteDataSource host = new SQLiteDataSource();
        host.setUrl("jdbc:sqlite:" + file);
        try (Connection connection = host.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("create table booked (amount int)");
        }
        try (JdbcJournal journal = started(JdbcJournal.sqlite(file));
                SqlKit kit = new SqlKit(OutboundGuard.strict(), new SqlConnector(journal))) {
            Map<String, Object> own = Map.of("kind", "journal");
            for (int attempt = 0; attempt < 3; attempt++) {
                assertThat(kit.call("update", own, "insert into booked values (:a), (:b)", Map.of("a", 1L, "b", 2L)))
                        .isEqualTo(Map.of("count", 2L));
            }
            assertThat(kit.call("query", own, "select amount from booked order by 1", null)
                            .get("rows"))
                    .isEqualTo(List.of(Map.of("amount", 1L), Map.of("amount", 2L)));
        }
    }

    @Test
    void the_lent_connection_cannot_end_its_transaction() throws Exception {
        try (JdbcJournal journal = started(TestPostgres.newest().journal().open())) {
            journal.transactional(new TestContext(), connection -> {
                assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
                assertThatThrownBy(connection::rollback).isInstanceOf(SQLException.class);
                assertThatThrownBy(connection::close).isInstanceOf(SQLException.class);
                assertThatThrownBy(() -> connection.setAutoCommit(true)).isInstanceOf(SQLException.class);
                connection.rollback(connection.setSavepoint());
                return null;
            });
            execute(journal, "select 1");
        }
    }
}
