package io.auterity.relay;

import io.auterity.definition.AuterityException;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.money.Money;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderException;
import java.util.List;
import java.util.Optional;

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

    private final transient Optional<Money> cost;

    private final transient Optional<Deployment> deployment;

    RelayException(String code, int status, String message, List<ProviderException> failures) {
        this(code, status, message, failures, List.of());
    }

    private RelayException(
            String code,
            int status,
            String message,
            List<ProviderException> failures,
            List<RelayEvent.Attempted> attempts) {
        super(code, message);
        this.status = status;
        cost = cost(attempts);
        deployment = attempts.isEmpty()
                ? Optional.empty()
                : Optional.of(attempts.get(attempts.size() - 1).call().deployment());
        this.failures = List.copyOf(failures);
        failures.forEach(this::addSuppressed);
    }

    /** Makes the exception for attempts that have all failed. */
    static RelayException unanswered(
            String code, List<ProviderException> failures, List<RelayEvent.Attempted> attempts) {
        ProviderException last = failures.get(failures.size() - 1);
        StringBuilder message = new StringBuilder(
                switch (code) {
                    case BROKEN -> "the stream broke after content had been delivered:";
                    case INVALID -> "no answer is as it was asked for:";
                    default -> "no attempt succeeded:";
                });
        failures.forEach(failure ->
                message.append("\n  ").append(failure.errorClass()).append(": ").append(failure.getMessage()));
        return new RelayException(code, status(last.errorClass()), message.toString(), failures, attempts);
    }

    private static Optional<Money> cost(List<RelayEvent.Attempted> attempts) {
        Optional<Money> sum = Optional.of(Money.ZERO);
        for (RelayEvent.Attempted attempt : attempts) {
            Optional<LedgerLine> line = attempt.result().line();
            if (line.isPresent()) {
                sum = sum.flatMap(money -> line.get().charge().cost().map(money::plus));
            }
        }
        return sum;
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

    /**
     * Returns what has been booked for the attempts: answers that were wrong, and what came before a stream broke.
     *
     * @return the amount, zero if nothing was charged, or empty if nobody knows the price
     */
    public Optional<Money> cost() {
        return cost;
    }

    /**
     * Returns who was asked last.
     *
     * @return the deployment, or empty if nobody was asked
     */
    public Optional<Deployment> deployment() {
        return deployment;
    }
}
