package io.auterity.connector;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One callable thing of a connector.
 *
 * <p>Implementations are thread-safe and keep nothing of one call for the next.
 */
public interface Operation {

    /**
     * Describes the operation; compile checks, documentation and forms come from this one place.
     *
     * @return the description, the same at every call
     */
    Description description();

    /**
     * Does the work of one attempt.
     *
     * @param input a JSON object that satisfies the input schema
     * @param context the attempt's surroundings
     * @return a JSON value that satisfies the output schema, or a {@link java.util.concurrent.CompletionStage} of one
     * @throws Exception what went wrong; a {@link StepException} says its own code, an {@link java.io.IOException} has
     *     the code {@code io}
     */
    @Nullable
    Object call(Map<String, Object> input, StepContext context) throws Exception;

    /**
     * What is known of an operation without calling it.
     *
     * @param name the name after the dot in {@code uses: http.request}
     * @param summary a sentence for people
     * @param input the JSON Schema of the input, an object schema
     * @param output the JSON Schema of the output; empty when unknown
     * @param idempotent whether calling twice with the same idempotency key has the effect of calling once
     * @param retryable the error codes that trying again can help with, as in {@code http-503}
     */
    record Description(
            String name,
            String summary,
            Map<String, Object> input,
            Map<String, Object> output,
            boolean idempotent,
            List<String> retryable) {}
}
