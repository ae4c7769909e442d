package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.Claim;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.EntryRefusedException;
import io.auterity.journal.EntryRow;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunExistsException;
import io.auterity.journal.Write;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writes of one lease, committed in groups.
 *
 * <p><b>Group commit without a timer.</b> A write that comes while nothing is under way is committed at once, on the
 * caller's thread if that is a platform thread and starts nothing: whoever starts a run shall not hang on a silent network.
 * What comes during a commit waits and forms the next one, which the lane's own thread makes. Without more, callers would
 * fall into two cohorts, one being committed and one waiting; so before the lane's thread commits it waits a little for
 * those it has just answered to come back: {@link Cohort} says how long.
 *
 * <p><b>Answers.</b> A write is answered when its outcome is known. If the connection is lost in a commit, the same batch
 * is written again, under the same epoch, after a look whether it is there: a batch is there as a whole or not at all, so
 * its first row tells. If the values of a batch are refused, it is split until the culprits are alone. Anything else is
 * tried again until it succeeds, the lease has ended, or the journal closes. While the database does not answer, starts
 * are answered after a few seconds all the same, by a patrol, since a statement may hang for longer. One that was never sent
 * is refused. One that was sent is said to be unknown; if it turns out to be recorded, the run is parked as due, for an
 * engine to claim like any other that nobody has.
 *
 * <p><b>Giving up a run.</b> A run that is given up may come back by a claim, under the same lease. So nothing that was
 * written for it before may reach it afterwards: what comes after the write with which it leaves waits for the outcome, and
 * is refused if it has left.
 *
 * <p><b>What is not bounded here</b> is bounded by who writes: a run has one write under way.
 */
