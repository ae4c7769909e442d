package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.run.Threads;
import io.auterity.run.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many statements a run costs that is alone in the journal: each is a round trip and a commit. */
class StatementsTest {

    private static final int STEPS = 10;

    private final FailingStatements statements =
            new FailingStatements(TestPostgres.newest().dataSource());

    private final Workflow<Map, String> workflow = Workflow.define("chain", Map.class, (flow, input) -> {
        Handle<String> last = flow.step("s0").run(String.class, () -> "s0");
        for (int i = 1; i < STEPS; i++) {
            String name = "s" + i;
            last = flow.step(name).run(String.class, last, before -> name);
        }
        return last;
    });

    private long written() {
        return statements.executions("insert into");
    }

    @Test
    void ten_steps_are_eleven_writes_or_ten_when_the_caller_does_not_wait_for_the_start() throws Exception {
        try (Threads.OwnTimer timer = Threads.newTimer();
                JdbcJournal journal = JdbcJournal.builder()
                        .dataSource(statements.dataSource())
                        .schema(TestPostgres.newSchema())
                        .open();
                Engine engine = Engine.builder()
                        .journal(journal)
                        .timer(patient(timer))
                        .register(workflow)
                        .build()) {
            long before = written();
            engine.start(workflow, Map.of()).await(Duration.ofSeconds(60)).orElseThrow();
            assertThat(written() - before).isEqualTo(STEPS + 1);
            before = written();
            engine.startAsync(workflow, Map.of())
                    .thenCompose(Run::result)
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS)
                    .orElseThrow();
            assertThat(written() - before).isEqualTo(STEPS);
        }
    }

    /** A timer that never says that a first step takes too long for its start to wait, however busy the machine is. */
    private static Timer patient(Timer timer) {
        return (delay, task) -> delay.compareTo(Duration.ofMillis(100)) < 0 ? () -> {} : timer.after(delay, task);
    }
}
