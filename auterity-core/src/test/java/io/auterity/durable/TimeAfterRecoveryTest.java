package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.RunStatus;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.TestConnector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From when time-outs count that an engine takes over; docs/durable-runs.md says so. */
class TimeAfterRecoveryTest {

    private final SimulatedWorld world = new SimulatedWorld(13);
    private final InMemoryJournal journal = new InMemoryJournal(1_000, world.clock());

    private Engine engine(String id, Workflow<?, ?> workflow) {
        return world.engine()
                .id(id)
                .journal(journal)
                .ticker(() -> world.age().toNanos())
                .lease(Duration.ofSeconds(10))
                .connector(new TestConnector("do", List.of(new Never())))
                .register(workflow)
                .build();
    }

    /** Comes to no end. */
    private static final class Never implements Operation {
        @Override
        public Description description() {
            return new Description("nothing", "", Map.of("type", "object"), Map.of(), true, List.of());
        }

        @Override
        public @Nullable Object call(Map<String, Object> input, StepContext context) {
            return new CompletableFuture<>();
        }
    }

    /** When the run ends that one engine has for six minutes and another one after that. */
    private Duration endOf(String steps) {
        Workflow<Map<String, Object>, Object> flow = Workflow.read("auterity: 1\nid: flow\n" + steps, "flow.yaml");
        try (Engine one = engine("one", flow)) {
            one.start(flow, RunId.of("r"), Map.of());
            world.pass(Duration.ofMinutes(6));
        }
        try (Engine two = engine("two", flow)) {
            Run<?> run = two.attach(RunId.of("r")).orElseThrow();
            assertThat(world.await(run.result()).status()).isEqualTo(RunStatus.FAILED);
        }
        return world.age();
    }

    @Test
    void that_of_a_run_counts_from_its_start() {
        assertThat(endOf("timeout: 10m\nsteps: {a: {wait: 1h}}"))
                .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(10).plusSeconds(15));
    }

    @Test
    void that_of_a_block_counts_from_its_start() {
        assertThat(endOf("steps: {a: {repeat: {steps: {x: {wait: 1m}}, until: \"${{ run.id == 'none' }}\", max: 100},"
                        + " timeout: 10m}}"))
                .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(10).plusSeconds(15));
    }

    @Test
    void that_of_a_wait_counts_from_when_it_was_recorded() {
        assertThat(endOf("steps: {a: {await: {signal: go, within: 10m}}}"))
                .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(10).plusSeconds(15));
    }

    @Test
    void that_of_an_attempt_counts_from_when_it_is_begun_again() {
        assertThat(endOf("steps: {a: {uses: do.nothing, timeout: 10m}}"))
                .isBetween(Duration.ofMinutes(16), Duration.ofMinutes(16).plusSeconds(15));
    }
}
