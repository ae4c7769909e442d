package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.RunId;
import io.auterity.journal.EntryRefusedException;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunExistsException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A record that the database refuses fails alone, whatever it was committed together with. */
class BadRecordTest {

    @Test
    void only_the_culprits_of_a_batch_are_refused() throws Exception {
        TestPostgres server = TestPostgres.newest();
        String schema = TestPostgres.newSchema();
        try (JdbcJournal journal =
                JdbcJournal.builder().url(server.url()).schema(schema).open()) {
            Lease lease = journal.open("a", Rig.LONG);
            Lease other = journal.open("b", Rig.LONG);
            Rig.await(Rig.append(journal, other, RunId.of("taken"), Rig.start()));
            List<CompletableFuture<Void>> good = new ArrayList<>();
            List<CompletableFuture<Void>> bad = new ArrayList<>();
            Thread first;
            try (Connection holder = server.dataSource().getConnection();
                    Statement statement = holder.createStatement()) {
                holder.setAutoCommit(false);
                statement.execute("lock table " + schema + ".entry in access exclusive mode");
                // The first is alone, so it commits on its own thread, which waits for the table.
                first = new Thread(() -> Rig.append(journal, lease, RunId.of("first"), Rig.start()));
                first.start();
                awaitWaiting(statement);
                // All these come meanwhile and form the next batch.
                for (int i = 0; i < 20; i++) {
                    good.add(append(journal, lease, RunId.of("good-" + i), Origin.NONE));
                    if (i % 7 == 3) {
                        // No text column takes U+0000.
                        Origin refused = new Origin("a\0b", Optional.empty(), "", Map.of());
                        bad.add(append(journal, lease, RunId.of("bad-" + i), refused));
                    }
                }
                bad.add(append(journal, lease, RunId.of("taken"), Origin.NONE));
                holder.rollback();
            }
            first.join(60_000);

            for (CompletableFuture<Void> each : good) {
                Rig.await(each);
            }
            assertThat(Rig.refusal(bad.remove(bad.size() - 1))).isInstanceOf(RunExistsException.class);
            for (CompletableFuture<Void> each : bad) {
                assertThat(Rig.refusal(each))
                        .isInstanceOfSatisfying(
                                EntryRefusedException.class,
                                refused -> assertThat(refused.code()).isEqualTo(EntryRefusedException.BAD_VALUE));
            }
            assertThat(journal.read(RunId.of("good-19"))).hasSize(1);
            assertThat(journal.read(RunId.of("bad-3"))).isEmpty();
            Rig.await(Rig.append(journal, lease, RunId.of("good-0"), Rig.succeeded("one", "x")));
        }
    }

    private static CompletableFuture<Void> append(JdbcJournal journal, Lease lease, RunId run, Origin origin) {
        return Rig.append(journal, lease, run, new RunStarted(1, "w", "v", Map.of(), origin));
    }

    private static void awaitWaiting(Statement statement) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try (ResultSet row = statement.executeQuery("select count(*) from pg_locks where not granted")) {
                row.next();
                if (row.getInt(1) > 0) {
                    return;
                }
            }
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }
}
