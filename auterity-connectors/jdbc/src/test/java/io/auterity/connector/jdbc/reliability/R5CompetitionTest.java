package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.testkit.LedgerCheck;
import io.auterity.testkit.LedgerLine.Effect;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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

    /** Nightly; before a release, which is {@code -Prelease}, ten times as many. */
    private static final int MANY_STEPS = Integer.getInteger("compete.steps", 100_000);

    private static final int UNDER_WAY = 100;

    /**
     * Most runs wait in memory for another attempt when their process is stopped, and all that time passes: what they
     * begin when it goes on is not begun only because the lease is looked at right before.
     */
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** A step that had begun when its process was stopped happens late: one for each thread, at most. */
    private static final int THREADS = 2 * Runtime.getRuntime().availableProcessors();

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void R5_P13_two_processes_and_zombies_complete_every_step_once() throws Exception {
        compete(2, 2, 10_000);
    }

    @Test
    @Tag("nightly")
    @Timeout(4 * 60 * 60)
    void R5_P13_five_processes_and_zombies_complete_every_step_once() throws Exception {
        compete(5, 100, MANY_STEPS);
    }

    /** An engine that stood still for longer than its lease, and when. */
    private record Zombie(long epoch, long wokeAt) {

        /** Whether an effect is one that it has begun since it woke up. */
        boolean began(Effect effect) {
            return effect.epoch() == epoch && effect.at() > wokeAt;
        }
    }

    private void compete(int processes, int freezes, int steps) throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R5 " + processes + " processes", directory)) {
            List<WorkerProcess> workers = new ArrayList<>();
            List<Zombie> zombies = new ArrayList<>();
            try {
                for (int i = 0; i < processes; i++) {
                    workers.add(proof.worker(
                            server.store(),
                            "engine" + i,
                            i,
                            1_000_000,
                            LEASE,
                            "-D" + Worker.UNDER_WAY + "=" + UNDER_WAY,
                            "-D" + Worker.RETRY + "=" + RETRY.toMillis(),
                            "-D" + Worker.PARK_AFTER + "="
                                    + LEASE.multipliedBy(10).toMillis()));
                }
                workers.forEach(WorkerProcess::awaitReady);
                for (int i = 0; i < freezes; i++) {
                    WorkerProcess zombie = workers.get(proof.random().nextInt(processes));
                    proof.awaitAccepted(2 * UNDER_WAY);
                    Proof.pass(Duration.ofMillis(proof.random().nextInt(500)));
                    zombie.freeze();
                    proof.disturbed("kill -STOP");
                    long epoch = zombie.epoch();
                    Proof.pass(LEASE.multipliedBy(3));
                    zombies.add(new Zombie(epoch, InstantSource.system().millis()));
                    zombie.thaw();
                    proof.disturbed("kill -CONT");
                }
                proof.awaitAcceptedInAll(steps * 27 / 100); // they have 3.8 steps on average, with those of children
                WorkerProcess.drain(workers);
            } finally {
                workers.forEach(WorkerProcess::close);
            }
            LedgerCheck.Report report = proof.report(server.store());
            // Such an effect is late, and the world can tell by its key; nothing of it reaches the journal.
            List<String> late = report.violations().stream()
                    .filter(violation -> violation.matches("I[3457] .*"))
                    .toList();
            List<Effect> begun = proof.lines().stream()
                    .filter(Effect.class::isInstance)
                    .map(Effect.class::cast)
                    .filter(effect -> zombies.stream().anyMatch(zombie -> zombie.began(effect)))
                    .toList();
            long fenced = workers.stream().mapToLong(WorkerProcess::fenced).sum();
            System.out.printf(
                    "R5 %d processes: %d effects were late, %d begun by a zombie, %d writes refused%n",
                    processes, late.size(), begun.size(), fenced);
            // One may have been stopped in the moment between the check and its first line.
            assertThat(begun).as("begun under a lease that had ended").hasSizeLessThanOrEqualTo(freezes);
            assertThat(report.violations()).containsExactlyElementsOf(late);
            assertThat(late).hasSizeLessThanOrEqualTo(freezes * THREADS);
            assertThat(fenced).as("writes of zombies that were refused").isPositive();
            assertThat(report.runs()).isGreaterThan(freezes * UNDER_WAY);
            assertThat(report.steps()).as("completed steps").isGreaterThanOrEqualTo(steps);
        }
    }
}
