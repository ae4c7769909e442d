package io.auterity.benchmarks;

import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Workflow;
import io.auterity.connector.jdbc.JdbcJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How long a process that starts takes until the runs that its predecessor left are going on: each has a thousand completed
 * steps and waits for its last one. Starting the library is in the figure, making the server and the history is not. What the server does for a run is counted apart.
 */
final class RecoveryBench implements Bench {

    private static final int STEPS = 1_000;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** Reached by every run that has come to its last step; replaced for each measurement. */
    private volatile CountDownLatch reached = new CountDownLatch(0);

    @Override
    public String id() {
        return "recovery";
    }

    @Override
    public String summary() {
        return "going on with runs of 1,000 completed steps after a restart, against DBOS Transact";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        int runs = effort.isQuick() ? 4 : 20;
        String workload = runs + "-runs-of-" + STEPS + "-steps";
        try (PostgresServer server = new PostgresServer()) {
            int[] number = new int[1];
            new Rounds(effort.isQuick() ? 1 : Math.min(5, effort.rounds()))
                    .add("auterity", () -> ours(server, "auterity" + number[0]++, runs, RecoveryBench::timed))
                    .add("dbos", () -> theirs(server, "dbos" + number[0]++, runs, RecoveryBench::timed))
                    .report(id(), workload, figures);
            Observer<Counts> counting = (database, restart) -> {
                try (PostgresCounter counter = new PostgresCounter(server)) {
                    return counter.of(database, restart).per(runs);
                }
            };
            Counts own = ours(server, "auterity", runs, counting);
            own.against(theirs(server, "dbos", runs, counting), id(), workload + "/dbos", "run", figures);
        }
    }

    /** Observes what happens from the start of a library until all runs are going on. */
    private interface Observer<T> {
        T observe(String database, PostgresServer.Work restart) throws Exception;
    }

    private static Map<String, Double> timed(String database, PostgresServer.Work restart) throws Exception {
        long start = System.nanoTime();
        restart.run();
        return Map.of("ms", (System.nanoTime() - start) / 1e6);
    }

    private void awaitReached() throws InterruptedException {
        if (!reached.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(reached.getCount() + " runs were not gone on with within " + LIMIT);
        }
    }

    // --- ours ---

    private <T> T ours(PostgresServer server, String name, int runs, Observer<T> observer) throws Exception {
        JdbcJournal journal = DurableBench.journal(server, name);
        try (journal) {
            CountDownLatch never = new CountDownLatch(1);
            Workflow<Auterity.Input, String> workflow = workflow(never);
            reached = new CountDownLatch(runs);
            try (Engine first =
                    Engine.builder().journal(journal).register(workflow).build()) {
                for (int run = 0; run < runs; run++) {
                    first.start(workflow, new Auterity.Input(Chains.TEXT));
                }
                awaitReached();
            }
            reached = new CountDownLatch(runs);
            List<Engine> second = new ArrayList<>(1);
            try {
                return observer.observe(name, () -> {
                    second.add(
                            Engine.builder().journal(journal).register(workflow).build());
                    awaitReached();
                });
            } finally {
                second.forEach(Engine::close);
            }
        }
    }

    private Workflow<Auterity.Input, String> workflow(CountDownLatch never) {
        return Workflow.define("long", Auterity.Input.class, (flow, input) -> {
            Handle<String> last = flow.step("step-0").run(String.class, input, given -> Chains.step(given.text()));
            for (int step = 1; step < STEPS; step++) {
                last = flow.step("step-" + step).run(String.class, last, Chains::step);
            }
            return flow.step("last").run(String.class, last, text -> {
                reached.countDown();
                never.await(); // until the engine is closed
                return text;
            });
        });
    }

    // --- theirs ---

    /** What DBOS makes a proxy of. */
    interface LongChain {
        String all(String text);
    }

    private static final class LongChainOfSteps implements LongChain {
        private final DBOS dbos;
        private final RecoveryBench bench;

        private LongChainOfSteps(DBOS dbos, RecoveryBench bench) {
            this.dbos = dbos;
            this.bench = bench;
        }

        @Override
        @dev.dbos.transact.workflow.Workflow(name = "long")
        public String all(String text) {
            String last = text;
            for (int step = 0; step < STEPS; step++) {
                String given = last;
                last = dbos.runStep(() -> Chains.step(given), "step-" + step);
            }
            String all = last;
            return dbos.runStep(
                    () -> {
                        bench.reached.countDown();
                        return all;
                    },
                    "last");
        }
    }

    private <T> T theirs(PostgresServer server, String name, int runs, Observer<T> observer) throws Exception {
        String url = server.newDatabase(name);
        reached = new CountDownLatch(runs);
        try (DBOS first = dbos(url, server.user())) {
            LongChain chain = first.registerProxy(LongChain.class, new LongChainOfSteps(first, this));
            first.launch();
            for (int run = 0; run < runs; run++) {
                chain.all(Chains.TEXT);
            }
        }
        // As a crash before the last step would have left it.
        server.executeIn(name, "delete from dbos.operation_outputs where function_id = " + STEPS);
        server.executeIn(name, "update dbos.workflow_status set status = 'PENDING', output = null");
        reached = new CountDownLatch(runs);
        List<DBOS> second = new ArrayList<>(1);
        try {
            return observer.observe(name, () -> {
                DBOS library = dbos(url, server.user());
                second.add(library);
                library.registerProxy(LongChain.class, new LongChainOfSteps(library, this));
                library.launch();
                awaitReached();
            });
        } finally {
            second.forEach(DBOS::shutdown);
        }
    }

    private static DBOS dbos(String url, String user) {
        return new DBOS(DBOSConfig.defaults("recovery")
                .withDatabaseUrl(url)
                .withDbUser(user)
                .withDbPassword("")
                .withAppVersion("1"));
    }
}
