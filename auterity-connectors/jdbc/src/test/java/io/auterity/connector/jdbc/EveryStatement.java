package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Enqueue;
import io.auterity.Run;
import io.auterity.StartOptions;
import io.auterity.Workflow;
import io.auterity.connector.jdbc.FailingStatements.Error;
import io.auterity.definition.AuterityException;
import io.auterity.definition.RunId;
import io.auterity.journal.Cells.Cell;
import io.auterity.journal.Expiry;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * An engine that does, round after round, everything for which there are statements: runs that wait for signals and
 * time, runs in a queue with all its limits, a schedule, and forgetting; while each of these statements fails once. What
 * comes of it must be the same as ever.
 */
final class EveryStatement implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int ROUNDS = 5;
    private static final String LEASE = "set until = ";
    private static final Instant PAST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Expiry ALL_ENDED = new Expiry(
            Set.of(RunStatus.SUCCEEDED, RunStatus.CANCELLED, RunStatus.FAILED, RunStatus.DEAD_LETTERED), Duration.ZERO);

    private final Map<String, AtomicInteger> entered = new ConcurrentHashMap<>();
    private int round;
    private final Workflow<Map, Long> flow = Workflow.define("flow", Map.class, (flow, input) -> {
        var a = flow.step("a").runWithContext(Long.class, input, (given, context) -> enter(context.idempotencyKey()));
        var go = flow.step("go").needs(a).awaitSignal("go", Long.class, Duration.ofMinutes(10));
        var nap = flow.step("nap").needs(go).sleep(Duration.ofMillis(60));
        return flow.step("b").needs(nap).runWithContext(Long.class, a, (given, context) -> {
            enter(context.idempotencyKey());
            return given + 1;
        });
    });
    private final Workflow<Map, Long> job = Workflow.define(
            "job",
            Map.class,
            (flow, input) -> flow.step("do")
                    .runWithContext(Long.class, input, (given, context) -> enter(context.idempotencyKey())));
    private final Workflow<?, ?> report = Workflow.read("""
        auterity: 1
        id: report
        steps: {a: {value: 1}}
        triggers:
          - schedule: {every: 1s}
        """, "report.yaml");

    private final FailingStatements statements;
    private final JdbcJournal journal;
    private final Engine engine;
    private final boolean isRunsOnly;

    /** Runs and their lease: these have few statements, which come again whatever else there is to do. */
    static EveryStatement ofRuns(FailingStatements statements, DataSource source, JdbcJournalBuilder builder) {
        return new EveryStatement(statements, source, builder, true);
    }

    /**
     * All of it. How many runs a statement is about, and so its text, depends on what else is under way: only texts that
     * have come in every round are sure to come again.
     */
    static EveryStatement ofAll(FailingStatements statements, DataSource source, JdbcJournalBuilder builder) {
        return new EveryStatement(statements, source, builder, false);
    }

    private EveryStatement(
            FailingStatements statements, DataSource source, JdbcJournalBuilder builder, boolean isRunsOnly) {
        this.statements = statements;
        this.isRunsOnly = isRunsOnly;
        journal = builder.dataSource(source).open();
        engine = Engine.builder()
                .journal(journal)
                .lease(Duration.ofSeconds(3))
                .pollInterval(Duration.ofMillis(20))
                .parkAfter(Duration.ofMillis(10))
                .queue(RunQueue.named("jobs")
                        .concurrency(5)
                        .perKey(2)
                        .rate(10_000, Duration.ofMillis(200))
                        .capacity(1_000))
                .register(flow, job, report)
                .build();
        if (!isRunsOnly) {
            engine.schedules().start();
        }
        statements.forget(); // what opens a journal is not tried again: the application is told
        for (int i = 0; i < ROUNDS; i++) {
            doAll();
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (statements.seenAgain().stream().noneMatch(text -> text.contains(LEASE))) {
            assertThat(System.nanoTime()).as("the lease was not renewed twice").isLessThan(deadline);
            doAll();
        }
    }

    @Override
    public void close() {
        engine.close();
        journal.close();
    }

    private long enter(String key) {
        return entered.computeIfAbsent(key, any -> new AtomicInteger()).incrementAndGet();
    }

    /** Lets every statement that has come twice fail once. */
    void fail(Error error, boolean afterwards) {
        Set<String> all = statements.seenAgain();
        Set<String> sure = all.stream().filter(this::comesAgain).collect(Collectors.toSet());
        assertThat(sure).contains("commit").hasSizeGreaterThan(8);
        for (String part : isRunsOnly ? List.of(LEASE) : List.of(LEASE, "queue_state", "queue_start", "delete from")) {
            assertThat(sure).anyMatch(text -> text.contains(part));
        }
        statements.fail(all, error, afterwards);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Set<String> outstanding = sure;
        while (!outstanding.isEmpty()) {
            assertThat(System.nanoTime())
                    .as("never executed again: %s", outstanding)
                    .isLessThan(deadline);
            doAll();
            outstanding = statements.outstanding();
            outstanding.retainAll(sure);
        }
        doAll();
        assertThat(entered).allSatisfy((key, times) -> assertThat(times).as(key).hasValue(1));
        entered.clear();
    }

    private boolean comesAgain(String text) {
        return isRunsOnly || text.contains(LEASE) || statements.executions().getOrDefault(text, 0) >= ROUNDS;
    }

    private void doAll() {
        round++;
        List<RunId> runs = new ArrayList<>();
        runs.add(signalled());
        if (isRunsOnly) {
            return;
        }
        runs.addAll(queued());
        runs.add(scheduled());
        forget(runs);
    }

    private RunId signalled() {
        RunId id = RunId.of("run-" + round);
        Run<Long> run = untilAccepted(
                () -> engine.start(flow, id, Map.of(), StartOptions.DEFAULT.label("round", String.valueOf(round))));
        untilAccepted(() -> {
            if (!run.result()
                    .toCompletableFuture()
                    .isDone()) { // the signal may have been taken although the answer was lost
                run.signal("go", 1L);
            }
            return run;
        });
        ends(run, RunStatus.SUCCEEDED);
        assertThat(untilAccepted(() -> journal.read(id)))
                .filteredOn(StepSucceeded.class::isInstance)
                .hasSize(4);
        assertThat(untilAccepted(() -> journal.catalog().find(id))).isPresent();
        return id;
    }

    private List<RunId> queued() {
        Enqueue jobs = Enqueue.to("jobs");
        List<Run<Long>> all = new ArrayList<>();
        all.add(put("plain", jobs.key("k" + round % 2)));
        all.add(put("urgent", jobs.key("k").priority(3)));
        all.add(put("delayed", jobs.delay(Duration.ofMillis(20))));
        Enqueue sole = jobs.deduplicate("sole-" + round).delay(Duration.ofMillis(100));
        Run<Long> first = put("sole", sole);
        assertThat(put("second", sole).id()).isEqualTo(first.id());
        all.add(first);
        Enqueue quiet = jobs.debounce("quiet-" + round, Duration.ofMillis(100), Duration.ofMinutes(1));
        Run<Long> restless = put("restless", quiet);
        put("again", quiet);
        all.add(restless);
        Run<Long> unwanted = put("unwanted", jobs.delay(Duration.ofHours(1)));
        untilAccepted(() -> engine.depth("jobs"));
        untilAccepted(() -> {
            unwanted.cancel("not wanted");
            return unwanted;
        });
        all.forEach(run -> ends(run, RunStatus.SUCCEEDED));
        ends(unwanted, RunStatus.CANCELLED);
        all.add(unwanted);
        return all.stream().map(Run::id).toList();
    }

    private Run<Long> put(String name, Enqueue how) {
        RunId id = RunId.of(name + "-" + round);
        return untilAccepted(() -> engine.enqueue(job, id, Map.of("n", (long) round), how));
    }

    /** What the schedule does by itself once a second, and what people do with it. */
    private RunId scheduled() {
        String name = untilAccepted(() -> engine.schedules().list()).get(0).name();
        untilAccepted(() -> {
            engine.schedules().pause("report", name);
            return engine.schedules().list();
        });
        untilAccepted(() -> {
            engine.schedules().resume("report", name);
            return engine.schedules().list();
        });
        Instant at = PAST.plusSeconds(round);
        List<RunId> made = untilAccepted(() -> engine.schedules().backfill("report", name, at, at));
        assertThat(made).hasSize(1);
        ends(untilAccepted(() -> engine.attach(made.get(0)).orElseThrow()), RunStatus.SUCCEEDED);
        // As a schedule does when it is looked at for the first time.
        assertThat(untilAccepted(() -> journal.cells().write("round/" + round, 0, Map.of())))
                .isTrue();
        assertThat(untilAccepted(() -> journal.cells().list("round/", "", 1_000)))
                .extracting(Cell::name)
                .contains("round/" + round);
        return made.get(0);
    }

    private void forget(List<RunId> runs) {
        for (RunId run : runs) {
            assertThat(untilAccepted(() -> journal.catalog().find(run))).isPresent();
        }
        untilAccepted(() -> journal.countExpired(ALL_ENDED));
        untilAccepted(() -> journal.purge(ALL_ENDED, 500));
        for (RunId run : runs) {
            assertThat(untilAccepted(() -> journal.catalog().find(run)))
                    .as(run.value())
                    .isEmpty();
        }
    }

    private static void ends(Run<?> run, RunStatus how) {
        assertThat(run.await(Duration.ofSeconds(60)).status())
                .as(run.id().value())
                .isEqualTo(how);
    }

    /** Does something again for which the journal was away. */
    private static <T> T untilAccepted(Supplier<T> attempt) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return attempt.get();
            } catch (AuterityException away) {
                assertThat(System.nanoTime()).as(away.toString()).isLessThan(deadline);
            }
        }
    }
}
