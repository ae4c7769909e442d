package io.auterity.relay.provider;

import io.auterity.definition.AuterityException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown by a provider for a call that failed. */
public final class ProviderException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code. */
    public static final String FAILED = "AUT-L006";

    /** Why. */
    private final ErrorClass errorClass;

    /** How long the provider asked to be left alone; null if it said nothing. */
    private final @Nullable Duration retryAfter;

    /** What is left of its rate limits; null if it said nothing. */
    private final transient @Nullable Headroom headroom;

    /**
     * Makes the exception.
     *
     * @param errorClass why the call failed
     * @param message what went wrong, without secrets
     * @param retryAfter how long the provider asked to be left alone
     * @param headroom what it told of its rate limits
     */
    public ProviderException(
            ErrorClass errorClass, String message, Optional<Duration> retryAfter, Optional<Headroom> headroom) {
        super(FAILED, message);
        this.errorClass = errorClass;
        this.retryAfter = retryAfter.orElse(null);
        this.headroom = headroom.orElse(null);
    }

    /**
     * Makes the exception, without a word about rate limits.
     *
     * @param errorClass why the call failed
     * @param message what went wrong, without secrets
     * @param retryAfter how long the provider asked to be left alone
     */
    public ProviderException(ErrorClass errorClass, String message, Optional<Duration> retryAfter) {
        this(errorClass, message, retryAfter, Optional.empty());
    }

    /**
     * Makes the exception, without a wish to be left alone.
     *
     * @param errorClass why the call failed
     * @param message what went wrong, without secrets
     */
    public ProviderException(ErrorClass errorClass, String message) {
        this(errorClass, message, Optional.empty());
    }

    /**
     * Returns why the call failed.
     *
     * @return the class
     */
    public ErrorClass errorClass() {
        return errorClass;
    }

    /**
     * Returns how long the provider asked to be left alone.
     *
     * @return the time, or empty when it said nothing
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /**
     * Returns what the provider told of its rate limits.
     *
     * @return what is left, or empty when it said nothing
     */
    public Optional<Headroom> headroom() {
        return Optional.ofNullable(headroom);
    }
}
