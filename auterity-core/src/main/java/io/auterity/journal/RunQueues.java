package io.auterity.journal;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The runs of a journal that wait in queues. A queued run is a run like any other: recorded when it is accepted, in the
 * same table, found by its id. It belongs to nobody until it is claimed; from then on it is the claimer's as if that had
 * started it, and is recovered like any other. It keeps its place among the running of its queue until it ends.
 *
 * <p>Times are those of the store's clock. Implementations are thread-safe.
 */
public interface RunQueues {

    /** Those of a journal that keeps no runs: nothing can be put in. */
    RunQueues NONE = new RunQueues() {
        @Override
        public List<Accepted> enqueue(RunQueue queue, List<QueuedRun> runs) {
            throw new UnsupportedOperationException("this journal keeps no runs, and so has no queues");
        }

        @Override
        public Taken claim(Lease lease, RunQueue queue, int limit, Set<String> except) {
            return new Taken(List.of(), Write.FOREVER);
        }

        @Override
        public boolean cancel(RunId run, String reason) {
            return false;
        }

        @Override
        public Depth depth(String queue) {
            return new Depth(0, 0, 0);
        }

        @Override
        public AutoCloseable onHint(Consumer<String> hint) {
            return () -> {};
        }
    };

    /** The most runs that are put in by one call. */
    int MAX_ENQUEUED = 10_000;

    /**
     * Puts runs into a queue. What was accepted is durable when this returns. Needs no lease.
     *
     * @param queue the queue, whose capacity counts here
     * @param runs at most {@value #MAX_ENQUEUED}
     * @return what became of each, in their order
     */
    List<Accepted> enqueue(RunQueue queue, List<QueuedRun> runs);

    /**
     * Takes runs that are due, as far as the limits of the queue let them begin: higher priorities first, keys in turn,
     * the one due first of each key first.
     *
     * @param lease the claimer's lease
     * @param queue the queue, whose concurrency and rate count here
     * @param limit the most runs to take, 1 or more
     * @param except versions whose runs the claimer cannot go on with
     * @return the runs taken, in the order in which they begin; each belongs to the lease; none when the lease has ended
     */
    Taken claim(Lease lease, RunQueue queue, int limit, Set<String> except);

    /**
     * Ends a run that has not begun as {@link RunStatus#CANCELLED}.
     *
     * @param run the run
     * @param reason why, for people
     * @return whether it was waiting in a queue; if not, nothing has changed
     */
    boolean cancel(RunId run, String reason);

    /**
     * Counts the runs of a queue.
     *
     * @param queue its name
     * @return how many there are
     */
    Depth depth(String queue);

    /**
     * Asks to be told when there may be something to claim. A store that cannot tell never calls.
     *
     * @param hint called with a queue's name, or with an empty text if it may be any, on any thread, perhaps for nothing,
     *     perhaps once for several reasons; quick
     * @return ends it
     */
    AutoCloseable onHint(Consumer<String> hint);

    /**
     * What became of a run that was put in.
     *
     * @param run the run there is now: the one given, or another of the same sole id
     * @param outcome what became of it
     */
    record Accepted(RunId run, Outcome outcome) {}

    /** What became of a run that was put in. */
    enum Outcome {
        /** It waits. */
        ADDED,
        /** There is a run with its id, waiting or not. */
        KNOWN,
        /** There is a run with its sole id that has not ended. */
        DUPLICATE,
        /** A run with its sole id that had not begun starts with the new input, and later. */
        REPLACED,
        /** As many wait as the queue takes. */
        FULL
    }

    /**
     * What was claimed.
     *
     * @param runs the runs
     * @param again in what time there is more that is due or may begin, unless something else happens;
     *     {@link Write#FOREVER} when nothing is known
     */
    record Taken(List<Begun> runs, Duration again) {}

    /**
     * A run that was claimed.
     *
     * @param claim the claim
     * @param entries what is recorded: its start
     */
    record Begun(Claim claim, List<JournalEntry> entries) {}

    /**
     * How many runs a queue has.
     *
     * @param delayed runs whose time has not come
     * @param ready runs that are due and wait for a place
     * @param running runs that have begun and not ended
     */
    record Depth(long delayed, long ready, long running) {}
}
