package io.auterity.benchmarks;

import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Workflow;
import io.auterity.connector.jdbc.JdbcJournal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How long a process that starts takes until the runs that its predecessor left are going on: each has a thousand completed
 * steps and waits for its last one. Starting the library is in the figure, making the server and the history is not.
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
    public void run(Effort effort, List<String> arguments, Consumer<Figure> figures) throws Exception {
        int runs = effort.isQuick() ? 4 : 20;
        try (PostgresServer server = new PostgresServer()) {
            int[] number = new int[1];
            new Rounds(effort.isQuick() ? 1 : Math.min(5, effort.rounds()))
                    .add("auterity", () -> Map.of("ms", ours(server, "auterity" + number[0]++, runs)))
                    .add("dbos", () -> Map.of("ms", theirs(server, "dbos" + number[0]++, runs)))
                    .report(id(), runs + "-runs-of-" + STEPS + "-steps", figures);
        }
    }

    private double awaitReached(long start) throws InterruptedException {
        if (!reached.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(reached.getCount() + " runs were not gone on with within " + LIMIT);
        }
        return (System.nanoTime() - start) / 1e6;
    }

    // --- ours ---

    private double ours(PostgresServer server, String name, int runs) throws Exception {
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
                awaitReached(0);
            }
            reached = new CountDownLatch(runs);
            long start = System.nanoTime();
            try (Engine second =
                    Engine.builder().journal(journal).register(workflow).build()) {
                return awaitReached(start);
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

    private double theirs(PostgresServer server, String name, int runs) throws Exception {
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
        long start = System.nanoTime();
        try (DBOS second = dbos(url, server.user())) {
            second.registerProxy(LongChain.class, new LongChainOfSteps(second, this));
            second.launch();
            return awaitReached(start);
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
