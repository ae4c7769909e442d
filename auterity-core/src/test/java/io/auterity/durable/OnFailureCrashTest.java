package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.testkit.SimulatedWorld;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The workflow that a failed run names with {@code onFailure} runs once, wherever the process comes to its end. */
class OnFailureCrashTest {

    private static final Workflow<Map<String, Object>, Object> ALERT =
            Workflow.read("auterity: 1\nid: alert\nsteps: {tell: {wait: 1s}}\n", "alert.yaml");
    private static final Workflow<Map<String, Object>, Object> FAILS = Workflow.read("""
        auterity: 1
        id: fails
        onFailure: {run: alert}
        steps:
          books: {value: 1, undo: {value: 2}}
          fails: {needs: [books], fail: {code: no, message: sold out}}
        """, "fails.yaml");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final RunId RUN = RunId.of("run");

    private final SimulatedWorld world = new SimulatedWorld(3);
    private final InMemoryJournal store = new InMemoryJournal(1_000, world.clock());

    private Engine engine(String id, CrashingJournal journal) {
        return world.engine()
                .id(id)
                .executor(task -> world.executor().execute(() -> journal.unlessDark(task)))
                .timer((delay, task) -> world.timer().after(delay, () -> journal.unlessDark(task)))
                .ticker(() -> world.age().toNanos())
                .journal(journal)
                .lease(Duration.ofSeconds(10))
                .register(ALERT, FAILS)
                .build();
    }

    private Optional<RunStatus> status(RunId run) {
        return store.catalog().find(run).map(RunSummary::status);
    }

    private boolean areOver() {
        return status(RUN).filter(RunStatus::isTerminal).isPresent()
                && status(RUN.onFailure()).filter(RunStatus::isTerminal).isPresent();
    }

    private int crash(int at, boolean after) {
        CrashingJournal journal = new CrashingJournal(store, at, after);
        Engine engine = engine("first", journal);
        try {
            engine.start(FAILS, RUN, Map.of());
        } catch (CrashingJournal.Killed atOnce) {
            return 0;
        }
        world.runUntil(() -> journal.isDark() || areOver());
        assertThat(journal.isDark()).as("a crash at write %s", at).isEqualTo(at > 0);
        return journal.writes();
    }

    @Test
    void a_crash_at_any_write_loses_neither_the_failure_nor_what_deals_with_it() {
        int writes = new OnFailureCrashTest().crash(0, false);
        assertThat(writes).isGreaterThan(5);
        for (int at = 2; at <= writes; at++) {
            for (boolean after : new boolean[] {false, true}) {
                OnFailureCrashTest one = new OnFailureCrashTest();
                one.crash(at, after);
                one.engine("second", new CrashingJournal(one.store, 0, false));
                one.world.runUntil(() -> one.areOver() || one.world.age().compareTo(PATIENCE) > 0);
                assertThat(one.areOver())
                        .as("crash %s write %d of %d", after ? "after" : "before", at, writes)
                        .isTrue();
                assertThat(one.status(RUN)).contains(RunStatus.COMPENSATED);
                assertThat(one.status(RUN.onFailure())).contains(RunStatus.SUCCEEDED);
            }
        }
    }
}
