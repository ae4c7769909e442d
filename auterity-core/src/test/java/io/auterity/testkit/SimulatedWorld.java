package io.auterity.testkit;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.run.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
public final class SimulatedWorld {

    /** When time begins. */
    public static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    /** Tasks after which a world that has not come to rest is taken to run in circles. */
    public static final long MOST_TASKS = 20_000_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final long seed;
    private final Random random;
    private final Object lock = new Object();

    // Both guarded by lock.
    private final List<Runnable> waiting = new ArrayList<>();
    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>(Comparator.comparingLong(Alarm::time).thenComparingLong(Alarm::number));

    private long alarmCount; // guarded by lock
    private volatile long nanos;
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

    private record Alarm(long time, long number, Runnable task, CompletableFuture<Boolean> cancelled) {}

    // --- what an engine is lent ---

    /**
     * Starts to set up an engine that lives in this world.
     *
     * @return a builder with executor, timer, clock and randomness of this world
     */
    public Engine.Builder engine() {
        return Engine.builder()
                .id("simulated")
                .executor(executor())
                .timer(timer())
                .clock(clock())
                .random(random());
    }

    /**
     * Returns the executor.
     *
     * @return keeps tasks until the world picks them
     */
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

    /**
     * Returns the timer.
     *
     * @return calls back when the clock has come that far
     */
    public Timer timer() {
        return this::alarm;
    }

    /**
     * Returns the clock.
     *
     * @return tells the world's time
     */
    public InstantSource clock() {
        return this::now;
    }

    /**
     * Returns the randomness.
     *
     * @return follows from the seed
     */
    public RandomGenerator random() {
        return random;
    }

    /**
     * Lets the executor refuse tasks, as a full pool does.
     *
     * @param share how many of all, 0 to less than 1
     * @return this
     */
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
    public SimulatedWorld hurry(double share) {
        delays = share;
        return this;
    }

    private Timer.Cancellable alarm(Duration delay, Runnable task) {
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        synchronized (lock) {
            alarms.add(new Alarm(nanos + Math.max(0, delay.toNanos()), alarmCount++, task, cancelled));
        }
        return () -> cancelled.complete(true);
    }

    // --- what happens in it ---

    /**
     * Returns the time.
     *
     * @return the world's time
     */
    public Instant now() {
        return BEGINNING.plus(Duration.ofSeconds(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND));
    }

    /**
     * Returns how long the world has existed.
     *
     * @return the time since {@link #BEGINNING}
     */
    public Duration age() {
        return Duration.ofNanos(nanos);
    }

    /**
     * Does something later.
     *
     * @param delay how much later
     * @param task what to do
     */
    public void after(Duration delay, Runnable task) {
        alarm(delay, task);
    }

    /**
     * Makes a value later, as a step does that takes time.
     *
     * @param <T> the value
     * @param delay how much later
     * @param value makes the value, or throws
     * @return completes when the time has come; to cancel it keeps the value from being made
     */
    public <T extends @Nullable Object> CompletableFuture<T> later(Duration delay, Supplier<T> value) {
        CompletableFuture<T> result = new CompletableFuture<>();
        alarm(delay, () -> {
            if (!result.isDone()) {
                result.completeAsync(value, Runnable::run);
            }
        });
        return result;
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
                ring();
            }
            return waiting.isEmpty() ? null : waiting.remove(random.nextInt(waiting.size()));
        }
    }

    /** Moves the clock to the next alarm; what is due then waits for being picked. */
    private void ring() {
        dropCancelled();
        Alarm next = alarms.peek();
        if (next == null) {
            return;
        }
        nanos = Math.max(nanos, next.time);
        while (next != null && next.time <= nanos) {
            Alarm due = alarms.remove();
            waiting.add(() -> {
                if (!due.cancelled.isDone()) {
                    due.task.run();
                }
            });
            dropCancelled();
            next = alarms.peek();
        }
    }

    private void dropCancelled() {
        while (!alarms.isEmpty() && alarms.element().cancelled.isDone()) {
            alarms.remove();
        }
    }

    /** Goes on until nothing is left to do. */
    public void runUntilIdle() {
        while (step()) {
            synchronized (lock) {
                dropCancelled();
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

    /**
     * Goes on until so much time has passed.
     *
     * @param time how much
     */
    public void pass(Duration time) {
        boolean[] passed = {false};
        after(time, () -> passed[0] = true);
        runUntil(() -> passed[0]);
    }

    /**
     * Goes on until a stage is complete.
     *
     * @param <T> the value
     * @param stage the stage
     * @return its value
     * @throws AssertionError if the world comes to rest before: somebody has missed a wake-up, or waits for ever
     */
    public <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = new CompletableFuture<>();
        stage.whenComplete((value, thrown) -> {
            if (thrown == null) {
                future.complete(value);
            } else {
                future.completeExceptionally(thrown);
            }
        });
        if (!runUntil(future::isDone)) {
            throw new AssertionError("the world of seed " + seed + " came to rest at " + now()
                    + " and what is waited for has not happened");
        }
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /**
     * Goes on until a run has ended.
     *
     * @param <O> the output
     * @param run the run
     * @return how it ended
     * @throws AssertionError if the world comes to rest before
     */
    public <O> RunResult<O> await(Run<O> run) {
        return await(run.result());
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "SimulatedWorld[seed " + seed + ", " + now() + ", " + waiting.size() + " tasks, " + alarms.size()
                    + " alarms]";
        }
    }
}
