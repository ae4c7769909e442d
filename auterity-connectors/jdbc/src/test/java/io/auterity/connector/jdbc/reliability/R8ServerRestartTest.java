package io.auterity.connector.jdbc.reliability;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** R8 and P8: the database server dies under load and comes back; every accepted run ends as it should. */
@Tag("processes")
class R8ServerRestartTest {

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void P8_five_deaths_of_the_server_leave_no_run_behind() throws Exception {
        restart(5);
    }

    @Test
    @Tag("nightly")
    @Timeout(60 * 60)
    void P8_two_hundred_deaths_of_the_server_leave_no_run_behind() throws Exception {
        restart(200);
    }

    private void restart(int times) throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R8 " + times + " deaths", directory);
                WorkerProcess worker = proof.worker(server.store(), "engine", 1, 1_000_000, Duration.ofSeconds(10))) {
            worker.awaitReady();
            for (int i = 0; i < times; i++) {
                Proof.pass(Duration.ofMillis(proof.random().nextInt(800)));
                proof.disturbed("kill -9 of the server");
                server.killAndRestart();
                proof.disturbed("the server is back");
                proof.awaitAccepted(10);
            }
            worker.drain();
            proof.check(server.store());
        }
    }
}
