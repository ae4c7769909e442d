package io.auterity.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Queue;
import io.auterity.Engine;
import io.auterity.Enqueue;
import io.auterity.Workflow;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.journal.RunQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Queued workflows of one trivial step on PostgreSQL with its default durability, put in by 64 callers and done as fast as
 * they come: ours against DBOS queues and db-scheduler, each of which polls ten times a second and runs up to 64 at a time
 * or more; and how long a single one waits in an idle queue before it begins. A job of db-scheduler has no record of its
 * step and output. What the server does for a workflow is counted apart from the times.
 */
final class QueueBench implements Bench {

    private static final String OURS = "auterity";
    private static final String DBOS = "dbos";
    private static final String SCHEDULER = "scheduler";
    private static final String WORKFLOW = "workflow";
    private static final Duration AFTERWARDS = Duration.ofMillis(500);
    private static final int CALLERS = 64;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Override
    public String id() {
        return "queue";
    }

    @Override
    public String summary() {
        return "queued one-step workflows on PostgreSQL, and idle pick-up, against DBOS queues and db-scheduler";
    }

    /** Who does queued work: calls {@link Work#done} at the end of each body. */
    private interface Contestant extends AutoCloseable {
        void enqueue(long number) throws Exception;

        @Override
        void close();
    }

    /** What the bodies report to. */
    private static final class Work {
        private volatile CountDownLatch left = new CountDownLatch(0);
        private volatile long doneAt;

        void done() {
            doneAt = System.nanoTime();
            left.countDown();
        }

        void expect(int number) {
            left = new CountDownLatch(number);
        }

        void await() throws InterruptedException {
            if (!left.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(left.getCount() + " queued workflows were not done within " + LIMIT);
            }
        }
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        int jobs = effort.isQuick() ? 400 : 2_000;
        int singles = effort.isQuick() ? 5 : 21;
        Work work = new Work();
        try (PostgresServer server = new PostgresServer();
                Contestant ours = new Ours(DurableBench.journal(server, OURS), work);
                Contestant dbos = new DbosQueue(server.newDatabase(DBOS), server.user(), work);
                Contestant scheduler = new DbScheduler(server.newDatabase(SCHEDULER), server.user(), work)) {
            AtomicLong numbers = new AtomicLong();
            new Rounds(effort.rounds())
                    .add("auterity", () -> throughput(ours, work, jobs, numbers))
                    .add("dbos", () -> throughput(dbos, work, jobs / 10, numbers)) // at its rate that takes long enough
                    .add("db-scheduler", () -> throughput(scheduler, work, jobs, numbers))
                    .report(id(), "1-step", figures);
            new Rounds(effort.rounds())
                    .add("auterity", () -> pickUp(ours, work, singles, numbers))
                    .add("dbos", () -> pickUp(dbos, work, singles, numbers))
                    .add("db-scheduler", () -> pickUp(scheduler, work, singles, numbers))
                    .report(id(), "idle-pick-up", figures);
            try (PostgresCounter counter = new PostgresCounter(server)) {
                Counts own = counts(counter, OURS, ours, work, jobs, numbers);
                own.against(
                        counts(counter, DBOS, dbos, work, jobs / 10, numbers), id(), "1-step/dbos", WORKFLOW, figures);
                own.against(
                        counts(counter, SCHEDULER, scheduler, work, jobs, numbers),
                        id(),
                        "1-step/db-scheduler",
                        WORKFLOW,
                        figures);
            }
        }
    }

    private static Counts counts(
            PostgresCounter counter, String database, Contestant contestant, Work work, int jobs, AtomicLong numbers)
            throws Exception {
        return counter.of(database, () -> {
                    throughput(contestant, work, jobs, numbers);
                    Thread.sleep(AFTERWARDS.toMillis()); // the last ends are recorded after their bodies
                })
                .per(jobs);
    }

