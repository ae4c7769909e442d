package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.run.Threads;
import io.auterity.run.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** All statements, reads too, that a run costs which is alone in the journal: each is a round trip, and most a commit. */
class StatementsTest {

    private static final int STEPS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** So that what an engine asks again and again is not counted. */
    private static final Duration NEVER = Duration.ofHours(3);

    /** How often one thing may be asked for a run that is taken up, however long that is. */
    private static final int MOST = 10;

    private final FailingStatements statements =
            new FailingStatements(TestPostgres.newest().dataSource());
    private final String schema = TestPostgres.newSchema();
    private final Workflow<Map, String> workflow = chain(STEPS);

    private static Workflow<Map, String> chain(int steps) {
        return Workflow.define("chain", Map.class, (flow, input) -> {
            Handle<String> last = flow.step("s0").run(String.class, () -> "s0");
            for (int i = 1; i < steps; i++) {
                String name = "s" + i;
                last = flow.step(name).run(String.class, last, before -> name);
            }
            return last;
        });
    }

    private JdbcJournal journal() {
        return JdbcJournal.builder()
                .dataSource(statements.dataSource())
                .schema(schema)
                .open();
    }

    private void awaitExecutions(String words, int times) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (statements.executions(words) < times) {
            assertThat(System.nanoTime()).as("executions of '%s'", words).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static Engine.Builder engine(JdbcJournal journal) {
        return Engine.builder().id("engine").journal(journal).lease(NEVER).pollInterval(NEVER);
    }

    /** How often there was a write that starts a run, one that ends it, and one between, or any other statement. */
    private Map<String, Integer> executions() {
        Map<String, Integer> kinds = new TreeMap<>();
        statements.executions().forEach((text, times) -> kinds.merge(kind(text), times, Integer::sum));
        return kinds;
    }

    private static String kind(String text) {
        if (!text.contains(".entry (run, seq")) {
            return text;
        }
        boolean starts = text.contains(".run (id, name");
        boolean ends = text.contains("ended_at = ");
        return starts && ends ? "whole run" : starts ? "start" : ends ? "end" : "step";
    }

    @Test
    void ten_steps_are_eleven_statements_or_ten_when_the_caller_does_not_wait_for_the_start() throws Exception {
        try (Threads.OwnTimer timer = Threads.newTimer();
                JdbcJournal journal = journal();
                Engine engine = engine(journal)
                        .recovery(false)
                        .timer(patient(timer))
                        .register(workflow)
                        .build()) {
            // What an engine asks again and again, for the first time: messages; and versions, after those at its
            // start.
            awaitExecutions("from " + schema + ".inbox", 1);
            awaitExecutions("from " + schema + ".cell", 2);
            statements.forget();
            engine.start(workflow, Map.of()).await(PATIENCE).orElseThrow();
            assertThat(executions()).isEqualTo(Map.of("start", 1, "step", STEPS - 1, "end", 1));
            statements.forget();
            engine.startAsync(workflow, Map.of())
                    .thenCompose(Run::result)
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .orElseThrow();
            assertThat(executions()).isEqualTo(Map.of("start", 1, "step", STEPS - 2, "end", 1));
        }
    }

    @Test
    void a_run_of_a_thousand_entries_is_taken_up_with_one_read_of_them() throws Exception {
        int steps = 1_000;
        Workflow<Map, String> longer = chain(steps);
        CountDownLatch ended = new CountDownLatch(1);
        try (JdbcJournal journal = journal()) {
            List<JournalEntry> entries = new ArrayList<>();
            entries.add(new RunStarted(1, "chain", version(journal, longer), Map.of(), Origin.NONE));
            for (int i = 0; i < steps - 1; i++) {
                entries.add(Rig.succeeded("s" + i, "s" + i));
            }
            Rig.await(journal.append(journal.open("engine", NEVER), RunId.of("run"), entries)
                    .toCompletableFuture());
            statements.forget();
            try (Engine engine = engine(journal)
                    .register(longer)
                    .listener((run, name, entry) -> {
                        if (entry instanceof RunEnded) {
                            ended.countDown();
                        }
                    })
                    .build()) {
                Rig.await(ended);
                Map<String, Integer> executions = executions();
                assertThat(executions).containsEntry("end", 1).doesNotContainKeys("start", "step");
                assertThat(statements.executions("select e.run, e.seq,")).isEqualTo(1);
                assertThat(statements.executions("order by e.seq")).isEqualTo(1);
                assertThat(executions.values()).allMatch(times -> times < MOST);
            }
        }
    }

    private static String version(JdbcJournal journal, Workflow<?, ?> workflow) {
        try (Engine compiles = engine(journal)
                .id("compiles")
                .recovery(false)
                .register(workflow)
                .build()) {
            return compiles.plan("chain").hash();
        }
    }

    /** A timer that never says that a first step takes too long for its start to wait, however busy the machine is. */
    private static Timer patient(Timer timer) {
        return (delay, task) -> delay.compareTo(Duration.ofMillis(100)) < 0 ? () -> {} : timer.after(delay, task);
    }
}
