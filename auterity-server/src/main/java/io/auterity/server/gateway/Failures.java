package io.auterity.server.gateway;

import io.auterity.relay.RelayException;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.money.PriceException;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers are told when a call fails: what they can act on, and nothing of the gateway's insides. */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final String APPROVAL_REQUIRED = "approval_required";
    private static final Duration SOON = Duration.ofSeconds(1);

    private Failures() {}

    static Refused of(RuntimeException thrown, Form.Mark mark) {
        if (thrown instanceof Refused refused) {
            return refused;
        }
        if (thrown instanceof BudgetException budget && !budget.code().equals(BudgetException.FULL)) {
            String word = isForWantOfApproval(budget.code()) ? APPROVAL_REQUIRED : "budget_exceeded";
            return Refused.of(BudgetException.STATUS, word, String.valueOf(budget.getMessage()));
        }
        if (thrown instanceof PriceException price) {
            LOG.warn("[{}] {}", mark.id(), price.getMessage());
            return Refused.of(400, "price_unknown", "the model has no price here, so it cannot be called");
        }
        if (thrown instanceof RelayException failed) {
            return of(failed, mark);
        }
        LOG.error("[{}] a request failed", mark.id(), thrown);
        return Refused.of(500, "internal_error", "the gateway failed; its log says more about " + mark.id());
    }

    private static Refused of(RelayException failed, Form.Mark mark) {
        List<ProviderException> failures = failed.failures();
        if (failures.isEmpty()) {
            Refused refused = Refused.of(failed.status(), word(failed), String.valueOf(failed.getMessage()));
            return failed.status() == 503 ? refused.after(SOON) : refused;
        }
        ProviderException last = failures.get(failures.size() - 1);
        ErrorClass errorClass = last.errorClass();
        if (errorClass == ErrorClass.CANCELLED) {
            LOG.debug("[{}] the client has gone", mark.id());
        } else {
            LOG.warn("[{}] {}", mark.id(), failed.getMessage());
        }
        Refused refused = Refused.of(failed.status(), word(errorClass), message(last, failed));
        return switch (errorClass) {
            case RATE_LIMIT, QUOTA, OVERLOADED ->
                refused.after(last.retryAfter().orElse(SOON));
            default -> refused;
        };
    }

    private static boolean isForWantOfApproval(String code) {
        return code.equals(BudgetException.APPROVAL);
    }

    private static String word(RelayException failed) {
        if (isForWantOfApproval(failed.code())) {
            return APPROVAL_REQUIRED;
        }
        return switch (failed.status()) {
            case 503 -> "no_model_available";
            case 400 -> "no_model_fits";
            default -> "rejected";
        };
    }

    private static String word(ErrorClass errorClass) {
        return switch (errorClass) {
            case RATE_LIMIT, QUOTA -> "rate_limit_exceeded";
            case CONTEXT -> "context_length_exceeded";
            case CONTENT -> "content_filter";
            case REQUEST -> "invalid_request";
            case INVALID -> "answer_invalid";
            case TIMEOUT -> "timeout";
            case CANCELLED -> "cancelled";
            default -> "provider_failed";
        };
    }

    /** What the request was refused for is the caller's to know; what is wrong with keys and addresses is not. */
    private static String message(ProviderException last, RelayException failed) {
        String broken = failed.code().equals(RelayException.BROKEN) ? "the stream broke: " : "";
        return broken
                + switch (last.errorClass()) {
                    case REQUEST, CONTEXT, CONTENT, INVALID -> String.valueOf(last.getMessage());
                    case RATE_LIMIT, QUOTA -> "the provider takes no more calls at the moment";
                    case TIMEOUT -> "no provider answered in time";
                    case CANCELLED -> "the call was cancelled";
                    default -> "no provider answered";
                };
    }
}
