package io.auterity.run;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads an engine makes for itself when the host program lends none. */
public final class Threads {

    /** The least threads of the bounded pool. */
    public static final int MIN_POOL = 64;

    /** Threads of the bounded pool for each processor, since steps mostly wait for others. */
    public static final int POOL_PER_PROCESSOR = 16;

    /** Tasks that may wait for a thread of the bounded pool; runs ask again for more. */
    public static final int POOL_QUEUE = 65_536;

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21; // a preview before
    private static final Duration POOL_KEEP_ALIVE = Duration.ofMinutes(1);

    private Threads() {}

    /**
     * Makes an executor: a virtual thread for each task where the JVM has them (21 and later), or a bounded pool of
     * daemon threads. On Java 24 and later the JVM gets more carriers, up to as many as the pool has threads, when all it
     * has are kept for two seconds by virtual threads that block in native code or while classes are loaded.
     *
     * @return the executor, to be shut down by the caller
     */
    public static ExecutorService newExecutor() {
        int most = Math.max(MIN_POOL, POOL_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
        return Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS
                ? new VirtualThreads(newVirtualThreads(), most)
                : newPool(most);
    }

    /** Calls by name what the JVM has and the version that we compile for does not. */
    private static ExecutorService newVirtualThreads() {
        try {
            return (ExecutorService) MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class))
                    .invokeExact();
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable missing) { // a pool in their place would go unnoticed until it is too small
            throw new IllegalStateException("this JVM makes no virtual threads", missing);
        }
    }

    /**
     * Makes a bounded pool of daemon threads, which end when idle for a minute.
     *
     * @param threads the most threads
     * @return the pool, to be shut down by the caller
     */
    public static ExecutorService newPool(int threads) {
        return new WorkerPool(threads, POOL_QUEUE, POOL_KEEP_ALIVE, daemons("auterity-worker-"));
    }

    /**
     * Makes daemon threads for listeners, each when there is something to tell; they end when idle for a minute.
     *
     * @param listeners how many there are, each of which asks for one thread at a time
     * @return the threads, to be shut down by the caller
     */
    public static ExecutorService newListenerThreads(int listeners) {
        return new WorkerPool(listeners, POOL_QUEUE, POOL_KEEP_ALIVE, daemons("auterity-listener-"));
    }

    /**
     * Makes a timer with one daemon thread.
     *
     * @return the timer, to be closed by the caller
     */
    public static OwnTimer newTimer() {
        return new OwnTimer();
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** A timer with a thread of its own. Thread-safe. */
    public static final class OwnTimer implements Timer, AutoCloseable {

        private final ScheduledThreadPoolExecutor scheduler =
                new ScheduledThreadPoolExecutor(1, daemons("auterity-timer-"));

        private OwnTimer() {
            scheduler.setRemoveOnCancelPolicy(true);
            scheduler.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // nothing is due after close
        }

        @Override
        public Cancellable after(Duration delay, Runnable task) {
            ScheduledFuture<?> scheduled =
                    scheduler.schedule(task, Math.max(0, TimeUnit.NANOSECONDS.convert(delay)), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        }

        /** Calls off everything. */
        @Override
        public void close() {
            scheduler.shutdownNow();
        }
    }
}
