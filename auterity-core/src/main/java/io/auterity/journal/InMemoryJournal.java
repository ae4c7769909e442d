package io.auterity.journal;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A journal in the memory of this process: keeps to the contract but for surviving the process.
 *
 * <p>Unfinished runs are kept; of the finished ones the last {@value #DEFAULT_FINISHED_KEPT}, or as many as asked for.
 */
public final class InMemoryJournal implements Journal {

    /** How many finished runs are kept when no number is given. */
    public static final int DEFAULT_FINISHED_KEPT = 1_000;

    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private final int finishedKept;
    private final Cells cells = new InMemoryCells();

    // All below guarded by this.
    private final Map<String, Lease> leases = new HashMap<>();
    private final Map<RunId, Record> records = new LinkedHashMap<>();
    private final Queue<RunId> finished = new ArrayDeque<>();
    private long lastEpoch;

    /** Makes a journal that keeps the last {@value #DEFAULT_FINISHED_KEPT} finished runs. */
    public InMemoryJournal() {
        this(DEFAULT_FINISHED_KEPT);
    }

    /**
     * Makes a journal.
     *
     * @param finishedKept how many finished runs to keep, 0 or more
     */
    public InMemoryJournal(int finishedKept) {
        if (finishedKept < 0) {
            throw new IllegalArgumentException("finishedKept must be 0 or more, not " + finishedKept);
        }
        this.finishedKept = finishedKept;
    }

    @Override
    public synchronized Lease open(String owner) {
        Lease lease = new Lease(owner, ++lastEpoch);
        leases.put(owner, lease);
        return lease;
    }

    @Override
    public synchronized void close(Lease lease) {
        leases.remove(lease.owner(), lease);
    }

    @Override
    public synchronized CompletionStage<Void> append(Lease lease, RunId run, List<JournalEntry> entries) {
        Record record = records.get(run);
        boolean starts = entries.get(0) instanceof RunStarted;
        if (!isCurrent(lease) || (record != null && !starts && !record.lease.equals(lease))) {
            return CompletableFuture.failedFuture(new FencedException(run, lease));
        }
        if (starts && record != null) {
            return CompletableFuture.failedFuture(new RunExistsException(run));
        }
        if (record == null) {
            if (!starts) {
                return CompletableFuture.failedFuture(new FencedException(run, lease));
            }
            record = new Record(lease);
            records.put(run, record);
        }
        for (JournalEntry entry : entries) {
            if (entry.isDurable()) {
                record.entries.add(entry);
            }
        }
        if (entries.get(entries.size() - 1) instanceof RunEnded) {
            record.ended = true;
            record.entries.trimToSize();
            finished.add(run);
            if (finished.size() > finishedKept) {
                records.remove(finished.remove());
            }
        }
        return DONE;
    }

    private boolean isCurrent(Lease lease) {
        return lease.equals(leases.get(lease.owner()));
    }

    @Override
    public synchronized List<RunId> claim(Lease lease, int limit) {
        List<RunId> claimed = new ArrayList<>();
        if (!isCurrent(lease)) {
            return claimed;
        }
        for (Map.Entry<RunId, Record> known : records.entrySet()) {
            Record record = known.getValue();
            if (claimed.size() < limit && !record.ended && !isCurrent(record.lease)) {
                record.lease = lease;
                claimed.add(known.getKey());
            }
        }
        return claimed;
    }

    @Override
    public synchronized List<JournalEntry> read(RunId run) {
        Record record = records.get(run);
        return record == null ? List.of() : List.copyOf(record.entries);
    }

    @Override
    public Cells cells() {
        return cells;
    }

    @Override
    public synchronized void close() {
        leases.clear();
    }

    private static final class Record {
        private final ArrayList<JournalEntry> entries = new ArrayList<>(4);
        private Lease lease;
        private boolean ended;

        private Record(Lease lease) {
            this.lease = lease;
        }
    }
}
