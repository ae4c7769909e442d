package io.auterity.benchmarks;

import io.auterity.connector.jdbc.JdbcJournal;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Durable workflows of ten trivial steps on PostgreSQL with its default durability: ours against DBOS Transact, by callers
 * that each run one workflow after the other. Both are given and return the same texts of 200 characters; ours has leases,
 * JSON and a listener on. The start of a run is on record before its first step begins, as with DBOS; {@code start-async}
 * is ours for callers who do not wait for that. {@code raw-jdbc} is what one would write by hand, an insert for each
 * step.
 */
final class DurableBench implements Bench {

    private static final String ASYNC = "start-async";
    private static final String RAW = "raw-jdbc";
    private static final int COUNTED = 50;
    private static final int WARM_UP_CALLERS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    @Override
    public String id() {
        return "durable";
    }

    @Override
    public String summary() {
        return "durable workflows of ten steps on PostgreSQL, 1 to 256 at a time, against DBOS Transact and raw JDBC";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Figure> figures) throws Exception {
        int[] callers = effort.isQuick() ? new int[] {1, 64} : new int[] {1, 16, 64, 256};
        Duration time = effort.isQuick() ? Duration.ofMillis(500) : Duration.ofMillis(1_500);
        try (PostgresServer server = new PostgresServer();
                Auterity ours = new Auterity(journal(server, "auterity"), Chains.STEPS);
                Dbos dbos = new Dbos(server.newDatabase("dbos"), server.user());
                RawJdbc raw = new RawJdbc(server, "raw")) {
            if (!effort.isQuick()) { // both compilers of the JVM are at work for the first half minute
                Chains.measure(server, WARM_UP_CALLERS, WARM_UP, () -> ours.chain(Chains.TEXT, Chains.STEPS));
                Chains.measure(server, WARM_UP_CALLERS, WARM_UP, () -> dbos.chain(Chains.TEXT, Chains.STEPS));
                Chains.measure(server, WARM_UP_CALLERS, WARM_UP, () -> raw.chain(Chains.TEXT, Chains.STEPS));
            }
            for (int number : callers) {
                new Rounds(effort.rounds())
                        .add(
                                "auterity",
                                () -> Chains.measure(server, number, time, () -> ours.chain(Chains.TEXT, Chains.STEPS)))
                        .add(
                                "dbos",
                                () -> Chains.measure(server, number, time, () -> dbos.chain(Chains.TEXT, Chains.STEPS)))
                        .add(
                                RAW,
                                () -> Chains.measure(server, number, time, () -> raw.chain(Chains.TEXT, Chains.STEPS)))
                        .add(
                                ASYNC,
                                () -> Chains.measure(
                                        server, number, time, () -> ours.chainAsync(Chains.TEXT, Chains.STEPS)))
                        .report(id(), "10-steps-c" + number, figures);
                statements(server, number, ours, dbos, raw, figures);
            }
        }
    }

    static JdbcJournal journal(PostgresServer server, String database) throws java.sql.SQLException {
        return JdbcJournal.builder()
                .url(server.newDatabase(database))
                .user(server.user(), "")
                .open();
    }

    /** Counted apart, because counting costs the server time. */
    private void statements(
            PostgresServer server, int callers, Auterity ours, Dbos dbos, RawJdbc raw, Consumer<Figure> figures)
            throws Exception {
        double own = statementsAWorkflow(server, callers, () -> ours.chain(Chains.TEXT, Chains.STEPS));
        double theirs = statementsAWorkflow(server, callers, () -> dbos.chain(Chains.TEXT, Chains.STEPS));
        double byHand = statementsAWorkflow(server, callers, () -> raw.chain(Chains.TEXT, Chains.STEPS));
        double async = statementsAWorkflow(server, callers, () -> ours.chainAsync(Chains.TEXT, Chains.STEPS));
        String workload = "10-steps-c" + callers + "/";
        figures.accept(new Figure(id(), workload + "dbos", own, theirs, "statements/workflow", 1));
        figures.accept(new Figure(id(), workload + RAW, own, byHand, "statements/workflow", 1));
        figures.accept(new Figure(id(), workload + ASYNC, own, async, "statements/workflow", 1));
    }

    private static double statementsAWorkflow(PostgresServer server, int callers, Chains.Workflow workflow)
            throws Exception {
        int times = Math.max(1, COUNTED / callers) * 4;
        long statements = server.statementsOf(() -> Chains.times(callers, times, workflow));
        return statements / (double) (callers * times);
    }
}
