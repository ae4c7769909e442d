package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.run.Threads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * R18: an engine under steady load in 128 MB does not grow: what is left after a collection stays level, so do its threads,
 * open files and connections, and, where runs are forgotten, the rows and the size of the journal.
 */
@Tag("processes")
class R18SoakTest {

    /** By how many threads, files and connections may have become more; a leak makes more of them all the time. */
    private static final long FEW = 3;

    /** The most threads of an engine's pool. */
    private static final long POOL = Math.max(
            Threads.MIN_POOL, Threads.POOL_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());

    /** Nightly; before a release, which is {@code -Prelease}, longer, and several times. */
    private static final int MINUTES = Integer.getInteger("soak.minutes", 60);

    private static final int TIMES = Integer.getInteger("soak.times", 1);

    private static final long MEGABYTE = 1_000_000;

    /** The bytes of a page of SQLite. */
    private static final long PAGE = 4_096;

    /** The bytes after which SQLite writes back to the file what has been committed beside it. */
    private static final long WRITTEN_BACK = 1_000 * PAGE;

    /** Forgetting in seconds, under a load that is steady on slow machines too: what is there goes by how fast runs come. */
    private static final String[] HURRIED = {kept(Duration.ofMillis(300)), "-D" + Worker.PACE + "=20"};

    @TempDir
    Path directory;

    /**
     * What was measured at one time.
     *
     * @param use what the worker uses
     * @param connections how many connections to the store there are
     * @param rows how many rows the store has
     * @param bytes what the store takes on the disk
     */
    private record Sample(WorkerProcess.Use use, long connections, long rows, long bytes) {}

    @Test
    @Timeout(300)
    void R18_a_minute_of_load_leaves_heap_threads_files_and_connections_as_they_were() throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R18 PT1M", directory);
                WorkerProcess worker = worker(proof, server.store());
                Stock stock = Stock.of(server)) {
            Soak soak = new Soak(worker, stock, Duration.ofSeconds(3), 20);
            soak.staysLevel();
            worker.drain();
            assertThat(proof.check(server.store()).runs()).isGreaterThan(100);
        }
    }

    @Test
    @Timeout(120)
    void R18_rows_are_forgotten_as_fast_as_they_come_on_postgresql() throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R18 PostgreSQL, forgetting", directory);
                WorkerProcess worker = worker(proof, server.store(), HURRIED);
                Stock stock = Stock.of(server)) {
            shortSoak(proof, worker, stock);
            proveRest(proof, server.store(), worker);
        }
    }

    @Test
    @Timeout(120)
    void R18_rows_are_forgotten_as_fast_as_they_come_on_sqlite() throws Exception {
        Path file = directory.resolve("journal.db");
        try (Proof proof = new Proof("R18 SQLite, forgetting", directory);
                WorkerProcess worker = worker(proof, Store.sqlite(file), HURRIED);
                Stock stock = Stock.of(file)) {
            Soak soak = shortSoak(proof, worker, stock);
            soak.level("bytes", Sample::bytes, 16 * PAGE);
            assertThat(Files.size(Path.of(file + "-wal"))).isLessThan(2 * WRITTEN_BACK);
            proveRest(proof, Store.sqlite(file), worker);
        }
    }

    private static Soak shortSoak(Proof proof, WorkerProcess worker, Stock stock) throws Exception {
        proof.awaitAcceptedInAll(20); // the load is up
        Soak soak = new Soak(worker, stock, Duration.ofMillis(200), 20);
        soak.level("rows", Sample::rows, soak.half(Sample::rows));
        return soak;
    }

    /** What was not forgotten is as it should be, and nothing else is missing. */
    private static void proveRest(Proof proof, Store store, WorkerProcess worker) throws Exception {
        worker.drain();
        worker.awaitEnd();
        assertThat(worker.forgotten()).isGreaterThan(20);
        proof.checkWhatIsLeft(store, worker.forgotten());
    }

    @Test
    @Tag("nightly")
    @Timeout(9 * 60 * 60)
    void R18_hours_of_load_leave_everything_as_it_was() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            soak(Files.createDirectory(directory.resolve("time-" + i)));
        }
    }

    private static void soak(Path directory) throws Exception {
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R18 " + MINUTES + " minutes", directory);
                WorkerProcess worker = worker(proof, server.store(), kept(Duration.ofMinutes(1)));
                Stock stock = Stock.of(server)) {
            Soak soak = new Soak(worker, stock, Duration.ofMinutes(1), MINUTES);
            soak.staysLevel();
            double slope = soak.course(sample -> sample.use().heapBytes()).perHour();
            System.out.printf("R18: the heap grows by %.0f bytes an hour%n", slope);
            assertThat(slope).isLessThan(MEGABYTE);
            soak.level("rows", Sample::rows, soak.half(Sample::rows));
            soak.level("bytes of the database", Sample::bytes, soak.half(Sample::bytes));
            proveRest(proof, server.store(), worker);
        }
    }

    private static String kept(Duration time) {
        return "-D" + Worker.KEPT + "=" + time.toMillis();
    }

    private static WorkerProcess worker(Proof proof, Store store, String... jvm) {
        List<String> options = new ArrayList<>(List.of(jvm));
        options.add("-XX:+ExitOnOutOfMemoryError");
        return proof.worker(store, "engine", 1, 10_000_000, Proof.LEASE, options.toArray(String[]::new))
                .awaitReady();
    }

    /** A time of load, measured at even distances. */
    private static final class Soak {

        private final List<Sample> samples = new ArrayList<>();
        private final Duration every;

        private Soak(WorkerProcess worker, Stock stock, Duration every, int times) throws Exception {
            this.every = every;
            for (int i = 0; i < times; i++) {
                Proof.pass(every);
                samples.add(new Sample(worker.use(), stock.connections(), stock.rows(), stock.bytes()));
            }
        }

        private Course course(ToLongFunction<Sample> measure) {
            return new Course(samples.stream().map(measure::applyAsLong).toList(), every);
        }

        /** What an engine holds whether or not runs are forgotten. */
        private void staysLevel() {
            // Caches fill and code warms up; a leak of a kilobyte for each of many thousand runs would be far beyond.
            level("bytes after a collection", sample -> sample.use().heapBytes(), 10 * MEGABYTE);
            Course pooled = course(sample -> sample.use().pooled());
            System.out.println("R18: threads of the pool " + pooled.values());
            assertThat(pooled.values()).allMatch(threads -> threads <= POOL);
            level("other threads", sample -> sample.use().threads(), FEW);
            level("connections", Sample::connections, FEW);
            level("open files", sample -> sample.use().files(), FEW);
        }

        /** By how much rows and bytes may be more: they go up and down with the load, and without forgetting double. */
        private long half(ToLongFunction<Sample> measure) {
            return course(measure).early() / 2;
        }

        private void level(String what, ToLongFunction<Sample> measure, long more) {
            Course course = course(measure);
            System.out.println("R18: " + what + " " + course.values());
            assertThat(course.late()).as("%s: %s", what, course.values()).isLessThanOrEqualTo(course.early() + more);
        }
    }
}
