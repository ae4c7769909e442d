package io.auterity;

import io.auterity.journal.Expiry;
import io.auterity.journal.Journal;
import io.auterity.run.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets runs whose time is over: looks every minute, and forgets a few in a transaction, one transaction after the
 * other. Engines of one journal do not wait for each other; the journal passes over what another one is just forgetting.
 * Thread-safe.
 */
final class Forgetting implements AutoCloseable {

    /** How often it is looked. */
    static final Duration INTERVAL = Duration.ofMinutes(1);

    /** The most runs of one transaction. */
    static final int BATCH = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Forgetting.class);

    private final List<Expiry> expiries;
    private final Journal journal;
    private final Timer timer;
    private final Executor executor;
    private final AtomicLong forgotten = new AtomicLong();
    private volatile boolean closed;

    Forgetting(Retention retention, Journal journal, Timer timer, Executor executor) {
        this.expiries = retention.expiries();
        this.journal = journal;
        this.timer = timer;
        this.executor = executor;
    }

    void start() {
        if (!expiries.isEmpty() && !closed) {
            timer.after(
                    INTERVAL,
                    () -> executor.execute(() -> {
                        look();
                        start();
                    }));
        }
    }

    private void look() {
        try {
            long before = forgotten.get();
            expiries.forEach(this::forget);
            long now = forgotten.get() - before;
            if (now > 0) {
                LOG.info("forgot {} runs that ended long enough ago", now);
            }
        } catch (RuntimeException | Error unreachable) { // looked again after the interval
            if (!closed) {
                LOG.warn("runs that ended long ago could not be forgotten", unreachable);
            }
        }
    }

    private void forget(Expiry expiry) {
        int batch = BATCH;
        while (batch == BATCH && !closed) {
            batch = journal.purge(expiry, BATCH);
            forgotten.addAndGet(batch);
        }
    }

    long forgotten() {
        return forgotten.get();
    }

    @Override
    public void close() {
        closed = true;
    }
}
