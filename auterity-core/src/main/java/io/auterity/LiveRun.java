package io.auterity;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunStopping;
import io.auterity.journal.RunExistsException;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunStatus;
import io.auterity.run.Admission;
import io.auterity.run.PatientExecutor;
import io.auterity.run.RunLoop;
import io.auterity.run.RunPorts;
import io.auterity.run.RunSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A run of this engine from its start to its end. Its first step starts when two things have happened: the journal has
 * the start, and admission has a place. Thread-safe.
 */
final class LiveRun<O extends @Nullable Object> implements RunLoop.Observer {

    private final Registry.Registered registered;
    private final RunSettings settings;
    private final Family family;
    private final RunPorts ports;
    private final Function<@Nullable Object, O> load;
    private final Ending ending;
    private final RunLoop loop;
    private final Reach reach;
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();
    private final CompletableFuture<Void> admitted = new CompletableFuture<>();
    private final CompletableFuture<RunResult<O>> result = new CompletableFuture<>();
    private volatile Admission.@Nullable Ticket ticket;

    LiveRun(
            Registry.Registered registered,
            RunSettings settings,
            Family family,
            RunPorts ports,
            Function<@Nullable Object, O> load,
            Ending ending,
            Function<RunId, Optional<RunLoop>> loops) {
        this.registered = registered;
        this.settings = settings;
        this.family = family;
        this.ports = ports;
        this.load = load;
        this.ending = ending;
        this.loop = new RunLoop(registered.plan(), settings, registered.bindings(), ports, this);
        this.reach = new Reach(settings.id(), ports.journal(), loop, loops, () -> {});
    }

    /**
     * How a run stands to others of this engine.
     *
     * @param child whether another run waits for it
     * @param mending whether it, or the run it was started for, deals with a failure; such a run's own failure starts no
     *     workflow, or two that fail could start each other for ever
     */
    record Family(boolean child, boolean mending) {
        static final Family NONE = new Family(false, false);

        /** What the record tells of it: a run for a failure has a parent and no step of its that waits. */
        static Family of(Origin origin) {
            boolean hasParent = origin.parent().isPresent();
            boolean awaited = !origin.parentStep().isEmpty();
            return new Family(hasParent && awaited, hasParent && !awaited);
        }
    }

    /** Is told of the end of a run, before those who wait for it are. */
    interface Ending {
        /** A run is about to end without success; completes when what follows from that is on record. */
        CompletionStage<Void> ending(LiveRun<?> run, RunStatus status, Failure failure);

        void ended(LiveRun<?> run, RunStatus status, @Nullable Object output, @Nullable Failure failure);

        /** The run is a row in the journal until it is due. */
        void parked(LiveRun<?> run, List<RunMessage> undelivered, List<RunId> children);

        /** Somebody has begun to wait for the end of the run, which may have been parked or lost by now. */
        void awaited(RunId run);

        /** The run is no longer this engine's; says whether somebody will learn how it ends all the same. */
        boolean lost(LiveRun<?> run, Throwable why, List<RunMessage> undelivered);
    }

    Registry.Registered registered() {
        return registered;
    }

    RunSettings settings() {
        return settings;
    }

    Family family() {
        return family;
    }

    Optional<Admission.Ticket> ticket() {
        return Optional.ofNullable(ticket);
    }

    Run<O> handle() {
        RunId id = settings.id();
        return new Run<>(id, reach, result, () -> ending.awaited(id));
    }

    RunLoop loop() {
        return loop;
    }

    RunPorts ports() {
        return ports;
    }

    /** Records the start along with what comes of the first steps, if that may be; otherwise on another thread. */
    void acceptSoon(Admission.Ticket place, boolean mayRide) {
        ticket = place;
        if (mayRide && admitted.isDone() && loop.mayRide()) {
            loop.acceptAndBegin();
        } else {
            new PatientExecutor(ports.executor(), ports.timer()).execute(() -> accept(place));
        }
    }

    /** Records the start; the first steps follow when there is a place. */
    void accept(Admission.Ticket place) {
        ticket = place;
        boolean placed = admitted.isDone();
        loop.accept();
        accepted.thenAcceptBoth(admitted, (nothing, neither) -> {
            if (placed) {
                loop.begin();
            } else {
                // This thread belongs to a run that has just ended: where many runs queue that take no time, each would
                // begin inside the end of the one before.
                new PatientExecutor(ports.executor(), ports.timer()).execute(loop::begin);
            }
        });
    }

    /** Goes on with a run from its record, when there is a place; at once with one that only ends. */
    void resume(Admission.Ticket place, List<JournalEntry> recorded) {
        ticket = place;
        accepted.complete(null); // long ago
        if (recorded.stream().anyMatch(RunStopping.class::isInstance)) {
            admitted.complete(null);
        }
        // On a thread of its own: replaying takes time, and whoever claims has others to claim.
        admitted.thenRun(
                () -> new PatientExecutor(ports.executor(), ports.timer()).execute(() -> loop.resume(recorded)));
    }

    void admitted() {
        admitted.complete(null);
    }

    /** Takes a message from the run's inbox. A run that is to end needs no place to go on with its record. */
    void receive(RunMessage.Received message) {
        loop.receive(message);
        if (message.message() instanceof RunMessage.Cancel && loop.isAwaitingRecord()) {
            admitted.complete(null);
        }
    }

    /** Tells those who attached meanwhile that the run will not start. */
    void refuse(EngineException why) {
        accepted.completeExceptionally(why);
        result.completeExceptionally(why);
    }

    /** Completes when the start is durable, or will never be. */
    CompletableFuture<Void> acceptance() {
        return accepted;
    }

    /** Waits until the start is durable; false if the journal knows a run with this id. */
    boolean awaitAccepted() {
        try {
            accepted.join();
            return true;
        } catch (CompletionException e) {
            if (e.getCause() instanceof RunExistsException) {
                return false;
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Whether the start is on record. */
    boolean isAccepted() {
        return accepted.isDone() && !accepted.isCompletedExceptionally();
    }

    /** Starts no more attempts; completes when none is under way. */
    CompletableFuture<Void> drain() {
        CompletableFuture<Void> quiet = new CompletableFuture<>();
        loop.drain(() -> quiet.complete(null));
        return quiet;
    }

    void abandon() {
        loop.abandon(new EngineException(
                EngineException.CLOSED, "run '" + settings.id() + "' was let go: its engine has been closed"));
    }

    // --- Observer ---

    @Override
    public void accepted() {
        accepted.complete(null);
    }

    @Override
    public CompletionStage<Void> ending(RunStatus status, Failure failure) {
        return ending.ending(this, status, failure);
    }

    @Override
    public void ended(RunStatus status, @Nullable Object output, @Nullable Failure failure) {
        ending.ended(this, status, output, failure);
        Recorded.complete(result, settings.id(), load, status, output, failure);
    }

    @Override
    public void parked(List<RunMessage> undelivered, List<RunId> children) {
        ending.parked(this, undelivered, children);
    }

    /** Returns who waits for the end; holds on to nothing else of the run, and to that only while somebody waits. */
    Recorded.Waiter waiter() {
        return Recorded.waiter(result, settings.id(), load);
    }

    @Override
    public void lost(Throwable why, List<RunMessage> undelivered) {
        boolean known = isAccepted();
        boolean awaited = ending.lost(this, why, undelivered);
        accepted.completeExceptionally(why);
        if (!known || !awaited) {
            result.completeExceptionally(why);
        }
    }
}
