package io.auterity.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What comes of a stage that a test waits for. Thread-safe. */
final class Awaited<T extends @Nullable Object> {

    private final CompletableFuture<T> outcome = new CompletableFuture<>();

    /** Waits for a stage; {@code told} is called when it is complete. */
    Awaited(CompletionStage<T> stage, Runnable told) {
        stage.whenComplete((value, thrown) -> {
            if (thrown == null) {
                outcome.complete(value);
            } else {
                outcome.completeExceptionally(thrown);
            }
            told.run();
        });
    }

    boolean isDone() {
        return outcome.isDone();
    }

    /** Returns the value, or throws what came in its place; once it is done. */
    T value() {
        try {
            return outcome.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
