package io.auterity;

import io.auterity.definition.RunId;
import io.auterity.run.Admission;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The runs that are under way in an engine, by their ids, each with a place or waiting for one. Thread-safe. */
final class LiveRuns {

    private final ConcurrentHashMap<RunId, LiveRun<?>> runs = new ConcurrentHashMap<>();
    private final Admission admission;
    private final int maxRuns;
    private volatile boolean closed;

    LiveRuns(int maxRuns, int maxQueuedRuns) {
        this.maxRuns = maxRuns;
        admission = new Admission(maxRuns, maxQueuedRuns);
    }

    /**
     * Takes a run in, unless one with its id is here. If there is no place for it, those who have found it meanwhile are told.
     *
     * @param begin records the run or goes on with it, given its place; called at most once, before this returns
     * @return the run with this id that is here: this one, with a place or waiting for one, or another, which may just be
     *     on its way in
     * @throws EngineException if there is no place, or the engine is closed
     */
    LiveRun<?> enter(LiveRun<?> run, Consumer<Admission.Ticket> begin) {
        requireOpen();
        RunId id = run.settings().id();
        LiveRun<?> other = runs.putIfAbsent(id, run);
        if (other != null) {
            return other;
        }
        Optional<Admission.Ticket> place = admission.enter(
                run.registered().plan().workflow(),
                run.registered().plan().definition().settings().maxRuns(),
                run.family().child(),
                run::admitted);
        if (place.isEmpty() || closed) { // closed meanwhile: whoever closes may not have seen this run
            EngineException refusal = place.isEmpty() ? full(id) : closed();
            place.ifPresent(admission::leave);
            runs.remove(id, run);
            run.refuse(refusal);
            throw refusal;
        }
        begin.accept(place.get());
        if (run.loop().isGone()) {
            leavePlace(run); // its lease ended before it had one
        }
        return run;
    }

    /** Lets a run go that is not under way here any more. */
    void leave(LiveRun<?> run) {
        runs.remove(run.settings().id(), run);
        leavePlace(run);
    }

    /** Gives back the place of a run that starts nothing any more. */
    void leavePlace(LiveRun<?> run) {
        run.ticket().ifPresent(admission::leave);
    }

    /** Takes no more runs in; those that are here stay. Who is on the way in is refused, or is among {@link #all}. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    @Nullable
    LiveRun<?> get(RunId id) {
        return runs.get(id);
    }

    boolean contains(RunId id) {
        return runs.containsKey(id);
    }

    /** Returns a view of the runs that are here. */
    Collection<LiveRun<?>> all() {
        return Collections.unmodifiableCollection(runs.values());
    }

    /** Returns how many more runs there is room for. */
    int room() {
        return closed ? 0 : maxRuns - runs.size();
    }

    static EngineException closed() {
        return new EngineException(EngineException.CLOSED, "the engine has been closed; it starts no more runs");
    }

    private static EngineException full(RunId id) {
        return new EngineException(
                EngineException.FULL,
                "run '" + id + "' was refused: the engine has as many runs under way and waiting as it takes; start it"
                        + " again later, or raise maxRuns or maxQueuedRuns");
    }
}
