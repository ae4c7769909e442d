package io.auterity.relay;

import io.auterity.definition.AuterityException;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderException;
import java.util.List;

/** Thrown for a call that nobody has answered. */
public final class RelayException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code of a call that every attempt failed for. */
    public static final String UNANSWERED = "AUT-L007";

    /** The code of a call that a rule rejects, or that no model can answer. */
    public static final String REJECTED = "AUT-L008";

    /** The code of a stream that broke after content had been delivered. */
    public static final String BROKEN = "AUT-L009";

    /** The code of a call whose answer was not as it was asked for, nor the one after that. */
    public static final String INVALID = "AUT-L013";

    /** The HTTP status that says the same. */
    private final int status;

    private final transient List<ProviderException> failures;

    RelayException(String code, int status, String message, List<ProviderException> failures) {
        super(code, message);
        this.status = status;
        this.failures = List.copyOf(failures);
        failures.forEach(this::addSuppressed);
    }

    /** Makes the exception for attempts that have all failed. */
    static RelayException unanswered(String code, List<ProviderException> failures) {
        ProviderException last = failures.get(failures.size() - 1);
        StringBuilder message = new StringBuilder(
                switch (code) {
                    case BROKEN -> "the stream broke after content had been delivered:";
                    case INVALID -> "no answer is as it was asked for:";
                    default -> "no attempt succeeded:";
                });
        failures.forEach(failure ->
                message.append("\n  ").append(failure.errorClass()).append(": ").append(failure.getMessage()));
        return new RelayException(code, status(last.errorClass()), message.toString(), failures);
    }

    private static int status(ErrorClass errorClass) {
        return switch (errorClass) {
            case RATE_LIMIT, QUOTA -> 429;
            case REQUEST, CONTEXT, CONTENT -> 400;
            case TIMEOUT -> 504;
            case INVALID -> 422; // clients ask again by themselves after a 5xx, and each answer is paid for
            case CANCELLED -> 499;
            default -> 502;
        };
    }

    /**
     * Returns the HTTP status that says the same.
     *
     * @return the status
     */
    public int status() {
        return status;
    }

    /**
     * Returns what each attempt failed with.
     *
     * @return the failures, in order
     */
    public List<ProviderException> failures() {
        return failures;
    }
}
