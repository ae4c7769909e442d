package io.auterity.run;

import static io.auterity.Interleaved.check;

import io.auterity.Invocations;
import io.auterity.WarmUp;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * R22: Tasks that come while threads look for work and lie down: none waits while a thread is idle. One that is
 * forgotten keeps its caller waiting for ever here, since no time passes in which a thread is idle for too long.
 */
@Tag("isolated")
class WorkerPoolLincheckTest {

    @BeforeAll
    static void rewriteTheClasses() {
        WarmUp.rewriteClasses(() -> Lincheck.runConcurrentTest(1, WorkerPoolLincheckTest::oneAfterTheOther));
    }

    @Test
    void a_task_that_comes_while_the_thread_lies_down_is_done() {
        Lincheck.runConcurrentTest(Invocations.atLeast(1_000), WorkerPoolLincheckTest::oneAfterTheOther);
    }

    @Test
    void a_task_does_not_wait_for_another_while_there_are_threads() {
        Lincheck.runConcurrentTest(Invocations.atLeast(500), WorkerPoolLincheckTest::twoAtOnce);
    }

    private static void oneAfterTheOther() {
        World world = new World(1);
        CountDownLatch done = new CountDownLatch(2);
        world.pool.execute(done::countDown);
        world.pool.execute(done::countDown);
        await(done);
        world.end();
    }

    private static void twoAtOnce() {
        World world = new World(2);
        CountDownLatch met = new CountDownLatch(2);
        world.pool.execute(() -> meet(met));
        world.pool.execute(() -> meet(met));
        await(met);
        world.end();
    }

    /** A task that is at its end when another one is at work, too. */
    private static void meet(CountDownLatch met) {
        met.countDown();
        await(met);
    }

    /** Waits for what a pool that forgets a task never brings about, which Lincheck finds. */
    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A pool whose threads can be joined. */
    private static final class World {

        private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
        private final WorkerPool pool;

        World(int most) {
            pool = new WorkerPool(most, 10, Duration.ofDays(1), task -> {
                Thread thread = new Thread(task);
                threads.add(thread);
                return thread;
            });
        }

        void end() {
            pool.shutdown();
            for (Thread thread = threads.poll(); thread != null; thread = threads.poll()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            check(pool.isTerminated(), "the pool is at its end");
        }
    }
}
