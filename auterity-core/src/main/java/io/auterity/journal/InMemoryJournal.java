package io.auterity.journal;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunCatalog.StoredVersion;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A journal in the memory of this process: keeps to the contract but for surviving the process.
 *
 * <p>Unfinished runs are kept; of the finished ones the last {@value #DEFAULT_FINISHED_KEPT}, or as many as asked for.
 *
 * <p>Thread-safe.
 */
public final class InMemoryJournal implements Journal {

    /** How many finished runs are kept when no number is given. */
    public static final int DEFAULT_FINISHED_KEPT = 1_000;

    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private final int finishedKept;
    private final Cells cells = new InMemoryCells();
    private final InstantSource clock;
    private final List<Runnable> hints = new CopyOnWriteArrayList<>();

    // All below guarded by this.
    private final Map<String, Held> leases = new HashMap<>();
    private final Map<RunId, Kept> runs = new LinkedHashMap<>();
    private final Queue<RunId> finished = new ArrayDeque<>();
    private final Map<String, Map<String, Kept.Version>> versions = new HashMap<>();
    private final Map<String, InMemoryQueue> queued = new HashMap<>();
    private long lastEpoch;
    private long lastMessage;
    private long lastQueued;

    private final Queues queues = new Queues();

    /** Makes a journal that keeps the last {@value #DEFAULT_FINISHED_KEPT} finished runs. */
    public InMemoryJournal() {
        this(DEFAULT_FINISHED_KEPT);
    }

    /**
     * Makes a journal.
     *
     * @param finishedKept how many finished runs to keep, 0 or more
     */
    public InMemoryJournal(int finishedKept) {
        this(finishedKept, InstantSource.system());
    }

    /**
     * Makes a journal with a clock of its own, which leases and parked runs go by.
     *
     * @param finishedKept how many finished runs to keep, 0 or more
     * @param clock tells the time
     */
    public InMemoryJournal(int finishedKept, InstantSource clock) {
        if (finishedKept < 0) {
            throw new IllegalArgumentException("finishedKept must be 0 or more, not " + finishedKept);
        }
        this.finishedKept = finishedKept;
        this.clock = clock;
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    // --- leases ---

    /** A lease that has not ended. */
    private static final class Held {
        private final Lease lease;
        private final long millis;
        private long until;

        private Held(Lease lease, Duration time, long now) {
            this.lease = lease;
            this.millis = time.toMillis();
            this.until = now + millis;
        }
    }

    @Override
    public Lease open(String owner, Duration time) {
        RunId.of(owner); // the same characters
        Lease lease;
        synchronized (this) {
            lease = new Lease(owner, ++lastEpoch);
            leases.put(owner, new Held(lease, time, clock.millis()));
        }
        hint();
        return lease;
    }

    @Override
    public synchronized boolean renew(Lease lease) {
        if (!holds(lease)) {
            return false;
        }
        Held held = Objects.requireNonNull(leases.get(lease.owner()));
        held.until = clock.millis() + held.millis;
        return true;
    }

    @Override
    public void close(Lease lease) {
        synchronized (this) {
            if (!holds(lease)) {
                return;
            }
            leases.remove(lease.owner());
            long now = clock.millis();
            for (Kept kept : runs.values()) {
                if (lease.equals(kept.lease) && !kept.hasEnded()) {
                    kept.park(now);
                }
            }
        }
        hint();
    }

    private boolean holds(Lease lease) {
        Held held = leases.get(lease.owner());
        return held != null && held.lease.equals(lease);
    }

    // --- writing ---

    @Override
    public CompletionStage<Void> append(Lease lease, Write write) {
        boolean due;
        String freed = null;
        synchronized (this) {
            RunId run = write.run();
            Kept kept = runs.get(run);
            if (!holds(lease)) {
                return CompletableFuture.failedFuture(new FencedException(run, lease));
            }
            if (write.starts()) {
                if (kept != null) {
                    return CompletableFuture.failedFuture(new RunExistsException(run));
                }
                kept = new Kept(run, lease);
                runs.put(run, kept);
            } else if (kept == null || !lease.equals(kept.lease)) {
                return CompletableFuture.failedFuture(new FencedException(run, lease));
            }
            if (write.end().isPresent() && kept.place != null) {
                freed = kept.place.queue;
            }
            due = apply(write, kept);
        }
        if (due) {
            hint();
        }
        if (freed != null) {
            queues.hint(freed);
        }
        return DONE;
    }

    private boolean apply(Write write, Kept kept) {
        for (JournalEntry entry : write.entries()) {
            if (entry.isDurable()) {
                kept.entries.add(entry);
            }
        }
        kept.compensates |= write.compensates();
        if (!write.taken().isEmpty()) {
            kept.inbox.removeIf(received -> write.taken().contains(received.number()));
        }
        if (write.end().isPresent()) {
            end(kept);
        } else if (write.park().isPresent()) {
            Duration time = write.park().get();
            kept.park(kept.inbox.isEmpty() ? clock.millis() + Math.max(0, time.toMillis()) : clock.millis());
        }
        Kept waiting = write.wakes().map(runs::get).orElse(null);
        if (waiting != null) {
            waiting.wake(clock.millis());
        }
        return waiting != null || kept.isDue(clock.millis());
    }

    private void end(Kept kept) {
        kept.lease = null;
        InMemoryQueue.Item place = kept.place;
        if (place != null) {
            queueOf(place).ended(place);
        }
        settle(kept);
    }

    private void settle(Kept kept) {
        kept.place = null;
        kept.entries.trimToSize();
        kept.inbox.clear();
        finished.add(kept.id);
        if (finished.size() > finishedKept) {
            runs.remove(finished.remove());
        }
    }

    @Override
    public synchronized List<Claim> claim(Lease lease, int limit, Set<String> except) {
        if (!holds(lease)) {
            return List.of();
        }
        long now = clock.millis();
        leases.values().removeIf(held -> held.until <= now && !held.lease.equals(lease));
        List<Kept> due = new ArrayList<>();
        for (Kept kept : runs.values()) {
            boolean abandoned = kept.lease != null && !holds(kept.lease);
            if ((abandoned || kept.isDue(now)) && !except.contains(kept.start().version())) {
                due.add(kept);
            }
        }
        due.sort(Comparator.comparingLong(
                (Kept kept) -> kept.lease == null ? kept.wakeAt : kept.start().at()));
        List<Kept> next = due.subList(0, Math.min(limit, due.size()));
        return Claim.trusted(next, Kept::nextClaim).stream()
                .map(kept -> kept.claim(lease))
                .toList();
    }

    @Override
    public synchronized List<JournalEntry> read(RunId run) {
        Kept kept = runs.get(run);
        return kept == null ? List.of() : List.copyOf(kept.entries);
    }

    // --- messages ---

    @Override
    public boolean send(RunId run, RunMessage message) {
        synchronized (this) {
            Kept kept = runs.get(run);
            if (kept == null || kept.hasEnded()) {
                return false;
            }
            if (message instanceof RunMessage.Cancel cancel && queues.cancel(run, cancel.reason())) {
                return true;
            }
            if (kept.inbox.size() >= message.mostUnread()) {
                throw JournalException.inboxFull(run);
            }
            kept.inbox.add(new RunMessage.Received(++lastMessage, run, message));
            kept.wake(clock.millis());
        }
        hint();
        return true;
    }

    @Override
    public synchronized List<RunMessage.Received> received(Lease lease, int limit) {
        if (!holds(lease)) {
            return List.of();
        }
        return runs.values().stream()
                .filter(kept -> lease.equals(kept.lease))
                .flatMap(kept -> kept.inbox.stream())
                .sorted(Comparator.comparingLong(RunMessage.Received::number))
                .limit(limit)
                .toList();
    }

    @Override
    public AutoCloseable onHint(Runnable hint) {
        hints.add(hint);
        return () -> hints.remove(hint);
    }

    private void hint() {
        hints.forEach(Runnable::run);
    }

    // --- queues ---

    @Override
    public RunQueues queues() {
        return queues;
    }

    private InMemoryQueue queueOf(InMemoryQueue.Item place) {
        return queued.computeIfAbsent(place.queue, any -> new InMemoryQueue());
    }

    private final class Queues implements RunQueues {

        private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

        @Override
        public List<Accepted> enqueue(RunQueue queue, List<QueuedRun> all) {
            List<Accepted> accepted = new ArrayList<>(all.size());
            synchronized (InMemoryJournal.this) {
                all.forEach(run -> accepted.add(enqueue(queue, run)));
            }
            hint(queue.name());
            return accepted;
        }

        private Accepted enqueue(RunQueue queue, QueuedRun run) {
            if (runs.containsKey(run.run())) {
                return new Accepted(run.run(), Outcome.KNOWN);
            }
            InMemoryQueue line = queued.computeIfAbsent(queue.name(), any -> new InMemoryQueue());
            long now = clock.millis();
            InMemoryQueue.Item other = line.sole(run.place());
            boolean debounced =
                    run.place().sole().flatMap(QueuedRun.Sole::debounce).isPresent();
            if (other != null && debounced && !other.hasBegun()) {
                line.debounce(other, run.place(), now);
                Objects.requireNonNull(runs.get(other.run)).entries.set(0, run.start());
                return new Accepted(other.run, Outcome.REPLACED);
            }
            if (other != null && !debounced) {
                return new Accepted(other.run, Outcome.DUPLICATE);
            }
            if (line.isFull(queue)) {
                return new Accepted(run.run(), Outcome.FULL);
            }
            Kept kept = new Kept(run.run(), null);
            kept.entries.add(run.start());
            kept.place = new InMemoryQueue.Item(run.run(), queue.name(), run.place(), ++lastQueued, now);
            line.add(kept.place);
            runs.put(run.run(), kept);
            return new Accepted(run.run(), Outcome.ADDED);
        }

        @Override
        public Taken claim(Lease lease, RunQueue queue, int limit, Set<String> except) {
            synchronized (InMemoryJournal.this) {
                InMemoryQueue line = queued.get(queue.name());
                if (line == null || !holds(lease)) {
                    return new Taken(List.of(), Write.FOREVER);
                }
                long now = clock.millis();
                List<InMemoryQueue.Item> taken = line.take(
                        queue,
                        limit,
                        item -> !except.contains(kept(item).start().version()),
                        now);
                List<Begun> begun = taken.stream()
                        .map(this::kept)
                        .map(kept -> new Begun(kept.claim(lease), List.copyOf(kept.entries)))
                        .toList();
                return new Taken(begun, line.again(queue, now));
            }
        }

        private Kept kept(InMemoryQueue.Item item) {
            return Objects.requireNonNull(runs.get(item.run));
        }

        @Override
        public boolean cancel(RunId run, String reason) {
            synchronized (InMemoryJournal.this) {
                Kept kept = runs.get(run);
                if (kept == null || !kept.isQueued()) {
                    return false;
                }
                InMemoryQueue.Item place = Objects.requireNonNull(kept.place);
                queueOf(place).remove(place);
                Failure why = Failure.of(Failure.CANCELLED, reason, false);
                kept.entries.add(new RunEnded(clock.millis(), RunStatus.CANCELLED, null, Optional.of(why)));
                settle(kept);
                return true;
            }
        }

        @Override
        public Depth depth(String queue) {
            synchronized (InMemoryJournal.this) {
                InMemoryQueue line = queued.get(queue);
                return line == null ? new Depth(0, 0, 0) : line.depth(clock.millis());
            }
        }

        private void hint(String queue) {
            listeners.forEach(listener -> listener.accept(queue));
        }

        @Override
        public AutoCloseable onHint(Consumer<String> hint) {
            listeners.add(hint);
            return () -> listeners.remove(hint);
        }
    }

    // --- definitions ---

    @Override
    public synchronized void keep(String workflow, String version, String definition) {
        versions.computeIfAbsent(workflow, any -> new LinkedHashMap<>())
                .putIfAbsent(
                        version, new Kept.Version(definition, new StoredVersion(workflow, version, clock.millis())));
    }

    // --- looking ---

    @Override
    public RunCatalog catalog() {
        return new Catalog();
    }

    private final class Catalog implements RunCatalog {

        @Override
        public Optional<RunSummary> find(RunId run) {
            synchronized (InMemoryJournal.this) {
                return Optional.ofNullable(runs.get(run)).map(Kept::summary);
            }
        }

        @Override
        public List<RunSummary> list(RunQuery query) {
            synchronized (InMemoryJournal.this) {
                List<Kept> found = new ArrayList<>();
                Kept last = query.after().map(runs::get).orElse(null);
                for (Kept kept : runs.values()) {
                    if (kept.matches(query.filter()) && (last == null || Kept.NEWEST_FIRST.compare(last, kept) < 0)) {
                        found.add(kept);
                    }
                }
                found.sort(Kept.NEWEST_FIRST);
                return found.stream().limit(query.limit()).map(Kept::summary).toList();
            }
        }

        @Override
        public List<JournalEntry> read(RunId run) {
            return InMemoryJournal.this.read(run);
        }

        @Override
        public Optional<String> definition(String version) {
            synchronized (InMemoryJournal.this) {
                return versions.values().stream()
                        .map(known -> known.get(version))
                        .filter(known -> known != null)
                        .map(Kept.Version::definition)
                        .findFirst();
            }
        }

        @Override
        public List<StoredVersion> versions(String workflow) {
            synchronized (InMemoryJournal.this) {
                List<StoredVersion> known = new ArrayList<>();
                versions.getOrDefault(workflow, Map.of()).values().forEach(version -> known.add(0, version.stored()));
                return known;
            }
        }
    }

    @Override
    public synchronized int purge(Expiry expiry, int limit) {
        List<RunId> old = expired(expiry).limit(limit).map(kept -> kept.id).toList();
        old.forEach(runs::remove);
        finished.removeAll(old);
        return old.size();
    }

    @Override
    public synchronized long countExpired(Expiry expiry) {
        return expired(expiry).count();
    }

    private Stream<Kept> expired(Expiry expiry) {
        long last = clock.millis() - expiry.age().toMillis();
        Set<RunId> parents = new HashSet<>(); // of runs that have not ended
        runs.values().stream()
                .filter(kept -> !kept.hasEnded())
                .forEach(kept -> kept.start().origin().parent().ifPresent(parents::add));
        return runs.values().stream()
                .filter(kept -> kept.hasEnded() && kept.last().at() <= last)
                .filter(kept -> expiry.statuses().contains(kept.status()))
                .filter(kept -> !parents.contains(kept.id) && !isAwaited(kept))
                .sorted(Comparator.comparingLong(kept -> kept.last().at()));
    }

    private boolean isAwaited(Kept kept) {
        return kept.start()
                .origin()
                .parent()
                .map(runs::get)
                .map(parent -> !parent.hasEnded())
                .orElse(false);
    }

    @Override
    public Cells cells() {
        return cells;
    }

    @Override
    public synchronized void close() {
        leases.clear();
    }

    /** A run and its entries; guarded by the journal. */
    private static final class Kept {

        private static final Comparator<Kept> NEWEST_FIRST = Comparator.comparingLong(
                        (Kept kept) -> kept.start().at())
                .thenComparing(kept -> kept.id.value())
                .reversed();

        private final RunId id;
        private final ArrayList<JournalEntry> entries = new ArrayList<>(4);
        private final List<RunMessage.Received> inbox = new ArrayList<>(0);
        /** Who has it; null when it is parked or has ended. */
        private Journal.@Nullable Lease lease;

        private long wakeAt;
        private int recoveries;
        private int entriesAtClaim;
        private boolean compensates;

        /** Where it stands in its queue; null when it is in none, or has ended. */
        private InMemoryQueue.@Nullable Item place;

        private Kept(RunId id, @Nullable Lease lease) {
            this.id = id;
            this.lease = lease;
        }

        private record Version(String definition, StoredVersion stored) {}

        private RunStarted start() {
            return (RunStarted) entries.get(0);
        }

        private JournalEntry last() {
            return entries.get(entries.size() - 1);
        }

        private boolean hasEnded() {
            return last() instanceof RunEnded;
        }

        private boolean isQueued() {
            return place != null && !place.hasBegun();
        }

        private boolean isParked() {
            return lease == null && !hasEnded() && !isQueued();
        }

        private boolean isDue(long now) {
            return isParked() && wakeAt <= now;
        }

        private void park(long due) {
            lease = null;
            wakeAt = due;
            recoveries = 0;
        }

        private void wake(long now) {
            if (isParked()) {
                wakeAt = Math.min(wakeAt, now);
            }
        }

        private Claim nextClaim() {
            int next = lease == null ? 0 : entries.size() == entriesAtClaim ? recoveries + 1 : 1;
            return new Claim(id, start().workflow(), start().version(), next);
        }

        private Claim claim(Lease claimer) {
            Claim claim = nextClaim();
            recoveries = claim.recoveries();
            entriesAtClaim = entries.size();
            lease = claimer;
            wakeAt = 0;
            return claim;
        }

        private boolean matches(RunQuery.Filter filter) {
            RunStarted start = start();
            return filter.workflow().map(start.workflow()::equals).orElse(true)
                    && (filter.statuses().isEmpty() || filter.statuses().contains(status()))
                    && start.at() >= filter.startedFrom()
                    && start.at() < filter.startedBefore()
                    && start.origin()
                            .labels()
                            .entrySet()
                            .containsAll(filter.labels().entrySet())
                    && filter.input().entrySet().stream()
                            .allMatch(wanted ->
                                    wanted.getValue().equals(field(JavaValue.jsonOf(start.input()), wanted.getKey())));
        }

        private static @Nullable Object field(@Nullable Object input, String path) {
            Object value = input;
            for (String name : path.split("\\.")) {
                value = value instanceof Map<?, ?> object ? object.get(name) : null;
            }
            return value;
        }

        private RunStatus status() {
            if (last() instanceof RunEnded end) {
                return end.status();
            }
            if (isQueued()) {
                return RunStatus.QUEUED;
            }
            if (compensates) {
                return RunStatus.COMPENSATING;
            }
            return isParked() ? RunStatus.WAITING : RunStatus.RUNNING;
        }

        private long dueAt() {
            return place != null && isQueued() ? place.dueAt() : isParked() ? wakeAt : 0;
        }

        private RunSummary summary() {
            RunStarted start = start();
            return new RunSummary(
                    id,
                    new RunSummary.Start(start.at(), start.workflow(), start.version(), start.origin()),
                    status(),
                    new RunSummary.Standing(lease == null ? "" : lease.owner(), recoveries, dueAt()),
                    last() instanceof RunEnded end
                            ? Optional.of(new RunSummary.End(end.at(), end.failure()))
                            : Optional.empty());
        }
    }
}
