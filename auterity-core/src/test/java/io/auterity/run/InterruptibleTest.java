package io.auterity.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A worker and a stopper that meet again and again, a few instructions earlier or later each time. */
class InterruptibleTest {

    private static final int ROUNDS = 2_000;

    private final ExecutorService threads = Executors.newSingleThreadExecutor();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** What a worker saw of one piece of work. */
    private static final class Round {

        final Interruptible work = new Interruptible();
        final AtomicInteger ready = new AtomicInteger();
        volatile boolean announcing;
        volatile boolean announced;
        volatile boolean told;

        /** Both come out of here at about the same time, one of them a few turns later. */
        void meet(int turns) {
            ready.incrementAndGet();
            while (ready.get() < 2) {
                Thread.yield(); // on a busy machine the other has no processor otherwise
            }
            for (int i = 0; i < turns; i++) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void an_interrupt_hits_its_own_work_or_nothing() throws Exception {
        int begun = 0;
        int never = 0;
        for (int n = 0; n < ROUNDS; n++) {
            Round round = new Round();
            int late = n % 64;
            Future<Boolean> worker = threads.submit(() -> {
                round.meet(late / 8);
                boolean entered = round.work.enter();
                if (entered) {
                    for (int i = 0; i < late; i++) {
                        Thread.onSpinWait();
                    }
                    round.work.leave();
                }
                assertThat(Thread.currentThread().isInterrupted())
                        .as("the thread's next piece of work")
                        .isFalse();
                return entered;
            });
            round.meet(late % 8 * 4);
            boolean neverBegan = round.work.interrupt();
            assertThat(worker.get(60, TimeUnit.SECONDS))
                    .as("round %d: it began, or was kept from it", n)
                    .isEqualTo(!neverBegan);
            assertThat(threads.submit(() -> Thread.currentThread().isInterrupted())
                            .get(60, TimeUnit.SECONDS))
                    .as("round %d: an interrupt that came later", n)
                    .isFalse();
            begun += neverBegan ? 0 : 1;
            never += neverBegan ? 1 : 0;
        }
        assertThat(begun).isPositive();
        assertThat(begun + never).isEqualTo(ROUNDS);
    }

    @Test
    void a_stopper_waits_for_the_announcement_of_what_it_stops() throws Exception {
        for (int n = 0; n < ROUNDS; n++) {
            Round round = new Round();
            int late = n % 64;
            Future<Boolean> worker = threads.submit(() -> {
                round.meet(late / 8);
                boolean entered = round.work.enter(() -> {
                    round.announcing = true;
                    for (int i = 0; i < late; i++) {
                        Thread.onSpinWait();
                    }
                    round.announced = true;
                });
                if (entered) {
                    round.work.leave();
                }
                return entered;
            });
            round.meet(late % 8 * 4);
            boolean neverBegan = round.work.interrupt();
            round.told = round.announced; // what listeners have heard when they hear of the end
            boolean entered = worker.get(60, TimeUnit.SECONDS);
            assertThat(entered).as("round %d", n).isEqualTo(!neverBegan);
            assertThat(round.told)
                    .as("round %d: the start is told before the end", n)
                    .isEqualTo(entered);
            assertThat(round.announcing).as("round %d", n).isEqualTo(entered);
        }
    }

    @Test
    void an_interrupt_reaches_work_that_waits() throws Exception {
        Round round = new Round();
        Future<Boolean> worker = threads.submit(() -> {
            round.work.enter();
            round.meet(0);
            try {
                new java.util.concurrent.CountDownLatch(1).await();
                return false;
            } catch (InterruptedException expected) {
                return true;
            } finally {
                round.work.leave();
            }
        });
        round.meet(0);
        assertThat(round.work.interrupt()).isFalse();
        assertThat(worker.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(round.work.interrupt()).as("a second time").isFalse();
    }
}
