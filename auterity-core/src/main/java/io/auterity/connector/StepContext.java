package io.auterity.connector;

import io.auterity.definition.RunId;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The surroundings of one attempt of a step.
 *
 * <p>Thread-safe; calls after the attempt has ended have no effect.
 */
public interface StepContext {

    /**
     * Returns the run the step belongs to.
     *
     * @return the run's id
     */
    RunId runId();

    /**
     * Returns the workflow's identifier.
     *
     * @return the identifier
     */
    String workflow();

    /**
     * Returns where the step stands in the workflow.
     *
     * @return the step's path, as in {@code each[3]/greet}
     */
    String step();

    /**
     * Returns which attempt this is.
     *
     * @return 1 for the first
     */
    int attempt();

    /**
     * Returns the key that is the same for every attempt and every recovery of this step in this run.
     *
     * @return {@code <run>/<step>[/<iteration>...]}
     */
    String idempotencyKey();

    /**
     * Returns how long the attempt may still take.
     *
     * @return the rest of the time-out, never negative
     */
    Duration remaining();

    /**
     * Says whether the attempt has been cancelled or timed out, in which case its result no longer counts.
     *
     * @return whether to stop
     */
    boolean isCancelled();

    /**
     * Registers what stops the work: runs at cancellation, or at once if that has happened. A blocked thread is
     * interrupted without this.
     *
     * @param action runs on the cancelling thread and must be quick: it must not wait, as sending a signal to a run does;
     *     what it throws is logged
     */
    void onCancel(Runnable action);

    /**
     * Reports progress and counts as a {@link #heartbeat()}. Of several reports that come while the run is busy, listeners
     * are told the latest.
     *
     * @param done units done, 0 or more
     * @param total units in all, or 0 when unknown
     * @param message a few words for people; may be empty
     */
    void progress(long done, long total, String message);

    /**
     * Tells listeners a piece of a result while it grows, as a stream's chunk, and counts as a {@link #heartbeat()}. An
     * attempt may be 1,024 pieces ahead of the run; for more the calling thread waits, until it is interrupted or the
     * attempt is cancelled.
     *
     * @param data a JSON value
     */
    void partial(@Nullable Object data);

    /** Says that the work is alive: the attempt's time-out starts anew. */
    void heartbeat();

    /**
     * Returns the engine's time.
     *
     * @return the clock
     */
    InstantSource clock();
}
