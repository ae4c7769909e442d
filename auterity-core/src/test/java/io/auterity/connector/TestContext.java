package io.auterity.connector;

import io.auterity.definition.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A step's attempt without an engine: it records what the operation reports, and the test cancels it.
 *
 * <p>The time-out runs against a nano clock that the test may supply, and starts anew at every heartbeat.
 */
public final class TestContext implements StepContext {

    private final Duration timeout;
    private final LongSupplier nanos;
    private final List<Runnable> onCancel = new ArrayList<>();
    private final List<Object> partials = new CopyOnWriteArrayList<>();
    private final List<String> progress = new CopyOnWriteArrayList<>();
    private volatile long lastBeat;
    private boolean isCancelled;

    /** Makes an attempt with half a minute to go. */
    public TestContext() {
        this(Duration.ofSeconds(30));
    }

    /**
     * Makes an attempt.
     *
     * @param timeout how long it may take
     */
    public TestContext(Duration timeout) {
        this(timeout, System::nanoTime);
    }

    /**
     * Makes an attempt whose time passes as the test says.
     *
     * @param timeout how long it may take
     * @param nanos the time in nanoseconds, from any origin
     */
    public TestContext(Duration timeout, LongSupplier nanos) {
        this.timeout = timeout;
        this.nanos = nanos;
        this.lastBeat = nanos.getAsLong();
    }

    /** Cancels the attempt, as an engine would. */
    public void cancel() {
        List<Runnable> actions;
        synchronized (onCancel) {
            isCancelled = true;
            actions = List.copyOf(onCancel);
            onCancel.clear();
        }
        actions.forEach(Runnable::run);
    }

    /**
     * Returns the pieces of the result that have been reported.
     *
     * @return JSON values, in order
     */
    public List<Object> partials() {
        return partials;
    }

    /**
     * Returns the progress that has been reported.
     *
     * @return a line each, as {@code done/total message}
     */
    public List<String> progress() {
        return progress;
    }

    @Override
    public RunId runId() {
        return RunId.of("run-1");
    }

    @Override
    public String workflow() {
        return "test";
    }

    @Override
    public String step() {
        return "each[3]/call";
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public String idempotencyKey() {
        return "run-1/each/3/call";
    }

    @Override
    public Duration remaining() {
        Duration rest = timeout.minusNanos(nanos.getAsLong() - lastBeat);
        return rest.isNegative() ? Duration.ZERO : rest;
    }

    @Override
    public boolean isCancelled() {
        synchronized (onCancel) {
            return isCancelled;
        }
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (onCancel) {
            if (!isCancelled) {
                onCancel.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void progress(long done, long total, String message) {
        heartbeat();
        progress.add(done + "/" + total + " " + message);
    }

    @Override
    public void partial(@Nullable Object data) {
        partials.add(data);
    }

    @Override
    public void heartbeat() {
        lastBeat = nanos.getAsLong();
    }

    @Override
    public InstantSource clock() {
        return InstantSource.fixed(Instant.EPOCH);
    }
}
