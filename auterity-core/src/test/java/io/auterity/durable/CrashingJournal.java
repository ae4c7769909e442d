package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.RunId;
import io.auterity.journal.Cells;
import io.auterity.journal.Claim;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.Expiry;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQueues;
import io.auterity.journal.Write;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * An engine's view of a journal that goes dark at the n-th write, before it or after it: nothing that the engine does
 * counts any more, as if it had been killed. Confined to one thread.
 */
final class CrashingJournal implements Journal {

    private final Journal store;
    private final int at;
    private final boolean after;
    private int writes;
    private final Map<RunId, Long> bytes = new HashMap<>();
    private boolean counting;
    private boolean dark;

    /**
     * @param at the write that is the last, 1-based; 0 for none
     * @param after whether that write still reaches the store
     */
    CrashingJournal(Journal store, int at, boolean after) {
        this.store = store;
        this.at = at;
        this.after = after;
    }

    int writes() {
        return writes;
    }

    /** Does something in the process that writes here, unless that has been killed; it may be killed by it. */
    void unlessDark(Runnable task) {
        if (!isDark()) {
            try {
                task.run();
            } catch (Killed killed) {
                assertThat(isDark()).isTrue();
            }
        }
    }

    boolean isDark() {
        return dark;
    }

    /** What is thrown through the engine, so that nothing more happens on its thread. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        private Killed() {
            super("killed", null, false, false);
        }
    }

    /** Goes dark now. */
    void crash() {
        dark = true;
    }

    @Override
    public CompletionStage<Void> append(Lease lease, Write write) {
        if (dark) {
            throw new Killed();
        }
        if (write.starts() && !store.read(write.run()).isEmpty()) {
            return store.append(lease, write); // refused, which changes nothing
        }
        writes++;
        if (writes == at) {
            dark = true;
            if (after) {
                store.append(lease, write);
            }
            throw new Killed();
        }
        written(write.run(), write.entries());
        return store.append(lease, write);
    }

    /** Counts the bytes of payloads from here on, as journals on disk do. */
    CrashingJournal counting() {
        counting = true;
        return this;
    }

    private void written(RunId run, List<JournalEntry> entries) {
        if (counting) {
            long more = entries.stream()
                    .filter(JournalEntry::isDurable)
                    .mapToLong(entry -> EntryCodec.encode(entry).payload().length)
                    .sum();
            bytes.merge(run, more, Long::sum);
        }
    }

    @Override
    public List<JournalEntry> read(Lease lease, RunId run) {
        List<JournalEntry> entries = store.read(run);
        bytes.remove(run);
        written(run, entries);
        return entries;
    }

    @Override
    public long recordedBytes(Lease lease, RunId run) {
        return bytes.getOrDefault(run, 0L);
    }

    @Override
    public boolean isDurable() {
        return true;
    }

    @Override
    public Lease open(String owner, Duration time) {
        return store.open(owner, time);
    }

    @Override
    public boolean renew(Lease lease) {
        return !dark && store.renew(lease);
    }

    @Override
    public void close(Lease lease) {
        if (!dark) {
            store.close(lease);
        }
    }

    @Override
    public List<Claim> claim(Lease lease, int limit, Set<String> except) {
        return dark ? List.of() : store.claim(lease, limit, except);
    }

    @Override
    public List<JournalEntry> read(RunId run) {
        return store.read(run);
    }

    @Override
    public boolean send(RunId run, RunMessage message) {
        return store.send(run, message);
    }

    @Override
    public List<RunMessage.Received> received(Lease lease, int limit) {
        return dark ? List.of() : store.received(lease, limit);
    }

    @Override
    public AutoCloseable onHint(Runnable hint) {
        return store.onHint(() -> {
            if (!dark) {
                hint.run();
            }
        });
    }

    @Override
    public void keep(String workflow, String version, String definition) {
        store.keep(workflow, version, definition);
    }

    @Override
    public Cells cells() {
        return store.cells();
    }

    @Override
    public RunQueues queues() {
        return store.queues();
    }

    @Override
    public RunCatalog catalog() {
        return store.catalog();
    }

    @Override
    public int purge(Expiry expiry, int limit) {
        return store.purge(expiry, limit);
    }

    @Override
    public long countExpired(Expiry expiry) {
        return store.countExpired(expiry);
    }

    @Override
    public void close() {}
}
