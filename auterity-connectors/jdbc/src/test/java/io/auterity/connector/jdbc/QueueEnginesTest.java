package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Enqueue;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Engines of one PostgreSQL share its queues. */
class QueueEnginesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Nobody loses it, however long the machine stands still: who has lost it leaves runs that are done once more. */
    private static final Duration LEASE = Duration.ofHours(1);

    private static final int CONCURRENCY = 5;
    private static final int PER_KEY = 2;

    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Map<String, AtomicInteger> activeOfKey = new ConcurrentHashMap<>();
    private final AtomicInteger mostOfKey = new AtomicInteger();
    private final Map<String, AtomicInteger> bodies = new ConcurrentHashMap<>();
    private final CountDownLatch hold = new CountDownLatch(1);

    /** What a run is given. */
    record Job(String id, String key, boolean holds) {}

    private final Workflow<Job, String> work =
            Workflow.define("work", Job.class, (flow, job) -> flow.step("do").run(String.class, job, this::work));

    private String work(Job job) throws InterruptedException {
        bodies.computeIfAbsent(job.id(), any -> new AtomicInteger()).incrementAndGet();
        if (job.holds()) {
            hold.await(120, TimeUnit.SECONDS);
            return "held";
        }
        AtomicInteger ofKey = activeOfKey.computeIfAbsent(job.key(), any -> new AtomicInteger());
        most.accumulateAndGet(active.incrementAndGet(), Math::max);
        mostOfKey.accumulateAndGet(ofKey.incrementAndGet(), Math::max);
        Thread.yield();
        ofKey.decrementAndGet();
        active.decrementAndGet();
        return "done";
    }

    private Engine engine(String id, JdbcJournal journal, RunQueue queue) {
        return Engine.builder()
                .id(id)
                .journal(journal)
                .lease(LEASE)
                .pollInterval(Duration.ofMillis(50))
                .queue(queue)
                .register(work)
                .build();
    }

    @Test
    void two_engines_do_each_run_once_and_never_exceed_the_limits() {
        String schema = TestPostgres.newSchema();
        RunQueue queue = RunQueue.named("jobs").concurrency(CONCURRENCY).perKey(PER_KEY);
        Random random = new Random(4_711);
        int jobs = 300;
        try (JdbcJournal first = open(schema);
                JdbcJournal second = open(schema);
                Engine one = engine("one", first, queue);
                Engine two = engine("two", second, queue)) {
            List<Run<String>> runs = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                Engine either = random.nextBoolean() ? one : two;
                Job job = new Job("job-" + i, "k" + random.nextInt(5), false);
                runs.add(either.enqueue(
                        work, RunId.of(job.id()), job, Enqueue.to("jobs").key(job.key())));
            }
            for (Run<String> run : runs) {
                assertThat(run.await(PATIENCE).orElseThrow()).isEqualTo("done");
            }
            assertThat(one.depth("jobs").running() + one.depth("jobs").ready()).isZero();
        }
        assertThat(bodies).hasSize(jobs);
        assertThat(bodies.values()).extracting(AtomicInteger::get).containsOnly(1);
        assertThat(most.get()).isBetween(1, CONCURRENCY);
        assertThat(mostOfKey.get()).isBetween(1, PER_KEY);
    }

    @Test
    void the_places_of_an_engine_that_is_gone_are_free_when_its_runs_have_ended_elsewhere() {
        String schema = TestPostgres.newSchema();
        RunQueue queue = RunQueue.named("jobs").concurrency(2);
        try (JdbcJournal first = open(schema);
                JdbcJournal second = open(schema);
                Engine gone = engine("same-id", first, queue)) {
            Map<String, Run<String>> runs = new HashMap<>();
            for (int i = 0; i < 6; i++) {
                Job job = new Job("job-" + i, "k", i < 2);
                runs.put(job.id(), gone.enqueue(work, RunId.of(job.id()), job, Enqueue.to("jobs")));
            }
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (bodies.size() < 2) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
            // An engine of the same id ends the lease of the former one, as after a crash and a restart.
            try (Engine heir = engine("same-id", second, queue)) {
                hold.countDown();
                for (String id : runs.keySet()) {
                    assertThat(heir.attach(RunId.of(id))
                                    .orElseThrow()
                                    .await(PATIENCE)
                                    .status())
                            .isEqualTo(RunStatus.SUCCEEDED);
                }
                assertThat(heir.depth("jobs").running()).isZero();
            }
        }
        assertThat(bodies).hasSize(6);
    }

    private static JdbcJournal open(String schema) {
        return JdbcJournal.builder()
                .url(TestPostgres.newest().url())
                .schema(schema)
                .connections(16) // nobody waits for one until it gives up
                .open();
    }
}
