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

    /**
     * Makes the exception.
     *
     * @param errorClass why the call failed
     * @param message what went wrong, without secrets
     * @param retryAfter how long the provider asked to be left alone
     */
    public ProviderException(ErrorClass errorClass, String message, Optional<Duration> retryAfter) {
        super(FAILED, message);
        this.errorClass = errorClass;
        this.retryAfter = retryAfter.orElse(null);
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
}
