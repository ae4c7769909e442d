package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.StartOptions;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunSummary;
import io.auterity.testkit.SimulatedWorld;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelsTest {

    private static final Workflow<Map<String, Object>, Object> FLOW =
            Workflow.read("auterity: 1\nid: flow\nsteps: {a: {value: 1}}", "flow.yaml");

    private final SimulatedWorld world = new SimulatedWorld(3);
    private final InMemoryJournal journal = new InMemoryJournal();

    @Test
    void runs_are_found_by_the_labels_they_were_started_with() {
        try (Engine engine = world.engine().journal(journal).register(FLOW).build()) {
            StartOptions sales = StartOptions.DEFAULT.label("team", "sales");
            world.await(engine.start(FLOW, RunId.of("one"), Map.of(), sales.label("region", "eu")));
            world.await(engine.start(FLOW, RunId.of("two"), Map.of(), sales.label("region", "us")));
            world.await(engine.start(FLOW, RunId.of("three"), Map.of()));

            // the same id attaches: the labels of the first start stay
            world.await(engine.start(FLOW, RunId.of("one"), Map.of(), StartOptions.DEFAULT.label("region", "us")));
        }
        RunQuery query = RunQuery.ALL.with(RunQuery.Filter.NONE.labels(Map.of("team", "sales", "region", "us")));
        assertThat(journal.catalog().list(query)).extracting(RunSummary::id).containsExactly(RunId.of("two"));
        assertThat(journal.catalog()
                        .find(RunId.of("one"))
                        .orElseThrow()
                        .start()
                        .origin()
                        .labels())
                .isEqualTo(Map.of("team", "sales", "region", "eu"));
    }

    @Test
    void names_and_values_are_as_long_as_every_store_takes() {
        StartOptions none = StartOptions.DEFAULT;
        assertThat(none.label("n".repeat(200), "v".repeat(500)).labels()).hasSize(1);
        assertThat(none.label("n", "").labels()).containsEntry("n", "");
        assertThatThrownBy(() -> none.label("n".repeat(201), "v"))
                .hasMessage("the name of a label has 1 to 200 characters, not 201");
        assertThatThrownBy(() -> none.label("", "v")).hasMessage("the name of a label has 1 to 200 characters, not 0");
        assertThatThrownBy(() -> none.label("n", "v".repeat(501)))
                .hasMessage("the value of label 'n' has 0 to 500 characters, not 501");
    }

    @Test
    void a_run_has_a_bounded_number_of_labels() {
        StartOptions options = StartOptions.DEFAULT;
        for (int i = 0; i < 32; i++) {
            options = options.label("n" + i, "v");
        }
        StartOptions full = options;
        assertThat(full.label("n0", "other").labels()).hasSize(32).containsEntry("n0", "other");
        assertThatThrownBy(() -> full.label("n32", "v")).hasMessage("a run has at most 32 labels; leave out 'n32'");
    }

    @Test
    void characters_that_some_store_refuses_are_refused_at_once() {
        for (String bad : new String[] {"a\0b", "a\nb", "\ud83d", "\u0085"}) {
            assertThatThrownBy(() -> StartOptions.DEFAULT.label("n", bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("control character");
            assertThatThrownBy(() -> StartOptions.DEFAULT.label(bad, "v")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(StartOptions.DEFAULT.label("größe", "🚗 x").labels()).containsEntry("größe", "🚗 x");
    }
}
