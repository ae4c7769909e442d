package io.auterity.connector.jdbc;

import io.auterity.connector.StepContext;
import io.auterity.definition.RunId;
import io.auterity.journal.Cells;
import io.auterity.journal.Claim;
import io.auterity.journal.Expiry;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunQueues;
import io.auterity.journal.RunQueues.Begun;
import io.auterity.journal.Write;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal in a database: PostgreSQL 11 and later, SQLite in one file, MariaDB 10.11 and later, and H2 for trials.
 *
 * <pre>{@code
 * Journal journal = JdbcJournal.sqlite(Path.of("auterity.db"));
 * Journal journal = JdbcJournal.builder().dataSource(theApplications).schema("auterity").open();
 * }</pre>
 *
 * <p><b>Durable</b> means: what was acknowledged survives that the process is killed and, but for H2, that the machine
 * crashes. The settings of the database that decide this are checked when the journal opens; it refuses to open on a
 * database that would lose what was acknowledged, unless told otherwise.
 *
 * <p><b>Speed</b> comes from committing the writes of all runs together; how, and what happens when the database goes
 * away, is told in {@code docs/journal.md}. A connection is borrowed for a statement or a transaction of the journal's
 * own, never while a step runs.
 *
 * <p>Thread-safe. Several engines, in one process or many, may share a database; a SQLite file belongs to one process at a
 * time.
 */
