package io.auterity.testkit;

import io.auterity.definition.AuterityException;
import io.auterity.definition.RunId;
import io.auterity.journal.Cells;
import io.auterity.journal.Claim;
import io.auterity.journal.Expiry;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalException;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQueues;
import io.auterity.journal.Write;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A journal in a {@link World} that takes its time: entries reach the store behind it after a random delay, and are
 * acknowledged after another one. It can cut its writers off, it can lose replies, so that nobody knows whether what was
 * asked for has happened, and it notices writers that break the rules.
 *
 * <p>The start of a run is acknowledged at once unless asked otherwise, since an engine waits for it, always for that of a
 * child run, and nobody may wait in a simulated world. Thread-safe once it is set up.
 */
public final class FaultyJournal implements Journal {

    private final Journal store;
    private final World world;
    private final Duration slowest;
    private final Map<RunId, List<JournalEntry>> acknowledged = new ConcurrentHashMap<>();
    private final Set<RunId> underWay = ConcurrentHashMap.newKeySet();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final Map<Lease, List<Claim>> unheard = new ConcurrentHashMap<>();
    private boolean startsAtOnce = true;
    private Random misfortune = new Random(0);
    private Executor replies = Runnable::run;
    private Consumer<Write> onStored = write -> {};
    private double lost;
    private final AtomicLong lostReplies = new AtomicLong();
    private volatile boolean fenced;
    private final AtomicLong appends = new AtomicLong();

    /**
     * Puts a journal behind delays.
     *
     * @param store keeps the entries
     * @param world whose time passes
     * @param slowest the longest delay of each kind
     */
    public FaultyJournal(Journal store, World world, Duration slowest) {
        this.store = store;
        this.world = world;
        this.slowest = slowest;
    }

    /**
     * Delays starts of runs, too, but for those of child runs; for runs that are started by {@code Engine.startAsync}.
     *
     * @return this
     */
    public FaultyJournal delayStarts() {
        startsAtOnce = false;
        return this;
    }

    /**
     * Delivers the answers to appends through an executor, that of a process that may be asleep or dead by then.
     *
     * @param process where the writer lives
     * @return this
     */
    public FaultyJournal repliesTo(Executor process) {
        replies = process;
        return this;
    }

    /**
     * Calls back when the store has taken an append, before anybody hears of it; but not for starts that are answered at
     * once.
     *
     * @param stored told what was written, in the world's own time, not on the writer's stack
     * @return this
     */
    public FaultyJournal onStored(Consumer<Write> stored) {
        onStored = stored;
        return this;
    }

    /** What those are told whose reply is lost. */
    private static final class NoReply extends AuterityException {
        private static final long serialVersionUID = 1L;

        private NoReply() {
            super(JournalException.UNAVAILABLE, "the reply is lost");
        }
    }

    /**
     * Loses replies: an append or a claim is carried out, and whoever asked for it is told that the store does not answer.
     * As with every journal, the next claim of that lease finds what the one before took. For one thread: elsewhere a claim
     * could overtake an append.
     *
     * @param share how many of all, 0 to 1
     * @param chance decides which
     * @return this
     */
    public FaultyJournal loseReplies(double share, Random chance) {
        lost = share;
        misfortune = chance;
        return this;
    }

    /**
     * Returns how many replies were lost.
     *
     * @return the number
     */
    public long lostReplies() {
        return lostReplies.get();
    }

    /**
     * Says whether a failure came from a reply that was lost.
     *
     * @param thrown what somebody was told
     * @return whether it was that
     */
    public static boolean isLostReply(Throwable thrown) {
        return thrown instanceof NoReply || thrown.getCause() instanceof NoReply;
    }

    private boolean losesReply() {
        boolean loses = lost > 0 && misfortune.nextDouble() < lost;
        if (loses) {
            lostReplies.incrementAndGet();
        }
        return loses;
    }

    /** Cuts all writers off: what has not reached the store yet never will, but for what another thread is just writing. */
    public void fence() {
        fenced = true;
    }

    /**
     * Returns what a run's writer knows to be durable.
     *
     * @param run the run
     * @return the entries acknowledged so far; more come to it, but not to what is being iterated over
     */
    public List<JournalEntry> acknowledged(RunId run) {
        return Collections.unmodifiableList(acknowledged.getOrDefault(run, List.of()));
    }

    /**
     * Returns how often entries were appended.
     *
     * @return the number of calls
     */
    public long appends() {
        return appends.get();
    }

    /**
     * Returns what writers did that the contract forbids.
     *
     * @return a sentence each; empty when all is well
     */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    @Override
    public boolean isDurable() {
        return store.isDurable();
    }

    @Override
    public Lease open(String owner, Duration time) {
        return store.open(owner, time);
    }

    @Override
    public boolean renew(Lease lease) {
        return store.renew(lease);
    }

