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
 * parked at once: ours looks for what is due every second, db-scheduler every ten.
 */
final class TimersBench implements Bench {

    private static final int RINGS = 100;
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
    public void run(Effort effort, List<String> arguments, Consumer<Figure> figures) throws Exception {
        int timers = effort.isQuick() ? 10_000 : 1_000_000;
        Duration idle = effort.isQuick() ? Duration.ofSeconds(2) : Duration.ofSeconds(20);
        try (PostgresServer server = new PostgresServer()) {
            Map<String, Double> own = ours(server, timers, idle);
            Map<String, Double> theirs = theirs(server, timers, idle);
            own.forEach((unit, value) -> figures.accept(new Figure(
                    id(),
                    timers + "-pending/db-scheduler",
                    value,
                    Objects.requireNonNull(theirs.get(unit), unit),
                    unit,
                    1)));
        }
    }

    /** Says how late something is. */
    private interface Ringing {
        void ring(String name);
    }

    /** Starts timers one after the other and waits until all have rung; the median of how late they were. */
    private static double lateness(Consumer<String> start, ConcurrentLinkedQueue<Long> rung, Map<String, Long> due)
            throws Exception {
        for (int i = 0; i < RINGS; i++) {
            String name = "ring-" + i;
            due.put(name, System.nanoTime() + NAP.toNanos());
            start.accept(name);
            LockSupport.parkNanos(BETWEEN_RINGS.toNanos());
        }
        until("all timers to ring", () -> rung.size() == RINGS);
        return Interleaved.median(rung.stream().mapToDouble(Long::doubleValue).toArray()) / 1e6;
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
        server.executeIn(database, "vacuum analyze");
        server.execute("checkpoint");
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        double heap = (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
        PostgresServer.Cost before = server.cost();
        long cpuBefore = Chains.jvmCpuNanos();
        long start = System.nanoTime();
        long end = start + idle.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        double micros = (Chains.jvmCpuNanos() - cpuBefore) / 1_000.0
                + server.cost().minus(before).cpuMicros();
        Map<String, Double> measured = new LinkedHashMap<>();
        measured.put("MB heap", heap);
        measured.put("% of a core, idle", Math.max(0.01, micros * 100_000 / (System.nanoTime() - start)));
        return measured;
    }

    // --- ours ---

    /** Which timer a run is. */
    record Nap(String name) {}

    private static Workflow<Nap, String> workflow(String id, Duration nap, Ringing ringing) {
        return Workflow.define(id, Nap.class, (flow, input) -> {
            Handle<Void> slept = flow.sleep("sleep", nap);
            return flow.step("ring").needs(slept).run(String.class, input, given -> {
                ringing.ring(given.name());
                return given.name();
            });
        });
    }

    private static Map<String, Double> ours(PostgresServer server, int timers, Duration idle) throws Exception {
        Map<String, Long> due = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<Long> rung = new ConcurrentLinkedQueue<>();
        Ringing ringing = name -> rung.add(System.nanoTime() - Objects.requireNonNull(due.get(name), name));
        Workflow<Nap, String> lasting = workflow("long-nap", LONG_NAP, ringing);
        Workflow<Nap, String> brief = workflow("nap", NAP, ringing);
        try (JdbcJournal journal = DurableBench.journal(server, "auterity");
                Engine engine = Engine.builder()
                        .journal(journal)
                        .parkAfter(Duration.ofMillis(1))
                        .register(lasting, brief)
                        .build()) {
            engine.start(lasting, new Nap("first"));
            String parked = "select count(*) from auterity.run where wake_at is not null";
            until(
                    "the first run to be parked",
                    () -> server.textIn("auterity", parked).equals("1"));
            copies(server, timers - 1);
            Map<String, Double> measured = costOfNothing(server, "auterity", idle);
            measured.put("ms late", lateness(name -> engine.start(brief, new Nap(name)), rung, due));
            return measured;
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

    private static Map<String, Double> theirs(PostgresServer server, int timers, Duration idle) throws Exception {
        Map<String, Long> due = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<Long> rung = new ConcurrentLinkedQueue<>();
        String url = server.newDatabase("scheduler");
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
            server.executeIn("scheduler", sql);
        }
        OneTimeTask<Void> nap = Tasks.oneTime("nap")
                .execute((instance, context) -> rung.add(
                        System.nanoTime() - Objects.requireNonNull(due.get(instance.getId()), instance.getId())));
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(url);
            pool.setUsername(server.user());
            Scheduler scheduler = Scheduler.create(pool, nap).build();
            try {
                scheduler.start();
                LockSupport.parkNanos(Duration.ofSeconds(1).toNanos()); // its first look at the table is not idleness
                Map<String, Double> measured = costOfNothing(server, "scheduler", idle);
                measured.put(
                        "ms late",
                        lateness(
                                name -> scheduler.schedule(
                                        nap.instance(name), Instant.now().plus(NAP)),
                                rung,
                                due));
                return measured;
            } finally {
                scheduler.stop();
            }
        }
    }
}
