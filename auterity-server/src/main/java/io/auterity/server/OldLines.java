package io.auterity.server;

import io.auterity.run.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Forgets the lines of a ledger that are old enough, and what belongs to them: at the start, and then every hour. Servers of
 * one database do not wait for each other; what one has forgotten the next does not find. Thread-safe.
 */
final class OldLines implements AutoCloseable {

    /** How often it is looked. */
    static final Duration EVERY = Duration.ofHours(1);

    private final ToIntFunction<Instant> purge;
    private final Optional<Duration> kept;
    private final InstantSource clock;
    private final Timer timer;
    private final Consumer<String> log;
    private boolean isClosed;

    /**
     * Makes one that does nothing before it is started.
     *
     * @param purge forgets what is older than an instant, and returns how many lines that were
     * @param kept how long lines are kept, or empty for ever
     * @param clock the time
     * @param timer calls when it is due; its thread is kept busy by it
     * @param log is told what was forgotten, and what went wrong
     */
    OldLines(
            ToIntFunction<Instant> purge,
            Optional<Duration> kept,
            InstantSource clock,
            Timer timer,
            Consumer<String> log) {
        this.purge = purge;
        this.kept = kept;
        this.clock = clock;
        this.timer = timer;
        this.log = log;
    }

    void start() {
        kept.ifPresent(age -> timer.after(Duration.ZERO, () -> look(age)));
    }

    /** What cannot be forgotten now is tried again later. */
    private synchronized void look(Duration age) {
        if (isClosed) {
            return;
        }
        Instant before = clock.instant().minus(age);
        try {
            int lines = purge.applyAsInt(before);
            if (lines > 0) {
                log.accept("forgot " + lines + " lines of the ledger from before " + before);
            }
        } catch (RuntimeException e) {
            log.accept("the lines of the ledger from before " + before
                    + " could not be forgotten, which is tried again in " + EVERY.toMinutes() + " minutes: "
                    + e.getMessage());
        }
        timer.after(EVERY, () -> look(age));
    }

    /** Waits for what is being forgotten; nothing is after that. */
    @Override
    public synchronized void close() {
        isClosed = true;
    }
}
