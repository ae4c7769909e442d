package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is told that a run has ended may start the next one there and then, and wait until that is on disk. */
class StartsFromCallbacksTest {

    private static final int RUNS = 64;

    @TempDir
    private Path folder;

    @Test
    void the_end_of_a_run_starts_another() throws Exception {
        Workflow<Map<String, Object>, Object> workflow =
                Workflow.read("auterity: 1\nid: flow\nsteps: {w: {wait: 50ms}}", "flow.yaml");
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("journal.db"));
                Engine engine =
                        Engine.builder().journal(journal).register(workflow).build()) {
            List<CompletableFuture<Run<Object>>> next = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) {
                RunId id = RunId.of("next-" + i);
                next.add(engine.start(workflow, RunId.of("first-" + i), Map.of())
                        .result()
                        .thenApply(ended -> engine.start(workflow, id, Map.of()))
                        .toCompletableFuture());
            }
            CompletableFuture.allOf(next.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            assertThat(next)
                    .allSatisfy(run -> assertThat(
                                    run.join().await(Duration.ofSeconds(60)).isSuccess())
                            .isTrue());
        }
    }
}
