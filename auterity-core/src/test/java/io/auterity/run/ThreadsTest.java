package io.auterity.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** What an engine's tasks run on when the host program lends no threads. */
class ThreadsTest {

    private final ExecutorService executor = Threads.newExecutor();

    @AfterEach
    void close() {
        executor.shutdownNow();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void a_task_has_a_virtual_thread_where_the_JVM_has_them() throws Exception {
        Callable<Object> isVirtual = () -> Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
        assertThat(executor.submit(isVirtual).get(60, TimeUnit.SECONDS)).isEqualTo(true);
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void tasks_share_a_bounded_pool_where_it_has_not() throws Exception {
        int most = Math.max(
                Threads.MIN_POOL,
                Threads.POOL_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
        int tasks = most + 10;
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch full = new CountDownLatch(most);
        CountDownLatch done = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            executor.execute(() -> {
                seen.add(Thread.currentThread());
                full.countDown();
                await(full); // all threads are taken at once
                done.countDown();
            });
        }
        assertThat(await(done)).isTrue();
        assertThat(seen).hasSize(most).allMatch(Thread::isDaemon);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_24)
    void tasks_go_on_when_all_carriers_are_kept_by_classes_that_are_being_loaded() {
        int carriers = Runtime.getRuntime().availableProcessors();
        CountDownLatch kept = new CountDownLatch(carriers);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            executor.execute(() -> {
                assertThatThrownBy(() -> Class.forName("no.such.Class", true, new SlowLoader(kept, goOn)))
                        .isInstanceOf(ClassNotFoundException.class);
                done.countDown();
            });
        }
        assertThat(await(kept)).isTrue();
        executor.execute(goOn::countDown); // what they wait for
        assertThat(await(done)).isTrue();
    }

    /** The JVM asks it for a class, so that who waits for it has native code on the stack. */
    private static final class SlowLoader extends ClassLoader {

        private final CountDownLatch asked;
        private final CountDownLatch goOn;

        SlowLoader(CountDownLatch asked, CountDownLatch goOn) {
            super(null);
            this.asked = asked;
            this.goOn = goOn;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            asked.countDown();
            assertThat(await(goOn)).isTrue();
            throw new ClassNotFoundException(name);
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
