package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a run's state asks of the world. The state itself is a deterministic function of the messages it is given and of
 * the answers it gets here.
 */
interface Effects {

    /** Returns the time, in milliseconds since the epoch. */
    long now();

    /**
     * Returns since when what settles now counts as settled: since now, or after a crash since it was recorded. Delays that
     * the record does not tell begin there, so that they are over once however often the run is taken up.
     */
    default long settledAt() {
        return now();
    }

    /** Returns a number from 0 (inclusive) to 1 (exclusive). */
    double random();

    /**
     * Records what happened.
     *
     * @return what stands in the record: the entry itself, or in a replay what was recorded in its place
     */
    <E extends JournalEntry> E record(E entry);

    /**
     * Records that a step has succeeded, the start of which nobody has been told of.
     *
     * @return whether that counts at once, because there is no journal
     */
    default boolean recordWithStart(JournalEntry.StepSucceeded success) {
        record(success);
        return false;
    }

    /** Does something when listeners have been told what was recorded so far, or never will be. */
    void whenTold(Runnable action);

    /** Settles a node as soon as what has been recorded so far is durable. */
    void settleWhenDurable(Frame frame, int node);

    /** An activity has begun; before anything is asked for it. */
    default void began(Activity activity) {}

    /** A frame is about to fail, or to be won: nothing but steps that clean up begins in it from now on. */
    default void stopping(Frame frame) {}

    /** An activity is about to be stopped. */
    default void stopping(Activity activity) {}

    /** Whether things really happen now; false while a run is being brought to where its record ends. */
    default boolean isLive() {
        return true;
    }

    /** Lets some thread begin an attempt of an activity. */
    Attempt enqueue(Activity activity);

    /** Stops an attempt; true if it had not begun, and now will not. */
    boolean stop(Attempt attempt);

    /** The thread of an attempt is free again. */
    void returned();

    /** Calls back with a message after a while. */
    Timer.Cancellable after(Duration delay, Message message);

    /** Starts a child run. */
    void startChild(Activity activity, Bindings.Children.Request request);

    /** Cancels a child run. */
    void cancelChild(Bindings.Children.Request request, String reason);

    /** The run has ended; tells whoever waits once that is durable. */
    void ended(RunStatus status, @Nullable Object output, @Nullable Failure failure);

    /** Looks a secret up. */
    String secret(String name);
}
