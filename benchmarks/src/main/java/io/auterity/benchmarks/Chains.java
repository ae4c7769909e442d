package io.auterity.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The load of the durable benchmarks: callers that each run workflow after workflow and wait for its end. */
final class Chains {

    /** What every step is given and returns: 200 characters, as JSON 202 bytes. */
    static final String TEXT = "0123456789".repeat(20);

    static final int STEPS = 10;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Chains() {}

    /** The body of every step, the same for all contestants. */
    static String step(String text) {
        return text.substring(1) + text.charAt(0);
    }

    /** What a workflow of some steps returns. */
    static String expected(int steps) {
        String text = TEXT;
        for (int step = 0; step < steps; step++) {
            text = step(text);
        }
        return text;
    }

    /** Runs one workflow of {@link #STEPS} and returns its output. */
    @FunctionalInterface
    interface Workflow {
        String run() throws Exception;
    }

    /**
     * Lets callers work for a while.
     *
     * @return {@code steps/s}, the median of the callers' waits as {@code ms p50}, and the CPU time of the JVM and the
     *     server as {@code us CPU/step}
     */
    static Map<String, Double> measure(PostgresServer server, int callers, Duration time, Workflow workflow)
            throws Exception {
        double before = server.cpuMicros() + jvmCpuNanos() / 1_000.0;
        Load load = load(callers, time, workflow);
        double cpu = server.cpuMicros() + jvmCpuNanos() / 1_000.0 - before;
        double steps = (double) load.nanos().length * STEPS;
        Map<String, Double> measured = new LinkedHashMap<>();
        measured.put("steps/s", steps / (load.elapsedNanos() / 1e9));
        measured.put("ms p50", load.nanos()[load.nanos().length / 2] / 1e6);
        measured.put("us CPU/step", cpu / steps);
        return measured;
    }

    /** How long each workflow took, sorted, and how long all of it. */
    record Load(long[] nanos, long elapsedNanos) {}

    static Load load(int callers, Duration time, Workflow workflow) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        return load(callers, workflow, done -> System.nanoTime() < end);
    }

    /** Lets each caller run so many workflows. */
    static void times(int callers, int times, Workflow workflow) throws Exception {
        load(callers, workflow, done -> done < times);
    }

    private static Load load(int callers, Workflow workflow, IntPredicate goesOn) throws Exception {
        String expected = expected(STEPS);
        long start = System.nanoTime();
        List<List<Long>> waits = new ArrayList<>();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(callers);
        for (int caller = 0; caller < callers; caller++) {
            List<Long> own = new ArrayList<>();
            waits.add(own);
            Thread thread = new Thread(() -> {
                try {
                    for (long now = System.nanoTime(); goesOn.test(own.size()); ) {
                        if (!workflow.run().equals(expected)) {
                            throw new IllegalStateException("the workflow returned something else");
                        }
                        long then = System.nanoTime();
                        own.add(then - now);
                        now = then;
                    }
                } catch (Exception e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done.countDown();
                }
            });
            thread.start();
        }
        if (!done.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the callers have not come back within " + LIMIT);
        }
        long elapsed = System.nanoTime() - start;
        if (failure.get() != null) {
            throw failure.get();
        }
        long[] all = waits.stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
        return new Load(all, elapsed);
    }

    static long jvmCpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
