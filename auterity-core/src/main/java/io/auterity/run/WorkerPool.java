package io.auterity.run;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool of threads for many tasks that take no time and some that take long.
 *
 * <p>A {@link java.util.concurrent.ThreadPoolExecutor} wakes a thread for every task, which costs more than such a task
 * does. Here one thread at a time is on its way to look for work, the <em>searcher</em>. It sends the next on its way
 * before it does what it has found, if there is more: so a task never waits for one that takes long while a thread is
 * idle, and many tasks that take no time are done by the few threads that happen to be awake. Schedulers of lightweight
 * threads do the same (Go's since version 1.1).
 *
 * <p>What must hold: while there are tasks in the queue and idle threads, there is a searcher. Whoever adds a task
 * looks for a searcher afterwards; a searcher looks into the queue again after it has ceased to be one; a thread looks
 * into the queue once more, under the lock, before it is idle.
 *
 * <p>Thread-safe.
 */
final class WorkerPool extends AbstractExecutorService {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

    private final int maxThreads;
    private final int maxQueued;
    private final long keepAlive;
    private final ThreadFactory factory;

    private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();

    /** Whether a thread is on its way that has not looked into the queue yet. */
    private final AtomicBoolean searching = new AtomicBoolean();

    private final Object lock = new Object();

    // Guarded by lock.
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private final Set<Thread> threads = new HashSet<>();

    private volatile boolean shutdown;
    private volatile boolean stopped;
    private final CountDownLatch terminated = new CountDownLatch(1);

    /**
     * Makes a pool without threads; they come with the tasks.
     *
     * @param maxThreads the most threads, at least 1
     * @param maxQueued the most tasks that wait for a thread; more are refused
     * @param keepAlive how long a thread is idle before it ends
     * @param factory makes the threads
     */
    WorkerPool(int maxThreads, int maxQueued, Duration keepAlive, ThreadFactory factory) {
        if (maxThreads < 1) {
            throw new IllegalArgumentException("a pool has at least 1 thread, not " + maxThreads);
        }
        this.maxThreads = maxThreads;
        this.maxQueued = maxQueued;
        this.keepAlive = keepAlive.toNanos();
        this.factory = factory;
    }

    @Override
    public void execute(Runnable task) {
        if (shutdown) {
            throw new RejectedExecutionException("the pool is shut down");
        }
        if (queued.incrementAndGet() > maxQueued) {
            queued.decrementAndGet();
            throw new RejectedExecutionException(maxQueued + " tasks wait for a thread already");
        }
        queue.add(task);
        if (stopped && queue.remove(task)) {
            queued.decrementAndGet();
            throw new RejectedExecutionException("the pool is shut down");
        }
        try {
            search();
        } catch (OutOfMemoryError noThread) {
            if (queue.remove(task)) {
                queued.decrementAndGet();
                throw new RejectedExecutionException("no memory for one more thread", noThread);
            } // or else a thread that there was before has it
        }
    }

    /** Sees to it that a thread is on its way, unless all are at work: they look into the queue when they are done. */
    private void search() {
        while (searching.compareAndSet(false, true)) {
            boolean sent = false;
            try {
                sent = send();
            } finally {
                if (!sent) {
                    searching.set(false);
                }
            }
            // If there was none to send: whoever came meanwhile relied on a searcher.
            if (sent || queue.isEmpty() || !maySend()) {
                return;
            }
        }
    }

    /** For a thread of the pool, which goes on with the queue itself when there can be no other. */
    private void searchIfThereIsMemory() {
        try {
            search();
        } catch (OutOfMemoryError noThread) {
            LOG.warn("no memory for one more thread; {} go on", threadCount());
        }
    }

    private int threadCount() {
        synchronized (lock) {
            return threads.size();
        }
    }

    private boolean maySend() {
        synchronized (lock) {
            return !stopped && (!idle.isEmpty() || threads.size() < maxThreads);
        }
    }

    /** Wakes or makes a thread; false if there are as many as there may be, all at work. */
    private boolean send() {
        Worker woken;
        Thread made;
        synchronized (lock) {
            woken = idle.poll();
            if (woken != null) {
                woken.sent = true;
                made = null;
            } else if (threads.size() < maxThreads && !stopped) {
                made = factory.newThread(new Worker());
                threads.add(made);
            } else {
                return false;
            }
        }
        if (made == null) {
            LockSupport.unpark(woken.thread);
        } else {
            start(made);
        }
        return true;
    }

    private void start(Thread made) {
        boolean started = false;
        try {
            made.start();
            started = true;
        } finally {
            if (!started) { // no memory for a thread; those that are at work go on with the queue
                synchronized (lock) {
                    threads.remove(made);
                }
            }
        }
    }

    /** One thread's life. */
    private final class Worker implements Runnable {

        private @Nullable Thread thread;

        /** Whether somebody has taken this from the idle ones, to be the searcher; set under the lock. */
        private volatile boolean sent;

        private boolean idleTooLong;

        @Override
        public void run() {
            Thread current = Thread.currentThread();
            thread = current;
            boolean searcher = true;
            boolean goesOn = true;
            while (goesOn) {
                Runnable task = stopped ? null : queue.poll();
                if (searcher) {
                    searcher = false;
                    searching.set(false);
                    if (!queue.isEmpty()) {
                        searchIfThereIsMemory();
                    }
                }
                if (task != null) {
                    queued.decrementAndGet();
                    perform(task, current);
                } else if (lieDown() && await()) {
                    searcher = true;
                } else if (shutdown || idleTooLong) {
                    goesOn = !ends(current);
                }
            }
        }

        /** Joins the idle ones, unless there is something to do or this is the end. */
        private boolean lieDown() {
            synchronized (lock) {
                if (!queue.isEmpty() || shutdown) {
                    return false;
                }
                sent = false;
                idle.push(this);
                return true;
            }
        }

        /** Waits to be sent; false if nobody has for long. */
        private boolean await() {
            long deadline = System.nanoTime() + keepAlive;
            long left = keepAlive;
            while (!sent && left > 0) {
                LockSupport.parkNanos(WorkerPool.this, left);
                Thread.interrupted(); // nobody parks with one that the last task has left behind
                left = deadline - System.nanoTime();
            }
            if (sent) {
                return true;
            }
            synchronized (lock) {
                idle.remove(this);
                idleTooLong = !sent; // somebody may just have
                return sent;
            }
        }
    }

    /** Lets a thread go, unless there is something to do. */
    private boolean ends(Thread thread) {
        boolean ends;
        synchronized (lock) {
            ends = stopped || queue.isEmpty();
            if (ends) {
                threads.remove(thread);
            }
        }
        lookWhetherOver();
        return ends;
    }

    private void lookWhetherOver() {
        boolean over;
        synchronized (lock) {
            over = shutdown && threads.isEmpty() && (stopped || queue.isEmpty());
        }
        if (over) {
            terminated.countDown();
        }
    }

    private void perform(Runnable task, Thread thread) {
        Thread.interrupted(); // which was meant for the task before
        if (stopped) {
            thread.interrupt();
        }
        try {
            task.run();
        } catch (Throwable thrown) { // the thread has other tasks to do
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        }
    }

    // --- the end ---

    @Override
    public void shutdown() {
        shutdown = true;
        wakeAll();
        lookWhetherOver();
    }

    @Override
    public List<Runnable> shutdownNow() {
        stopped = true;
        shutdown = true;
        List<Runnable> rest = new ArrayList<>();
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            queued.decrementAndGet();
            rest.add(task);
        }
        synchronized (lock) {
            threads.forEach(Thread::interrupt);
        }
        wakeAll();
        lookWhetherOver();
        return rest;
    }

    /** Wakes those that are idle, which end when nothing is left. */
    private void wakeAll() {
        List<Worker> woken;
        synchronized (lock) {
            woken = List.copyOf(idle);
            idle.clear();
            woken.forEach(worker -> worker.sent = true);
        }
        woken.forEach(worker -> LockSupport.unpark(worker.thread));
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }
}
