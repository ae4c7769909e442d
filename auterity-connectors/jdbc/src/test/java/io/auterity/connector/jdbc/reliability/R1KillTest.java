package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.jdbc.TestMariaDb;
import io.auterity.testkit.LedgerCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * R1: {@code kill -9} at any moment loses nothing and repeats only what nobody had been told of. A process with an engine
 * works until the ledger has grown by a random number of bytes, up to a hundred lines, and a moment longer; then it is
 * killed and another one goes on. At the end the ledger is held against the journal and a model. {@code -Dproof.seed}
 * repeats the random choices, {@code -Dkill.cycles} sets the number of kills.
 */
@Tag("processes")
class R1KillTest {

    /** Nightly; before a release, which is {@code -Prelease}, twice as many. */
    private static final int MANY = Integer.getInteger("kill.cycles", 1_000);

    private static final int RUNS_A_LIFE = 60;
    private static final int LONGEST_LIFE_BYTES = 8_000;
    private static final int LONGEST_REST_MILLIS = 20;

    @TempDir
    Path directory;

    /** On both at once: a kill waits more than it works. */
    @Test
    @Timeout(30 * 60)
    void R1_sixty_kills_on_PostgreSQL_and_sixty_on_SQLite_lose_and_double_nothing() throws Exception {
        int cycles = Integer.getInteger("kill.cycles", 60);
        CompletableFuture<Void> onSqlite = CompletableFuture.runAsync(() -> killOnSqlite(cycles));
        killOnPostgres(cycles);
        onSqlite.get();
    }

    @Test
    @Tag("nightly")
    @Timeout(8 * 60 * 60)
    void R1_many_kills_on_PostgreSQL_lose_and_double_nothing() throws Exception {
        killOnPostgres(MANY);
    }

    @Test
    @Tag("nightly")
    @Timeout(8 * 60 * 60)
    void R1_many_kills_on_SQLite_lose_and_double_nothing() {
        killOnSqlite(MANY);
    }

    @Test
    @Tag("nightly")
    @Timeout(8 * 60 * 60)
    void R1_many_kills_on_H2_lose_and_double_nothing() {
        kill("H2", Store.h2(directory.resolve("journal")), MANY);
    }

    @Test
    @Tag("nightly")
    @Timeout(8 * 60 * 60)
    void R1_many_kills_on_MariaDB_lose_and_double_nothing() {
        TestMariaDb server = TestMariaDb.server();
        kill("MariaDB", new Store(server.url(server.newDatabase())), MANY);
    }

    private void killOnPostgres(int cycles) throws Exception {
        try (Postgres server = new Postgres()) {
            kill("PostgreSQL", server.store(), cycles);
        }
    }

    private void killOnSqlite(int cycles) {
        kill("SQLite", Store.sqlite(directory.resolve("journal.db")), cycles);
    }

    private void kill(String name, Store store, int cycles) {
        Path place = directory.resolve(name);
        if (!place.toFile().mkdir()) {
            throw new IllegalStateException(place + " is there already");
        }
        try (Proof proof = new Proof("R1 " + name + ", " + cycles + " kills", place)) {
            for (int cycle = 0; cycle < cycles; cycle++) {
                // The same engine comes back, as after a crash: its former lease ends at once.
                try (WorkerProcess worker = proof.worker(
                        store,
                        "engine",
                        cycle,
                        RUNS_A_LIFE,
                        Proof.LEASE,
                        "-D" + Worker.TABLES_ARE_THERE + "=" + (cycle > 0))) {
                    worker.awaitReady();
                    proof.awaitBytes(proof.random().nextInt(LONGEST_LIFE_BYTES));
                    Proof.pass(Duration.ofMillis(proof.random().nextInt(LONGEST_REST_MILLIS)));
                    worker.kill();
                }
                proof.disturbed("kill -9");
            }
            try (WorkerProcess last = proof.worker(store, "engine", cycles, 0, Proof.LEASE)) {
                last.awaitReady().drain();
            }
            LedgerCheck.Report report = proof.check(store);
            assertThat(report.disturbances()).isEqualTo(cycles);
            assertThat(report.runs()).isGreaterThan(cycles);
        }
    }
}
