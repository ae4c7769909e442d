package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.testkit.LedgerCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * R5 and P13: several processes share the runs of one journal, without any lock outside it. One of them stands still for
 * longer than its lease, comes back and does not know it (a zombie).
 */
@Tag("processes")
class R5CompetitionTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    /** A step that had passed its check when its process was stopped happens late: one for each thread, at most. */
    private static final int THREADS = 2 * Runtime.getRuntime().availableProcessors();

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void two_processes_and_zombies_complete_every_step_once() throws Exception {
        compete(2, 2, 150);
    }

    @Test
    @Tag("nightly")
    @Timeout(60 * 60)
    void five_processes_and_zombies_complete_every_step_once() throws Exception {
        compete(5, 100, 20_000);
    }

    private void compete(int processes, int freezes, int runs) throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R5 " + processes + " processes", directory)) {
            List<WorkerProcess> workers = new ArrayList<>();
            try {
                for (int i = 0; i < processes; i++) {
                    workers.add(proof.worker(server.store(), "engine" + i, i, runs, LEASE));
                }
                workers.forEach(WorkerProcess::awaitReady);
                for (int i = 0; i < freezes; i++) {
                    WorkerProcess zombie = workers.get(proof.random().nextInt(processes));
                    Proof.pass(Duration.ofMillis(proof.random().nextInt(1_000)));
                    zombie.freeze();
                    proof.disturbed("kill -STOP");
                    Proof.pass(LEASE.multipliedBy(3));
                    zombie.thaw();
                    proof.disturbed("kill -CONT");
                }
                workers.forEach(WorkerProcess::drain);
            } finally {
                workers.forEach(WorkerProcess::close);
            }
            LedgerCheck.Report report = proof.report(server.store());
            // Such an effect is late, and the world can tell by its key; nothing of it reaches the journal.
            List<String> late = report.violations().stream()
                    .filter(violation -> violation.matches("I[347] .*"))
                    .toList();
            assertThat(report.violations()).containsExactlyElementsOf(late);
            assertThat(late).hasSizeLessThanOrEqualTo(freezes * THREADS);
            assertThat(report.runs()).isPositive();
        }
    }
}
