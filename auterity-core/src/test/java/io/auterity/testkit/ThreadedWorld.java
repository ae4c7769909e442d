package io.auterity.testkit;

import io.auterity.run.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Real threads in virtual time: tasks and timers are done by the threads of an executor, several at once, and when none
 * is under way any more, the clock jumps to the next timer. The scenario of a {@link SimulatedWorld} can be played in it
 * without waiting for anything; the seed decides what is left to {@link #random}, but not which thread is the first. Now
 * and then a thread dawdles for some microseconds where it asks the world for something, so that others come between.
 *
 * <p>Time passes only while the test waits in {@link #await}, {@link #pass} or {@link #runUntilIdle}, on one thread.
 * Everything else may be called from any thread.
 */
public final class ThreadedWorld implements World {

    /** For how long of real time a world waits while no task ends, before it is taken to be stuck. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    /** In a hurry, the clock goes on by up to so many alarms at once, and waits for fewer tasks before. */
    private static final int HURRY = 8;

    /** One of so many times a thread gives way to others, one it spins. */
    private static final int DAWDLES = 16;

    private static final int MOST_SPINS = 1_000;

    private final long seed;
    private final Executor threads;
    private final Duration patience;
    private final Random random;
    private final Object lock = new Object();

    // All below guarded by lock, but for what is set before anything happens.
    private final Alarms alarms = new Alarms();
    private final Set<Thread> atWork = new HashSet<>();
    private int underWay;
    private long ended;
    private long wakeAt = Long.MAX_VALUE;
    private @Nullable Throwable thrown;
    private double refusals;
    private double delays;

    /**
     * Makes a world at the beginning of its time.
     *
     * @param seed decides what steps and misfortunes leave to chance
     * @param threads does the tasks, on other threads than the one that gives them to it, and refuses none; ended by
     *     whoever made it
     */
    public ThreadedWorld(long seed, Executor threads) {
        this(seed, threads, PATIENCE);
    }

    ThreadedWorld(long seed, Executor threads, Duration patience) {
        this.patience = patience;
        this.seed = seed;
        this.threads = threads;
        this.random = new Random(seed); // which is thread-safe
    }

    @Override
    public Executor executor() {
        return task -> {
            dawdle();
            if (refusals > 0 && random.nextDouble() < refusals) {
                throw new RejectedExecutionException("the threads are said to be busy");
            }
            start(task);
        };
    }

    @Override
    public Timer timer() {
        return (delay, task) -> {
            dawdle();
            synchronized (lock) {
                return alarms.add(delay, task);
            }
        };
    }

    @Override
    public InstantSource clock() {
        return () -> {
            dawdle();
            return now();
        };
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public ThreadedWorld refuse(double share) {
        refusals = share;
        return this;
    }

    /**
     * Lets time pass while tasks wait or are under way, as it does where threads are busy: a jump of the clock may wait for
     * a few of them only, and go past several timers, which are then late and go off together.
     *
     * @param share how many of all jumps, 0 to less than 1
     * @return this
     */
    @Override
    public ThreadedWorld hurry(double share) {
        delays = share;
        return this;
    }

    @Override
    public Duration age() {
        return alarms.age();
    }

    private static void dawdle() {
        ThreadLocalRandom chance = ThreadLocalRandom.current();
        int choice = chance.nextInt(DAWDLES);
        if (choice == 0) {
            Thread.yield();
        } else if (choice == 1) {
            for (int spins = chance.nextInt(MOST_SPINS); spins > 0; spins--) {
                Thread.onSpinWait();
            }
        }
    }

    private void start(Runnable task) {
        synchronized (lock) {
            underWay++;
        }
        try {
            threads.execute(() -> perform(task));
        } catch (RuntimeException | Error refused) {
            synchronized (lock) {
                underWay--;
                lock.notifyAll();
            }
            throw refused;
        }
    }

    private void perform(Runnable task) {
        synchronized (lock) {
            atWork.add(Thread.currentThread());
        }
        Throwable failure = null;
        try {
            dawdle();
            task.run();
        } catch (Throwable broken) { // of whatever kind: the test is told, on its own thread
            failure = broken;
        }
        end(failure);
    }

    private void end(@Nullable Throwable failure) {
        synchronized (lock) {
            atWork.remove(Thread.currentThread());
            underWay--;
            ended++;
            if (thrown == null) {
                thrown = failure;
            }
            if (underWay == 0 || ended >= wakeAt || thrown != null) {
                lock.notifyAll();
            }
        }
    }

    @Override
    public void runUntilIdle() {
        drive(() -> false);
    }

    /**
     * {@inheritDoc}
     *
     * @throws AssertionError if the world comes to rest before, or if no task ends for {@link #PATIENCE}
     */
    @Override
    public <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        Awaited<T> awaited = new Awaited<>(stage, () -> {
            synchronized (lock) {
                lock.notifyAll();
            }
        });
        if (!drive(awaited::isDone)) {
            throw new AssertionError("the world of seed " + seed + " came to rest at " + now()
                    + " and what is waited for has not happened");
        }
        return awaited.value();
    }

    /** Lets the clock jump whenever nothing is under way, until it is enough; false if nothing is left to do before. */
    private boolean drive(BooleanSupplier enough) {
        while (true) {
            List<Runnable> due;
            synchronized (lock) {
                if (atWork.contains(Thread.currentThread())) {
                    throw new IllegalStateException("a task of the world drives the world, or blocks in it");
                }
                boolean hurries = delays > 0 && random.nextDouble() < delays;
                rest(hurries ? ended + random.nextInt(HURRY) : Long.MAX_VALUE, enough);
                if (ended >= SimulatedWorld.MOST_TASKS) {
                    throw stuck("it does not come to rest");
                }
                if (thrown != null) {
                    throw new AssertionError("a task of the world of seed " + seed + " threw " + thrown, thrown);
                }
                if (enough.getAsBoolean()) {
                    return true;
                }
                due = alarms.ring(hurries ? 1 + random.nextInt(HURRY) : 1);
                if (due.isEmpty() && underWay == 0) {
                    return false;
                }
            }
            due.forEach(this::start);
        }
    }

    /** Waits until nothing is under way, or until so many tasks have ended in all. */
    private void rest(long tasks, BooleanSupplier enough) {
        wakeAt = Math.min(tasks, SimulatedWorld.MOST_TASKS);
        long endedBefore = -1;
        long waitsSince = 0;
        while (underWay > 0 && ended < wakeAt && thrown == null && !enough.getAsBoolean()) {
            long now = System.nanoTime();
            if (ended != endedBefore) {
                endedBefore = ended;
                waitsSince = now;
            }
            long left = patience.minusNanos(now - waitsSince).toMillis(); // 0 would be without a limit
            if (left <= 0) {
                throw stuck("no task has ended for " + patience.toMillis() + " ms of real time");
            }
            try {
                TimeUnit.MILLISECONDS.timedWait(lock, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw stuck("whoever waits for it was interrupted");
            }
        }
    }

    /** Says what is under way; with the lock. */
    private AssertionError stuck(String why) {
        StringBuilder text = new StringBuilder(this + ": " + why);
        for (Thread thread : atWork) {
            text.append("\n  ").append(thread.getName());
            for (StackTraceElement frame : thread.getStackTrace()) {
                text.append("\n    at ").append(frame);
            }
        }
        return new AssertionError(text.toString());
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "ThreadedWorld[seed " + seed + ", " + now() + ", " + underWay + " tasks, " + atWork.size()
                    + " with a thread, " + alarms.size() + " alarms]";
        }
    }
}
