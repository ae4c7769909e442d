package io.auterity.event;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;

/**
 * Is told what happens in runs.
 *
 * <p>Calls to one listener come one at a time and in the order of each run, perhaps each on another thread, after the entry
 * has been recorded; it need not be thread-safe. A listener cannot slow or break a run: what it throws is logged, and when
 * it falls behind by more than the engine's event buffer it misses entries and is told how many. One that blocks keeps a
 * thread of the engine's own, never one of the executor that the host lends for steps, unless the host has named the same
 * for its listeners (listenerExecutor).
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
