package io.auterity;

import io.auterity.definition.RunId;
import io.auterity.journal.Claim;
import io.auterity.journal.Journal;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.RunMessage;
import io.auterity.run.Tenure;
import io.auterity.run.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an engine's lease, and takes up what nobody has.
 *
 * <p>It renews the lease when a third of its time has passed, however seldom it looks. Every so often, and at once after a
 * hint, it looks: claims runs that are due, hands messages to the runs of this engine, and asks how runs elsewhere have
 * ended. What it finds it only hands on; a run's steps never run here. A hint that gets lost costs one interval, nothing
 * else.
 *
 * <p>A lease that has ended is not mourned: the runs under it are let go without a trace, and a new lease claims what is
 * due, those very runs among it.
 *
 * <p>Thread-safe.
 */
final class Recovery implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /** The most runs claimed, and messages taken, at a time. */
    private static final int BATCH = 500;

    /** How often in the time of a lease it is asked whether a third has passed: so it is renewed before half has. */
    private static final int ASKED = 6;

    /** How soon it is looked again whether a suspect has got anywhere. */
    private static final Duration GLANCE = Duration.ofMillis(50);

    /** The time of a lease that nobody renews. */
    private static final Duration UNLIMITED = Duration.ofDays(36_500);

    private final Settings settings;
    private final Journal journal;
    private final LongSupplier ticker;
    private final Timer timer;
    private final Executor executor;
    private final AtomicInteger looks = new AtomicInteger();
    private final Set<String> foreignVersions = ConcurrentHashMap.newKeySet();
    private @Nullable AutoCloseable hints;
    private volatile boolean closed;
    private volatile HeldLease held;
    private volatile Tenure tenure;
    private @Nullable Suspect suspect;

    /**
     * How it goes about.
     *
     * @param id the engine's id
     * @param lease how long a lease holds unless it is renewed; zero for no leases that end
     * @param interval how often it looks
     * @param claims whether it takes runs of others
     * @param parkAfter how long a run that waits stays in memory; zero for ever
     */
    record Settings(String id, Duration lease, Duration interval, boolean claims, Duration parkAfter) {
        boolean isOff() {
            return lease.isZero();
        }
    }

    /** What the engine does with what is found. */
    interface Host {
        /** Goes on with a run; false when it cannot because of the run's version. */
        boolean take(Claim claim);

        /** Gives up a run that belongs to this engine and cannot go on in it at the moment. */
        void giveBack(RunId run);

        /** Returns how many more runs the engine takes. */
        int room();

        /** Lets go of all runs under a lease that has ended. */
        void lost(Lease lease);

        /** Hands a message to a run. */
        void deliver(RunMessage.Received message);

        /** Does what has to be done now and then. */
        void look();
    }

    Recovery(Settings settings, Journal journal, LongSupplier ticker, Timer timer, Executor executor) {
        this.settings = settings;
        this.journal = journal;
        this.ticker = ticker;
        this.timer = timer;
        this.executor = executor;
        this.held = open();
        this.tenure = tenureOf(held);
    }

    private HeldLease open() {
        long asked = ticker.getAsLong();
        Lease lease = journal.open(settings.id, settings.isOff() ? UNLIMITED : settings.lease);
        return new HeldLease(lease, settings.isOff() ? UNLIMITED : settings.lease, asked, ticker);
    }

    private Tenure tenureOf(HeldLease lease) {
        return new Tenure(lease.lease(), lease::surelyHolds, settings.parkAfter);
    }

    Tenure tenure() {
        return tenure;
    }

    /** Begins to look. */
    void start(Host host) {
        if (settings.isOff()) {
            return;
        }
        hints = journal.onHint(() -> lookSoon(host));
        lookSoon(host);
        every(settings.interval, host);
        keepLease(host);
    }

    /** Renews the lease when it is time to. The next question waits for the answer to this one, so none pile up. */
    private void keepLease(Host host) {
        timer.after(
                settings.lease.dividedBy(ASKED),
                () -> executor.execute(() -> {
                    if (!closed) {
                        reaching(() -> renewInTime(host));
                        keepLease(host);
                    }
                }));
    }

    private void every(Duration interval, Host host) {
        timer.after(interval, () -> {
            if (!closed) {
                lookSoon(host);
                every(interval, host);
            }
        });
    }

    /** Looks on a thread of the executor; once more if it is asked for while somebody looks. */
    private void lookSoon(Host host) {
        if (!closed && looks.getAndIncrement() == 0) {
            executor.execute(() -> {
                int seen;
                do {
                    seen = looks.get();
                    look(host);
                } while (!looks.compareAndSet(seen, 0));
            });
        }
    }

    private void look(Host host) {
        reaching(() -> {
            if (!closed) {
                renewInTime(host);
            }
            if (!closed && settings.claims) {
                claim(host);
            }
            if (!closed) {
                deliver(host);
                host.look();
            }
        });
    }

    private void reaching(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error unreachable) { // asked again after the interval; the lease ends if it must
            LOG.warn("engine {} cannot reach its journal", settings.id, unreachable);
        }
    }

    /** Makes sure that a lease which somebody was fenced under either holds or is replaced. */
    void replace(Lease fenced, Host host) {
        if (tenure.lease().equals(fenced)) {
            renew(host, Duration.ZERO);
        }
    }

    private void renewInTime(Host host) {
        renew(host, settings.lease.dividedBy(3));
    }

    /** Renews the lease if so much time has passed since it was renewed. */
    private synchronized void renew(Host host, Duration after) {
        long asked = ticker.getAsLong();
        if (!held.isLost() && asked - held.renewedAt() < after.toNanos()) {
            return;
        }
        Lease lease = held.lease();
        if (journal.renew(lease)) {
            held.renewed(asked);
        } else if (!closed) {
            LOG.warn("engine {} has lost its lease of epoch {}; its runs go on elsewhere", settings.id, lease.epoch());
            held.lost();
            host.lost(lease);
            held = open();
            tenure = tenureOf(held);
            if (closed) {
                journal.close(held.lease()); // opened too late for close() to know of it
            }
        }
    }

    private void claim(Host host) {
        if (suspect != null && !suspect.isCleared()) {
            timer.after(GLANCE, () -> lookSoon(host));
            return;
        }
        suspect = null;
        int room = Math.min(BATCH, host.room());
        Set<RunId> taken = new HashSet<>();
        List<Claim> claims;
        boolean isNew;
        do {
            Lease lease = held.lease();
            claims = room < 1 ? List.of() : journal.claim(lease, room, foreignVersions);
            for (Claim claim : claims) {
                renewInTime(host); // thousands may be found, and reading them takes its time
                if (!held.lease().equals(lease)) {
                    return;
                }
                take(claim, host);
            }
            deliver(host); // at once: a run that only waits is soon given up again, with what it has not been told
            isNew = claims.stream().map(Claim::run).filter(taken::add).count() > 0;
            room = Math.min(BATCH, host.room());
        } while (isNew && suspect == null && !closed);
    }

    private void deliver(Host host) {
        journal.received(held.lease(), BATCH).forEach(host::deliver);
    }

    private void take(Claim claim, Host host) {
        try {
            if (claim.isSuspect()) {
                suspect = new Suspect(claim.run());
                timer.after(GLANCE, () -> lookSoon(host));
            }
            if (!host.take(claim)) {
                foreignVersions.add(claim.version());
            }
        } catch (RuntimeException unreachable) { // the run is this engine's by now, and nobody else would ever take it
            LOG.warn("run {} cannot be read and is given back", claim.run(), unreachable);
            host.giveBack(claim.run());
        }
    }

    /**
     * A run that may be what has brought engines down. While it has recorded nothing, nobody else is claimed, who would
     * come down with it; but not for longer than a lease.
     */
    private final class Suspect {
        private final RunId run;
        private final int entries;
        private final long since = ticker.getAsLong();

        private Suspect(RunId run) {
            this.run = run;
            entries = journal.read(run).size();
        }

        private boolean isCleared() {
            return ticker.getAsLong() - since > settings.lease.toNanos()
                    || journal.read(run).size() > entries
                    || journal.catalog()
                            .find(run)
                            .map(known -> !known.standing().owner().equals(settings.id))
                            .orElse(true);
        }
    }

    /** Tries versions again that could not be run, since a workflow has been registered. */
    void retryVersions(Host host) {
        if (!foreignVersions.isEmpty()) {
            foreignVersions.clear();
            lookSoon(host);
        }
    }

    @Override
    public void close() {
        closed = true;
        if (hints != null) {
            try {
                hints.close();
            } catch (Exception e) {
                throw new IllegalStateException("the journal's hints did not end", e);
            }
        }
        journal.close(tenure.lease());
    }
}
