package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.RunId;
import io.auterity.journal.Expiry;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forgetting is done in small transactions, however many runs and entries there are. */
class PurgeTest {

    private static final Expiry ALL = new Expiry(Set.of(RunStatus.SUCCEEDED), Duration.ZERO);

    @TempDir
    private Path folder;

    @Test
    void a_transaction_forgets_no_more_entries_than_it_may_but_one_run_at_least() throws Exception {
        Path file = folder.resolve("journal.db");
        try (JdbcJournal journal = JdbcJournal.sqlite(file)) {
            Lease lease = journal.open("a", Rig.LONG);
            for (int run = 0; run < 6; run++) { // of ten entries each
                List<JournalEntry> entries = new ArrayList<>(List.of(Rig.start()));
                for (int step = 0; step < 8; step++) {
                    entries.add(Rig.succeeded("step-" + step, "done"));
                }
                entries.add(Rig.end());
                Rig.await(Rig.append(journal, lease, RunId.of("run-" + run), entries.toArray(JournalEntry[]::new)));
            }
            DataSource source = Pools.sqliteSource(file, false);
            Access access = new Access(source, source, Duration.ofSeconds(5), Pools.ANSWER);
            Dialect dialect = new SqliteDialect(new Tables("", JdbcJournalBuilder.DEFAULT_PREFIX));

            assertThat(new Purge(dialect, access, 19).some(ALL, 100)).isEqualTo(1);
            assertThat(new Purge(dialect, access, 20).some(ALL, 100)).isEqualTo(2);
            assertThat(new Purge(dialect, access, 21).some(ALL, 1)).isEqualTo(1);
            assertThat(new Purge(dialect, access, 9).some(ALL, 100)).isEqualTo(1);
            assertThat(new Purge(dialect, access, 9).purge(ALL, 100)).isEqualTo(1);
            assertThat(journal.countExpired(ALL)).isZero();
        }
    }
}
