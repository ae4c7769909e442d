package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.definition.AuterityException;
import io.auterity.definition.RunId;
import io.auterity.journal.FencedException;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalException;
import io.auterity.journal.RunStatus;
import io.auterity.testkit.SimulatedWorld;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What keeps a schedule from starting a run and passes costs it no run; virtual time begins at midnight. */
class ScheduleFailuresTest {

    private static final RunId FIRST = RunId.of("report:schedule:2026-01-01T01:00:00Z");

    /** As a journal says that its database does not answer. */
    private static final class Unavailable extends AuterityException {
        private static final long serialVersionUID = 1L;

        Unavailable() {
            super(JournalException.UNAVAILABLE, "no route to the database");
        }
    }

    @Test
    void an_instant_waits_until_the_journal_takes_its_run() {
        for (RuntimeException why : List.of(new Unavailable(), new FencedException(FIRST, new Lease("a", 1)))) {
            SimulatedWorld world = new SimulatedWorld(3);
            InMemoryJournal store = new InMemoryJournal(100, world.clock());
            FailingJournal journal = new FailingJournal(store);
            try (Engine engine = world.engine()
                    .journal(journal)
                    .register(Workflow.read("""
                        auterity: 1
                        id: report
                        steps: {a: {value: 1}}
                        triggers: [{schedule: {every: 1h}}]
                        """, "report.yaml"))
                    .build()) {
                engine.schedules().start();
                world.pass(Duration.ofMinutes(59));
                journal.refuseStarts(why);
                world.pass(Duration.ofMinutes(2));
                assertThat(store.catalog().find(FIRST)).isEmpty();

                journal.refuseStarts(null);
                world.pass(Duration.ofSeconds(2));
                assertThat(store.catalog().find(FIRST).orElseThrow().status()).isEqualTo(RunStatus.SUCCEEDED);
                assertThat(engine.schedules().list().get(0).state().last().problem())
                        .isEmpty();
            }
        }
    }
}
