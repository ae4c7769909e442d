package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A run that a lease has: its number and how far its record has grown. Touched by the run's one writer. */
final class LiveRun {

    final RunId run;
    final long id;

    /** The start while it is under way; null for a run that was claimed. */
    final @Nullable CompletableFuture<Void> started;

    private int lastSeq;
    private long bytes;

    /**
     * Whether the lease has it no more, or leaves it with the batch under way. It may come back as another of these, and
     * what was meant for this one must not reach that. Set while nobody else commits, or before anybody knows of it.
     */
    volatile boolean left;

    LiveRun(RunId run, long id, int lastSeq, @Nullable CompletableFuture<Void> started) {
        this.run = run;
        this.id = id;
        this.lastSeq = lastSeq;
        this.started = started;
    }

    /** Whether nobody has been told yet what becomes of the start. */
    boolean isStarting() {
        return started != null && !started.isDone();
    }

    /** Takes the next numbers for entries with so many bytes; returns the first. */
    synchronized int take(int count, long moreBytes) {
        int first = lastSeq + 1;
        lastSeq += count;
        bytes += moreBytes;
        return first;
    }

    /** Notes what stood on the record before the lease has written anything. */
    synchronized void found(long foundBytes) {
        bytes = foundBytes;
    }

    /** The bytes of all payloads on the record, those being written among them. */
    synchronized long bytes() {
        return bytes;
    }
}
