package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JournalEntry.StepSucceeded;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrainTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static final Workflow<Map<String, Object>, Object> OTHER = Lab.read("id: other\nsteps: {a: {value: 1}}");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final InMemoryJournal journal = new InMemoryJournal();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final Lab lab = new Lab(Schedule.REAL)
            .with(builder -> builder.journal(journal))
            .on("block", (input, context) -> {
                try {
                    return release.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            });

    @AfterEach
    void endThreads() {
        lab.close();
        threads.shutdownNow();
    }

    private Future<List<RunId>> drain(Duration limit) {
        Future<List<RunId>> left = threads.submit(() -> lab.engine().drain(limit));
        lab.until(this::isClosed);
        return left;
    }

    private boolean isClosed() {
        try {
            lab.engine().start(OTHER, RunId.of("run-1"), Map.of()); // starts nothing: the id is taken
            return false;
        } catch (EngineException e) {
            return e.code().equals(EngineException.CLOSED);
        }
    }

    @Test
    void attempts_under_way_finish_and_no_more_are_started() throws Exception {
        lab.engine().register(OTHER);
        Run<Object> run = lab.start("steps: {a: {uses: do.block}, b: {uses: do.echo, needs: [a]}, w: {await: go}}");
        lab.untilCalled("a");
        Future<List<RunId>> left = drain(LONG);
        assertThat(left).isNotDone();
        release.countDown();
        assertThat(left.get(60, TimeUnit.SECONDS)).containsExactly(run.id());
        assertThat(journal.read(run.id()))
                .filteredOn(StepSucceeded.class::isInstance)
                .extracting(entry -> ((StepSucceeded) entry).step())
                .containsExactly("a");
        assertThat(lab.calls()).containsExactly("a");
        assertThatThrownBy(() -> run.await(LONG))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.CLOSED));
    }

    @Test
    void nothing_is_left_when_the_attempts_under_way_end_their_runs() throws Exception {
        lab.engine().register(OTHER);
        Run<Object> run = lab.start("steps: {a: {uses: do.block}}");
        lab.untilCalled("a");
        Future<List<RunId>> left = drain(LONG);
        release.countDown();
        assertThat(left.get(60, TimeUnit.SECONDS)).isEmpty();
        assertThat(lab.end(run).orElseThrow()).isEqualTo(Map.of("a", true));
    }

    @Test
    void attempts_that_take_longer_than_the_limit_are_interrupted() throws Exception {
        Run<Object> run = lab.start("steps: {a: {uses: do.block}}");
        lab.untilCalled("a");
        assertThat(lab.engine().drain(Duration.ofMillis(20))).containsExactly(run.id());
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_second_call_stops_at_once() throws Exception {
        lab.engine().register(OTHER);
        Run<Object> run = lab.start("steps: {a: {uses: do.block}}");
        lab.untilCalled("a");
        Future<List<RunId>> first = drain(LONG);
        assertThat(lab.engine().drain(LONG)).containsExactly(run.id());
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(first.get(60, TimeUnit.SECONDS)).containsExactly(run.id());
    }

    @Test
    void an_engine_at_rest_drains_at_once_whatever_waits_in_it() {
        Run<Object> waiting = lab.start("steps: {w: {await: go}}");
        Run<Object> sleeping = lab.start("steps: {w: {wait: 1h}}");
        assertThat(lab.engine().drain(LONG)).containsExactly(waiting.id(), sleeping.id());
    }

    @Test
    void any_time_may_be_allowed_for_it_and_for_waiting() {
        Run<Object> run = lab.start(OTHER, Map.of());
        assertThat(run.await(ChronoUnit.FOREVER.getDuration()).isSuccess()).isTrue();
        assertThat(lab.engine().drain(ChronoUnit.FOREVER.getDuration())).isEmpty();
    }
}
