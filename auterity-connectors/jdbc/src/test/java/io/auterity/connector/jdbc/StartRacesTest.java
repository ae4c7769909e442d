package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P1 and P6: whoever starts a run, and whatever is being recovered meanwhile, its step is entered once. */
class StartRacesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Nobody loses it, however long the machine stands still: who has lost it leaves runs that are done once more. */
    private static final Duration LEASE = Duration.ofHours(1);

    private static final int ROUNDS = 10;
    private static final int THREADS = 64;
    private static final int LAUNCHES = 5;

    @TempDir
    private Path folder;

    private final AtomicInteger bodies = new AtomicInteger();

    private final Workflow<Map, Integer> workflow = Workflow.define(
            "flow", Map.class, (flow, input) -> flow.step("once").run(Integer.class, bodies::incrementAndGet));

    private Engine engine(String id, JdbcJournal journal) {
        return Engine.builder()
                .id(id)
                .journal(journal)
                .lease(LEASE)
                .pollInterval(Duration.ofMillis(1))
                .register(workflow)
                .build();
    }

    private static JdbcJournal postgres(String schema) {
        return JdbcJournal.builder()
                .url(TestPostgres.newest().url())
                .schema(schema)
                .connections(THREADS / 2) // nobody waits for one until it gives up
                .open();
    }

    @Test
    void P6_two_engines_on_PostgreSQL_that_start_one_id_start_one_run() throws Exception {
        String schema = TestPostgres.newSchema();
        try (JdbcJournal first = postgres(schema);
                JdbcJournal second = postgres(schema)) {
            race(first, second);
        }
    }

    @Test
    void P6_two_engines_on_SQLite_that_start_one_id_start_one_run() throws Exception {
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("journal.db"))) {
            race(journal, journal); // a file has one process, and that one journal
        }
    }

    private void race(JdbcJournal first, JdbcJournal second) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (Engine one = engine("one", first);
                Engine two = engine("two", second)) {
            for (int round = 1; round <= ROUNDS; round++) {
                RunId id = RunId.of("r" + round);
                CyclicBarrier together = new CyclicBarrier(THREADS);
                List<CompletableFuture<Integer>> outputs = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    Engine engine = i % 2 == 0 ? one : two;
                    outputs.add(CompletableFuture.supplyAsync(() -> start(engine, id, together), threads));
                }
                for (CompletableFuture<Integer> output : outputs) {
                    assertThat(output.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                            .isEqualTo(round);
                }
                assertThat(bodies).hasValue(round);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Integer start(Engine engine, RunId id, CyclicBarrier together) {
        try {
            together.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return engine.start(workflow, id, Map.of()).await(PATIENCE).orElseThrow();
    }

    @Test
    void P1_launches_on_PostgreSQL_never_take_up_what_they_have_just_started() {
        String schema = TestPostgres.newSchema();
        launch(() -> postgres(schema));
    }

    @Test
    void P1_launches_on_SQLite_never_take_up_what_they_have_just_started() {
        launch(() -> JdbcJournal.sqlite(folder.resolve("journal.db")));
    }

    /** Starts runs while the engine that has just been launched takes up what the one before has left. */
    private void launch(Supplier<JdbcJournal> open) {
        int runs = 20;
        for (int launch = 0; launch < LAUNCHES; launch++) {
            try (JdbcJournal journal = open.get()) {
                leave(journal, launch, runs);
                try (Engine engine = engine("engine", journal)) {
                    List<Run<Integer>> all = new ArrayList<>();
                    for (int i = 0; i < runs; i++) {
                        all.add(engine.start(workflow, RunId.of("new-" + launch + "-" + i), Map.of()));
                    }
                    for (int i = 0; i < runs; i++) {
                        all.add(engine.start(workflow, left(launch, i), Map.of()));
                    }
                    all.forEach(run -> assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED));
                }
            }
            assertThat(bodies).as("launch %s", launch).hasValue((launch + 1) * 2 * runs);
        }
    }

    private static RunId left(int launch, int number) {
        return RunId.of("left-" + launch + "-" + number);
    }

    /** Leaves runs behind that the same engine had started and not done when it died. */
    private void leave(JdbcJournal journal, int launch, int runs) {
        String version;
        try (Engine compiles = Engine.builder()
                .id("compiles")
                .journal(journal)
                .recovery(false)
                .register(workflow)
                .build()) {
            version = compiles.plan("flow").hash();
        }
        Lease lease = journal.open("engine", LEASE);
        for (int i = 0; i < runs; i++) {
            journal.append(lease, left(launch, i), List.of(new RunStarted(1, "flow", version, Map.of(), Origin.NONE)))
                    .toCompletableFuture()
                    .join();
        }
    }
}
