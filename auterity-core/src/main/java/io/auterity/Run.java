package io.auterity;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run that has been started: what becomes of it, and the ways to influence it, in whichever engine it is. Thread-safe.
 *
 * <p>A run in another engine receives through its inbox in the journal what it is told here, as soon as that engine looks;
 * what it refuses then, this one does not learn.
 *
 * <p>What asks the journal throws an {@link io.auterity.definition.AuterityException} with the code
 * {@link io.auterity.journal.JournalException#UNAVAILABLE} while its database does not answer.
 *
 * @param <O> the output
 */
public final class Run<O extends @Nullable Object> {

    private final RunId id;
    private final Reach reach;
    private final Supplier<CompletableFuture<RunResult<O>>> asking;
    private final Runnable onWait;
    private volatile @Nullable CompletableFuture<RunResult<O>> result;

    Run(RunId id, Reach reach, CompletableFuture<RunResult<O>> result) {
        this(id, reach, result, () -> {});
    }

    /**
     * A run that began here.
     *
     * @param onWait is told when somebody waits without blocking
     */
    Run(RunId id, Reach reach, CompletableFuture<RunResult<O>> result, Runnable onWait) {
        this.id = id;
        this.reach = reach;
        this.result = result;
        this.asking = () -> result;
        this.onWait = onWait;
    }

    /** A run whose end costs something to be told of: only when somebody asks for it. */
    Run(RunId id, Reach reach, Supplier<CompletableFuture<RunResult<O>>> asking) {
        this.id = id;
        this.reach = reach;
        this.asking = asking;
        this.onWait = () -> {};
    }

    private CompletableFuture<RunResult<O>> asked() {
        CompletableFuture<RunResult<O>> known = result;
        if (known == null) {
            synchronized (this) {
                known = result;
                if (known == null) {
                    known = asking.get();
                    result = known;
                }
            }
        }
        return known;
    }

    /**
     * Returns the run's id.
     *
     * @return the id it was started with
     */
    public RunId id() {
        return id;
    }

    /**
     * Returns what the run is doing. Of a run in another engine that is as much as the journal tells.
     *
     * @return the status now
     */
    public RunStatus status() {
        CompletableFuture<RunResult<O>> known = result;
        if (known != null && known.isDone() && !known.isCompletedExceptionally()) {
            return known.join().status();
        }
        return reach.status();
    }

    /**
     * Says whether this engine has the run under way. Otherwise it has ended, waits in the journal until somebody takes it
     * up, or is in another engine.
     *
     * @return whether the run is here
     */
    public boolean isHere() {
        return reach.loop().isPresent();
    }

    /**
     * Says whether the run is held by {@link #pause}.
     *
     * @return whether it starts no more attempts
     */
    public boolean isPaused() {
        return reach.isPaused();
    }

    /**
     * Waits for the end.
     *
     * @param limit the longest wait
     * @return how the run ended
     * @throws EngineException with code {@link EngineException#STILL_RUNNING} if it has not ended in time; the run goes
     *     on
     */
    public RunResult<O> await(Duration limit) {
        try {
            return asked().get(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new EngineException(
                    EngineException.STILL_RUNNING,
                    "run '" + id + "' is still " + status().text() + " after " + limit
                            + "; it goes on, and can be awaited again or cancelled");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(
                    EngineException.STILL_RUNNING, "interrupted while waiting for run '" + id + "', which goes on");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e.getCause());
        }
    }

    /**
     * Returns the end, for callers that do not block.
     *
     * @return completes with how the run ended; exceptionally if this engine lost the run
     */
    public CompletionStage<RunResult<O>> result() {
        CompletionStage<RunResult<O>> stage = asked().minimalCompletionStage();
        onWait.run();
        return stage;
    }

    /**
     * Stops the run: steps under way are interrupted, cleanup steps and undo steps run, and it ends as cancelled or
     * compensated. Of these, what waits for a signal or a person without a limit of time fails. Does not wait for any of
     * that; whoever must be sure waits for the end. No effect on a run that has ended or is being stopped.
     *
     * @param reason why, for people
     * @throws io.auterity.journal.JournalException with code
     *     {@link io.auterity.journal.JournalException#INBOX_FULL} if the run is elsewhere and has too many messages
     */
    public void cancel(String reason) {
        reach.cancel(reason);
    }

    /**
     * Holds the run: attempts under way end, no others start. Time-outs of the run go on.
     *
     * @throws io.auterity.journal.JournalException with code
     *     {@link io.auterity.journal.JournalException#INBOX_FULL} if the run is elsewhere and has too many messages
     */
    public void pause() {
        reach.pause(true);
    }

    /**
     * Lets a paused run go on.
     *
     * @throws io.auterity.journal.JournalException with code
     *     {@link io.auterity.journal.JournalException#INBOX_FULL} if the run is elsewhere and has too many messages
     */
    public void resume() {
        reach.pause(false);
    }

    /**
     * Sends a signal, which the step that waits for it receives, or the first that will. Returns once the signal is in the
     * journal; if this engine loses the run, or the connection to its database, in that moment, the run can receive it
     * twice.
     *
     * @param name the signal's name
     * @param payload a JSON value
     * @throws EngineException with code {@link EngineException#NOT_WAITING} if the run has ended, holds too many
     *     signals that nobody waits for, or the payload does not satisfy the schema of the step that waits
     * @throws io.auterity.journal.JournalException with code
     *     {@link io.auterity.journal.JournalException#INBOX_FULL} if the run is elsewhere and has too many messages
     */
    public void signal(String name, @Nullable Object payload) {
        refuseUnlessTaken("signal '" + name + "'", reach.signal(name, payload));
    }

    private void refuseUnlessTaken(String what, Optional<String> refusal) {
        refusal.ifPresent(reason -> {
            throw new EngineException(
                    EngineException.NOT_WAITING,
                    "run '" + id + "', which is " + status().text() + ", does not take " + what + ": " + reason);
        });
    }

    /**
     * Decides on an approval, and returns once the decision is in the journal. Whether the person has a role that may
     * decide is the caller's to check.
     *
     * @param step the path of the step that waits
     * @param approved whether it is granted
     * @param by who decides
     * @param form what they filled in
     * @throws EngineException with code {@link EngineException#NOT_WAITING} if the step is not waiting for a decision,
     *     or the form does not satisfy its schema
     * @throws io.auterity.journal.JournalException with code
     *     {@link io.auterity.journal.JournalException#INBOX_FULL} if the run is elsewhere and has too many messages
     */
    public void decide(String step, boolean approved, String by, Map<String, Object> form) {
        refuseUnlessTaken("a decision on step '" + step + "'", reach.decide(step, approved, by, form));
    }

    /**
     * Returns what has been recorded, in order.
     *
     * @return the entries; empty if the journal keeps none
     */
    public List<JournalEntry> entries() {
        return reach.entries();
    }

    /**
     * Returns what has been recorded of each step.
     *
     * @return records by step path, in the order in which steps were first heard of
     */
    public Map<String, StepRecord> steps() {
        return StepRecord.of(entries());
    }

    Reach reach() {
        return reach;
    }

    @Override
    public String toString() {
        return "Run[" + id + ", " + status().text() + "]";
    }
}