public final class JdbcJournal implements Journal {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcJournal.class);

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private static final RunQueues.Taken NOTHING_TAKEN = new RunQueues.Taken(List.of(), Write.FOREVER);

    private final Dialect dialect;
    private final Access access;
    private final List<AutoCloseable> owned;
    private final StoreClock clock = new StoreClock(System::nanoTime);
    private final Leases leases;
    private final Claims claims;
    private final EntryReads entries;
    private final Inbox inbox;
    private final Definitions definitions;
    private final Cells cells;
    private final RunCatalog catalog;
    private final Purge purge;
    private final Effects effects;

    private final Map<Long, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<Long, Boolean> unsureClaims = new ConcurrentHashMap<>();

    /** Whoever claims, so that what is found of a claim without an answer is not one that is under way. */
    private final ReentrantLock claiming = new ReentrantLock();

    private final Queues queues;
    private final Dequeues dequeues;
    private final Hints hints;
    private final boolean visiting;
    private volatile boolean closed;

    JdbcJournal(Dialect dialect, Access access, Notices notices, List<AutoCloseable> owned, boolean visiting) {
        this.visiting = visiting;
        this.dialect = dialect;
        this.access = access;
        this.owned = List.copyOf(owned);
        leases = new Leases(dialect, access, clock);
        claims = new Claims(dialect, access, leases);
        entries = new EntryReads(dialect, access);
        inbox = new Inbox(dialect, access);
        definitions = new Definitions(dialect, access);
        cells = new JdbcCells(dialect, access);
        catalog = new JdbcCatalog(dialect, access, entries, definitions);
        purge = new Purge(dialect, access, Purge.MOST_ENTRIES);
        effects = new Effects(dialect, access);
        hints = new Hints(notices);
        queues = new Queues(dialect, access, this::dequeue, hints);
        dequeues = new Dequeues(dialect, access, entries);
    }

    /**
     * Opens the journal in a SQLite file, which is made if it is not there.
     *
     * @param file the file
     * @return the journal
     * @throws JdbcJournalException if the file cannot be used, or another process has it
     */
    public static JdbcJournal sqlite(Path file) {
        return builder().url("jdbc:sqlite:" + file).open();
    }

    /**
     * Begins to say where the journal is.
     *
     * @return a builder
     */
    public static JdbcJournalBuilder builder() {
        return new JdbcJournalBuilder();
    }

    @Override
    public long maxOutputBytes() {
        return Payload.MAX_OUTPUT;
    }

    @Override
    public InstantSource clock(InstantSource own) {
        if (!clock.hasRead()) {
            leases.readClock();
        }
        return clock;
    }

    // --- leases ---

    @Override
    public Lease open(String owner, Duration time) {
        if (visiting) {
            throw new IllegalStateException("this journal was opened to look and to send messages only");
        }
        Lease lease = leases.open(owner, time);
        Lane lane = new Lane(lease, dialect, access);
        for (Lane other : lanes.values()) {
            if (other.lease().owner().equals(owner)) {
                end(other);
            }
        }
        lanes.put(lease.epoch(), lane);
        lane.start();
        hints.here();
        return lease;
    }

    private void end(Lane lane) {
        lanes.remove(lane.lease().epoch(), lane);
        lane.end();
    }

    @Override
    public boolean renew(Lease lease) {
        Lane lane = lanes.get(lease.epoch());
        if (lane == null || lane.hasEnded()) {
            return false;
        }
        boolean held = lane.between(() -> leases.renew(lease));
        if (!held) {
            end(lane);
        }
        return held;
    }

    @Override
    public void close(Lease lease) {
        Lane lane = lanes.get(lease.epoch());
        if (lane != null) {
            lanes.remove(lease.epoch(), lane);
            lane.close(CLOSING);
            leases.close(lease);
            hints.everywhere();
        }
    }

    // --- writing ---

    @Override
    public CompletionStage<Void> append(Lease lease, Write write) {
        Lane lane = lanes.get(lease.epoch());
        if (lane == null) {
            return CompletableFuture.failedFuture(new FencedException(write.run(), lease));
        }
        CompletionStage<Void> answer = lane.append(write);
        if (write.wakes().isPresent()) {
            answer.thenRun(hints::everywhere);
        } else if (write.park().isPresent()) {
            answer.thenRun(hints::here);
        }
        return answer;
    }

    @Override
    public List<Claim> claim(Lease lease, int limit, Set<String> except) {
        Lane lane = lanes.get(lease.epoch());
        if (lane == null || lane.hasEnded()) {
            return List.of();
        }
        claiming.lock();
        try {
            return lane.between(() -> claim(lane, limit, except));
        } finally {
            claiming.unlock();
        }
    }

    /** Claims between two batches, so that what was claimed is known here before anything is written about it. */
    private List<Claim> claim(Lane lane, int limit, Set<String> except) {
        if (lane.isInTrouble()) {
            return List.of(); // a run that is perhaps being parked by that batch must not come back before the answer
        }
        long epoch = lane.lease().epoch();
        List<Claims.Taken> taken;
        if (unsureClaims.containsKey(epoch)) {
            taken = claims.owned(epoch, new HashSet<>(lane.runs()));
            unsureClaims.remove(epoch);
            if (taken.isEmpty()) {
                return claim(lane, limit, except);
            }
        } else {
            unsureClaims.put(epoch, true);
            taken = claims.claim(epoch, limit, except);
            unsureClaims.remove(epoch);
        }
        List<Claim> all = new ArrayList<>(taken.size());
        for (Claims.Taken one : taken) {
            lane.claimed(one.claim(), one.id(), one.lastSeq());
            all.add(one.claim());
        }
        return all;
    }

    @Override
    public List<JournalEntry> read(RunId run) {
        return entries.read(run);
    }

    @Override
    public List<JournalEntry> read(Lease lease, RunId run) {
        EntryReads.Found found = entries.record(run);
        Lane lane = lanes.get(lease.epoch());
        if (lane != null) {
            lane.found(run, found.bytes());
        }
        return found.entries();
    }

    @Override
    public long recordedBytes(Lease lease, RunId run) {
        Lane lane = lanes.get(lease.epoch());
        return lane == null ? 0 : lane.recordedBytes(run);
    }

    // --- queues ---

    @Override
    public RunQueues queues() {
        return queues;
    }

    /** Unlike other runs a queued one cannot be in a batch under way, so this does not hold up the lane. */
    private RunQueues.Taken dequeue(Lease lease, RunQueue queue, int limit, Set<String> except) {
        Lane lane = lanes.get(lease.epoch());
        if (lane == null || lane.hasEnded()) {
            return NOTHING_TAKEN;
        }
        long epoch = lease.epoch();
        claiming.lock();
        try {
            if (unsureClaims.containsKey(epoch)) {
                List<Begun> found = lane.between(() -> lane.isInTrouble() ? List.of() : foundOf(lane));
                return new RunQueues.Taken(found, Duration.ZERO);
            }
            unsureClaims.put(epoch, true);
            Dequeues.Batch batch = dequeues.take(epoch, queue, limit, except);
            unsureClaims.remove(epoch);
            for (Dequeues.Started one : batch.runs()) {
                lane.claimed(one.begun().claim(), one.id(), Queues.START);
                lane.found(one.begun().claim().run(), one.bytes());
            }
            return new RunQueues.Taken(
                    batch.runs().stream().map(Dequeues.Started::begun).toList(), batch.again());
        } catch (SQLException e) {
            if (Trouble.of(e) != Trouble.LOST) {
                unsureClaims.remove(epoch);
            }
            throw Access.unavailable("take runs from queue '" + queue.name() + "'", e);
        } finally {
            claiming.unlock();
        }
    }

    /** What a claim took whose answer was lost. */
    private List<Begun> foundOf(Lane lane) {
        List<Claims.Taken> taken = claims.owned(lane.lease().epoch(), new HashSet<>(lane.runs()));
        unsureClaims.remove(lane.lease().epoch());
        List<Begun> all = new ArrayList<>(taken.size());
        for (Claims.Taken one : taken) {
            lane.claimed(one.claim(), one.id(), one.lastSeq());
            all.add(new Begun(one.claim(), read(lane.lease(), one.claim().run())));
        }
        return all;
    }

    @Override
    public Cells cells() {
        return cells;
    }

    // --- steps in this database ---

    /**
     * Does a step's work in the journal's own database, in one transaction with the record that it is done: exactly once,
     * whatever crashes and however often the step is tried. A step calls this, once, and returns what it returns. Keep
     * the work short: on SQLite nothing else is written meanwhile.
     *
     * @param context the step's surroundings
     * @param step the work; not called if an earlier attempt has committed
     * @return the output, as JSON, of the attempt that committed
     * @throws FencedException if the run no longer belongs to an engine of this journal
     * @throws Exception what the step threw, or a {@link io.auterity.connector.StepException} with code {@code io}
     */
    public @Nullable Object transactional(StepContext context, TransactionalStep step) throws Exception {
        for (Lane lane : lanes.values()) {
            if (lane.has(context.runId())) {
                return effects.once(lane.lease(), context, step);
            }
        }
        throw new FencedException(context.runId(), new Lease("", 0));
    }

    Access access() {
        return access;
    }

    Dialect dialect() {
        return dialect;
    }

    <T> T reading(SqlWork<T> work) throws SQLException {
        return access.readOnce(work);
    }

    // --- messages ---

    @Override
    public boolean send(RunId run, RunMessage message) {
        if (message instanceof RunMessage.Cancel cancel && queues.cancel(run, cancel.reason())) {
            return true;
        }
        boolean sent = inbox.send(run, message);
        if (sent) {
            hints.everywhere();
        }
        return sent;
    }

    @Override
    public List<RunMessage.Received> received(Lease lease, int limit) {
        Lane lane = lanes.get(lease.epoch());
        return lane == null || lane.hasEnded() ? List.of() : inbox.received(lease.epoch(), limit);
    }

    /**
     * Tells of what happens through this object, and on PostgreSQL, if the journal was given a URL, of what other
     * processes do; otherwise that is found by asking.
     */
    @Override
    public AutoCloseable onHint(Runnable hint) {
        return hints.onRuns(hint);
    }

    // --- definitions and looking ---

    @Override
    public void keep(String workflow, String version, String definition) {
        definitions.keep(workflow, version, definition);
    }

    @Override
    public RunCatalog catalog() {
        return catalog;
    }

    @Override
    public int purge(Expiry expiry, int limit) {
        return purge.purge(expiry, limit);
    }

    @Override
    public long countExpired(Expiry expiry) {
        return purge.count(expiry);
    }

    /** Ends what is under way, gives it ten seconds, then closes what was opened for this journal. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        lanes.values().forEach(lane -> lane.close(CLOSING));
        lanes.clear();
        hints.close();
        for (AutoCloseable each : owned) {
            try {
                each.close();
            } catch (Exception e) {
                LOG.warn("{} could not be closed", each, e);
            }
        }
    }
}
