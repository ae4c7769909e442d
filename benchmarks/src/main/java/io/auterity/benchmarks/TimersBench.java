package io.auterity.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Workflow;
import io.auterity.connector.jdbc.JdbcJournal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What it costs that very many timers are pending, each that of a run that is parked, and how late those are that come
 * due meanwhile; against tasks of db-scheduler. One run is parked by the engine, the others are copies of its rows, made by
 * the server. Everything is set as it is by default, but for runs being
 * parked at once: ours looks for what is due every second, db-scheduler every ten. What the server does is counted in a round
 * of its own.
 */
final class TimersBench implements Bench {

    private static final String OURS = "auterity";
    private static final String THEIRS = "scheduler";
    private static final String PEER = "-pending/db-scheduler";
    private static final int ROUNDS = 3;
    private static final int RINGS = 100;
    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
    private static final Duration BETWEEN_RINGS = Duration.ofMillis(50);
    private static final Duration NAP = Duration.ofSeconds(3);
    private static final Duration LONG_NAP = Duration.ofDays(30);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Override
    public String id() {
        return "timers";
    }

    @Override
    public String summary() {
        return "a million parked runs with a timer each: heap, idle CPU, and how late others are, against db-scheduler";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        int timers = effort.isQuick() ? 10_000 : 1_000_000;
        Duration idle = effort.isQuick() ? Duration.ofSeconds(2) : Duration.ofSeconds(20);
        try (PostgresServer server = new PostgresServer()) {
            Contestant own = new Ours(server, timers);
            Contestant theirs = new Theirs(server, timers);
            int rounds = effort.isQuick() ? 1 : ROUNDS;
            List<Map<String, Double>> measuredOwn = new ArrayList<>();
            List<Map<String, Double>> measuredTheirs = new ArrayList<>();
            for (int round = 0; round < rounds; round++) { // in turn; neither is there while the other is measured
                measuredOwn.add(own.measure(round, idle));
                measuredTheirs.add(theirs.measure(round, idle));
            }
            Map<String, Counts> counted = own.count(rounds, idle);
            Map<String, Counts> countedTheirs = theirs.count(rounds, idle);
            counted.forEach((unit, counts) -> counts.against(
                    Objects.requireNonNull(countedTheirs.get(unit), unit), id(), timers + PEER, unit, figures));
            for (String unit : measuredOwn.get(0).keySet()) {
                figures.accept(new Figure(
                        id(), timers + PEER, median(measuredOwn, unit), median(measuredTheirs, unit), unit, rounds));
            }
        }
    }

    private static double median(List<Map<String, Double>> measured, String unit) {
        return Interleaved.median(measured.stream()
                .mapToDouble(each -> Objects.requireNonNull(each.get(unit), unit))
                .toArray());
    }

    /** What has its timers in a database, and can be there or not. */
    private abstract static class Contestant {

        private final PostgresServer server;
        private final String database;

        private Contestant(PostgresServer server, String database) {
            this.server = server;
            this.database = database;
        }

        /** Is there for a while, as long as a task takes that can start timers by their names. */
        abstract <T> T there(Bells bells, There<T> task) throws Exception;

        /** Returns what was measured, by unit. */
        Map<String, Double> measure(int round, Duration idle) throws Exception {
            Bells bells = new Bells();
            return there(bells, start -> {
                Map<String, Double> measured = costOfNothing(server, database, idle);
                measured.put("ms late", bells.lateness(round, start));
                return measured;
            });
        }

        /** Counts what the server does for each timer that rings, and for each second in which none does. */
        Map<String, Counts> count(int round, Duration idle) throws Exception {
            Bells bells = new Bells();
            return there(bells, start -> {
                Map<String, Counts> counts = new LinkedHashMap<>();
                try (PostgresCounter counter = new PostgresCounter(server)) {
                    Counts ofNothing = counter.ofEver(database, idle);
                    counts.put("idle second", ofNothing.per(idle.toMillis() / 1_000.0));
                    Counts ofTimers = counter.of(database, () -> bells.lateness(round, start));
                    counts.put("timer", ofTimers.per(RINGS));
                }
                return counts;
            });
        }
    }

    private interface There<T> {
        T with(Consumer<String> start) throws Exception;
    }

    /** When timers of one round were due, and how late they rang. */
    private static final class Bells {
        private final Map<String, Long> due = new ConcurrentHashMap<>();
        private final ConcurrentLinkedQueue<Long> rung = new ConcurrentLinkedQueue<>();

        void ring(String name) {
            rung.add(System.nanoTime() - Objects.requireNonNull(due.get(name), name));
        }

        /** Starts timers one after the other and waits until all have rung; the median of how late they were. */
        double lateness(int round, Consumer<String> start) throws Exception {
            for (int i = 0; i < RINGS; i++) {
                String name = "ring-" + round + "-" + i;
                due.put(name, System.nanoTime() + NAP.toNanos());
                start.accept(name);
                LockSupport.parkNanos(BETWEEN_RINGS.toNanos());
            }
            until("all timers to ring", () -> rung.size() == RINGS);
            return Interleaved.median(
                            rung.stream().mapToDouble(Long::doubleValue).toArray())
                    / 1e6;
        }
    }

    private interface Asked {
        boolean isSo() throws Exception;
    }

