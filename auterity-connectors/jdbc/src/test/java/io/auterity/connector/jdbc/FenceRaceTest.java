package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.RunId;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal.Lease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * When an owner's lease has been ended, nothing it was just writing appears any more: what a taker counts once it counts
 * for ever. A plain look at the lease, a key-share lock or an advisory lock let rows in here.
 */
class FenceRaceTest {

    private static final int ROUNDS = 30;
    private static final int WRITERS = 4;

    @Test
    void nothing_of_the_former_epoch_appears_after_the_takers_first_look() throws Exception {
        TestPostgres server = TestPostgres.newest();
        String schema = TestPostgres.newSchema();
        try (JdbcJournal journal =
                        JdbcJournal.builder().url(server.url()).schema(schema).open();
                JdbcJournal taker =
                        JdbcJournal.builder().url(server.url()).schema(schema).open();
                Connection counting = server.dataSource().getConnection()) {
            race(journal, taker, counting, schema + ".entry");
        }
    }

    @Test
    void nor_on_mariadb_whose_transactions_read_from_a_snapshot_unless_they_lock() throws Exception {
        TestMariaDb server = TestMariaDb.server();
        String database = TestMariaDb.emptyDatabase();
        // As an application's own connections are: repeatable read.
        try (JdbcJournal journal = JdbcJournal.builder()
                        .dataSource(server.dataSource(database))
                        .open();
                JdbcJournal taker =
                        JdbcJournal.builder().url(server.url(database)).open();
                Connection counting = server.dataSource(database).getConnection()) {
            race(journal, taker, counting, "auterity_entry");
        }
    }

    private static void race(JdbcJournal journal, JdbcJournal taker, Connection counting, String entries)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                Lease lease = journal.open("engine", Rig.LONG);
                List<CompletableFuture<Integer>> writers = new ArrayList<>();
                for (int writer = 0; writer < WRITERS; writer++) {
                    RunId run = RunId.of("run-" + round + "-" + writer);
                    writers.add(CompletableFuture.supplyAsync(() -> writeUntilFenced(journal, lease, run), threads));
                }
                awaitRows(counting, entries, lease.epoch());
                taker.open("engine", Rig.LONG);
                long first = count(counting, entries, lease.epoch());
                int acknowledged = 0;
                for (CompletableFuture<Integer> writer : writers) {
                    acknowledged += writer.get(60, TimeUnit.SECONDS);
                }

                assertThat(count(counting, entries, lease.epoch()))
                        .as("rows of the former epoch in round %s", round)
                        .isEqualTo(first)
                        .isGreaterThanOrEqualTo(acknowledged);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static int writeUntilFenced(JdbcJournal journal, Lease lease, RunId run) {
        int acknowledged = 0;
        try {
            Rig.append(journal, lease, run, Rig.start()).join();
            acknowledged++;
            while (true) {
                Rig.append(journal, lease, run, Rig.succeeded("step", null)).join();
                acknowledged++;
            }
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(FencedException.class);
            return acknowledged;
        }
    }

    private static void awaitRows(Connection connection, String entries, long epoch) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (count(connection, entries, epoch) < 20) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }

    private static long count(Connection connection, String entries, long epoch) throws Exception {
        try (PreparedStatement statement =
                connection.prepareStatement("select count(*) from " + entries + " where run >> 32 = ?")) {
            statement.setLong(1, epoch);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
