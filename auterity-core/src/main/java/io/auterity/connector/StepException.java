package io.auterity.connector;

import io.auterity.definition.AuterityException;
import io.auterity.definition.Failure;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a step or an operation throws to fail with a code of its own.
 *
 * <p>Confined to one thread until it is thrown.
 */
public final class StepException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** Whether another attempt may succeed. */
    private final boolean retryable;

    /** How long the next attempt should wait, if the other side said so. */
    private @Nullable Duration retryAfter;

    /**
     * Makes the exception.
     *
     * @param code a short stable word that retries match on, as in {@code http-503}
     * @param message what went wrong, without secrets
     * @param retryable whether trying again could help
     */
    public StepException(String code, String message, boolean retryable) {
        super(code, message);
        this.retryable = retryable;
    }

    /**
     * Adds what caused it.
     *
     * @param cause the cause
     * @return this exception
     */
    public StepException causedBy(Throwable cause) {
        initCause(cause);
        return this;
    }

    /**
     * Adds how long the other side asked to be left alone, as HTTP's {@code Retry-After} does.
     *
     * @param delay the least time before the next attempt; of more than a day, or than the step's {@code maxDelay} if that
     *     is longer, that much counts
     * @return this exception
     */
    public StepException retryAfter(Duration delay) {
        retryAfter = Objects.requireNonNull(delay, "delay");
        return this;
    }

    /**
     * Returns how long the other side asked to be left alone.
     *
     * @return the least time before the next attempt, or empty when it said nothing
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /**
     * Says whether trying again could help.
     *
     * @return whether the failure is retryable
     */
    public boolean isRetryable() {
        return retryable;
    }

    /**
     * Returns the failure as data.
     *
     * @return the failure, with this exception as its cause
     */
    public Failure failure() {
        return new Failure(code(), String.valueOf(getMessage()), retryable, this);
    }
}
