package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Retention;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.testkit.SimulatedWorld;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs are forgotten when their time is over. */
class RetentionTest {

    private static final Workflow<Map<String, Object>, Object> FLOW = Workflow.read("""
            auterity: 1
            id: flow
            input: {n: integer}
            steps: {a: {value: '${{ 10 / input.n }}'}}
            """, "flow.yaml");
    private static final Workflow<Map<String, Object>, Object> PARENT = Workflow.read("""
            auterity: 1
            id: parent
            steps: {c: {run: flow, with: {n: 1}}, w: {await: go, needs: [c]}}
            """, "parent.yaml");

    private final SimulatedWorld world = new SimulatedWorld(21);
    private final InMemoryJournal journal = new InMemoryJournal(1_000_000, world.clock());

    private Engine engine(String id, Retention retention) {
        return world.engine()
                .id(id)
                .journal(journal)
                .retention(retention)
                .register(FLOW, PARENT)
                .build();
    }

    private List<String> runs() {
        return journal.catalog().stream(RunQuery.Filter.NONE)
                .map(run -> run.id().value())
                .toList();
    }

    @Test
    void keeps_runs_as_long_as_is_said_for_their_end() {
        Retention retention = Retention.FOREVER
                .keep(Duration.ofDays(7), RunStatus.SUCCEEDED)
                .keep(Duration.ofDays(30), RunStatus.FAILED);
        try (Engine engine = engine("one", retention)) {
            for (int i = 0; i < 350; i++) { // more than three batches
                world.await(engine.start(FLOW, RunId.of("good-" + i), Map.of("n", 1L)));
            }
            world.await(engine.start(FLOW, RunId.of("bad"), Map.of("n", 0L)));
            Run<Object> cancelled = engine.start(PARENT, RunId.of("cancelled"), Map.of());
            world.pass(Duration.ofSeconds(1));
            cancelled.cancel("for the test");
            world.await(cancelled);

            world.pass(Duration.ofDays(7).minusMinutes(2));
            assertThat(runs()).hasSize(353);
            world.pass(Duration.ofMinutes(4));
            assertThat(runs()).containsExactlyInAnyOrder("bad", "cancelled");
            assertThat(engine.forgotten()).isEqualTo(351);
            world.pass(Duration.ofDays(23));
            assertThat(runs()).containsExactly("cancelled"); // nothing was said of these
            world.pass(Duration.ofDays(300));
            assertThat(runs()).containsExactly("cancelled");
        }
    }

    @Test
    void keeps_what_an_unfinished_run_has_started_and_forgets_both_later() {
        try (Engine engine = engine("one", Retention.FOREVER.keep(Duration.ofMinutes(1)))) {
            Run<Object> parent = engine.start(PARENT, RunId.of("p"), Map.of());
            world.pass(Duration.ofDays(1));
            assertThat(runs()).hasSize(2);
            parent.signal("go", null);
            world.await(parent);
            world.pass(Duration.ofMinutes(4));
            assertThat(runs()).isEmpty();
        }
    }

    @Test
    void engines_of_one_journal_forget_each_run_once() {
        Retention minute = Retention.FOREVER.keep(Duration.ofMinutes(1));
        try (Engine one = engine("one", minute);
                Engine two = engine("two", minute)) {
            for (int i = 0; i < 500; i++) {
                world.await(one.start(FLOW, RunId.of("r" + i), Map.of("n", 1L)));
            }
            world.pass(Duration.ofMinutes(5));
            assertThat(runs()).isEmpty();
            assertThat(one.forgotten() + two.forgotten()).isEqualTo(500);
        }
    }

    @Test
    void forgets_nothing_unless_told_to() {
        try (Engine engine = engine("one", Retention.FOREVER)) {
            world.await(engine.start(FLOW, RunId.of("r"), Map.of("n", 1L)));
            world.pass(Duration.ofDays(36_500));
            assertThat(runs()).containsExactly("r");
        }
    }

    @Test
    void whoever_waits_for_a_run_that_was_forgotten_is_told_so() {
        try (Engine keeper = world.engine()
                        .id("keeper")
                        .journal(journal)
                        .lease(Duration.ofDays(400))
                        .register(FLOW, PARENT)
                        .build();
                Engine other = world.engine()
                        .id("other")
                        .journal(journal)
                        .lease(Duration.ofDays(400))
                        .pollInterval(Duration.ofDays(1)) // hardly ever looks
                        .build()) {
            Run<Object> run = keeper.start(PARENT, RunId.of("p"), Map.of());
            world.pass(Duration.ofSeconds(1));
            var elsewhere = other.attach(RunId.of("p")).orElseThrow().result();
            run.cancel("for the test");
            world.await(run);
            journal.purge(new io.auterity.journal.Expiry(java.util.Set.of(RunStatus.CANCELLED), Duration.ZERO), 10);
            assertThatThrownBy(() -> world.await(elsewhere))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("run 'p' is no longer in the journal");
        }
    }

    @Test
    void refuses_times_that_make_no_sense() {
        Retention none = Retention.FOREVER;
        assertThat(none.keep(Duration.ofMinutes(1)).keep(Duration.ofDays(36_500)))
                .isNotNull();
        assertThatThrownBy(() -> none.keep(Duration.ofMinutes(1).minusNanos(1)))
                .hasMessageContaining("runs are kept for PT1M to ");
        assertThatThrownBy(() -> none.keep(Duration.ofDays(36_500).plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> none.keep(Duration.ofDays(1), RunStatus.RUNNING))
                .hasMessage("a run that is running has not ended; name ends only");
    }
}