final class Lane implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** The most entries of a batch. */
    static final int MAX_ENTRIES = 1_000;

    /** The most bytes of a batch, unless one write alone has more. */
    static final long MAX_BYTES = 4L * 1024 * 1024;

    /** How long a start waits for a database that does not answer. */
    private static final Duration START_PATIENCE = Duration.ofSeconds(4);

    /** How often it is looked for starts that have waited so long. */
    private static final Duration PATROL = Duration.ofMillis(250);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);

    /** How long without success until people are told again. */
    private static final Duration TOLD = Duration.ofSeconds(10);

    private final Lease lease;
    private final Dialect dialect;
    private final Access access;
    private final Thread thread;
    private final String firstEntryOfRun;

    private final Map<RunId, LiveRun> live = new ConcurrentHashMap<>();
    private final AtomicLong lastRun = new AtomicLong();

    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();

    /** Writes that were not answered yet; 1 means that a write is alone. */
    private final AtomicInteger unanswered = new AtomicInteger();

    /** Starts among them. */
    private final AtomicInteger unansweredStarts = new AtomicInteger();

    private final AtomicBoolean patrolling = new AtomicBoolean();

    /** When the first of the attempts began that the database has not answered since it answered last; 0 for none. */
    private volatile long silentSince;

    /** The batch that was gathered last, as long as any of it is unfinished. */
    private volatile List<Pending> gathered = List.of();

    /** How many must be queued for the waiting thread to go on. */
    private volatile int wanted = Integer.MAX_VALUE;

    private volatile boolean idle;
    private volatile boolean ended;
    private volatile boolean closing;

    /**
     * Whoever commits. Fair, since the lane's thread comes back for it at once: otherwise it would overtake those who renew
     * the lease and claim for as long as there is something to write.
     */
    private final ReentrantLock committing = new ReentrantLock(true);

    // Guarded by committing.
    private final Cohort cohort = new Cohort();
    private final Deque<Attempt> unfinished = new ArrayDeque<>();
    private long troubledSince;
    private long toldAt;

    /** A batch on its way, and whether it was sent before without an answer. */
    private static final class Attempt {
        private final List<Pending> writes;
        private boolean unknown;

        private Attempt(List<Pending> writes) {
            this.writes = writes;
        }
    }

    Lane(Lease lease, Dialect dialect, Access access) {
        this.lease = lease;
        this.dialect = dialect;
        this.access = access;
        firstEntryOfRun = dialect.sql("select 1 from {entry} where run = ? and seq = ?");
        thread = new Thread(this, "auterity-journal-" + lease.owner());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Lease lease() {
        return lease;
    }

    // --- writing ---

    CompletionStage<Void> append(Write write) {
        if (ended) {
            return CompletableFuture.failedFuture(new FencedException(write.run(), lease));
        }
        if (closing) {
            return CompletableFuture.failedFuture(closed());
        }
        LiveRun run;
        CompletableFuture<Void> answer = new CompletableFuture<>();
        if (write.starts()) {
            run = new LiveRun(write.run(), newRun(), 0, answer);
            LiveRun other = live.putIfAbsent(write.run(), run);
            if (other != null) {
                return existing(other);
            }
        } else {
            run = live.get(write.run());
            if (run == null || (run.isStarting() && isMerePark(write))) {
                return CompletableFuture.failedFuture(new FencedException(write.run(), lease));
            }
        }
        Pending pending;
        try {
            pending = encode(write, run, answer);
        } catch (RuntimeException e) {
            if (write.starts()) {
                live.remove(write.run(), run);
            }
            return CompletableFuture.failedFuture(e);
        }
        if (pending.rows.isEmpty() && !changesMore(write)) {
            answer.complete(null);
        } else {
            submit(pending);
        }
        return answer;
    }

    /** Whether a write gives a run up that its writer says nothing of: not one that has just been started again. */
    private static boolean isMerePark(Write write) {
        return write.entries().isEmpty()
                && write.taken().isEmpty()
                && write.park().isPresent();
    }

    private static boolean changesMore(Write write) {
        return !write.taken().isEmpty()
                || write.park().isPresent()
                || write.wakes().isPresent();
    }

    /** Another start of the same id is ahead: what becomes of it decides. */
    private static CompletionStage<Void> existing(LiveRun other) {
        CompletableFuture<Void> first = other.started;
        if (first == null) {
            return CompletableFuture.failedFuture(new RunExistsException(other.run));
        }
        return first.thenCompose(started -> CompletableFuture.failedFuture(new RunExistsException(other.run)));
    }

    private long newRun() {
        long number = lastRun.incrementAndGet();
        if (number > 0xffff_ffffL) {
            throw new IllegalStateException("a lease has at most 4,294,967,295 runs; open another");
        }
        return lease.epoch() << 32 | number;
    }

    private static Pending encode(Write write, LiveRun run, CompletableFuture<Void> answer) {
        List<EntryRow> rows = new ArrayList<>(write.entries().size());
        List<Payload> payloads = new ArrayList<>(write.entries().size());
        for (JournalEntry entry : write.entries()) {
            if (entry.isDurable()) {
                EntryRow row = EntryCodec.encode(entry);
                if (row.payload().length > Payload.MAX) {
                    throw new EntryRefusedException(
                            EntryRefusedException.TOO_LARGE,
                            "run '" + write.run() + "'" + (row.step().isEmpty() ? "" : ", step '" + row.step() + "'")
                                    + ": an entry has " + row.payload().length + " bytes, the journal takes "
                                    + Payload.MAX + "; keep large data elsewhere and pass on where it is");
                }
                rows.add(row);
                payloads.add(Payload.of(row.payload()));
            }
        }
        return new Pending(write, run, rows, payloads, answer);
    }

    private void submit(Pending pending) {
        boolean alone = unanswered.incrementAndGet() == 1;
        if (pending.starts()) {
            unansweredStarts.incrementAndGet();
        }
        queue.add(pending);
        int size = queued.incrementAndGet();
        if (pending.starts()) {
            patrolSoon();
        }
        if (alone && mayCommitHere(pending) && committing.tryLock()) {
            List<Pending> answers = new ArrayList<>(1);
            try {
                commitNext(answers);
            } finally {
                committing.unlock();
            }
            reply(answers);
            if (!queue.isEmpty() || !answers.contains(pending)) {
                wake();
            }
        } else if (idle || size >= wanted) {
            wake();
        }
        if (ended) {
            // The lane may have ended since the first look, and its thread with it; or the thread waits for this
            // answer.
            refuseRest();
            wake();
        }
    }

    private void refuseRest() {
        List<Pending> answers = new ArrayList<>();
        committing.lock();
        try {
            while (!queue.isEmpty() || !unfinished.isEmpty()) {
                commitNext(answers);
            }
        } finally {
            committing.unlock();
        }
        reply(answers);
    }

    /** A virtual thread that waits for a socket costs more than handing over; a start must be answered in time. */
    private static boolean mayCommitHere(Pending pending) {
        return !pending.starts() && !VirtualThreads.isCurrent();
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    /** The lane's own thread: commits what is there until the lane has ended and nothing is left. */
    @Override
    public void run() {
        Duration pause = FIRST_PAUSE;
        while (true) {
            List<Pending> answers = new ArrayList<>();
            boolean stuck;
            committing.lock();
            try {
                if (unfinished.isEmpty() && !closing && !ended) {
                    awaitCohort();
                }
                commitNext(answers);
                stuck = !unfinished.isEmpty();
            } finally {
                committing.unlock();
            }
            reply(answers);
            if (stuck) {
                LockSupport.parkNanos(pause.toNanos());
                pause = Access.longer(pause);
                continue;
            }
            pause = FIRST_PAUSE;
            if (queue.isEmpty()) {
                if (closing || ended && unanswered.get() == 0) {
                    return;
                }
                idle = true;
                if (queue.isEmpty()) {
                    LockSupport.park(this);
                }
                idle = false;
            }
        }
    }

    /** Waits a moment for those who were just answered. */
    private void awaitCohort() {
        int want = cohort.wanted();
        if (want <= queued.get()) {
            return;
        }
        long deadline = System.nanoTime() + cohort.patience();
        wanted = want;
        long left = deadline - System.nanoTime();
        while (left > 0 && queued.get() < want) {
            LockSupport.parkNanos(this, left);
            left = deadline - System.nanoTime();
        }
        wanted = Integer.MAX_VALUE;
        cohort.waited(queued.get());
    }

    /** Commits what is unfinished, or else the next batch; adds those that can be answered. */
    private void commitNext(List<Pending> answers) {
        if (unfinished.isEmpty()) {
            List<Pending> writes = gather(answers);
            if (writes.isEmpty()) {
                return;
            }
            unfinished.add(new Attempt(writes));
        }
        int before = answers.size();
        while (!unfinished.isEmpty()) {
            Attempt attempt = unfinished.peek();
            if (!commit(attempt, answers)) {
                if (closing) {
                    giveUp(answers);
                }
                break;
            }
        }
        if (unfinished.isEmpty()) {
            gathered = List.of();
        }
        // Before anybody is answered: who is queued now did not wait for this commit.
        cohort.committed(answers.size() - before, queued.get());
    }

    /** Takes the next batch from the queue; empty only if nothing is left. What is for a run that has left is refused. */
    private List<Pending> gather(List<Pending> answers) {
        List<Pending> writes = new ArrayList<>(Math.max(1, Math.min(queued.get(), MAX_ENTRIES)));
        int entries = 0;
        long bytes = 0;
        Pending pending = queue.peek();
        while (pending != null) {
            entries += Math.max(1, pending.rows.size());
            bytes += pending.bytes;
            boolean isFull = entries > MAX_ENTRIES || bytes > MAX_BYTES;
            if (!writes.isEmpty() && (isFull || pending.live.left)) {
                break;
            }
            if (queue.remove(pending)) { // otherwise the patrol has just refused it
                queued.decrementAndGet();
                if (pending.live.left) {
                    fence(pending);
                    answers.add(pending);
                } else {
                    pending.live.left = pending.leaves();
                    writes.add(pending);
                }
            }
            pending = queue.peek();
        }
        gathered = writes;
        return writes;
    }

    /** Tries to write a batch; returns whether its outcome is known, in which case it is no longer unfinished. */
    private boolean commit(Attempt attempt, List<Pending> answers) {
        if (ended) {
            settle(attempt, answers, true);
            return true;
        }
        long before = System.nanoTime();
        asked(before);
        try {
            if (attempt.unknown && isThere(attempt)) {
                settle(attempt, answers, false);
            } else {
                boolean held = dialect.write(access, lease.epoch(), new Batch(attempt.writes));
                if (!held) {
                    ended = true;
                }
                settle(attempt, answers, !held);
            }
            cohort.took(System.nanoTime() - before);
            recovered();
            silentSince = 0;
            return true;
        } catch (SQLException e) {
            return failed(attempt, e, answers);
        } catch (RuntimeException | Error e) {
            LOG.error("the journal's own code fails to write a batch of {}", attempt.writes.size(), e);
            unfinished.remove();
            refuse(attempt.writes, e, answers);
            return true;
        }
    }

    private boolean failed(Attempt attempt, SQLException e, List<Pending> answers) {
        Trouble trouble = Trouble.of(e);
        if (trouble == Trouble.DUPLICATE || trouble == Trouble.DATA) {
            silentSince = 0;
        }
        if (trouble == Trouble.DUPLICATE && attempt.unknown) {
            // Either the lost connection's commit came after the look, or the row is another's.
            try {
                if (isThere(attempt)) {
                    settle(attempt, answers, false);
                    return true;
                }
            } catch (SQLException again) {
                troubled(again);
                return false;
            }
        }
        if (trouble == Trouble.DUPLICATE || trouble == Trouble.DATA) {
            unfinished.remove();
            if (attempt.writes.size() > 1) {
                int half = attempt.writes.size() / 2;
                unfinished.addFirst(new Attempt(attempt.writes.subList(half, attempt.writes.size())));
                unfinished.addFirst(new Attempt(attempt.writes.subList(0, half)));
            } else {
                Pending culprit = attempt.writes.get(0);
                refuse(attempt.writes, trouble == Trouble.DUPLICATE ? duplicate(culprit, e) : bad(culprit, e), answers);
            }
            return true;
        }
        if (trouble == Trouble.LOST) {
            attempt.unknown = true;
        }
        troubled(e);
        refuseOldStarts(attempt, e, answers);
        return unfinished.peek() != attempt;
    }

    private RuntimeException duplicate(Pending culprit, SQLException e) {
        if (culprit.starts()) {
            return new RunExistsException(culprit.live.run);
        }
        LOG.error("an entry of run '{}' was there before it was written; this is a defect", culprit.live.run, e);
        return bad(culprit, e);
    }

    private static RuntimeException bad(Pending culprit, SQLException e) {
        EntryRefusedException refused = new EntryRefusedException(
                EntryRefusedException.BAD_VALUE,
                "the database refuses an entry of run '" + culprit.live.run + "': " + e.getMessage());
        refused.initCause(e);
        return refused;
    }

    /** Looks for the first row of a batch that may have been committed. */
    private boolean isThere(Attempt attempt) throws SQLException {
        for (Pending pending : attempt.writes) {
            if (!pending.rows.isEmpty()) {
                return access.once(connection -> {
                    try (PreparedStatement statement = connection.prepareStatement(firstEntryOfRun)) {
                        statement.setLong(1, pending.live.id);
                        statement.setInt(2, pending.firstSeq);
                        try (ResultSet row = statement.executeQuery()) {
                            return row.next();
                        }
                    }
                });
            }
        }
        // Only parks, takes and wakes: they ask for the run's owner, and nothing is claimed before they are answered.
        return false;
    }

    private void settle(Attempt attempt, List<Pending> answers, boolean fenced) {
        unfinished.remove();
        for (Pending pending : attempt.writes) {
            if (fenced) {
                fence(pending);
            } else if (pending.leaves()) {
                leave(pending.live);
            }
        }
        answers.addAll(attempt.writes);
    }

    private void fence(Pending pending) {
        pending.refusal = new FencedException(pending.live.run, lease);
        leave(pending.live);
    }

    private void leave(LiveRun run) {
        run.left = true;
        live.remove(run.run, run);
    }

    private void refuse(List<Pending> writes, Throwable why, List<Pending> answers) {
        for (Pending pending : writes) {
            pending.refusal = why;
            if (pending.starts()) {
                leave(pending.live);
            } else {
                pending.live.left = false;
            }
        }
        answers.addAll(writes);
    }

    private void troubled(SQLException e) {
        long now = System.nanoTime();
        if (troubledSince == 0) {
            troubledSince = now;
            toldAt = now;
            LOG.warn("the journal cannot write and tries again: {}", e.getMessage());
        } else if (now - toldAt > TOLD.toNanos()) {
            toldAt = now;
            LOG.warn("the journal still cannot write, {} s on", (now - troubledSince) / 1_000_000_000, e);
        }
    }

    private void recovered() {
        if (troubledSince != 0) {
            LOG.info("the journal writes again");
            troubledSince = 0;
        }
    }

    /** Refuses starts that wait behind a database that does not answer; those that were sent stay. */
    private void refuseOldStarts(Attempt attempt, SQLException e, List<Pending> answers) {
        long now = System.nanoTime();
        List<Pending> refused = new ArrayList<>();
        if (!attempt.unknown) {
            refused.addAll(attempt.writes.stream()
                    .filter(pending -> isOldStart(pending, now))
                    .toList());
            if (!refused.isEmpty()) {
                unfinished.remove();
                List<Pending> rest = new ArrayList<>(attempt.writes);
                rest.removeAll(refused);
                if (!rest.isEmpty()) {
                    unfinished.addFirst(new Attempt(rest));
                }
            }
        }
        refuse(refused, Access.unavailable("record a start", e), answers);
    }

    private void patrolSoon() {
        if (patrolling.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(PATROL.toMillis(), TimeUnit.MILLISECONDS, this::onItsOwnThread)
                    .execute(this::patrol);
        }
    }

    /** The common pool may be full of those who wait for these very answers. */
    private void onItsOwnThread(Runnable task) {
        Thread patrol = new Thread(task, "auterity-journal-patrol-" + lease.owner());
        patrol.setDaemon(true);
        try {
            patrol.start();
        } catch (OutOfMemoryError noThread) {
            patrolling.set(false); // the next start asks again
        }
    }

    private void patrol() {
        patrolling.set(false);
        long since = silentSince;
        long now = System.nanoTime();
        if (since != 0 && now - since > START_PATIENCE.toNanos()) {
            answerOldStarts(now);
        }
        if (unansweredStarts.get() > 0) {
            patrolSoon();
        }
    }

    /** Answers starts that have waited long enough, whatever the statement does that they wait for. */
    private void answerOldStarts(long now) {
        List<Pending> unsent = new ArrayList<>();
        for (Pending pending : queue) {
            if (isOldStart(pending, now) && queue.remove(pending)) {
                queued.decrementAndGet();
                unsent.add(pending);
            }
        }
        List<Pending> answers = new ArrayList<>();
        refuse(unsent, silent("the run is not recorded; start it again when the database answers"), answers);
        reply(answers);
        for (Pending pending : gathered) {
            if (isOldStart(pending, now)) {
                pending.answer.completeExceptionally(silent(
                        "the run may be recorded, and then it will run; start it again with the same id to find it"));
            }
        }
    }

    private static JdbcJournalException silent(String consequence) {
        return new JdbcJournalException(
                JdbcJournalException.UNAVAILABLE,
                "the database has not answered for " + START_PATIENCE.toSeconds() + " s: " + consequence);
    }

    private static boolean isOldStart(Pending pending, long now) {
        return pending.starts() && now - pending.since > START_PATIENCE.toNanos();
    }

    private void giveUp(List<Pending> answers) {
        Throwable closed = closed();
        for (Attempt attempt : unfinished) {
            refuse(attempt.writes, closed, answers);
        }
        unfinished.clear();
        List<Pending> rest = gather(answers);
        while (!rest.isEmpty()) {
            refuse(rest, closed, answers);
            rest = gather(answers);
        }
    }

    private static JdbcJournalException closed() {
        return new JdbcJournalException(
                JdbcJournalException.UNAVAILABLE, "the journal was closed before the database answered");
    }

    private void reply(List<Pending> answers) {
        for (Pending pending : answers) {
            unanswered.decrementAndGet();
            if (pending.starts()) {
                unansweredStarts.decrementAndGet();
            }
            if (!pending.reply() && pending.refusal == null) {
                giveUp(pending.live); // whoever started it was told that it is unknown
            }
        }
    }

    private void giveUp(LiveRun run) {
        if (!ended && !closing) {
            submit(encode(Write.park(run.run, Duration.ZERO), run, new CompletableFuture<>()));
        }
    }

    // --- what else happens to a lease ---

    /** Takes over what was claimed, before anybody is told of it. */
    void claimed(Claim claim, long id, int lastSeq) {
        live.put(claim.run(), new LiveRun(claim.run(), id, lastSeq, null));
    }

    /** Notes how large the record is of a run that was claimed and has been read. */
    void found(RunId run, long bytes) {
        LiveRun claimed = live.get(run);
        if (claimed != null) {
            claimed.found(bytes);
        }
    }

    long recordedBytes(RunId run) {
        LiveRun known = live.get(run);
        return known == null ? 0 : known.bytes();
    }

    Set<RunId> runs() {
        return live.keySet();
    }

    boolean has(RunId run) {
        return live.containsKey(run);
    }

    boolean hasEnded() {
        return ended;
    }

    /** Whether a batch is on its way whose outcome is not known; asked between two batches. */
    boolean isInTrouble() {
        return !unfinished.isEmpty();
    }

    /** Does something with the lease between two batches. The database may keep silent then, too, and starts wait for it. */
    <T> T between(Supplier<T> work) {
        committing.lock();
        try {
            asked(System.nanoTime());
            T done = work.get();
            if (unfinished.isEmpty()) { // otherwise it still owes an answer
                silentSince = 0;
            }
            return done;
        } finally {
            committing.unlock();
        }
    }

    /** Notes that the database is asked something, unless it still owes an answer. */
    private void asked(long now) {
        if (silentSince == 0) {
            silentSince = now;
        }
    }

    /** Nothing more is written: the lease is over. */
    void end() {
        ended = true;
        wake();
    }

    /** Waits for what is under way, then ends the lane's thread. */
    void close(Duration patience) {
        closing = true;
        wake();
        try {
            thread.join(patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ended = true;
        if (!thread.isAlive()) {
            refuseRest(); // what came between the thread's last look and this end
        }
    }
}
