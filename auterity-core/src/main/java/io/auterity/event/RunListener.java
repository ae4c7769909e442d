package io.auterity.event;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;

/**
 * Is told what happens in runs.
 *
 * <p>Calls to one listener come one at a time and in the order of each run, on threads of the engine's executor, after
 * the entry has been recorded. A listener cannot slow or break a run: what it throws is logged, and when it falls
 * behind by more than the engine's event buffer it misses entries and is told how many. One that blocks keeps a thread of
 * the executor, so an executor with a fixed number of threads needs one more for each of those.
 */
@FunctionalInterface
public interface RunListener {

    /**
     * Tells of an entry.
     *
     * @param run the run
     * @param workflow the workflow's identifier
     * @param entry what happened
     */
    void onEntry(RunId run, String workflow, JournalEntry entry);

    /**
     * Tells that entries were missed because the listener was too slow.
     *
     * @param entries how many since the last call
     */
    default void onMissed(long entries) {}
}
