package io.auterity.run;

import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A virtual thread for each task, and a watch that keeps them going. Thread-safe.
 *
 * <p>The JVM carries virtual threads on as many threads as there are processors. One that blocks in native code, or while
 * a class is being loaded or initialized (before Java 26, JDK-8369238), keeps its carrier. When all carriers are kept by
 * such as wait for one that has none, nothing goes on for ever, in the whole JVM; steps that start side by side in a cold
 * process can come to that. So while there are tasks a probe is started each second. When it does not run in two, the
 * JVM gets more carriers, up to as many as {@link Threads#newPool a pool} would have had. It keeps them, since it has
 * been seen to need them.
 */
final class VirtualThreads extends AbstractExecutorService {

    private static final Logger LOG = LoggerFactory.getLogger(VirtualThreads.class);
    private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Since Java 24, when {@code synchronized} stopped to keep carriers. */
    private static final String SCHEDULER = "jdk.management.VirtualThreadSchedulerMXBean";

    private final ExecutorService threads;
    private final int mostCarriers;
    private final LongAdder tasks = new LongAdder();
    private final AtomicBoolean isWatched = new AtomicBoolean();
    private final CountDownLatch end = new CountDownLatch(1);

    VirtualThreads(ExecutorService threads, int mostCarriers) {
        this.threads = threads;
        this.mostCarriers = mostCarriers;
    }

    @Override
    public void execute(Runnable task) {
        tasks.increment();
        try {
            threads.execute(() -> {
                try {
                    task.run();
                } finally {
                    tasks.decrement();
                }
            });
        } catch (RuntimeException | Error refused) {
            tasks.decrement();
            throw refused;
        }
        if (!isWatched.get() && isWatched.compareAndSet(false, true)) {
            Thread watch = new Thread(this::watch, "auterity-carriers");
            watch.setDaemon(true);
            watch.start();
        }
    }

    private void watch() {
        try {
            // Whatever it tells: when all stand still is no time to load classes of ours, which may be what they wait
            // for.
            Probe.runs(threads);
            while (!end.await(BETWEEN_PROBES.toMillis(), TimeUnit.MILLISECONDS)) {
                if (tasks.sum() > 0 && isStandstill()) {
                    addCarriers();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody's, so somebody wants it to end
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn(
                    "Virtual threads have come to a standstill: all their carriers are kept, and this JVM does not let us"
                            + " add some. Start it with -Djdk.virtualThreadScheduler.parallelism={}, or give the engine an"
                            + " executor of its own: Engine.builder().executor(Threads.newPool({})).",
                    mostCarriers,
                    mostCarriers,
                    e);
        }
    }

    private boolean isStandstill() throws InterruptedException {
        return !Probe.runs(threads) && end.getCount() > 0;
    }

    private void addCarriers() throws InterruptedException, ReflectiveOperationException {
        Class<?> type = Class.forName(SCHEDULER);
        Object scheduler = ManagementFactory.getPlatformMXBean(type.asSubclass(PlatformManagedObject.class));
        int before = (int) type.getMethod("getParallelism").invoke(scheduler);
        int more = Runtime.getRuntime().availableProcessors();
        int carriers = before;
        do {
            carriers = Math.min(carriers + more, mostCarriers);
            if (carriers > before) {
                type.getMethod("setParallelism", int.class).invoke(scheduler, carriers);
            }
        } while (isStandstill());
        // Not before: the log may be what all wait for.
        if (carriers > before) {
            LOG.warn(
                    "Virtual threads had come to a standstill: all {} carriers were kept, by native code or by classes"
                            + " that were being loaded. The JVM has up to {} now.",
                    before,
                    carriers);
        }
    }

    @Override
    public void shutdown() {
        end.countDown();
        threads.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        end.countDown();
        return threads.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return threads.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return threads.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return threads.awaitTermination(timeout, unit);
    }

    /**
     * A task that tells that virtual threads run. Each comes from a thread of its own: the JVM looks for more carriers only
     * when the first task is put into a queue, and those of a thread share one.
     */
    private static final class Probe implements Runnable {

        private final CountDownLatch ran = new CountDownLatch(1);

        static boolean runs(ExecutorService threads) throws InterruptedException {
            Probe probe = new Probe();
            Thread start = new Thread(new Start(threads, probe), "auterity-probe");
            start.setDaemon(true);
            start.start();
            return probe.ran.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void run() {
            ran.countDown();
        }

        /** Starts it. */
        private record Start(ExecutorService threads, Probe probe) implements Runnable {
            @Override
            public void run() {
                try {
                    threads.execute(probe);
                } catch (RejectedExecutionException ended) {
                    probe.run(); // with the executor, and there is nothing left to watch
                }
            }
        }
    }
}
