package io.auterity.journal;

import io.auterity.definition.RunId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The append-only record of runs, and who may write to it.
 *
 * <p><b>Durability.</b> The stage that {@link #append} returns completes when the write would survive a crash of this
 * process; the engine starts nothing that builds on an entry before. A store gathers writes of all runs that come in
 * while it commits and makes them its next commit; it may commit on the calling thread.
 *
 * <p><b>Fencing.</b> An engine writes under a {@link Lease}. A run belongs to the lease that started or claimed it, until
 * it is parked, has ended, or is claimed by another. A lease that is not renewed in time by the store's own clock has run
 * out: the next claim of another engine ends it. It also ends when it is closed, or when its owner opens another. After
 * its end every write under it fails with {@link FencedException} and changes nothing, however late it arrives.
 *
 * <p><b>One table tells what is runnable.</b> A run that has not ended is either owned by a lease, and claimed when that
 * has ended, or parked, and claimed when its time has come, when a message for it arrives, or when a run that it waits
 * for has ended, or it {@linkplain #queues() waits in a queue} and is claimed when its turn has come. There is no list
 * beside that, so nothing can fall between two; {@link #onHint hints} save waiting, and whoever misses one finds the same
 * by asking again.
 *
 * <p>Implementations are thread-safe. Writes of one run arrive in order, one at a time; writes of different runs arrive
 * together.
 */
public interface Journal extends AutoCloseable {

    /**
     * Returns the clock that an engine is to go by which has been given none. Engines that share a store go by the store's
     * time, so that what one of them lets wait is due when it should be for another, whatever their machines' clocks say.
     *
     * @param own the clock of the engine's machine
     * @return that clock, where no other process sees what is recorded
     */
    default InstantSource clock(InstantSource own) {
        return own;
    }

    /**
     * Says whether what is recorded survives the process, so that another can go on with it.
     *
     * @return whether leases have to be renewed and runs recovered
     */
    default boolean isDurable() {
        return true;
    }

    /**
     * Returns how large an output may be. The engine fails a step whose output is larger, rather than find out when it is
     * to be recorded.
     *
     * @return the most bytes of an output's JSON
     */
    default long maxOutputBytes() {
        return Long.MAX_VALUE;
    }

    // --- leases ---

    /**
     * Opens a lease, ending an earlier one of the same owner.
     *
     * @param owner the engine's id: 1 to 200 characters of {@code A-Z a-z 0-9 . _ : -}
     * @param time how long it holds by the store's clock unless it is renewed, more than zero
     * @return the lease, with a higher epoch than any before
     */
    Lease open(String owner, Duration time);

    /**
     * Lets a lease hold for its time again, from now on.
     *
     * @param lease the lease
     * @return whether it still held; if not, it never will again
     */
    boolean renew(Lease lease);

    /**
     * Ends a lease in good order; its unfinished runs may be claimed at once, and that counts as no recovery.
     *
     * @param lease the lease
     */
    void close(Lease lease);

    // --- writing ---

    /**
     * Changes a run: all that the write says, or nothing. A write that {@linkplain Write#starts starts} the run makes it
     * the lease's own. Entries that are not durable may be left out.
     *
     * @param lease the writer's lease
     * @param write what to change
     * @return completes when the write is durable; fails with {@link FencedException} if the run does not belong to the
     *     lease (any more), with {@link RunExistsException} if a run to be started is there already, with
     *     {@link EntryRefusedException} if an entry can never be recorded
     */
    CompletionStage<Void> append(Lease lease, Write write);

    /**
     * Appends entries to a run and changes nothing else.
     *
     * @param lease the writer's lease
     * @param run the run
     * @param entries at least one entry; not changed by the caller afterwards
     * @return as for {@link #append(Lease, Write)}
     */
    default CompletionStage<Void> append(Lease lease, RunId run, List<JournalEntry> entries) {
        return append(lease, Write.of(run, entries));
    }

    /**
     * Takes runs that nobody has and that are due: those whose lease has ended, and those parked whose time has come. A
     * {@linkplain Claim#isSuspect() suspect} is taken alone, when nothing else is found.
     *
     * @param lease the claimer's lease
     * @param limit the most runs to take, 1 or more
     * @param except versions whose runs the claimer cannot go on with
     * @return the runs taken, those first that have been due longest; each belongs to {@code lease} from now on and to
     *     nobody else; none when the lease has ended
     */
    List<Claim> claim(Lease lease, int limit, Set<String> except);

    /**
     * Reads everything durable about a run.
     *
     * @param run the run
     * @return the entries in order; empty when the run is unknown
     */
    List<JournalEntry> read(RunId run);

    /**
     * Reads everything durable about a run that a lease has claimed, to go on with it. A journal that counts
     * {@linkplain #recordedBytes bytes} counts here what it reads.
     *
     * @param lease the lease
     * @param run the run
     * @return the entries in order; empty when the run is unknown
     */
    default List<JournalEntry> read(Lease lease, RunId run) {
        return read(run);
    }

    /**
     * Returns how large the record of a run is, as known from what was read and written: nothing is asked of the store.
     * The engine asks after each {@link #append} and {@link #read(Lease, RunId)}.
     *
     * @param lease the lease that has the run
     * @param run the run
     * @return the bytes that the payloads of its durable entries have as JSON, those being written among them; 0 when the
     *     journal does not count, or the lease does not have the run (any more)
     */
    default long recordedBytes(Lease lease, RunId run) {
        return 0;
    }

    /**
     * Returns the small values that the engines of this journal share.
     *
     * @return the same cells at every call
     */
    Cells cells();

    /**
     * Returns the runs that wait in queues.
     *
     * @return the same queues at every call; {@link RunQueues#NONE} when the journal keeps no runs
     */
    default RunQueues queues() {
        return RunQueues.NONE;
    }

    // --- messages ---

    /**
     * Puts a message into a run's inbox, durably. A parked run is due at once: a message and a run that is just being
     * parked never miss each other.
     *
     * @param run the run
     * @param message the message
     * @return whether the run takes messages; false when it is unknown or has ended
     * @throws JournalException with {@link JournalException#INBOX_FULL} if the run has {@link RunMessage#mostUnread} messages
     *     or more that it has not taken
     */
    boolean send(RunId run, RunMessage message);

    /**
     * Returns the messages that wait for the runs of a lease. They stay until a {@link Write#taken write} takes them or
     * the run ends.
     *
     * @param lease the lease
     * @param limit the most messages, 1 or more
     * @return messages in the order they came in
     */
    List<RunMessage.Received> received(Lease lease, int limit);

    /**
     * Asks to be told when there may be something to claim or to receive. A store that cannot tell never calls.
     *
     * @param hint called on any thread, perhaps for nothing, perhaps once for several reasons; quick
     * @return ends it
     */
    default AutoCloseable onHint(Runnable hint) {
        return () -> {};
    }

    // --- definitions ---

    /**
     * Keeps a definition, so that runs can stay on it; keeping it again has no effect.
     *
     * @param workflow the workflow's identifier
     * @param version the definition's semantic hash
     * @param definition the definition as JSON
     */
    void keep(String workflow, String version, String definition);

    // --- looking ---

    /**
     * Returns what can be asked about runs.
     *
     * @return the catalog of this journal
     */
    RunCatalog catalog();

    /**
     * Forgets runs that have ended, their entries with them, those first that ended first. What another process is just
     * forgetting is passed over.
     *
     * @param expiry which
     * @param limit the most runs to forget in this call, 1 or more
     * @return how many were forgotten; fewer than the limit when no more are left
     */
    int purge(Expiry expiry, int limit);

    /**
     * Counts the runs that may be forgotten.
     *
     * @param expiry which
     * @return how many there are now
     */
    long countExpired(Expiry expiry);

    /** Releases what the journal holds. Writes under way complete or fail first. */
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
