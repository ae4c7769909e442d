package io.auterity.journal;

import io.auterity.definition.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps nothing: for runs whose outcome is all that matters. There is no history to look at, and starting the same id
 * again after a run has ended starts another run. Thread-safe.
 */
public final class NoJournal implements Journal {

    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    /** Kept, in this process: without them a schedule would fire again and again. */
    private final Cells cells = new InMemoryCells();

    /** Makes a journal that keeps nothing. */
    public NoJournal() {}

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public Lease open(String owner, Duration time) {
        return new Lease(owner, 1);
    }

    @Override
    public boolean renew(Lease lease) {
        return true;
    }

    @Override
    public void close(Lease lease) {}

    @Override
    public CompletionStage<Void> append(Lease lease, Write write) {
        return DONE;
    }

    @Override
    public List<Claim> claim(Lease lease, int limit, Set<String> except) {
        return List.of();
    }

    @Override
    public List<JournalEntry> read(RunId run) {
        return List.of();
    }

    @Override
    public Cells cells() {
        return cells;
    }

    @Override
    public boolean send(RunId run, RunMessage message) {
        return false;
    }

    @Override
    public List<RunMessage.Received> received(Lease lease, int limit) {
        return List.of();
    }

    @Override
    public void keep(String workflow, String version, String definition) {}

    @Override
    public RunCatalog catalog() {
        return RunCatalog.EMPTY;
    }

    @Override
    public int purge(Expiry expiry, int limit) {
        return 0;
    }

    @Override
    public long countExpired(Expiry expiry) {
        return 0;
    }

    @Override
    public void close() {}
}
