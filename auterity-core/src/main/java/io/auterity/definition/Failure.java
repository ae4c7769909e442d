package io.auterity.definition;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a step ended with when it did not succeed, as data.
 *
 * @param code a short stable word that retries and users match on: {@code timeout}, {@code http-503}, {@code io}
 * @param message a sentence for people; secrets have been cut out
 * @param retryable whether trying again could help
 * @param cause what was thrown, when it was thrown in this process; never recorded
 */
public record Failure(
        String code,
        String message,
        boolean retryable,
        @Nullable Throwable cause) {

    /** The code of an attempt that took longer than its time-out. */
    public static final String TIMEOUT = "timeout";

    /** The code of work that was cancelled. */
    public static final String CANCELLED = "cancelled";

    /** The code of an exception that says no code of its own. */
    public static final String EXCEPTION = "exception";

    /** The code of an expression that could not be evaluated. */
    public static final String EXPRESSION = "expression";

    /** The code of a loop with which a run would have more items than it may. */
    public static final String TOO_MANY_ITEMS = "too-many-items";

    /** The code of a run that has more entries on its record than it may. */
    public static final String TOO_MANY_ENTRIES = "too-many-entries";

    /** The code of a run whose record has more bytes than it may. */
    public static final String RECORD_TOO_LARGE = "record-too-large";

    /** The code of an input that does not satisfy a schema. */
    public static final String INVALID_INPUT = "invalid-input";

    /** Checks that code and message are there. */
    public Failure {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
    }

    /**
     * Makes a failure that nothing was thrown for.
     *
     * @param code the code
     * @param message a sentence for people
     * @param retryable whether trying again could help
     * @return the failure
     */
    public static Failure of(String code, String message, boolean retryable) {
        return new Failure(code, message, retryable, null);
    }
}
