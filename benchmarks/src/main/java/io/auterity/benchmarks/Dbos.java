package io.auterity.benchmarks;

import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;

/** The workflows that DBOS Transact is measured with. */
final class Dbos implements AutoCloseable {

    private final DBOS dbos;
    private final Chain chain;

    /** What DBOS makes a proxy of. */
    interface Chain {
        String chain(String id, int steps);
    }

    /** Each step passes a text of 200 characters on. */
    static final class ChainOfSteps implements Chain {
        private final DBOS dbos;

        ChainOfSteps(DBOS dbos) {
            this.dbos = dbos;
        }

        @Override
        @Workflow(name = "chain")
        public String chain(String text, int steps) {
            String last = text;
            for (int step = 0; step < steps; step++) {
                String given = last;
                last = dbos.runStep(() -> Chains.step(given), "step-" + step);
            }
            return last;
        }
    }

    Dbos(String url, String user) {
        dbos = new DBOS(DBOSConfig.defaults("benchmark")
                .withDatabaseUrl(url)
                .withDbUser(user)
                .withDbPassword("")
                .withAppVersion("1"));
        chain = dbos.registerProxy(Chain.class, new ChainOfSteps(dbos));
        dbos.launch();
    }

    String chain(String text, int steps) {
        return chain.chain(text, steps);
    }

    DBOS dbos() {
        return dbos;
    }

    @Override
    public void close() {
        dbos.shutdown();
    }
}
