package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.PrimitiveIterator;
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
        Thread other = new Thread(() -> {
            long start = System.nanoTime();
            while (System.nanoTime() - start < 300_000_000) {
                Thread.onSpinWait();
            }
        });
        assertThat(ProcessorTime.of(() -> {
                    other.start();
                    other.join();
                }))
                .isLessThan(Duration.ofMillis(200));
    }
}
