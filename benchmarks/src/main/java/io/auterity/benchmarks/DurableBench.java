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
 * step. What they make the server do is counted apart from the times.
 */
final class DurableBench implements Bench {

    private static final String OURS = "auterity";
    private static final String DBOS = "dbos";
    private static final String ASYNC = "start-async";
    private static final String RAW = "raw-jdbc";
    private static final String RAW_DATABASE = "raw";
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
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        int[] callers = effort.isQuick() ? new int[] {1, 64} : new int[] {1, 16, 64, 256};
        Duration time = effort.isQuick() ? Duration.ofMillis(500) : Duration.ofMillis(1_500);
        try (PostgresServer server = new PostgresServer();
                Auterity ours = new Auterity(journal(server, OURS), Chains.STEPS);
                Dbos dbos = new Dbos(server.newDatabase(DBOS), server.user());
                RawJdbc raw = new RawJdbc(server, RAW_DATABASE)) {
            if (!effort.isQuick()) { // both compilers of the JVM are at work for the first half minute
                Chains.measure(server, WARM_UP_CALLERS, WARM_UP, () -> ours.chain(Chains.TEXT, Chains.STEPS));
                Chains.measure(server, WARM_UP_CALLERS, WARM_UP, () -> dbos.chain(Chains.TEXT, Chains.STEPS));
                Chains.measure(server, WARM_UP_CALLERS, WARM_UP, () -> raw.chain(Chains.TEXT, Chains.STEPS));
            }
            for (int number : callers) {
                new Rounds(effort.rounds())
                        .add(
                                OURS,
                                () -> Chains.measure(server, number, time, () -> ours.chain(Chains.TEXT, Chains.STEPS)))
                        .add(
                                DBOS,
                                () -> Chains.measure(server, number, time, () -> dbos.chain(Chains.TEXT, Chains.STEPS)))
                        .add(
                                RAW,
                                () -> Chains.measure(server, number, time, () -> raw.chain(Chains.TEXT, Chains.STEPS)))
                        .add(
                                ASYNC,
                                () -> Chains.measure(
                                        server, number, time, () -> ours.chainAsync(Chains.TEXT, Chains.STEPS)))
                        .report(id(), "10-steps-c" + number, figures);
                count(server, number, ours, dbos, raw, figures);
            }
        }
    }

    static JdbcJournal journal(PostgresServer server, String database) throws java.sql.SQLException {
        return JdbcJournal.builder()
                .url(server.newDatabase(database))
                .user(server.user(), "")
                .open();
    }

    /** Who is counted, in which database. */
    private record Contestant(String name, String database, Chains.Workflow workflow) {}

    private void count(
            PostgresServer server, int callers, Auterity ours, Dbos dbos, RawJdbc raw, Consumer<Result> figures)
            throws Exception {
        int times = Math.max(1, COUNTED / callers) * 4;
        try (PostgresCounter counter = new PostgresCounter(server)) {
            Contestant first = new Contestant(OURS, OURS, () -> ours.chain(Chains.TEXT, Chains.STEPS));
            Counts own = counts(counter, callers, times, first);
            for (Contestant peer : List.of(
                    new Contestant(DBOS, DBOS, () -> dbos.chain(Chains.TEXT, Chains.STEPS)),
                    new Contestant(RAW, RAW_DATABASE, () -> raw.chain(Chains.TEXT, Chains.STEPS)),
                    new Contestant(ASYNC, OURS, () -> ours.chainAsync(Chains.TEXT, Chains.STEPS)))) {
                String workload = "10-steps-c" + callers + "/" + peer.name();
                own.against(counts(counter, callers, times, peer), id(), workload, "workflow", figures);
            }
        }
    }

    private static Counts counts(PostgresCounter counter, int callers, int times, Contestant contestant)
            throws Exception {
        return counter.of(contestant.database(), () -> Chains.times(callers, times, contestant.workflow()))
                .per(callers * times);
    }
}