    private static Map<String, Double> throughput(Contestant contestant, Work work, int jobs, AtomicLong numbers)
            throws Exception {
        work.expect(jobs);
        long begin = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Callable<Void>> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int share = jobs / CALLERS + (caller < jobs % CALLERS ? 1 : 0);
                callers.add(() -> {
                    for (int i = 0; i < share; i++) {
                        contestant.enqueue(numbers.incrementAndGet());
                    }
                    return null;
                });
            }
            for (Future<Void> caller : threads.invokeAll(callers)) {
                caller.get();
            }
        } finally {
            threads.shutdownNow();
        }
        work.await();
        return Map.of("workflows/s", jobs / ((System.nanoTime() - begin) / 1e9));
    }

    private static Map<String, Double> pickUp(Contestant contestant, Work work, int singles, AtomicLong numbers)
            throws Exception {
        double[] waits = new double[singles];
        for (int i = 0; i < singles; i++) {
            work.expect(1);
            long begin = System.nanoTime();
            contestant.enqueue(numbers.incrementAndGet());
            work.await();
            waits[i] = (work.doneAt - begin) / 1e6;
            Thread.sleep(20); // until it is idle again
        }
        Arrays.sort(waits);
        return Map.of("ms p50", waits[singles / 2]);
    }

    private static final class Ours implements Contestant {
        private final JdbcJournal journal;
        private final Engine engine;
        private final Workflow<Input, String> workflow;

        /** What a workflow is given. */
        record Input(String text) {}

        private Ours(JdbcJournal journal, Work work) {
            this.journal = journal;
            workflow = Workflow.define(
                    "queued",
                    Input.class,
                    (flow, input) -> flow.step("step").run(String.class, input, given -> {
                        String output = Chains.step(given.text());
                        work.done();
                        return output;
                    }));
            engine = Engine.builder()
                    .journal(journal)
                    .register(workflow)
                    .queue(RunQueue.named("queue"))
                    .build();
        }

        @Override
        public void enqueue(long number) {
            engine.enqueue(workflow, new Input(Chains.TEXT), Enqueue.to("queue"));
        }

        @Override
        public void close() {
            engine.close();
            journal.close();
        }
    }

    private static final class DbosQueue implements Contestant {
        private static final Queue QUEUE = new Queue("queue").withPollingInterval(POLL);

        private final DBOS dbos;
        private final Dbos.Chain chain;

        /** A chain that tells when it is done. */
        static final class Told implements Dbos.Chain {
            private final DBOS dbos;
            private final Work work;

            Told(DBOS dbos, Work work) {
                this.dbos = dbos;
                this.work = work;
            }

            @Override
            @dev.dbos.transact.workflow.Workflow(name = "queued")
            public String chain(String text, int steps) {
                return dbos.runStep(
                        () -> {
                            String output = Chains.step(text);
                            work.done();
                            return output;
                        },
                        "step");
            }
        }

        private DbosQueue(String url, String user, Work work) {
            dbos = new DBOS(DBOSConfig.defaults("benchmark")
                    .withDatabaseUrl(url)
                    .withDbUser(user)
                    .withDbPassword("")
                    .withAppVersion("1"));
            dbos.registerQueue(QUEUE);
            chain = dbos.registerProxy(Dbos.Chain.class, new Told(dbos, work));
            dbos.launch();
        }

        @Override
        public void enqueue(long number) {
            dbos.startWorkflow(() -> chain.chain(Chains.TEXT, 1), new StartWorkflowOptions(QUEUE));
        }

        @Override
        public void close() {
            dbos.shutdown();
        }
    }

    private static final class DbScheduler implements Contestant {
        private final HikariDataSource source;
        private final Scheduler scheduler;
        private final OneTimeTask<String> task;

        private DbScheduler(String url, String user, Work work) throws Exception {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            config.setUsername(user);
            config.setPassword("");
            config.setMaximumPoolSize(20);
            source = new HikariDataSource(config);
            try (var connection = source.getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("create table scheduled_tasks (task_name text not null, task_instance text not null,"
                        + " task_data bytea, execution_time timestamptz not null, picked boolean not null, picked_by text,"
                        + " last_success timestamptz, last_failure timestamptz, consecutive_failures int,"
                        + " last_heartbeat timestamptz, version bigint not null, priority smallint,"
                        + " primary key (task_name, task_instance))");
                statement.execute("create index execution_time_idx on scheduled_tasks (execution_time)");
                statement.execute("create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)");
            }
            task = Tasks.oneTime("queued", String.class).execute((instance, context) -> {
                Chains.step(instance.getData());
                work.done();
            });
            scheduler = Scheduler.create(source, task)
                    .threads(CALLERS)
                    .pollUsingLockAndFetch(0.5, 4.0)
                    .pollingInterval(POLL)
                    .enableImmediateExecution()
                    .build();
            scheduler.start();
        }

        @Override
        public void enqueue(long number) {
            scheduler.schedule(task.instance("job-" + number, Chains.TEXT), Instant.now());
        }

        @Override
        public void close() {
            scheduler.stop();
            source.close();
        }
    }
}
