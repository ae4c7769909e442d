package io.auterity.connector.jdbc;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The database's time, read before the first lease and whenever one is renewed, and carried on between by a clock that only
 * runs forward. So engines that share a journal agree on how late it is, whatever the clocks of their machines say, and a jump of one of
 * those is nothing to them.
 *
 * <p>A reading is uncertain by half of the time it took (Cristian 1989). It counts only if what has been carried on cannot
 * be right, so the time is not set forth and back by what the network does. Thread-safe.
 */
final class StoreClock implements InstantSource {

    private static final long NANOS_A_MILLI = 1_000_000;

    /** What clocks that run well come apart by before it counts. */
    private static final long TOLERANCE_NANOS = 10 * NANOS_A_MILLI;

    private final LongSupplier ticker;
    private volatile @Nullable Reading reading;

    /** The database's time, in milliseconds since the epoch, when the ticker said so many nanoseconds. */
    private record Reading(long millis, long ticks) {}

    /** Asks the database. */
    @FunctionalInterface
    interface Question {
        long millis() throws SQLException;
    }

    /** Makes a clock that says nothing before it has read; the ticker says nanoseconds and only runs forward. */
    StoreClock(LongSupplier ticker) {
        this.ticker = ticker;
    }

    boolean hasRead() {
        return reading != null;
    }

    /** Reads the database's time. */
    void read(Question question) throws SQLException {
        long asked = ticker.getAsLong();
        long millis = question.millis();
        long took = ticker.getAsLong() - asked;
        Reading now = new Reading(millis, asked + took / 2);
        Reading before = reading;
        if (before == null
                || Math.abs(nanosAfter(before, now.ticks) - (now.millis - before.millis) * NANOS_A_MILLI)
                        > TOLERANCE_NANOS + took / 2) {
            reading = now;
        }
    }

    private static long nanosAfter(Reading reading, long ticks) {
        return ticks - reading.ticks;
    }

    @Override
    public Instant instant() {
        Reading last = last();
        return Instant.ofEpochMilli(last.millis).plusNanos(nanosAfter(last, ticker.getAsLong()));
    }

    @Override
    public long millis() {
        Reading last = last();
        return last.millis + nanosAfter(last, ticker.getAsLong()) / NANOS_A_MILLI;
    }

    private Reading last() {
        Reading last = reading;
        if (last == null) {
            throw new IllegalStateException("the database has not been asked for its time");
        }
        return last;
    }
}
