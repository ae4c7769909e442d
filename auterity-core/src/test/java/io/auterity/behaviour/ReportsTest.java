package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.journal.JournalEntry.StepProgressed;
import io.auterity.journal.JournalEntry.StepStreamed;
import io.auterity.journal.RunStatus;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a step reports while its run waits for a slow journal. */
class ReportsTest {

    /** Pieces that an attempt may be ahead of its run, as the documentation of partial says. */
    private static final int LIMIT = 1_024;

    /** A run whose step has made pieces while the journal does not answer what another step has done. */
    private static final class Flood implements AutoCloseable {

        final HeldJournal held = new HeldJournal();
        final AtomicReference<Thread> worker = new AtomicReference<>();
        final AtomicInteger made = new AtomicInteger();
        final CountDownLatch done = new CountDownLatch(1);
        final Lab lab = new Lab(Schedule.REAL).with(builder -> builder.journal(held.journal()));
        final Run<Object> run;

        Flood(int pieces) {
            lab.on("flood", (input, context) -> {
                worker.set(Thread.currentThread());
                held.awaitHeld();
                for (int i = 0; i < pieces; i++) {
                    context.progress(i, pieces, "");
                    context.partial((long) i);
                    made.incrementAndGet();
                }
                done.countDown();
                return null;
            });
            held.delay("step=quick");
            run = lab.start("steps: {flood: {uses: do.flood}, quick: {uses: do.echo, with: {value: 1}}}");
        }

        boolean isDone() throws InterruptedException {
            return done.await(60, TimeUnit.SECONDS);
        }

        boolean isWaiting() {
            Thread thread = worker.get();
            return thread != null && thread.getState() == Thread.State.WAITING && made.get() >= LIMIT;
        }

        void end() {
            held.release();
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED);
        }

        @Override
        public void close() {
            held.release();
            lab.close();
        }
    }

    @Test
    void a_step_may_be_as_many_pieces_ahead_as_the_limit_says() throws InterruptedException {
        for (int pieces : new int[] {LIMIT - 1, LIMIT}) {
            try (Flood flood = new Flood(pieces)) {
                assertThat(flood.isDone()).as("%d pieces", pieces).isTrue();
                flood.end();
            }
        }
    }

    @Test
    void a_step_that_is_more_pieces_ahead_waits_and_loses_none() {
        try (Flood flood = new Flood(LIMIT + 1)) {
            flood.lab.until(flood::isWaiting);
            assertThat(flood.made).hasValue(LIMIT);
            flood.end();
            flood.lab.until(() -> flood.lab.events(StepStreamed.class).size() == LIMIT + 1);
            assertThat(flood.lab.events(StepStreamed.class))
                    .extracting(StepStreamed::data)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(0, LIMIT).boxed().toList());
        }
    }

    @Test
    void a_step_that_waits_with_a_piece_goes_when_it_is_cancelled() throws InterruptedException {
        try (Flood flood = new Flood(LIMIT + 10)) {
            flood.lab.until(flood::isWaiting);
            flood.run.cancel("enough");
            assertThat(flood.isDone()).isTrue();
            flood.held.release();
            assertThat(flood.lab.end(flood.run).status()).isEqualTo(RunStatus.CANCELLED);
        }
    }

    @Test
    void of_progress_that_comes_while_the_run_is_busy_the_latest_is_told() throws InterruptedException {
        try (Flood flood = new Flood(LIMIT)) {
            assertThat(flood.isDone()).isTrue();
            flood.end();
            flood.lab.until(() ->
                    flood.lab.events(StepProgressed.class).stream().anyMatch(progress -> progress.done() == LIMIT - 1));
            assertThat(flood.lab.events(StepProgressed.class))
                    .as("of %d reports, at most the first and the latest", LIMIT)
                    .extracting(StepProgressed::done)
                    .hasSizeLessThanOrEqualTo(2)
                    .endsWith(LIMIT - 1L);
        }
    }
}
