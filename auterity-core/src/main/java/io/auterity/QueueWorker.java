package io.auterity;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunQueues;
import io.auterity.journal.RunQueues.Begun;
import io.auterity.journal.RunQueues.Taken;
import io.auterity.run.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the runs of an engine's queues begin, as far as limits and room allow.
 *
 * <p>It looks at a queue after a hint, when a run of it has ended, when the queue said that time would bring more, and
 * every so often in case it has missed one of these. It takes up to as many runs as the engine has room for; while there
 * are more, it comes back when half of them have ended rather than for every one. Thread-safe.
 */
final class QueueWorker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(QueueWorker.class);

    /** The most runs taken at a time. */
    private static final int BATCH = 500;

    /** A time that lies further ahead is looked at by the way. */
    private static final Duration FAR = Duration.ofDays(1);

    private final RunQueues queues;
    private final Timer timer;
    private final Executor executor;
    private final Host host;
    private final Map<String, RunQueue> declared = new LinkedHashMap<>();
    private final Map<String, Line> lines = new LinkedHashMap<>();
    private final Map<RunId, Line> taken = new ConcurrentHashMap<>();
    private @Nullable AutoCloseable hints;
    private volatile boolean closed;

    /** What the engine does with what is found. */
    interface Host {
        /** Returns the lease under which runs are taken. */
        Lease lease();

        /** Returns how many more runs the engine takes. */
        int room();

        /** Goes on with a run; false when it cannot because of the run's version. */
        boolean begin(Begun run);

        /** Leaves a run to whoever looks next. */
        void giveBack(RunId run);
    }

    /** A queue that this engine takes runs from. */
    private static final class Line {
        private final RunQueue queue;
        private final AtomicInteger here = new AtomicInteger();
        private final AtomicInteger looks = new AtomicInteger();
        private final Set<String> foreignVersions = ConcurrentHashMap.newKeySet();
        /** Whether there were more than the engine had room for. */
        private volatile boolean more;

        private Timer.@Nullable Cancellable next; // by the one thread that looks

        private Line(RunQueue queue) {
            this.queue = queue;
        }

        private boolean isHalfEmpty() {
            return here.get() <= queue.perEngine() / 2;
        }
    }

    QueueWorker(Collection<RunQueue> all, RunQueues queues, Timer timer, Executor executor, Host host) {
        this.queues = queues;
        this.timer = timer;
        this.executor = executor;
        this.host = host;
        for (RunQueue queue : all) {
            if (declared.put(queue.name(), queue) != null) {
                throw new IllegalArgumentException(
                        "queue '" + queue.name() + "' is declared twice; keep one of the two");
            }
            if (queues == RunQueues.NONE) {
                throw new IllegalArgumentException(
                        "queue '" + queue.name() + "' needs a journal that keeps runs; this engine's keeps none");
            }
            if (queue.perEngine() > 0) {
                lines.put(queue.name(), new Line(queue));
            }
        }
    }

    Optional<RunQueue> queue(String name) {
        return Optional.ofNullable(declared.get(name));
    }

    Set<String> names() {
        return declared.keySet();
    }

    /**
     * Begins to look.
     *
     * @param interval how often at least; zero for only when there is a reason
     */
    void start(Duration interval) {
        if (lines.isEmpty()) {
            return;
        }
        hints = queues.onHint(this::hinted);
        lines.values().forEach(this::lookSoon);
        if (!interval.isZero()) {
            every(interval);
        }
    }

    private void hinted(String queue) {
        Line named = lines.get(queue);
        if (named != null) {
            hinted(named);
        } else if (queue.isEmpty()) { // it may be any
            lines.values().forEach(this::hinted);
        }
    }

    private void hinted(Line line) {
        if (!line.more || line.isHalfEmpty()) {
            lookSoon(line);
        }
    }

    private void every(Duration interval) {
        timer.after(interval, () -> {
            if (!closed) {
                lines.values().forEach(this::lookSoon);
                every(interval);
            }
        });
    }

    /** Looks on a thread of the executor; once more if it is asked for while somebody looks. */
    private void lookSoon(Line line) {
        if (!closed && line.looks.getAndIncrement() == 0) {
            executor.execute(() -> {
                int seen;
                do {
                    seen = line.looks.get();
                    look(line);
                } while (!line.looks.compareAndSet(seen, 0));
            });
        }
    }

    private void look(Line line) {
        try {
            int room;
            Taken found;
            do {
                line.more = true; // before the room is counted: whoever leaves from now on looks again
                room = Math.min(BATCH, Math.min(line.queue.perEngine() - line.here.get(), host.room()));
                if (closed || room < 1) {
                    return;
                }
                found = queues.claim(host.lease(), line.queue, room, line.foreignVersions);
                found.runs().forEach(run -> begin(line, run));
            } while (found.runs().size() == room || found.again().isZero());
            line.more = false;
            lookIn(line, found.again());
        } catch (RuntimeException | Error unreachable) { // asked again after the interval
            LOG.warn("queue '{}' cannot be looked at; it is tried again", line.queue.name(), unreachable);
        }
    }

    private void begin(Line line, Begun run) {
        RunId id = run.claim().run();
        line.here.incrementAndGet();
        taken.put(id, line);
        boolean begun;
        try {
            begun = host.begin(run);
        } catch (RuntimeException failed) { // the others of the batch begin all the same
            LOG.error("run {} of queue '{}' could not begin and is given back", id, line.queue.name(), failed);
            host.giveBack(id);
            left(id);
            return;
        }
        if (!begun) {
            line.foreignVersions.add(run.claim().version());
            left(id);
        }
    }

    private void lookIn(Line line, Duration time) {
        if (line.next != null) {
            line.next.cancel();
            line.next = null;
        }
        if (time.compareTo(FAR) < 0) {
            line.next = timer.after(time, () -> lookSoon(line));
        }
    }

    /** A run is no longer in this engine. */
    void left(RunId id) {
        Line line = taken.remove(id);
        if (line != null) {
            line.here.decrementAndGet();
            if (line.queue.limitsConcurrency() || (line.more && line.isHalfEmpty())) {
                lookSoon(line);
            }
        }
    }

    /** Tries versions again that could not be run, since a workflow has been registered. */
    void retryVersions() {
        for (Line line : lines.values()) {
            if (!line.foreignVersions.isEmpty()) {
                line.foreignVersions.clear();
                lookSoon(line);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        if (hints != null) {
            try {
                hints.close();
            } catch (Exception e) {
                throw new IllegalStateException("the queues' hints did not end", e);
            }
        }
    }
}
