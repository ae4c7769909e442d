package io.auterity.connector;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Starts other workflows from inside a step; the engine's side of {@code core.run}. Thread-safe. */
@FunctionalInterface
public interface Runs {

    /**
     * Runs another workflow as a child of a step's run; cancelling the step cancels the child.
     *
     * @param workflow the other workflow's identifier
     * @param input its input, a JSON object
     * @param parent the step that waits for it
     * @return completes with the child's output, or exceptionally with the child's failure
     * @throws StepException if no such workflow is known
     */
    CompletionStage<@Nullable Object> run(String workflow, Map<String, Object> input, StepContext parent);
}
