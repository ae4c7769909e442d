package io.auterity.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A machine that has no memory for one more thread. */
class WorkerPoolMemoryTest {

    private final AtomicInteger made = new AtomicInteger();

    @Test
    void without_any_thread_the_task_is_refused() {
        WorkerPool pool = new WorkerPool(2, 10, Duration.ofSeconds(1), threads(0));
        AtomicInteger done = new AtomicInteger();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> pool.execute(done::incrementAndGet))
                .withMessage("no memory for one more thread")
                .withCauseInstanceOf(OutOfMemoryError.class);
        assertThat(pool.shutdownNow()).isEmpty();
        assertThat(done).hasValue(0);
    }

    @Test
    void the_threads_that_there_are_lose_no_task() throws InterruptedException {
        WorkerPool pool = new WorkerPool(4, 10, Duration.ofSeconds(1), threads(1));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        int accepted = 1;
        pool.execute(() -> {
            begun.countDown();
            await(free);
        });
        assertThat(await(begun)).isTrue();
        for (int i = 0; i < 3; i++) {
            try {
                pool.execute(done::incrementAndGet);
                accepted++;
            } catch (RejectedExecutionException meant) {
                // the caller knows
            }
        }
        free.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(done).hasValue(accepted - 1);
        assertThat(made).hasValueGreaterThan(1);
    }

    /** Threads of which only the first few start. */
    private ThreadFactory threads(int few) {
        return task -> {
            boolean starts = made.getAndIncrement() < few;
            return new Thread(task) {
                @Override
                public void start() {
                    if (!starts) {
                        throw new OutOfMemoryError("meant: unable to create native thread");
                    }
                    super.start();
                }
            };
        };
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
