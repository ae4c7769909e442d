package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** P12: hints only save time. Two processes that hear none of them complete everything all the same. */
@Tag("processes")
class P12DeafTest {

    private static final int RUNS = 200;

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void P12_two_hundred_runs_end_though_every_notification_is_dropped() throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("P12", directory);
                WorkerProcess one = deaf(proof, server, 1);
                WorkerProcess two = deaf(proof, server, 2)) {
            one.awaitReady();
            two.awaitReady();
            proof.awaitAcceptedInAll(RUNS);
            WorkerProcess.drain(List.of(one, two));
            assertThat(proof.check(server.store()).runs()).isGreaterThanOrEqualTo(RUNS);
        }
    }

    private static WorkerProcess deaf(Proof proof, Postgres server, int number) {
        return proof.worker(
                server.store(), "engine" + number, number, RUNS / 2, Proof.LEASE, "-D" + Worker.DEAF + "=true");
    }
}
