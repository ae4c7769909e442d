package io.auterity.event;

import io.auterity.journal.JournalEntry;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bounded way to one listener. Whoever adds to an idle queue asks the executor to drain it, so a listener keeps no
 * thread while there is nothing to tell and is never called by two. Thread-safe.
 */
final class ListenerQueue implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerQueue.class);

    /** Batches handed over before the thread goes back to the executor, so that others get their turn. */
    private static final int TURN = 1_024;

    /** Entries delivered before the publishers are told that there is room. */
    private static final int SETTLED_TOGETHER = 64;

    private final RunListener listener;
    private final Executor executor;
    private final int capacity;
    private final ConcurrentLinkedQueue<Batch> batches = new ConcurrentLinkedQueue<>();
    private final AtomicInteger behind = new AtomicInteger();
    private final AtomicLong missed = new AtomicLong();
    private final AtomicBoolean draining = new AtomicBoolean();

    ListenerQueue(RunListener listener, Executor executor, int capacity) {
        this.listener = listener;
        this.executor = executor;
        this.capacity = capacity;
    }

    void add(Batch batch) {
        int size = batch.size();
        int over = Math.min(size, behind.addAndGet(size) - capacity);
        if (over > 0) {
            behind.addAndGet(-over);
            missed.addAndGet(over);
        }
        if (over < size) {
            batches.add(over > 0 ? batch.first(size - over) : batch);
        }
        wake();
    }

    private void wake() {
        if (!draining.get() && draining.compareAndSet(false, true) && !handOver()) {
            draining.set(false); // the next entry tries again; until then this listener is behind
        }
    }

    /** Lets the executor drain; false if it is full or has been shut down. */
    private boolean handOver() {
        try {
            executor.execute(this);
            return true;
        } catch (RejectedExecutionException full) {
            LOG.debug("the executor is full; listener {} waits", listener, full);
            return false;
        }
    }

    @Override
    public void run() {
        do {
            takeTurn();
            draining.set(false);
        } while ((!batches.isEmpty() || missed.get() > 0) && draining.compareAndSet(false, true) && !handOver());
    }

    private void takeTurn() {
        int delivered = 0;
        for (int turn = 0; turn < TURN; turn++) {
            Batch batch = batches.poll();
            if (batch == null) {
                break;
            }
            batch.forEach(entry -> tell(batch, entry));
            delivered += batch.size();
            if (delivered >= SETTLED_TOGETHER) {
                behind.addAndGet(-delivered); // seldom, since the counter is shared with the publishers
                delivered = 0;
            }
        }
        behind.addAndGet(-delivered);
        tellMissed();
    }

    private void tell(Batch batch, JournalEntry entry) {
        try {
            listener.onEntry(batch.run(), batch.workflow(), entry);
        } catch (RuntimeException | Error thrown) { // whatever a listener does, the run and the other entries go on
            LOG.warn("listener {} threw at {}", listener, entry, thrown);
        }
    }

    private void tellMissed() {
        long count = missed.getAndSet(0);
        if (count > 0) {
            try {
                listener.onMissed(count);
            } catch (RuntimeException | Error thrown) {
                LOG.warn("listener {} threw when told that it missed {} entries", listener, count, thrown);
            }
        }
    }
}
