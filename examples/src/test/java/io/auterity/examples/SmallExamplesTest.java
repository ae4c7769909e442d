package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Emitted;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SmallExamplesTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final CompletableFuture<StepWaiting> waiting = new CompletableFuture<>();

    private Engine engine() {
        return Engine.builder()
                .discoverConnectors()
                .listener((run, workflow, entry) -> {
                    if (entry instanceof StepWaiting wait) {
                        waiting.complete(wait);
                    }
                })
                .build();
    }

    private static Workflow<Map<String, Object>, Object> read(String name) {
        return Workflow.read(Repository.read("examples/" + name), name);
    }

    private static List<String> events(Run<?> run) {
        List<String> events = new ArrayList<>();
        for (JournalEntry entry : run.entries()) {
            if (entry instanceof Emitted emitted) {
                events.add(emitted.event());
            }
        }
        return events;
    }

    @Test
    void every_example_compiles() throws IOException {
        try (Stream<Path> files = Files.list(Repository.root().resolve("examples"));
                Engine engine = engine()) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .toList();
            assertThat(names).hasSizeGreaterThan(6);
            try (Engine all = Engine.builder()
                    .discoverConnectors()
                    .register(names.stream().map(SmallExamplesTest::read).toList())
                    .build()) {
                assertThat(all.plan("dealership").workflow()).isEqualTo("dealership");
            }
        }
    }

    @Test
    void a_manager_grants_a_large_discount() throws Exception {
        var workflow = read("approval.yaml");
        try (Engine engine = engine()) {
            engine.register(workflow);
            Run<Object> run = engine.start(workflow, Map.of("customer", "Ann", "percent", 12L));
            assertThat(waiting.get(60, TimeUnit.SECONDS).step()).isEqualTo("decision");
            run.decide("decision", true, "kim", Map.of("note", "a good customer"));
            assertThat(run.await(LIMIT).orElseThrow())
                    .isEqualTo(Map.of("granted", true, "letter", "Dear Ann, you get 12 % off."));
        }
    }

    @Test
    void nobody_is_asked_about_a_small_discount() {
        var workflow = read("approval.yaml");
        try (Engine engine = engine()) {
            engine.register(workflow);
            Object output = engine.start(workflow, Map.of("customer", "Ann", "percent", 5L))
                    .await(LIMIT)
                    .orElseThrow();
            assertThat(output).isEqualTo(Map.of("granted", true, "letter", "Dear Ann, you get 5 % off."));
        }
    }

    @Test
    void an_order_that_cannot_be_paid_is_undone_in_reverse_order() {
        var workflow = read("saga.yaml");
        try (Engine engine = engine()) {
            engine.register(workflow);
            Run<Object> run = engine.start(workflow, Map.of("order", "42", "card", "expired"));
            RunResult<Object> result = run.await(LIMIT);

            assertThat(result.status()).isEqualTo(RunStatus.COMPENSATED);
            assertThat(result.failure().orElseThrow().code()).isEqualTo("card-expired");
            assertThat(events(run))
                    .containsExactly("goods-reserved", "courier-booked", "courier-cancelled", "goods-released");

            Run<Object> paid = engine.start(workflow, Map.of("order", "43", "card", "valid"));
            assertThat(paid.await(LIMIT).isSuccess()).isTrue();
        }
    }

    @Test
    void the_quickest_answer_wins() {
        var workflow = read("race.yaml");
        try (Engine engine = engine()) {
            engine.register(workflow);
            Run<Object> run = engine.start(workflow, Map.of("slow", "1h"));
            assertThat(run.await(LIMIT).orElseThrow()).isEqualTo(Map.of("winner", "cache", "answer", "from the cache"));
            assertThat(events(run)).containsExactlyInAnyOrder("cache-closed", "archive-closed");
        }
    }

    @Test
    void a_job_is_asked_until_it_is_ready() {
        var workflow = read("polling.yaml");
        try (Engine engine = engine()) {
            engine.register(workflow);
            assertThat(engine.start(workflow, Map.of("readyAfter", 3L))
                            .await(LIMIT)
                            .orElseThrow())
                    .isEqualTo(Map.of("state", "ready", "asked", 3L));
        }
    }

    @Test
    void a_workflow_runs_another_one() {
        var workflow = read("sub-workflow.yaml");
        try (Engine engine =
                Engine.builder().register(workflow, read("greeting.yaml")).build()) {
            assertThat(engine.start(workflow, Map.of("names", List.of("Ann", "Bo")))
                            .await(LIMIT)
                            .orElseThrow())
                    .isEqualTo(Map.of("greetings", List.of("Hello Ann!", "Hello Bo!")));
        }
    }

    @Test
    void a_signal_goes_on_with_a_run() throws Exception {
        var workflow = read("signal.yaml");
        try (Engine engine = engine()) {
            engine.register(workflow);
            Run<Object> run = engine.start(workflow, Map.of("email", "ann@example.org"));
            assertThat(waiting.get(60, TimeUnit.SECONDS).subject()).isEqualTo("reply");
            run.signal("reply", Map.of("wants", "a test drive"));
            assertThat(run.await(LIMIT).orElseThrow()).isEqualTo(Map.of("wants", "a test drive"));
        }
    }
}
