package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.auterity.run.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads an engine makes for itself on Java 17. */
class WorkerPoolTest {

    private static final int THREADS = 4;

    private final ExecutorService pool = Threads.newPool(THREADS);

    @AfterEach
    void close() {
        pool.shutdownNow();
    }

    @Test
    void a_task_never_waits_for_another_while_there_are_threads() throws Exception {
        // All must be at work at once, every time: one that is not woken leaves the others waiting.
        CyclicBarrier all = new CyclicBarrier(THREADS + 1);
        for (int round = 0; round < 5_000; round++) {
            for (int i = 0; i < THREADS; i++) {
                pool.execute(() -> await(all));
            }
            await(all);
        }
    }

    @Test
    void tasks_that_others_bring_at_once_are_all_done() throws Exception {
        int callers = 3;
        int rounds = 3_000;
        Phaser together = new Phaser(callers);
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        CountDownLatch ended = new CountDownLatch(callers);
        for (int caller = 0; caller < callers; caller++) {
            Thread thread = new Thread(() -> {
                for (int round = 0; round < rounds; round++) {
                    CountDownLatch own = new CountDownLatch(5);
                    together.arriveAndAwaitAdvance();
                    for (int i = 0; i < 5; i++) {
                        pool.execute(() -> {
                            done.incrementAndGet();
                            own.countDown();
                        });
                    }
                    if (!await(own)) {
                        together.forceTermination();
                        return;
                    }
                }
                ended.countDown();
            });
            threads.add(thread);
            thread.start();
        }
        assertThat(await(ended)).isTrue();
        assertThat(done).hasValue(callers * rounds * 5);
    }

    @Test
    void has_no_more_threads_than_it_may() throws Exception {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(1_000);
        for (int i = 0; i < 1_000; i++) {
            pool.execute(() -> {
                seen.add(Thread.currentThread());
                Thread.yield();
                all.countDown();
            });
        }
        assertThat(await(all)).isTrue();
        assertThat(seen).hasSizeBetween(1, THREADS).allMatch(Thread::isDaemon);
    }

    @Test
    void refuses_what_is_beyond_its_queue() throws Exception {
        ExecutorService one = Threads.newPool(1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        one.execute(() -> {
            begun.countDown();
            await(free);
        });
        assertThat(await(begun)).isTrue();
        for (int i = 0; i < Threads.POOL_QUEUE; i++) {
            one.execute(done::incrementAndGet);
        }

        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> one.execute(done::incrementAndGet))
                .withMessageContaining("65536 tasks");

        free.countDown();
        one.shutdown();
        assertThat(one.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(done).hasValue(Threads.POOL_QUEUE);
    }

    @Test
    void goes_on_after_a_task_that_throws_and_one_that_leaves_an_interrupt() throws Exception {
        ExecutorService one = Threads.newPool(1);
        AtomicInteger interrupted = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        one.execute(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {});
            throw new IllegalStateException("meant");
        });
        one.execute(() -> Thread.currentThread().interrupt());
        one.execute(() -> {
            if (Thread.currentThread().isInterrupted()) {
                interrupted.incrementAndGet();
            }
            done.countDown();
        });
        assertThat(await(done)).isTrue();
        assertThat(interrupted).hasValue(0);
        one.shutdownNow();
    }

    @Test
    void stops_at_once_and_says_what_was_left() throws Exception {
        ExecutorService one = Threads.newPool(1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        one.execute(() -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                interrupted.countDown();
            }
        });
        assertThat(await(begun)).isTrue();
        Runnable never = () -> {};
        one.execute(never);

        assertThat(one.shutdownNow()).containsExactly(never);
        assertThat(await(interrupted)).isTrue();
        assertThat(one.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(one.isTerminated()).isTrue();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> one.execute(never));
    }

    @Test
    void a_pool_that_never_had_a_task_ends_at_once() {
        pool.shutdown();
        assertThat(pool.isTerminated()).isTrue();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
