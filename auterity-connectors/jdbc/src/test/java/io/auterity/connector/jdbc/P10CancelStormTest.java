package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery.Filter;
import io.auterity.journal.RunSummary;
import io.auterity.testkit.Unsuccessful;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in a database that are cancelled again and again, by everybody who can; see {@code CancelStormTest} of the core. */
class P10CancelStormTest {

    private static final int RUNS = 90;
    private static final int CANCELLATIONS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** So many that the one who cancels never waits for one until it gives up. */
    private static final int CONNECTIONS = 16;

    /** Nobody loses it, however long the machine stands still. */
    private static final Duration LEASE = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private final Unsuccessful unsuccessful = new Unsuccessful();

    private Engine engine(String id, JdbcJournal journal) {
        return Engine.builder()
                .id(id)
                .journal(journal)
                .lease(LEASE)
                .parkAfter(Duration.ofMillis(200))
                .pollInterval(Duration.ofMillis(50))
                .connector(unsuccessful.connector())
                .register(unsuccessful.registered())
                .build();
    }

    @Test
    void P10_two_engines_on_postgresql_end_every_run_and_write_nothing_more() {
        String schema = TestPostgres.newSchema();
        JdbcJournalBuilder server = JdbcJournal.builder()
                .url(TestPostgres.newest().url())
                .schema(schema)
                .connections(CONNECTIONS);
        try (JdbcJournal first = server.open();
                JdbcJournal second = server.open();
                Engine one = engine("one", first);
                Engine two = engine("two", second)) {
            storm("PostgreSQL", first, one, two);
        }
    }

    @Test
    void P10_an_engine_on_sqlite_ends_every_run_and_writes_nothing_more() {
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("journal.db"));
                Engine engine = engine("one", journal)) {
            storm("SQLite", journal, engine, engine);
        }
    }

    private void storm(String name, JdbcJournal journal, Engine one, Engine two) {
        List<Workflow<Map<String, Object>, Object>> workflows = unsuccessful.workflows();
        List<Run<Object>> runs = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < RUNS; i++) {
            Engine either = i % 2 == 0 ? one : two;
            runs.add(either.start(workflows.get(i % workflows.size()), RunId.of("r" + i), Map.of()));
        }
        Map<RunId, Long> cancelled = new HashMap<>();
        for (int i = 0; i < CANCELLATIONS; i++) {
            for (Run<Object> run : runs) {
                cancelled.putIfAbsent(run.id(), InstantSource.system().millis());
                run.cancel("enough");
                journal.send(run.id(), new RunMessage.Cancel("enough"));
                two.attach(run.id()).orElseThrow().cancel("enough");
            }
        }
        for (Run<Object> run : runs) {
            run.await(PATIENCE);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        List<RunSummary> all = all(one);
        assertThat(all).allSatisfy(run -> assertThat(run.end()).as("%s", run).isPresent());
        int longest = all.stream()
                .mapToInt(run -> journal.read(run.id()).size())
                .max()
                .orElseThrow();
        long slowest = all.stream()
                .filter(run -> cancelled.containsKey(run.id()))
                .mapToLong(run -> run.end().orElseThrow().at() - cancelled.get(run.id()))
                .max()
                .orElseThrow();
        System.out.printf(
                "P10 %s: %d runs and their %d children were cancelled %d times each; the slowest ended %d ms after the"
                        + " first time; at most %d entries a run%n",
                name, RUNS, all.size() - RUNS, 3 * CANCELLATIONS, slowest, longest);
        // Six attempts may have failed in each second before it was their turn; cancelling adds nothing.
        assertThat(longest).isLessThanOrEqualTo(20 + 6 * (int) took.toSeconds());

        long entries = entries(journal, all);
        Map<String, Integer> attempts = unsuccessful.attempts();
        Passing.pass(Duration.ofSeconds(2)); // forty looks of each engine, four times the pause between attempts
        assertThat(all(one)).hasSameSizeAs(all);
        assertThat(entries(journal, all)).isEqualTo(entries);
        assertThat(unsuccessful.attempts()).isEqualTo(attempts);
    }

    private static List<RunSummary> all(Engine engine) {
        try (Stream<RunSummary> runs = engine.runs(Filter.NONE).stream()) {
            return runs.toList();
        }
    }

    private static long entries(JdbcJournal journal, List<RunSummary> runs) {
        return runs.stream().mapToLong(run -> journal.read(run.id()).size()).sum();
    }
}
