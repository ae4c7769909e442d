package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.testkit.LedgerCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * R15 and P15: a run whose step halts the process, at once, whoever takes it up, is given up after five recoveries with a
 * reason that can be read; and the runs that came down with it every time end as they should, all of them.
 */
@Tag("processes")
class R15PoisonTest {

    private static final int RECOVERIES = 5;

    /** The first one starts the run, five recover it, one gives it up. */
    private static final int LIVES = RECOVERIES + 2;

    @TempDir
    Path directory;

    @Test
    @Timeout(600)
    void R15_a_run_that_halts_its_process_is_given_up_and_two_hundred_neighbours_are_not() throws Exception {
        poison(200);
    }

    @Test
    @Tag("nightly")
    @Timeout(60 * 60)
    void R15_a_run_that_halts_its_process_is_given_up_and_a_thousand_neighbours_are_not() throws Exception {
        poison(1_000);
    }

    private void poison(int neighbours) throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R15 " + neighbours + " neighbours", directory)) {
            int lives = 0;
            for (boolean drained = false; !drained; lives++) {
                assertThat(lives).as("lives").isLessThan(LIVES);
                boolean first = lives == 0;
                try (WorkerProcess worker = proof.worker(
                        server.store(),
                        "engine", // comes back, as after a crash: its former lease ends at once
                        lives,
                        first ? neighbours + 1 : 0,
                        Proof.LEASE,
                        "-D" + Worker.POISON + "=" + (first ? neighbours : -1),
                        "-D" + Worker.RECOVERIES + "=" + RECOVERIES,
                        "-D" + Worker.UNDER_WAY + "=" + 2 * neighbours)) {
                    if (first) {
                        worker.awaitEnd(); // when it has started all the others
                    } else {
                        drained = worker.drainsAlive();
                    }
                }
                proof.disturbed("halt");
            }
            assertThat(lives).isEqualTo(LIVES);
            try (JdbcJournal journal = server.store().open()) {
                RunSummary poisoned = journal.catalog().find(Worker.POISONED).orElseThrow();
                System.out.printf(
                        "R15 %d neighbours: 95 of 100 took at most %d ms, with %d deaths of their process%n",
                        neighbours, most(journal), lives - 1);
                assertThat(poisoned.status()).isEqualTo(RunStatus.DEAD_LETTERED);
                assertThat(poisoned.end().orElseThrow().failure().orElseThrow().message())
                        .contains("recovered 5 times in a row");
            }
            LedgerCheck.Report report = proof.check(server.store());
            assertThat(report.runs()).isGreaterThanOrEqualTo(neighbours);
        }
    }

    /** Returns the milliseconds that 95 of 100 runs took at most that ended well. */
    private static long most(JdbcJournal journal) {
        List<Long> times;
        try (Stream<RunSummary> runs = journal.catalog().stream(RunQuery.Filter.NONE)) {
            times = runs.filter(run -> run.status() == RunStatus.SUCCEEDED)
                    .map(run -> run.end().orElseThrow().at() - run.start().at())
                    .sorted()
                    .toList();
        }
        return times.get(times.size() * 95 / 100);
    }
}
