package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.AuterityException;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * P9: an error of the database that passes is got over, whichever statement it hits: every statement that an engine sends
 * to a real PostgreSQL fails once, and so do the commits; the runs end as they should, and no step is entered twice.
 */
class P9TransientErrorsTest {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(90).toNanos();

    private final Map<String, AtomicInteger> entered = new ConcurrentHashMap<>();
    private final AtomicInteger number = new AtomicInteger();
    private final Workflow<Map, Long> workflow = Workflow.define("flow", Map.class, (flow, input) -> {
        var a = flow.step("a").runWithContext(Long.class, input, (given, context) -> enter(context.idempotencyKey()));
        var go = flow.step("go").needs(a).awaitSignal("go", Long.class, Duration.ofMinutes(10));
        var nap = flow.step("nap").needs(go).sleep(Duration.ofMillis(60));
        return flow.step("b").needs(nap).runWithContext(Long.class, a, (given, context) -> {
            enter(context.idempotencyKey());
            return given + 1;
        });
    });

    private HikariDataSource pool;
    private FailingStatements statements;
    private JdbcJournal journal;
    private Engine engine;

    private long enter(String key) {
        return entered.computeIfAbsent(key, any -> new AtomicInteger()).incrementAndGet();
    }

    @BeforeEach
    void open() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(TestPostgres.newest().url());
        config.setMaximumPoolSize(8);
        pool = new HikariDataSource(config);
        statements = new FailingStatements(pool);
        journal = JdbcJournal.builder()
                .dataSource(statements.dataSource())
                .schema(TestPostgres.newSchema())
                .open();
        engine = Engine.builder()
                .journal(journal)
                .lease(Duration.ofSeconds(3))
                .pollInterval(Duration.ofMillis(20))
                .parkAfter(Duration.ofMillis(10))
                .register(workflow)
                .build();
        statements.forget(); // what opens a journal is not tried again: the application is told
        for (int i = 0; i < 5; i++) {
            oneRun();
        }
        await(
                () -> statements.seenAgain().stream().anyMatch(text -> text.contains("set until = ")),
                "the lease was not renewed twice");
    }

    @AfterEach
    void close() {
        engine.close();
        journal.close();
        pool.close();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "40P01, a deadlock, false",
        "40001, a serialization failure, false",
        "57P01, the server is shut down, false",
        "57P01, the server is shut down after it did as it was told, true",
        "08006, the connection fails, false",
        "08006, the connection fails after the server did as it was told, true",
        "53300, too many connections, false",
        "55P03, a lock is not available, false",
        "25006, the server only reads, false",
        "25P03, the server has ended a transaction that was silent, false",
    })
    void P9_every_statement_may_fail_in_passing(String state, String what, boolean afterwards) throws Exception {
        Set<String> all = statements.seenAgain();
        assertThat(all).contains("commit").hasSizeGreaterThan(8);
        statements.fail(all, state, afterwards);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!statements.outstanding().isEmpty()) {
            assertThat(System.nanoTime())
                    .as("never executed again: %s", statements.outstanding())
                    .isLessThan(deadline);
            oneRun();
        }
        oneRun();
        assertThat(entered).allSatisfy((key, times) -> assertThat(times).as(key).hasValue(1));
    }

    private void oneRun() throws Exception {
        RunId id = RunId.of("run-" + number.incrementAndGet());
        Run<Long> run = untilAccepted(() -> engine.start(workflow, id, Map.of()));
        untilAccepted(() -> {
            if (!run.result()
                    .toCompletableFuture()
                    .isDone()) { // the signal may have been taken although the answer was lost
                run.signal("go", 1L);
            }
            return run;
        });
        assertThat(run.await(Duration.ofSeconds(60)).status()).isEqualTo(RunStatus.SUCCEEDED);
        assertThat(untilAccepted(() -> journal.read(id)))
                .filteredOn(StepSucceeded.class::isInstance)
                .hasSize(4);
        assertThat(untilAccepted(() -> journal.catalog().find(id))).isPresent();
    }

    /** Does something again for which the journal was away. */
    private static <T> T untilAccepted(Supplier<T> attempt) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                return attempt.get();
            } catch (AuterityException away) {
                assertThat(System.nanoTime()).as(away.toString()).isLessThan(deadline);
            }
        }
    }

    private void await(Supplier<Boolean> condition, String otherwise) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.get()) {
            assertThat(System.nanoTime()).as(otherwise).isLessThan(deadline);
            oneRun();
        }
    }
}
