package io.auterity.server.gateway;

import java.time.Duration;
import java.util.Optional;

/** A request that is not answered, with what its caller is told. Nothing in it is secret. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The HTTP status. */
    private final int status;

    /** A word for programs, as in {@code model_not_found}. */
    private final String word;

    /** The field that is wrong, or empty. */
    private final String field;

    /** How many seconds to wait before the next try, or -1. */
    private final long retryAfterSeconds;

    private Refused(int status, String word, String field, String message, long retryAfterSeconds) {
        super(message, null, false, false); // it says everything, so it needs no stack
        this.status = status;
        this.word = word;
        this.field = field;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    static Refused of(int status, String word, String message) {
        return new Refused(status, word, "", message, -1);
    }

    static Refused field(String field, String message) {
        return new Refused(400, "invalid_value", field, message, -1);
    }

    /** Returns a copy that says when to try again; at least a second, in whole ones. */
    Refused after(Duration wait) {
        return new Refused(
                status, word, field, text(), Math.max(1, wait.plusMillis(999).toSeconds()));
    }

    int status() {
        return status;
    }

    String word() {
        return word;
    }

    Optional<String> field() {
        return field.isEmpty() ? Optional.empty() : Optional.of(field);
    }

    String text() {
        return String.valueOf(getMessage());
    }

    Optional<Long> retryAfterSeconds() {
        return retryAfterSeconds < 0 ? Optional.empty() : Optional.of(retryAfterSeconds);
    }
}
