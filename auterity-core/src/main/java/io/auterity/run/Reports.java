package io.auterity.run;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt has reported and listeners have not been told yet. Neither part grows without bound, however slow the
 * journal is that the run waits for: of its progress only the latest counts, and for more than {@link #MAX_PIECES} pieces
 * of its result the thread that has them waits. Thread-safe.
 */
final class Reports {

    /** Pieces that an attempt may be ahead of its listeners. */
    static final int MAX_PIECES = 1_024;

    private final Semaphore places = new Semaphore(MAX_PIECES);
    private final AtomicReference<@Nullable Progress> latest = new AtomicReference<>();
    private final AtomicBoolean progressUnderWay = new AtomicBoolean();

    /**
     * How far a step is.
     *
     * @param done units done
     * @param total units in all, or 0 when unknown
     * @param text a few words for people
     */
    record Progress(long done, long total, String text) {}

    /** Takes a place for a piece, when there is one; false if the thread was interrupted before. */
    boolean enterPiece() {
        if (places.tryAcquire()) {
            return true;
        }
        try {
            places.acquire();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Gives the place of a piece back that has been told. */
    void pieceTold() {
        places.release();
    }

    /** Lets everybody go who waits; what they have no longer counts. */
    void stop() {
        places.release(MAX_PIECES);
    }

    /** Notes progress; true if the run must be told that there is some. */
    boolean enterProgress(Progress progress) {
        latest.set(progress);
        return progressUnderWay.compareAndSet(false, true);
    }

    /** Returns the latest progress, once. */
    @Nullable
    Progress takeProgress() {
        return latest.getAndSet(null);
    }

    /** Notes that progress has been told; true if there is more, and the run must be told of it. */
    boolean progressTold() {
        progressUnderWay.set(false);
        return latest.get() != null && progressUnderWay.compareAndSet(false, true);
    }
}
