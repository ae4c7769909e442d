package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Engines of one PostgreSQL fire the same schedules, each with a journal of its own, as in processes of their own. */
class ScheduleEnginesTest {

    private static final int INSTANTS = 60;
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");

    private final AtomicLong looks = new AtomicLong();

    /** An hour passes whenever anybody looks at the clock. */
    private final InstantSource clock = () -> BEGIN.plus(Duration.ofHours(looks.getAndIncrement()));

    private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
    private final CountDownLatch enough = new CountDownLatch(INSTANTS);

    private Engine engine(String id, JdbcJournal journal) {
        return Engine.builder()
                .id(id)
                .journal(journal)
                .lease(Duration.ofHours(1)) // nobody loses it, however long the machine stands still
                .clock(clock)
                .listener(this::note)
                .register(Workflow.read("""
                    auterity: 1
                    id: report
                    input: {at: string}
                    steps: {a: {value: "${{ input.at }}"}}
                    triggers:
                      - schedule: {every: 1h, catchUp: all, catchUpLimit: 10000, input: {at: "${{ string(trigger.at) }}"}}
                    """, "report.yaml"))
                .build();
    }

    private void note(RunId run, String workflow, JournalEntry entry) {
        if (entry instanceof StepSucceeded step) {
            done.add(String.valueOf(step.output()));
        } else if (entry instanceof RunEnded) {
            enough.countDown();
        }
    }

    @Test
    void two_engines_start_one_run_for_each_instant_and_leave_none_out() throws Exception {
        String schema = TestPostgres.newSchema();
        Set<String> started = new TreeSet<>();
        try (JdbcJournal first = open(schema);
                JdbcJournal second = open(schema)) {
            try (Engine one = engine("one", first);
                    Engine two = engine("two", second)) {
                one.schedules().start();
                two.schedules().start();
                assertThat(enough.await(120, TimeUnit.SECONDS)).isTrue();
                one.drain(Duration.ofMinutes(1));
                two.drain(Duration.ofMinutes(1));
            }
            first.catalog().stream(RunQuery.Filter.NONE)
                    .forEach(run -> started.add(run.id().value().substring("report:schedule:".length())));
        }
        assertThat(done).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(INSTANTS);
        List<Instant> instants = started.stream().map(Instant::parse).toList();
        assertThat(instants).hasSizeGreaterThanOrEqualTo(INSTANTS);
        for (int i = 1; i < instants.size(); i++) {
            assertThat(instants.get(i)).isEqualTo(instants.get(i - 1).plus(Duration.ofHours(1)));
        }
    }

    private static JdbcJournal open(String schema) {
        return JdbcJournal.builder()
                .url(TestPostgres.newest().url())
                .schema(schema)
                .open();
    }
}
