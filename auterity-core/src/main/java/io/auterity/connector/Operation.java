package io.auterity.connector;

import io.auterity.definition.Values;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
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
     * @return a JSON value that satisfies the output schema, or a {@link CompletionStage} of one
     * @throws Exception what went wrong; a {@link StepException} says its own code, an {@link java.io.IOException} has
     *     the code {@code io}
     */
    @Nullable
    Object call(Map<String, Object> input, StepContext context) throws Exception;

    /**
     * Makes an operation of a function that blocks until it has its result.
     *
     * @param <I> the input, a record
     * @param <O> the output
     * @param name the name after the dot in {@code uses: http.request}
     * @param input the input's class; its JSON Schema and its conversion are derived, see {@link JsonTypes}
     * @param output the output's class
     * @param body the function
     * @return the operation, not idempotent and with nothing retryable until it says otherwise
     * @throws IllegalArgumentException if a class cannot be JSON
     */
    static <I, O> TypedOperation<I> of(String name, Class<I> input, Class<O> output, Body<I, @Nullable O> body) {
        JsonTypes types = new JsonTypes();
        return TypedOperation.of(
                name, input, output, types, (in, context) -> types.write(body.call(in, context), output));
    }

    /**
     * Makes an operation of a function that returns at once and completes its result later.
     *
     * @param <I> the input, a record
     * @param <O> the output
     * @param name the name after the dot in {@code uses: http.request}
     * @param input the input's class; its JSON Schema and its conversion are derived, see {@link JsonTypes}
     * @param output the output's class
     * @param body the function; it registers with {@link StepContext#onCancel} what stops the work
     * @return the operation, not idempotent and with nothing retryable until it says otherwise
     * @throws IllegalArgumentException if a class cannot be JSON
     */
    static <I, O> TypedOperation<I> ofAsync(
            String name, Class<I> input, Class<O> output, Body<I, CompletionStage<@Nullable O>> body) {
        JsonTypes types = new JsonTypes();
        return TypedOperation.of(
                name,
                input,
                output,
                types,
                (in, context) -> body.call(in, context).thenApply(result -> types.write(result, output)));
    }

    /**
     * The work of an operation whose input and output have Java types.
     *
     * @param <I> the input
     * @param <O> the output
     */
    @FunctionalInterface
    interface Body<I, O extends @Nullable Object> {
        /**
         * Does the work of one attempt.
         *
         * @param input the input
         * @param context the attempt's surroundings
         * @return the output
         * @throws Exception what went wrong, as for {@link Operation#call}
         */
        O call(I input, StepContext context) throws Exception;
    }

    /**
     * What is known of an operation without calling it.
     *
     * @param name the name after the dot in {@code uses: http.request}
     * @param summary a sentence for people
     * @param input the JSON Schema of the input, an object schema
     * @param output the JSON Schema of the output; empty when unknown
     * @param idempotent whether calling twice with the same idempotency key has the effect of calling once
     * @param retryable the error codes that trying again can help with, as in {@code http-503}; {@code x} stands for
     *     one digit
     * @param recordsInput whether what it is given ends up in a log or a record; then no secret may be passed to it
     */
    record Description(
            String name,
            String summary,
            Map<String, Object> input,
            Map<String, Object> output,
            boolean idempotent,
            List<String> retryable,
            boolean recordsInput) {

        /**
         * Describes an operation that does not record its input.
         *
         * @param name the name after the dot in {@code uses: http.request}
         * @param summary a sentence for people
         * @param input the JSON Schema of the input, an object schema
         * @param output the JSON Schema of the output; empty when unknown
         * @param idempotent whether calling twice with the same idempotency key has the effect of calling once
         * @param retryable the error codes that trying again can help with
         */
        public Description(
                String name,
                String summary,
                Map<String, Object> input,
                Map<String, Object> output,
                boolean idempotent,
                List<String> retryable) {
            this(name, summary, input, output, idempotent, retryable, false);
        }

        /** Copies the schemas and the codes. */
        public Description {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(summary, "summary");
            input = Values.copyOf(input);
            output = Values.copyOf(output);
            retryable = List.copyOf(retryable);
        }
    }
}
