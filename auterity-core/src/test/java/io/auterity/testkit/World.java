package io.auterity.testkit;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.run.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Threads, timers, time and chance for engines under test, in which hours pass in no time: the clock stands still while
 * there is something to do, and jumps to the next timer when there is not. In a {@link SimulatedWorld} one thread does
 * everything in an order that the seed says; in a {@link ThreadedWorld} many threads do it in whatever order they come.
 *
 * <p>A world is driven by the thread of the test, with {@link #await}, {@link #pass} and {@link #runUntilIdle}. Steps must not
 * block until time has passed; one that takes time returns a stage of {@link #later}. Time begins at {@link #BEGINNING}.
 */
public interface World {

    /** When time begins. */
    Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    // --- what an engine is lent ---

    /**
     * Starts to set up an engine that lives in this world.
     *
     * @return a builder with executor, timer, clock and randomness of this world; the engine is called {@code simulated}
     */
    default Engine.Builder engine() {
        return Engine.builder()
                .id("simulated")
                .executor(executor())
                .listenerExecutor(executor())
                .timer(timer())
                .clock(clock())
                .random(random());
    }

    /**
     * Returns the executor.
     *
     * @return does tasks some time after they were given to it
     */
    Executor executor();

    /**
     * Returns the timer.
     *
     * @return calls back when the clock has come that far
     */
    Timer timer();

    /**
     * Returns the clock.
     *
     * @return tells the world's time
     */
    default InstantSource clock() {
        return this::now;
    }

    /**
     * Returns the randomness.
     *
     * @return follows from the seed
     */
    RandomGenerator random();

    /**
     * Lets the executor refuse tasks, as a full pool does. Called before anything happens in the world.
     *
     * @param share how many of all, 0 to less than 1
     * @return this
     */
    World refuse(double share);

    /**
     * Lets time pass while tasks wait, as it does where threads are busy: now and then the clock jumps to the next timer
     * all the same. Called before anything happens in the world.
     *
     * @param share how often, 0 to less than 1
     * @return this
     */
    World hurry(double share);

    // --- what happens in it ---

    /**
     * Returns the time.
     *
     * @return the world's time
     */
    default Instant now() {
        return BEGINNING.plus(age());
    }

    /**
     * Returns how long the world has existed.
     *
     * @return the time since {@link #BEGINNING}
     */
    Duration age();

    /**
     * Does something later.
     *
     * @param delay how much later
     * @param task what to do
     */
    default void after(Duration delay, Runnable task) {
        timer().after(delay, task);
    }

    /**
     * Makes a value later, as a step does that takes time.
     *
     * @param <T> the value
     * @param delay how much later
     * @param value makes the value, or throws
     * @return completes when the time has come; to cancel it keeps the value from being made
     */
    default <T extends @Nullable Object> CompletableFuture<T> later(Duration delay, Supplier<T> value) {
        CompletableFuture<T> result = new CompletableFuture<>();
        after(delay, () -> {
            if (!result.isDone()) {
                result.completeAsync(value, Runnable::run);
            }
        });
        return result;
    }

    /** Goes on until nothing is left to do. */
    void runUntilIdle();

    /**
     * Goes on until so much time has passed.
     *
     * @param time how much
     */
    default void pass(Duration time) {
        await(later(time, () -> true));
    }

    /**
     * Goes on until a stage is complete.
     *
     * @param <T> the value
     * @param stage the stage
     * @return its value
     * @throws AssertionError if the world comes to rest before: somebody has missed a wake-up, or waits for ever
     */
    <T extends @Nullable Object> T await(CompletionStage<T> stage);

    /**
     * Goes on until a run has ended.
     *
     * @param <O> the output
     * @param run the run
     * @return how it ended
     * @throws AssertionError if the world comes to rest before
     */
    default <O> RunResult<O> await(Run<O> run) {
        return await(run.result());
    }
}
