package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.PrimitiveIterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ProcessorTimeTest {

    private static final Duration MOST = Duration.ofMillis(200);

    private long now;
    private int done;

    /** Does work that takes so many milliseconds, one after the other, each time it is done. */
    private void take(long... millis) throws Exception {
        PrimitiveIterator.OfLong next = Arrays.stream(millis).iterator();
        ProcessorTime.atMost(
                MOST,
                () -> {
                    done++;
                    now += next.nextLong() * 1_000_000;
                },
                () -> now);
    }

    @Test
    void work_that_is_quick_is_done_once() throws Exception {
        take(200);
        assertThat(done).isEqualTo(1);
    }

    @Test
    void work_that_was_slow_while_it_was_loaded_passes() throws Exception {
        take(900, 300, 201, 200);
        assertThat(done).isEqualTo(4);
    }

    @Test
    void work_that_is_slow_each_time_fails() {
        assertThatThrownBy(() -> take(900, 300, 201, 202, 203))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the least of 5 times")
                .hasMessageContaining("0.201");
        assertThat(done).isEqualTo(5);
    }

    @Test
    void what_the_work_throws_comes_out() {
        assertThatThrownBy(() -> ProcessorTime.atMost(MOST, () -> {
                    throw new IllegalStateException("as it is");
                }))
                .hasMessage("as it is");
    }

    @Test
    void waiting_is_no_work() throws Exception {
        Thread other = new Thread(this::spin);
        assertThat(ProcessorTime.of(() -> {
                    other.start();
                    other.join();
                }))
                .isLessThan(MOST);
    }

    @Test
    void the_work_of_a_server_is_found_on_its_threads() throws Exception {
        ExecutorService server = Executors.newSingleThreadExecutor();
        try {
            ProcessorTime.Work request = () -> server.submit(this::spin).get();
            ProcessorTime.atMost(MOST, request);
            assertThatThrownBy(() -> ProcessorTime.atMostOnAllThreads(MOST, request))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("the least of 5 times");
            ProcessorTime.atMostOnAllThreads(Duration.ofSeconds(10), request);
        } finally {
            server.shutdownNow();
        }
    }

    /** Works for longer than anybody may, however long it has to wait for a processor. */
    private void spin() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        while (threads.getCurrentThreadCpuTime() - start < 300_000_000) {
            Thread.onSpinWait();
        }
    }
}
