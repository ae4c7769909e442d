package io.auterity.relay.provider;

import io.auterity.definition.AuterityException;
import java.time.Duration;
import java.util.Optional;

/** Thrown by a provider for a call that failed. */
public final class ProviderException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code. */
    public static final String FAILED = "AUT-L006";

    /** Why. */
    private final ErrorClass errorClass;

    /** How long the provider asked to be left alone, in nanoseconds, or -1. */
    private final long retryAfterNanos;

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
        retryAfterNanos = retryAfter.map(Duration::toNanos).orElse(-1L);
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
        return retryAfterNanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(retryAfterNanos));
    }
}
