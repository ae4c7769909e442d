package io.auterity.connector;

import java.time.Duration;

/**
 * Lets time pass without holding a thread; the engine's timers, so that simulated time reaches connectors too.
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface Delays {

    /**
     * Runs a task once, after a delay.
     *
     * @param delay how long to wait; zero or less means at once, on another thread or on this one
     * @param task what to run; must be quick and must not throw
     * @return cancels the task if it has not begun; running it later or twice has no effect
     */
    Runnable after(Duration delay, Runnable task);
}
