package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.testkit.LedgerLine;
import io.auterity.testkit.LedgerLine.Disturbed;
import io.auterity.testkit.LedgerLine.Effect;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * R9: how soon the runs of a killed process go on, in another process and in the next one.
 *
 * <p>The figures are printed. They are held against the bars at the nightly sizes only, where nothing else should keep the
 * machine busy.
 */
@Tag("processes")
class R9TakeoverTest {

    /** Kept only where nothing else keeps the machine busy. */
    private static final Duration SHORT_LEASE = Duration.ofSeconds(2);

    private static final Duration USUAL_LEASE = Duration.ofSeconds(10);
    /** So that a killed process always had runs that it was not done with, and that nobody but it could go on with. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    private static final Duration AFTER_THE_LEASE = Duration.ofSeconds(2);
    private static final Duration FIRST_STEP = Duration.ofSeconds(5);
    private static final Duration ALL_CLAIMED = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void R9_a_survivor_takes_over_what_killed_processes_had() throws Exception {
        takeOver(5, USUAL_LEASE);
    }

    @Test
    @Tag("nightly")
    @Timeout(60 * 60)
    void R9_a_survivor_takes_over_within_the_lease_and_two_seconds_every_time() throws Exception {
        assertThat(takeOver(50, SHORT_LEASE))
                .isLessThanOrEqualTo(SHORT_LEASE.plus(AFTER_THE_LEASE).toMillis());
    }

    /** Returns the longest time between a kill and the next effect in a run of the killed process. */
    private long takeOver(int kills, Duration lease) throws Exception {
        String[] options = {
            "-D" + Worker.RETRY + "=" + RETRY.toMillis(),
            // Longer than any wait between two attempts: a run that is parked goes to and fro between engines in good
            // order.
            "-D" + Worker.PARK_AFTER + "=" + lease.multipliedBy(10).toMillis()
        };
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R9 " + kills + " kills", directory);
                WorkerProcess survivor = proof.worker(server.store(), "survivor", 0, 0, lease, options)) {
            survivor.awaitReady();
            for (int i = 0; i < kills; i++) {
                try (WorkerProcess owner = proof.worker(server.store(), owner(i), i, 1_000, lease, options)) {
                    owner.awaitReady();
                    proof.awaitAccepted(30);
                    owner.kill();
                    proof.disturbed("kill -9");
                }
                String killed = owner(i);
                Proof.await(() -> takeover(proof.lines(), killed) >= 0, "nobody took over what " + killed + " had");
            }
            survivor.drain();
            proof.check(server.store());
            List<LedgerLine> lines = proof.lines();
            List<Long> times = new ArrayList<>();
            for (int i = 0; i < kills; i++) {
                times.add(takeover(lines, owner(i)));
            }
            Collections.sort(times);
            System.out.printf(
                    "R9 %d kills: the first effect after a kill came after %d ms (half of them), %d ms (all), with a"
                            + " lease of %s%n",
                    kills, times.get(kills / 2), times.get(kills - 1), lease);
            return times.get(kills - 1);
        }
    }

    private static String owner(int number) {
        return "owner" + number;
    }

    /** Returns the time from the kill of an owner to the next effect in a run of it; -1 if there is none yet. */
    private static long takeover(List<LedgerLine> lines, String owner) {
        long killed = -1;
        boolean began = false;
        for (LedgerLine line : lines) {
            boolean ofOwner = line instanceof Effect effect && effect.run().startsWith(owner + "-");
            if (line instanceof Disturbed disturbed && began && killed < 0) {
                killed = disturbed.at();
            } else if (killed >= 0 && ofOwner) {
                return ((Effect) line).at() - killed;
            }
            began |= ofOwner;
        }
        return -1;
    }

    @Test
    @Timeout(300)
    void R9_the_next_process_takes_up_all_that_was_in_flight() throws Exception {
        restartCold(500);
    }

    @Test
    @Tag("nightly")
    @Timeout(60 * 60)
    void R9_the_next_process_takes_up_ten_thousand_runs_in_half_a_minute() throws Exception {
        restartCold(10_000);
    }

    private void restartCold(int runs) throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R9 cold restart", directory)) {
            try (WorkerProcess killed = proof.worker(
                    server.store(),
                    "engine",
                    1,
                    runs,
                    USUAL_LEASE,
                    "-Xmx512m",
                    "-D" + Worker.UNDER_WAY + "=" + runs,
                    "-D" + Worker.STARTERS + "=64",
                    "-D" + Worker.HELD + "=true")) {
                killed.awaitReady();
                Proof.await(() -> inFlight(server, "true") == runs, runs + " runs were not started");
                killed.kill();
                proof.disturbed("kill -9");
            }
            String former = "epoch <= " + server.text("select max(epoch) from auterity.lease");
            long launched = InstantSource.system().millis();
            try (WorkerProcess next = proof.worker(server.store(), "engine", 2, 0, USUAL_LEASE, "-Xmx512m")) {
                next.awaitReady();
                long ready = InstantSource.system().millis();
                Proof.await(() -> inFlight(server, former) == 0, "not all runs were claimed");
                long claimed = InstantSource.system().millis() - ready;
                next.drain();
                proof.check(server.store());
                long first = proof.lines().stream()
                                .filter(Effect.class::isInstance)
                                .mapToLong(line -> ((Effect) line).at())
                                .min()
                                .orElseThrow()
                        - ready;
                System.out.printf(
                        "R9 cold restart, %d runs in flight: the engine was there %d ms after the start of the"
                                + " process; from then on the first effect took %d ms, and all runs were claimed after %d"
                                + " ms%n",
                        runs, ready - launched, first, claimed);
                if (runs >= 10_000) {
                    assertThat(first).isLessThanOrEqualTo(FIRST_STEP.toMillis());
                    assertThat(claimed).isLessThanOrEqualTo(ALL_CLAIMED.toMillis());
                }
            }
        }
    }

    private static int inFlight(Postgres server, String condition) {
        try {
            return Integer.parseInt(server.text(
                    "select count(*) from auterity.run where ended_at is null and epoch is not null and " + condition));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
