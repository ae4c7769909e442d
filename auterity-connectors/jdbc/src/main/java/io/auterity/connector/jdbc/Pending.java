package io.auterity.connector.jdbc;

import io.auterity.journal.EntryRow;
import io.auterity.journal.Write;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A write that waits for its commit, its entries already in the form of rows. */
final class Pending {

    /** About what the columns beside the payload take. */
    private static final int ROW_BYTES = 64;

    final Write write;
    final LiveRun live;
    final int firstSeq;
    final List<EntryRow> rows;
    final List<Payload> payloads;
    final long bytes;

    /** When it came, by {@link System#nanoTime()}. */
    final long since;

    /** Completes when it is durable. */
    final CompletableFuture<Void> answer;

    /** Set before the answer is given: what came of it; null for success. */
    @Nullable
    Throwable refusal;

    Pending(Write write, LiveRun live, List<EntryRow> rows, List<Payload> payloads, CompletableFuture<Void> answer) {
        this.write = write;
        this.live = live;
        this.firstSeq = live.take(
                rows.size(),
                rows.stream().mapToLong(row -> row.payload().length).sum());
        this.rows = rows;
        this.payloads = payloads;
        this.since = System.nanoTime();
        this.answer = answer;
        long size = 0;
        for (Payload payload : payloads) {
            size += ROW_BYTES + payload.size();
        }
        this.bytes = size;
    }

    boolean starts() {
        return write.starts();
    }

    /** Whether the write changes more than what is added to the run's entries. */
    boolean changesRun() {
        return starts() || leaves() || write.compensates() || !write.taken().isEmpty();
    }

    /** Whether the run leaves the lease with this write. */
    boolean leaves() {
        return write.park().isPresent() || write.end().isPresent();
    }

    /** Gives the answer; false if another was given before. */
    boolean reply() {
        return refusal == null ? answer.complete(null) : answer.completeExceptionally(refusal);
    }
}