    @Override
    public void close(Lease lease) {
        store.close(lease);
    }

    @Override
    public CompletionStage<Void> append(Lease lease, Write write) {
        appends.incrementAndGet();
        RunId run = write.run();
        List<JournalEntry> entries = write.entries();
        if (!underWay.add(run)) {
            violations.add("an append to " + run + " came before the one before it was answered");
        }
        List<JournalEntry> copy = List.copyOf(entries);
        if (write.starts() && (startsAtOnce || isChild(write))) {
            CompletableFuture<Void> stored = fenced
                    ? CompletableFuture.failedFuture(new FencedException(run, lease))
                    : store.append(lease, write).toCompletableFuture();
            answered(run, stored.isCompletedExceptionally() ? List.of() : copy);
            return stored;
        }
        CompletableFuture<Void> answer = new CompletableFuture<>();
        boolean isStranger =
                !write.starts() && !has(lease, run); // also if the run is the lease's by the time it is stored
        world.after(delay(), () -> {
            if (!copy.equals(entries)) {
                violations.add("entries of " + run + " were changed while they were under way");
            }
            CompletionStage<Void> stored = fenced || isStranger
                    ? CompletableFuture.failedFuture(new FencedException(run, lease))
                    : store.append(lease, write);
            stored.thenRun(() -> onStored.accept(write));
            world.after(
                    delay(),
                    () -> stored.whenComplete((nothing, thrown) -> {
                        answered(run, thrown == null ? copy : List.of());
                        replies.execute(() -> answer(answer, losesReply() ? new NoReply() : thrown));
                    }));
        });
        return answer;
    }

    private static void answer(CompletableFuture<Void> answer, @Nullable Throwable thrown) {
        if (thrown == null) {
            answer.complete(null);
        } else {
            answer.completeExceptionally(thrown);
        }
    }

    private static boolean isChild(Write write) {
        return write.entries().get(0) instanceof JournalEntry.RunStarted start
                && start.origin().parent().isPresent();
    }

    private Duration delay() {
        return Duration.ofNanos((long) (world.random().nextDouble() * slowest.toNanos()));
    }

    private void answered(RunId run, List<JournalEntry> entries) {
        underWay.remove(run); // before its writer is told, who may write again at once
        acknowledged.computeIfAbsent(run, any -> new CopyOnWriteArrayList<>()).addAll(entries);
    }

    @Override
    public List<Claim> claim(Lease lease, int limit, Set<String> except) {
        if (lost > 0 && !underWay.isEmpty()) {
            return List.of(); // no claim overtakes an append of which it is not known what became of it
        }
        List<Claim> before = stillOwned(lease, unheard.remove(lease));
        if (!before.isEmpty()) {
            return before;
        }
        List<Claim> claims = store.claim(lease, limit, except);
        if (!claims.isEmpty() && losesReply()) {
            unheard.put(lease, claims);
            throw new NoReply();
        }
        return claims;
    }

    private List<Claim> stillOwned(Lease lease, @Nullable List<Claim> claims) {
        return claims == null
                ? List.of()
                : claims.stream().filter(claim -> has(lease, claim.run())).toList();
    }

    /** Whether a run is that of the lease's engine, as far as that has been told. */
    private boolean has(Lease lease, RunId run) {
        boolean isUnheard =
                unheard.getOrDefault(lease, List.of()).stream().map(Claim::run).anyMatch(run::equals);
        return !isUnheard
                && store.catalog()
                        .find(run)
                        .map(known -> known.standing().owner().equals(lease.owner()))
                        .orElse(false);
    }

    @Override
    public List<JournalEntry> read(RunId run) {
        return store.read(run);
    }

    @Override
    public List<JournalEntry> read(Lease lease, RunId run) {
        return store.read(lease, run);
    }

    @Override
    public long recordedBytes(Lease lease, RunId run) {
        return store.recordedBytes(lease, run);
    }

    @Override
    public Cells cells() {
        return store.cells();
    }

    @Override
    public RunQueues queues() {
        return store.queues();
    }

    @Override
    public boolean send(RunId run, RunMessage message) {
        return store.send(run, message);
    }

    @Override
    public List<RunMessage.Received> received(Lease lease, int limit) {
        return store.received(lease, limit);
    }

    @Override
    public AutoCloseable onHint(Runnable hint) {
        return store.onHint(hint);
    }

    @Override
    public void keep(String workflow, String version, String definition) {
        store.keep(workflow, version, definition);
    }

    @Override
    public RunCatalog catalog() {
        return store.catalog();
    }

    @Override
    public int purge(Expiry expiry, int limit) {
        return store.purge(expiry, limit);
    }

    @Override
    public long countExpired(Expiry expiry) {
        return store.countExpired(expiry);
    }

    @Override
    public void close() {
        store.close();
    }
}
