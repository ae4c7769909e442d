package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** R18: an engine under steady load in 128 MB does not grow: what is left after a collection stays level. */
@Tag("processes")
class R18SoakTest {

    private static final int MEASUREMENTS = 10;

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void R18_a_minute_of_load_leaves_the_heap_as_it_was() throws Exception {
        soak(Duration.ofMinutes(1));
    }

    @Test
    @Tag("nightly")
    @Timeout(2 * 60 * 60)
    void R18_an_hour_of_load_leaves_the_heap_as_it_was() throws Exception {
        soak(Duration.ofHours(1));
    }

    private void soak(Duration time) throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R18 " + time, directory);
                WorkerProcess worker = proof.worker(
                        server.store(), "engine", 1, 10_000_000, Proof.LEASE, "-XX:+ExitOnOutOfMemoryError")) {
            worker.awaitReady();
            List<Long> heap = new ArrayList<>();
            for (int i = 0; i < MEASUREMENTS; i++) {
                Proof.pass(time.dividedBy(MEASUREMENTS));
                heap.add(worker.use().heapBytes());
            }
            worker.drain();
            System.out.println("R18: bytes after a collection " + heap);
            long early = Math.max(heap.get(1), heap.get(2));
            long late = Math.min(heap.get(MEASUREMENTS - 2), heap.get(MEASUREMENTS - 1));
            // Caches fill and code warms up; a leak of a kilobyte for each of many thousand runs would be far beyond.
            assertThat(late).isLessThan(early + 10_000_000);
            assertThat(proof.check(server.store()).runs()).isGreaterThan(100);
        }
    }
}
