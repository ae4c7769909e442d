package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.Journal.Lease;
import io.auterity.testkit.SimulatedWorld;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How an engine that has lost its lease comes to another. */
class NewLeaseTest {

    private static final Workflow<Map<String, Object>, Object> FLOW =
            Workflow.read("auterity: 1\nid: flow\nsteps: {a: {value: 1}}", "flow.yaml");

    private static final Runnable NOTHING = () -> {};

    private final SimulatedWorld world = new SimulatedWorld(17);
    private final InMemoryJournal store = new InMemoryJournal(1_000, world.clock());
    private final List<Lease> opened = new ArrayList<>();

    /** What happens before the engine's next lease is opened. */
    private Runnable beforeOpening = NOTHING;

    private final Journal journal = (Journal) Proxy.newProxyInstance(
            Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                boolean opens = method.getName().equals("open");
                if (opens) {
                    Runnable before = beforeOpening;
                    beforeOpening = NOTHING;
                    before.run();
                }
                Object result = method.invoke(store, arguments);
                if (opens) {
                    opened.add((Lease) result);
                }
                return result;
            });

    private Engine engine() {
        return world.engine()
                .id("one")
                .journal(journal)
                .ticker(() -> world.age().toNanos())
                .lease(Duration.ofHours(10))
                .pollInterval(Duration.ofSeconds(1))
                .register(FLOW)
                .build();
    }

    @Test
    void is_asked_for_again_soon_when_the_journal_did_not_give_it() {
        try (Engine engine = engine()) {
            world.pass(Duration.ofSeconds(5));
            store.open("one", Duration.ofHours(10)); // ends the engine's lease
            beforeOpening = () -> {
                throw new IllegalStateException("meant: the database is away");
            };
            assertThatIllegalStateException().isThrownBy(() -> engine.start(FLOW, RunId.of("early"), Map.of()));
            assertThat(opened).hasSize(1);

            world.pass(Duration.ofSeconds(5));

            assertThat(opened).hasSize(2);
            assertThat(world.await(engine.start(FLOW, RunId.of("late"), Map.of()))
                            .isSuccess())
                    .isTrue();
        }
    }

    @Test
    void does_not_outlive_an_engine_that_is_closed_while_it_is_opened() {
        Engine engine = engine();
        world.pass(Duration.ofSeconds(5));
        store.open("one", Duration.ofHours(10)); // ends the engine's lease
        beforeOpening = engine::close;

        world.pass(Duration.ofHours(5));

        assertThat(opened).hasSize(2);
        assertThat(store.renew(opened.get(1))).isFalse();
    }
}
