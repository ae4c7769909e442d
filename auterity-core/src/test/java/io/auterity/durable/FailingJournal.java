package io.auterity.durable;

import io.auterity.definition.RunId;
import io.auterity.journal.Cells;
import io.auterity.journal.Claim;
import io.auterity.journal.Expiry;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQueues;
import io.auterity.journal.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A journal that cannot be reached now and then. Confined to one thread. */
final class FailingJournal implements Journal {

    private final Journal store;
    private boolean failing;
    private @Nullable RuntimeException refusal;

    FailingJournal(Journal store) {
        this.store = store;
    }

    void fail(boolean whether) {
        failing = whether;
    }

    /** Refuses starts of runs, and nothing else, until it is told null. */
    void refuseStarts(@Nullable RuntimeException why) {
        refusal = why;
    }

    private Journal store() {
        if (failing) {
            throw new UncheckedIOException(new IOException("no route to the database"));
        }
        return store;
    }

    @Override
    public Lease open(String owner, Duration time) {
        return store().open(owner, time);
    }

    @Override
    public boolean renew(Lease lease) {
        return store().renew(lease);
    }

    @Override
    public void close(Lease lease) {
        store().close(lease);
    }

    @Override
    public CompletionStage<Void> append(Lease lease, Write write) {
        if (refusal != null && write.entries().get(0) instanceof RunStarted) {
            return CompletableFuture.failedFuture(refusal);
        }
        return failing
                ? CompletableFuture.failedFuture(new IOException("no route to the database"))
                : store.append(lease, write);
    }

    @Override
    public List<Claim> claim(Lease lease, int limit, Set<String> except) {
        return store().claim(lease, limit, except);
    }

    @Override
    public List<JournalEntry> read(RunId run) {
        return store().read(run);
    }

    @Override
    public boolean send(RunId run, RunMessage message) {
        return store().send(run, message);
    }

    @Override
    public List<RunMessage.Received> received(Lease lease, int limit) {
        return store().received(lease, limit);
    }

    @Override
    public void keep(String workflow, String version, String definition) {
        store().keep(workflow, version, definition);
    }

    @Override
    public Cells cells() {
        return store().cells();
    }

    @Override
    public RunQueues queues() {
        return store().queues();
    }

    @Override
    public RunCatalog catalog() {
        return store().catalog();
    }

    @Override
    public int purge(Expiry expiry, int limit) {
        return store().purge(expiry, limit);
    }

    @Override
    public long countExpired(Expiry expiry) {
        return store().countExpired(expiry);
    }

    @Override
    public void close() {}
}
