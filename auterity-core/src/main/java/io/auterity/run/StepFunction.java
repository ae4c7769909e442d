package io.auterity.run;

import io.auterity.connector.StepContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Java code of a {@code java} step. Implementations are thread-safe: one serves all runs and all attempts, side by
 * side.
 */
@FunctionalInterface
public interface StepFunction {

    /**
     * Does the work of one attempt.
     *
     * @param inputs the arguments: objects as other Java steps returned them, or JSON values
     * @param context the attempt's surroundings
     * @return a JSON value, a {@link io.auterity.journal.JavaValue}, or a {@link java.util.concurrent.CompletionStage}
     *     of one
     * @throws Exception what went wrong
     */
    @Nullable
    Object call(List<@Nullable Object> inputs, StepContext context) throws Exception;

    /**
     * Says whether the code needs to see its surroundings. Code that does not costs less.
     *
     * @return false if {@link #call(List)} does the same
     */
    default boolean needsContext() {
        return true;
    }

    /**
     * Does the work of one attempt of code that does not see its surroundings.
     *
     * @param inputs the arguments, as in {@link #call(List, StepContext)}
     * @return the result, as there
     * @throws Exception what went wrong
     */
    default @Nullable Object call(List<@Nullable Object> inputs) throws Exception {
        throw new UnsupportedOperationException("this code needs its context");
    }
}
