package io.auterity.journal;

import io.auterity.definition.RunId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The append-only record of runs, and who may write to it.
 *
 * <p><b>Durability.</b> The stage that {@link #append} returns completes when the entries would survive a crash of this
 * process; the engine starts nothing that builds on an entry before. A store gathers appends of all runs that come in
 * while it commits and makes them its next commit; it may commit on the calling thread.
 *
 * <p><b>Fencing.</b> An engine writes under a {@link Lease}. A run belongs to the lease that started or claimed it; a
 * lease ends when it is closed, when its owner opens another, or when the store sees that it was not renewed. After
 * that every append under it fails with {@link FencedException} and changes nothing, however late it arrives.
 *
 * <p>Implementations are thread-safe. Appends of one run arrive in order, one at a time; appends of different runs
 * arrive together.
 */
public interface Journal extends AutoCloseable {

    /**
     * Opens a lease, ending an earlier one of the same owner.
     *
     * @param owner the engine's id
     * @return the lease, with a higher epoch than any before
     */
    Lease open(String owner);

    /**
     * Ends a lease; its unfinished runs may be claimed at once.
     *
     * @param lease the lease
     */
    void close(Lease lease);

    /**
     * Appends entries to a run: all of them or none, in order. A list that begins with {@link JournalEntry.RunStarted}
     * starts the run. Entries that are not durable may be left out.
     *
     * @param lease the writer's lease
     * @param run the run
     * @param entries at least one entry; not changed by the caller afterwards
     * @return completes when the entries are durable; fails with {@link FencedException} if the run does not belong to
     *     the lease (any more), with {@link RunExistsException} if a run to be started is there already
     */
    CompletionStage<Void> append(Lease lease, RunId run, List<JournalEntry> entries);

    /**
     * Takes over unfinished runs whose lease has ended.
     *
     * @param lease the claimer's lease
     * @param limit the most runs to take
     * @return the runs taken, oldest first; each belongs to {@code lease} from now on and to nobody else
     */
    List<RunId> claim(Lease lease, int limit);

    /**
     * Reads everything durable about a run.
     *
     * @param run the run
     * @return the entries in order; empty when the run is unknown
     */
    List<JournalEntry> read(RunId run);

    /**
     * Returns the small values that the engines of this journal share.
     *
     * @return the same cells at every call
     */
    Cells cells();

    /** Releases what the journal holds. Appends under way complete or fail first. */
    @Override
    void close();

    /**
     * The right to write, until it ends.
     *
     * @param owner the engine's id
     * @param epoch grows with every lease of any owner
     */
    record Lease(String owner, long epoch) {}
}
