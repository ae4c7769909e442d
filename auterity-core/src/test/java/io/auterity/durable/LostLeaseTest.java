package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.FencedException;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.RunSummary;
import io.auterity.testkit.SimulatedWorld;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a start does when the engine has lost its lease and has not noticed yet. */
class LostLeaseTest {

    private static final Workflow<Map<String, Object>, Object> FLOW = Workflow.read(
            "auterity: 1\nid: flow\nsteps: {a: {value: 1}}\noutput: '${{ steps.a.output }}'", "flow.yaml");

    private final SimulatedWorld world = new SimulatedWorld(17);
    private final InMemoryJournal journal = new InMemoryJournal(1_000, world.clock());

    @Test
    void the_run_is_started_under_a_new_lease() {
        try (Engine engine = world.engine()
                .id("one")
                .journal(journal)
                .ticker(() -> world.age().toNanos())
                .lease(Duration.ofHours(10))
                .register(FLOW)
                .build()) {
            Run<Object> before = engine.start(FLOW, RunId.of("before"), Map.of());
            world.await(before);
            long epoch = journal.open("one", Duration.ofHours(1)).epoch(); // ends the engine's lease

            Run<Object> run = engine.start(FLOW, RunId.of("r"), Map.of());

            assertThat(journal.catalog().find(RunId.of("r")).map(RunSummary::id))
                    .contains(RunId.of("r"));
            assertThat(world.await(run).orElseThrow()).isEqualTo(1L);
            assertThat(journal.open("other", Duration.ofHours(1)).epoch()).isEqualTo(epoch + 2); // one more was opened
        }
    }

    @Test
    void an_engine_without_leases_that_run_out_does_not_take_its_name_back() {
        try (Engine engine =
                world.engine().id("one").journal(journal).register(FLOW).build()) {
            journal.open("one", Duration.ofHours(1));
            assertThatThrownBy(() -> engine.start(FLOW, RunId.of("r"), Map.of()))
                    .isInstanceOf(FencedException.class);
        }
    }
}
