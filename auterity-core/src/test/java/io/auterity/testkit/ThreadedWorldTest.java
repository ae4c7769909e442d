package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadedWorldTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final ThreadedWorld world = new ThreadedWorld(42, threads);

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void an_hour_passes_in_no_time() {
        assertThat(world.await(world.later(HOUR, () -> "done"))).isEqualTo("done");

        assertThat(world.age()).isEqualTo(HOUR);
        assertThat(world.now()).isEqualTo(World.BEGINNING.plus(HOUR));
    }

    @Test
    void what_is_due_is_done_by_several_threads_at_once() {
        CountDownLatch met = new CountDownLatch(2);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 2; i++) {
            world.after(HOUR, () -> {
                seen.add(Thread.currentThread());
                met.countDown();
                await(met);
            });
        }
        world.runUntilIdle();

        assertThat(seen).hasSize(2).doesNotContain(Thread.currentThread());
    }

    @Test
    void time_stands_still_while_anything_is_under_way() {
        List<Duration> seen = new ArrayList<>(); // one task at a time
        for (int i = 1; i <= 100; i++) {
            Duration due = Duration.ofMillis(i);
            world.after(
                    due,
                    () -> world.executor()
                            .execute(() -> world.executor().execute(() -> {
                                seen.add(due);
                                seen.add(world.age());
                            })));
        }
        world.runUntilIdle();

        assertThat(seen).hasSize(200);
        for (int i = 0; i < seen.size(); i += 2) {
            assertThat(seen.get(i + 1)).isEqualTo(seen.get(i));
        }
    }

    @Test
    void in_a_hurry_timers_are_late_but_never_early() {
        world.hurry(0.9);
        AtomicInteger late = new AtomicInteger();
        AtomicInteger early = new AtomicInteger();
        for (int i = 1; i <= 100; i++) {
            Duration due = Duration.ofMillis(i);
            world.after(due, () -> {
                int order = world.age().compareTo(due);
                (order > 0 ? late : early).addAndGet(Math.abs(order));
            });
        }
        world.runUntilIdle();

        assertThat(early).hasValue(0);
        assertThat(late).hasPositiveValue();
    }

    @Test
    void a_timer_that_is_called_off_does_not_ring_and_takes_no_time() {
        world.timer().after(HOUR, () -> world.executor().execute(() -> {})).cancel();
        world.runUntilIdle();

        assertThat(world.age()).isZero();
    }

    @Test
    void it_may_refuse_tasks() {
        world.refuse(0.999);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        world.executor().execute(() -> {});
                    }
                })
                .isInstanceOf(RejectedExecutionException.class);
        world.runUntilIdle();
    }

    @Test
    void a_wait_for_what_never_comes_fails_when_the_world_has_come_to_rest() {
        assertThatThrownBy(() -> world.await(new CompletableFuture<>()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the world of seed 42 came to rest");
    }

    @Test
    void what_a_task_throws_fails_the_test() {
        world.after(HOUR, () -> {
            throw new IllegalStateException("broken");
        });

        assertThatThrownBy(world::runUntilIdle)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("broken");
    }

    @Test
    void a_task_must_not_drive_the_world() {
        world.executor().execute(() -> world.pass(HOUR));

        assertThatThrownBy(world::runUntilIdle).hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_task_that_never_ends_is_named() {
        CountDownLatch never = new CountDownLatch(1);
        ThreadedWorld impatient = new ThreadedWorld(42, threads, Duration.ofMillis(50));
        impatient.executor().execute(() -> await(never));

        assertThatThrownBy(impatient::runUntilIdle)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no task has ended for 50 ms")
                .hasMessageContaining("1 tasks, 1 with a thread");
        never.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
