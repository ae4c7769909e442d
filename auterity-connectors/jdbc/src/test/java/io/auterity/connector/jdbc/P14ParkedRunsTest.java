package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery.Filter;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.testkit.CrashingJournal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** P14: runs that are parked in a database stay what they are, however often the engine is started again. */
class P14ParkedRunsTest {

    private static final int RUNS = 200;
    private static final int RESTARTS = 10;
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** How often a launched engine looks for runs and messages before it is closed again. */
    private static final int ROUNDS = 3;

    @TempDir
    private Path folder;

    private final AtomicInteger bodies = new AtomicInteger();
    private final Workflow<Map, Integer> workflow = Workflow.define("flow", Map.class, (flow, input) -> {
        var before = flow.step("before").run(Integer.class, bodies::incrementAndGet);
        var go = flow.step("go").needs(before).awaitSignal("go", Long.class, Duration.ofDays(1));
        return flow.step("after").run(Integer.class, go, signal -> bodies.incrementAndGet());
    });

    @Test
    void P14_two_hundred_parked_runs_stay_what_they_are_on_postgresql() throws Exception {
        restart(new OnPostgres(TestPostgres.newSchema()), RUNS, RESTARTS);
    }

    @Test
    void P14_two_hundred_parked_runs_stay_what_they_are_on_sqlite() throws Exception {
        restart(new OnSqlite(folder.resolve("journal.db")), RUNS, RESTARTS);
    }

    @Test
    @Tag("nightly")
    @Timeout(60 * 60)
    void P14_ten_thousand_parked_runs_stay_what_they_are_on_postgresql() throws Exception {
        restart(new OnPostgres(TestPostgres.newSchema()), 10_000, 50);
    }

    @Test
    @Tag("nightly")
    @Timeout(60 * 60)
    void P14_ten_thousand_parked_runs_stay_what_they_are_on_sqlite() throws Exception {
        restart(new OnSqlite(folder.resolve("journal.db")), 10_000, 50);
    }

    private void restart(Database database, int runs, int restarts) throws Exception {
        try (JdbcJournal journal = database.open();
                Engine engine = engine(journal)) {
            for (int i = 0; i < runs; i++) {
                engine.start(workflow, id(i), Map.of());
            }
            await(() -> all(journal, run -> run.standing().owner().isEmpty()));
        }
        Map<String, Long> rows = database.rows();
        assertThat(rows).containsValues((long) runs);
        for (int restart = 1; restart <= restarts; restart++) {
            try (JdbcJournal journal = database.open()) {
                CrashingJournal counted = CrashingJournal.never(journal);
                try (Engine engine = engine(counted.journal())) {
                    await(() -> hasLooked(counted.calls()));
                    assertThat(engine.find(id(0))).as("restart %s", restart).isEmpty();
                }
                assertThat(all(journal, run -> run.status() == RunStatus.WAITING))
                        .isTrue();
            }
            assertThat(database.rows()).as("restart %s", restart).isEqualTo(rows);
            assertThat(bodies).as("restart %s", restart).hasValue(runs);
        }
        try (JdbcJournal journal = database.open();
                Engine engine = engine(journal)) {
            for (int i = 0; i < runs; i++) {
                assertThat(journal.send(id(i), new RunMessage.Signal("go", 1L))).isTrue();
            }
            await(() -> all(journal, run -> run.end().isPresent()));
            assertThat(all(journal, run -> run.status() == RunStatus.SUCCEEDED)).isTrue();
        }
        assertThat(bodies).hasValue(2 * runs);
    }

    private static RunId id(int number) {
        return RunId.of("r" + number);
    }

    private Engine engine(Journal journal) {
        return Engine.builder()
                .id("engine")
                .journal(journal)
                .lease(Duration.ofHours(1)) // nobody loses it, however long the machine stands still
                .parkAfter(Duration.ofMillis(1))
                .pollInterval(LOOK)
                .register(workflow)
                .build();
    }

    private static boolean all(JdbcJournal journal, Predicate<RunSummary> condition) {
        try (Stream<RunSummary> runs = journal.catalog().stream(Filter.NONE)) {
            return runs.allMatch(condition);
        }
    }

    private static boolean hasLooked(List<String> calls) {
        return Stream.of("Journal.claim", "Journal.received")
                .allMatch(call -> calls.stream().filter(call::equals).count() >= ROUNDS);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(LOOK.toNanos());
            assertThat(Thread.interrupted()).as("the time of the test is up").isFalse();
        }
    }

    /** Where the runs are. */
    private interface Database {

        JdbcJournal open();

        String address();

        /** Asks for the names of all tables. */
        String tables();

        /** How many rows each table has, while no engine is there. */
        default Map<String, Long> rows() throws SQLException {
            try (Connection connection = DriverManager.getConnection(address());
                    Statement statement = connection.createStatement()) {
                List<String> names = new ArrayList<>();
                try (ResultSet tables = statement.executeQuery(tables())) {
                    while (tables.next()) {
                        names.add(tables.getString(1));
                    }
                }
                Map<String, Long> rows = new TreeMap<>();
                for (String name : names) {
                    try (ResultSet count = statement.executeQuery("select count(*) from " + name)) {
                        count.next();
                        rows.put(name, count.getLong(1));
                    }
                }
                return rows;
            }
        }
    }

    private record OnPostgres(String schema) implements Database {

        @Override
        public JdbcJournal open() {
            return JdbcJournal.builder().url(address()).schema(schema).open();
        }

        @Override
        public String address() {
            return TestPostgres.newest().url();
        }

        @Override
        public String tables() {
            return "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = '" + schema + "'";
        }
    }

    private record OnSqlite(Path file) implements Database {

        @Override
        public JdbcJournal open() {
            return JdbcJournal.sqlite(file);
        }

        @Override
        public String address() {
            return "jdbc:sqlite:" + file;
        }

        @Override
        public String tables() {
            return "select name from sqlite_master where type = 'table'";
        }
    }
}
