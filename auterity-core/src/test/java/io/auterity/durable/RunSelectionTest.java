package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.RetryOptions;
import io.auterity.Run;
import io.auterity.RunSelection;
import io.auterity.StartOptions;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.Expiry;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.RunQuery.Filter;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.testkit.SimulatedWorld;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is done to many runs at once. */
class RunSelectionTest {

    private static final Workflow<Map<String, Object>, Object> WAITS = Workflow.read(
            "auterity: 1\nid: waits\nsteps: {a: {value: 1}, s: {await: go, needs: [a]}, b: {value: 2, needs: [s]}}",
            "waits.yaml");
    private static final Workflow<Map<String, Object>, Object> FAILS = Workflow.read("""
            auterity: 1
            id: fails
            input: {n: integer}
            steps: {a: {value: '${{ 10 / input.n }}'}}
            """, "fails.yaml");
    private static final Workflow<Map<String, Object>, Object> PARENT =
            Workflow.read("auterity: 1\nid: parent\nsteps: {c: {run: fails, with: {n: 0}}}", "parent.yaml");

    private final SimulatedWorld world = new SimulatedWorld(9);
    private final InMemoryJournal journal = new InMemoryJournal(100_000, world.clock());
    private final Engine engine =
            world.engine().journal(journal).register(WAITS, FAILS, PARENT).build();

    @AfterEach
    void close() {
        engine.close();
    }

    private RunStatus status(String run) {
        return journal.catalog().find(RunId.of(run)).orElseThrow().status();
    }

    @Test
    void cancels_all_that_are_selected_and_no_others() {
        List<Run<Object>> runs = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            StartOptions options = StartOptions.DEFAULT.label("part", i % 5 == 0 ? "other" : "this");
            runs.add(engine.start(WAITS, RunId.of("w" + i), Map.of(), options));
        }
        RunSelection selection = engine.runs(Filter.NONE.labels(Map.of("part", "this")));
        assertThat(selection.count()).isEqualTo(2_000);
        Set<RunId> told = new HashSet<>();

        RunSelection.Done done =
                selection.onEach(outcome -> told.add(outcome.run())).cancel("for a test");

        assertThat(done).isEqualTo(new RunSelection.Done(2_000, 0, List.of()));
        assertThat(told).hasSize(2_000);
        runs.stream()
                .filter(run -> told.contains(run.id()))
                .forEach(run -> assertThat(world.await(run).status()).isEqualTo(RunStatus.CANCELLED));
        assertThat(status("w0")).isEqualTo(RunStatus.RUNNING);
        assertThat(engine.runs(Filter.NONE.labels(Map.of("part", "this")))
                        .cancel("again")
                        .refused())
                .isEqualTo(2_000);
    }

    @Test
    void holds_runs_and_lets_them_go_on() {
        Run<Object> run = engine.start(WAITS, RunId.of("w"), Map.of());
        RunSelection all = engine.runs(Filter.NONE.workflow("waits"));
        assertThat(all.pause().runs()).isEqualTo(1);
        world.runUntil(run::isPaused);
        run.signal("go", null);
        world.pass(java.time.Duration.ofMinutes(5));
        assertThat(run.status().isTerminal()).isFalse();
        assertThat(all.resume().runs()).isEqualTo(1);
        assertThat(world.await(run).isSuccess()).isTrue();
        assertThat(all.pause()).satisfies(done -> {
            assertThat(done.runs()).isZero();
            assertThat(done.refusals().get(0).refusal()).contains("it has ended: succeeded");
        });
    }

    @Test
    void tries_each_failed_run_again_once() {
        world.await(engine.start(FAILS, RunId.of("one"), Map.of("n", 0L)));
        world.await(engine.start(FAILS, RunId.of("two"), Map.of("n", 0L)));
        world.await(engine.start(FAILS, RunId.of("well"), Map.of("n", 1L)));
        world.await(engine.start(PARENT, RunId.of("parent"), Map.of()));
        RunSelection failed = engine.runs(Filter.NONE.statuses(Set.of(RunStatus.FAILED)));
        assertThat(failed.count()).isEqualTo(4);

        List<RunSelection.Outcome> outcomes = new ArrayList<>();
        RunSelection.Done done = failed.onEach(outcomes::add).retry(RetryOptions.DEFAULT);
        assertThat(done.runs()).isEqualTo(3);
        assertThat(done.refusals())
                .singleElement()
                .satisfies(child -> assertThat(child.refusal()).contains("it belongs to run 'parent'; retry that one"));
        outcomes.stream()
                .flatMap(outcome -> outcome.retry().stream())
                .forEach(retry -> world.await(engine.attach(retry).orElseThrow()));

        // All have failed again. Only the last try of each is tried again, under the next number.
        RunSelection.Done second = failed.retry(RetryOptions.DEFAULT.fromBeginning());
        assertThat(second.runs()).isEqualTo(3);
        assertThat(second.refusals())
                .extracting(RunSelection.Outcome::refusal)
                .contains(
                        Optional.of("it has been tried again as 'one:retry-1'"),
                        Optional.of("it has been tried again as 'two:retry-1'"),
                        Optional.of("it has been tried again as 'parent:retry-1'"));
        assertThat(journal.catalog().find(RunId.of("one:retry-2"))).isPresent();
        assertThat(journal.catalog().find(RunId.of("one:retry-1:retry-1"))).isEmpty();
    }

    @Test
    void meets_every_run_once_although_some_are_forgotten_meanwhile() {
        List<Run<Object>> runs = new ArrayList<>();
        for (int i = 0; i < 2_300; i++) { // all start in the same millisecond
            runs.add(engine.start(FAILS, RunId.of("r" + i), Map.of("n", 1L)));
        }
        runs.forEach(world::await);
        world.pass(java.time.Duration.ofHours(1));
        Run<Object> last = engine.start(FAILS, RunId.of("last"), Map.of("n", 1L));
        world.await(last);

        List<RunId> met = new ArrayList<>();
        try (Stream<RunSummary> all = engine.runs(Filter.NONE).stream()) {
            all.forEach(run -> {
                met.add(run.id());
                if (met.size() == 1_000) {
                    forgetFirstRuns();
                }
            });
        }
        assertThat(met).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(2_301).hasSizeGreaterThanOrEqualTo(1_000);
        assertThat(met.get(0)).isEqualTo(RunId.of("last"));
    }

    /** Forgets all but one, the last of the page that has been read among them. */
    private void forgetFirstRuns() {
        assertThat(journal.purge(new Expiry(Set.of(RunStatus.SUCCEEDED), java.time.Duration.ofMinutes(1)), 2_299))
                .isEqualTo(2_299);
    }
}