    private static void until(String what, Asked asked) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!asked.isSo()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited in vain for " + what);
            }
            LockSupport.parkNanos(BETWEEN_RINGS.toNanos());
        }
    }

    /** The heap that is in use, and the CPU that this process and the server take while nothing is due. */
    private static Map<String, Double> costOfNothing(PostgresServer server, String database, Duration idle)
            throws Exception {
        LockSupport.parkNanos(FIRST_LOOK.toNanos()); // which is not idleness
        server.executeIn(database, "vacuum analyze");
        server.execute("checkpoint");
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        double heap = (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
        double before = server.cpuMicros() + Chains.jvmCpuNanos() / 1_000.0;
        long start = System.nanoTime();
        long end = start + idle.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        double micros = server.cpuMicros() + Chains.jvmCpuNanos() / 1_000.0 - before;
        Map<String, Double> measured = new LinkedHashMap<>();
        measured.put("MB heap", heap);
        measured.put("% of a core, idle", Math.max(0.01, micros * 100_000 / (System.nanoTime() - start)));
        return measured;
    }

    // --- ours ---

    /** Which timer a run is. */
    record Nap(String name) {}

    private static Workflow<Nap, String> workflow(String id, Duration nap, Consumer<String> ring) {
        return Workflow.define(id, Nap.class, (flow, input) -> {
            Handle<Void> slept = flow.sleep("sleep", nap);
            return flow.step("ring").needs(slept).run(String.class, input, given -> {
                ring.accept(given.name());
                return given.name();
            });
        });
    }

    private static final class Ours extends Contestant {

        private final String user;
        private final String url;

        /** Has one run parked, and makes the others of its rows. */
        private Ours(PostgresServer server, int timers) throws Exception {
            super(server, OURS);
            this.user = server.user();
            this.url = server.newDatabase(OURS);
            Workflow<Nap, String> lasting = workflow("long-nap", LONG_NAP, name -> {});
            try (JdbcJournal journal = journal();
                    Engine engine = engine(journal, lasting)) {
                engine.start(lasting, new Nap("first"));
                String parked = "select count(*) from auterity.run where wake_at is not null";
                until(
                        "the first run to be parked",
                        () -> server.textIn("auterity", parked).equals("1"));
                copies(server, timers - 1);
            }
        }

        private JdbcJournal journal() {
            return JdbcJournal.builder().url(url).user(user, "").open();
        }

        private static Engine engine(JdbcJournal journal, Workflow<?, ?>... workflows) {
            return Engine.builder()
                    .journal(journal)
                    .parkAfter(Duration.ofMillis(1))
                    .register(workflows)
                    .build();
        }

        @Override
        <T> T there(Bells bells, There<T> task) throws Exception {
            Workflow<Nap, String> lasting = workflow("long-nap", LONG_NAP, bells::ring);
            Workflow<Nap, String> brief = workflow("nap", NAP, bells::ring);
            try (JdbcJournal journal = journal();
                    Engine engine = engine(journal, lasting, brief)) {
                return task.with(name -> engine.start(brief, new Nap(name)));
            }
        }
    }

    /** Copies the rows of the only run; the copies' numbers are beyond those of any lease. */
    private static void copies(PostgresServer server, int copies) throws Exception {
        List<String> columns = new ArrayList<>();
        String of = server.textIn(
                "auterity",
                "select string_agg(column_name, ',' order by ordinal_position) from information_schema.columns"
                        + " where table_schema = 'auterity' and table_name = 'run'");
        for (String column : of.split(",")) {
            columns.add(
                    switch (column) {
                        case "id" -> "(1::bigint << 62) + i";
                        case "name" -> "name || '-' || i";
                        default -> column;
                    });
        }
        String each = " cross join generate_series(1, " + copies + ") i";
        server.executeIn(
                "auterity",
                "insert into auterity.run (" + of + ") select " + String.join(", ", columns) + " from auterity.run"
                        + each);
        server.executeIn(
                "auterity",
                "insert into auterity.entry select (1::bigint << 62) + i, e.seq, e.kind, e.at, e.step, e.attempt,"
                        + " e.started_at, e.form, e.payload from auterity.entry e" + each);
    }

    // --- theirs ---

    private static final class Theirs extends Contestant {

        private final String user;
        private final String url;

        private Theirs(PostgresServer server, int timers) throws Exception {
            super(server, THEIRS);
            this.user = server.user();
            this.url = server.newDatabase(THEIRS);
            // As its documentation says.
            for (String sql : List.of(
                    "create table scheduled_tasks (task_name text not null, task_instance text not null, task_data bytea,"
                            + " execution_time timestamp with time zone not null, picked boolean not null, picked_by text,"
                            + " last_success timestamp with time zone, last_failure timestamp with time zone,"
                            + " consecutive_failures int, last_heartbeat timestamp with time zone, version bigint not null,"
                            + " priority smallint, state text, primary key (task_name, task_instance))",
                    "create index execution_time_idx on scheduled_tasks (execution_time)",
                    "create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)",
                    "create index priority_execution_time_idx on scheduled_tasks (priority desc, execution_time asc)",
                    "insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)"
                            + " select 'nap', i::text, now() + interval '30 days', false, 1"
                            + " from generate_series(1, " + timers + ") i")) {
                server.executeIn(THEIRS, sql);
            }
        }

        @Override
        <T> T there(Bells bells, There<T> task) throws Exception {
            OneTimeTask<Void> nap = Tasks.oneTime("nap").execute((instance, context) -> bells.ring(instance.getId()));
            try (HikariDataSource pool = new HikariDataSource()) {
                pool.setJdbcUrl(url);
                pool.setUsername(user);
                Scheduler scheduler = Scheduler.create(pool, nap).build();
                try {
                    scheduler.start();
                    return task.with(name ->
                            scheduler.schedule(nap.instance(name), Instant.now().plus(NAP)));
                } finally {
                    scheduler.stop();
                }
            }
        }
    }
}
