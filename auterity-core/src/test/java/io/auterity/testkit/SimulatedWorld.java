package io.auterity.testkit;

import io.auterity.run.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Threads, timers, time and chance that do as a seed says: the same seed makes the same run, entry for entry.
 *
 * <p>Everything happens on the thread that drives the world. Tasks given to its executor wait until they are picked at
 * random; when none waits, the clock jumps to the next timer, so that hours pass in no time. Now and then it jumps while
 * tasks still wait, as it does where threads are busy. Steps must not block; one that takes time returns a stage of
 * {@link #later}. Time begins at {@link #BEGINNING}.
 *
 * <p>One thread drives it; others may only give tasks to its executor and its timer, and the same seed makes the same run
 * if they do not.
 */
public final class SimulatedWorld implements World {

    /** Tasks after which a world that has not come to rest is taken to run in circles. */
    public static final long MOST_TASKS = 20_000_000;

    private final long seed;
    private final Random random;
    private final Object lock = new Object();

    // Both guarded by lock.
    private final List<Runnable> waiting = new ArrayList<>();
    private final Alarms alarms = new Alarms();

    private long tasks;
    private double refusals;
    private double delays;
    private boolean driving;

    /**
     * Makes a world at the beginning of its time.
     *
     * @param seed decides everything that is left to chance
     */
    public SimulatedWorld(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    /**
     * Returns the executor.
     *
     * @return keeps tasks until the world picks them
     */
    @Override
    public Executor executor() {
        return task -> {
            if (refusals > 0 && random.nextDouble() < refusals) {
                throw new RejectedExecutionException("the simulated threads are busy");
            }
            synchronized (lock) {
                waiting.add(task);
            }
        };
    }

    @Override
    public Timer timer() {
        return (delay, task) -> {
            synchronized (lock) {
                return alarms.add(delay, task);
            }
        };
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public SimulatedWorld refuse(double share) {
        refusals = share;
        return this;
    }

    /**
     * Lets time pass while tasks wait, as it does where threads are busy: before a task is picked, the clock may jump to
     * the next timer.
     *
     * @param share before how many of all tasks, 0 to less than 1
     * @return this
     */
    @Override
    public SimulatedWorld hurry(double share) {
        delays = share;
        return this;
    }

    @Override
    public Duration age() {
        return alarms.age();
    }

    /**
     * Does one waiting task, or the next alarm.
     *
     * @return whether there was anything to do
     */
    public boolean step() {
        if (driving) {
            throw new IllegalStateException("a task of the world drives the world, or blocks in it");
        }
        Runnable task = pick();
        if (task == null) {
            return false;
        }
        if (++tasks > MOST_TASKS) {
            throw new AssertionError("the world of seed " + seed + " does not come to rest");
        }
        driving = true;
        try {
            task.run();
        } finally {
            driving = false;
        }
        return true;
    }

    private @Nullable Runnable pick() {
        synchronized (lock) {
            if (waiting.isEmpty() || (delays > 0 && random.nextDouble() < delays)) {
                waiting.addAll(alarms.ring()); // what is due then waits for being picked
            }
            return waiting.isEmpty() ? null : waiting.remove(random.nextInt(waiting.size()));
        }
    }

    @Override
    public void runUntilIdle() {
        while (step()) {
            synchronized (lock) {
                alarms.dropCancelled();
            }
        }
    }

    /**
     * Goes on until something holds.
     *
     * @param condition what is waited for
     * @return whether it holds; false if the world came to rest before
     */
    public boolean runUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (!step()) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    @Override
    public <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        Awaited<T> awaited = new Awaited<>(stage, () -> {});
        if (!runUntil(awaited::isDone)) {
            throw new AssertionError("the world of seed " + seed + " came to rest at " + now()
                    + " and what is waited for has not happened");
        }
        return awaited.value();
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "SimulatedWorld[seed " + seed + ", " + now() + ", " + waiting.size() + " tasks, " + alarms.size()
                    + " alarms]";
        }
    }
}
