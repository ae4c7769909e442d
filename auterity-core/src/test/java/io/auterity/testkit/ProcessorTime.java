package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** The time that a thread itself spends on some work: what else the machine does, and what other threads do, is left out. */
public final class ProcessorTime {

    /** R19 of the reliability plan: no input keeps a parser busy for longer. */
    public static final Duration OF_A_PARSER = Duration.ofMillis(200);

    /** The first time loads classes and is not compiled yet; work that is slow itself is slow each time. */
    private static final int TRIES = 5;

    private ProcessorTime() {}

    /** Something to measure. */
    @FunctionalInterface
    public interface Work {

        /**
         * Does it once.
         *
         * @throws Exception whatever goes wrong
         */
        void run() throws Exception;
    }

    /**
     * Measures some work.
     *
     * @param work is done once, on the calling thread
     * @return how long the thread worked
     * @throws Exception what the work throws
     */
    public static Duration of(Work work) throws Exception {
        return of(work, ProcessorTime::ofThisThread);
    }

    /**
     * Fails if some work takes longer than it may, and does so again whenever it is repeated.
     *
     * @param most how long the calling thread may work on it
     * @param work is done once if that is quick, and up to five times otherwise; the same each time
     * @throws Exception what the work throws
     */
    public static void atMost(Duration most, Work work) throws Exception {
        atMost(most, work, ProcessorTime::ofThisThread);
    }

    /**
     * Like {@link #atMost}, where other threads of this process do the work, as those of a server.
     *
     * @param most how long all threads together may work on it
     * @param work is done once if that is quick, and up to five times otherwise; the same each time
     * @throws Exception what the work throws
     */
    public static void atMostOnAllThreads(Duration most, Work work) throws Exception {
        atMost(most, work, ProcessorTime::ofAllThreads);
    }

    static void atMost(Duration most, Work work, LongSupplier nanos) throws Exception {
        Duration least = of(work, nanos);
        for (int i = 1; i < TRIES && least.compareTo(most) > 0; i++) {
            Duration next = of(work, nanos);
            least = next.compareTo(least) < 0 ? next : least;
        }
        assertThat(least).as("processor time, the least of %d times", TRIES).isLessThanOrEqualTo(most);
    }

    private static Duration of(Work work, LongSupplier nanos) throws Exception {
        long start = nanos.getAsLong();
        work.run();
        return Duration.ofNanos(nanos.getAsLong() - start);
    }

    private static long ofThisThread() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Of all that live: what a thread did that has ended is not counted, nor what compilers and collectors do. */
    private static long ofAllThreads() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getAllThreadIds())
                .map(threads::getThreadCpuTime)
                .filter(nanos -> nanos > 0)
                .sum();
    }
}
