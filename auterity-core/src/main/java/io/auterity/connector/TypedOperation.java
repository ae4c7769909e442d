package io.auterity.connector;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operation made of a function with Java types, by {@link Operation#of} and {@link Operation#ofAsync}.
 *
 * <p>Immutable: each method that says more returns a copy. Thread-safe if the function is.
 *
 * @param <I> the input
 */
public final class TypedOperation<I> implements Operation {

    private final Description description;
    private final Class<I> input;
    private final JsonTypes types;
    private final Body<I, @Nullable Object> body;

    private TypedOperation(Description description, Class<I> input, JsonTypes types, Body<I, @Nullable Object> body) {
        this.description = description;
        this.input = input;
        this.types = types;
        this.body = body;
    }

    /** Makes an operation whose function returns JSON, or a stage of it. */
    static <I> TypedOperation<I> of(
            String name, Class<I> input, Class<?> output, JsonTypes types, Body<I, @Nullable Object> body) {
        Map<String, Object> in = types.schemaOf(input);
        if (!"object".equals(in.get("type"))) {
            throw new IllegalArgumentException("the input of operation '" + name + "' is a " + input.getName()
                    + ", which is no JSON object; use a record");
        }
        Description description = new Description(name, "", in, types.schemaOf(output), false, List.of());
        return new TypedOperation<>(description, input, types, body);
    }

    /**
     * Returns a copy with a summary.
     *
     * @param summary a sentence for people
     * @return the copy
     */
    public TypedOperation<I> summary(String summary) {
        return with(summary, description.idempotent(), description.retryable(), description.recordsInput());
    }

    /**
     * Returns a copy that may be called twice: with the same idempotency key that has the effect of calling once.
     *
     * @return the copy
     */
    public TypedOperation<I> idempotent() {
        return with(description.summary(), true, description.retryable(), description.recordsInput());
    }

    /**
     * Returns a copy that says which failures trying again can help with.
     *
     * @param codes the error codes; {@code x} stands for one digit
     * @return the copy
     */
    public TypedOperation<I> retryable(String... codes) {
        return with(description.summary(), description.idempotent(), List.of(codes), description.recordsInput());
    }

    /**
     * Returns a copy that tells that what it is given ends up in a log or a record; a workflow that passes a secret to it
     * does not compile.
     *
     * @return the copy
     */
    public TypedOperation<I> recordsInput() {
        return with(description.summary(), description.idempotent(), description.retryable(), true);
    }

    private TypedOperation<I> with(
            String summary, boolean isIdempotent, List<String> retryable, boolean isInputRecorded) {
        Description other = new Description(
                description.name(),
                summary,
                description.input(),
                description.output(),
                isIdempotent,
                retryable,
                isInputRecorded);
        return new TypedOperation<>(other, input, types, body);
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public @Nullable Object call(Map<String, Object> json, StepContext context) throws Exception {
        return body.call(types.read(json, input), context);
    }

    @Override
    public String toString() {
        return "Operation[" + description.name() + "]";
    }
}
