package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.testkit.LedgerLine;
import io.auterity.testkit.LedgerLine.Disturbed;
import io.auterity.testkit.LedgerLine.Effect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** R8 and P8: the database server dies under load and comes back; every accepted run ends as it should. */
@Tag("processes")
class R8ServerRestartTest {

    private static final String BACK = "the server is back";

    /** The aim is 5 s; this is what holds on a machine that has other work. */
    private static final Duration RESUMED = Duration.ofSeconds(30);

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
                proof.disturbed(BACK);
                proof.awaitAccepted(10);
            }
            worker.drain();
            proof.check(server.store());
            List<Long> resumed = resumed(proof.lines());
            System.out.printf(
                    "R8 %d deaths: the first effect after the server took connections again came after %d ms (half of"
                            + " them), %d ms (all)%n",
                    times, resumed.get(times / 2), resumed.get(times - 1));
            assertThat(resumed).allMatch(millis -> millis <= RESUMED.toMillis());
        }
    }

    /** Returns the times from each return of the server to the next effect, in milliseconds, the shortest first. */
    private static List<Long> resumed(List<LedgerLine> lines) {
        return lines.stream()
                .filter(line ->
                        line instanceof Disturbed disturbed && disturbed.what().equals(BACK))
                .mapToLong(line -> ((Disturbed) line).at())
                .map(back -> firstEffect(lines, back) - back)
                .sorted()
                .boxed()
                .toList();
    }

    private static long firstEffect(List<LedgerLine> lines, long since) {
        return lines.stream()
                .filter(Effect.class::isInstance)
                .mapToLong(line -> ((Effect) line).at())
                .filter(at -> at >= since)
                .min()
                .orElseThrow();
    }
}
