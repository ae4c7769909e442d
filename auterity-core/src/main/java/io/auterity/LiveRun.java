package io.auterity;

import io.auterity.definition.Failure;
import io.auterity.journal.RunExistsException;
import io.auterity.journal.RunStatus;
import io.auterity.run.Admission;
import io.auterity.run.RunLoop;
import io.auterity.run.RunPorts;
import io.auterity.run.RunSettings;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A run of this engine from its start to its end. Its first step starts when two things have happened: the journal has
 * the start, and admission has a place. Thread-safe.
 */
final class LiveRun<O extends @Nullable Object> implements RunLoop.Observer {

    private final Registry.Registered registered;
    private final RunSettings settings;
    private final RunPorts ports;
    private final Function<@Nullable Object, O> load;
    private final Ending ending;
    private final RunLoop loop;
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();
    private final CompletableFuture<Void> admitted = new CompletableFuture<>();
    private final CompletableFuture<RunResult<O>> result = new CompletableFuture<>();
    private volatile Admission.@Nullable Ticket ticket;

    LiveRun(
            Registry.Registered registered,
            RunSettings settings,
            RunPorts ports,
            Function<@Nullable Object, O> load,
            Ending ending) {
        this.registered = registered;
        this.settings = settings;
        this.ports = ports;
        this.load = load;
        this.ending = ending;
        this.loop = new RunLoop(registered.plan(), settings, registered.bindings(), ports, this);
    }

    /** Is told that a run has ended, before those who wait for it are. */
    @FunctionalInterface
    interface Ending {
        void ended(LiveRun<?> run, RunStatus status, @Nullable Failure failure);
    }

    Registry.Registered registered() {
        return registered;
    }

    RunSettings settings() {
        return settings;
    }

    Optional<Admission.Ticket> ticket() {
        return Optional.ofNullable(ticket);
    }

    Run<O> handle() {
        return new Run<>(
                settings.id(), Optional.of(loop), result, () -> ports.journal().read(settings.id()));
    }

    void accept(Admission.Ticket place) {
        ticket = place;
        loop.accept();
        accepted.thenCombine(admitted, (nothing, neither) -> {
            loop.begin();
            return nothing;
        });
    }

    void admitted() {
        admitted.complete(null);
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
    public void ended(RunStatus status, @Nullable Object output, @Nullable Failure failure) {
        ending.ended(this, status, failure);
        try {
            O loaded = status == RunStatus.SUCCEEDED ? load.apply(output) : null;
            result.complete(new RunResult<>(settings.id(), status, loaded, Optional.ofNullable(failure)));
        } catch (RuntimeException mismatch) { // the output is recorded; only this caller's type does not fit it
            result.completeExceptionally(mismatch);
        }
    }

    @Override
    public void lost(Throwable why) {
        ending.ended(this, RunStatus.FAILED, null);
        accepted.completeExceptionally(why);
        result.completeExceptionally(why);
    }
}
