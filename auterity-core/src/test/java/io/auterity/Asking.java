package io.auterity;

import io.auterity.journal.RunMessage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Signals and decisions for runs in simulated worlds, where nobody may wait as {@link Run#signal} does. */
public final class Asking {

    private Asking() {}

    /**
     * Asks a run without waiting for the answer.
     *
     * @param run the run
     * @param message a signal or a decision
     * @return why it is refused, empty once it is on record; or why there is nobody to ask, if the engine that looked the
     *     run up does not have it
     */
    public static CompletionStage<Optional<String>> ask(Run<?> run, RunMessage message) {
        return run.reach()
                .loop()
                .map(loop -> loop.ask(message))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.of("the run is not here")));
    }
}
