package io.auterity.compile;

import io.auterity.connector.Operation;
import io.auterity.definition.Durations;
import io.auterity.definition.Policy;
import io.auterity.definition.Retry;
import io.auterity.definition.StepKind;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a step deals with time and failure makes sense for its kind and for the workflow. */
final class PolicyRule {

    private PolicyRule() {}

    static void check(Compilation compilation, StepDraft step) {
        Policy policy = step.step().policy();
        policy.retry().ifPresent(retry -> retry(compilation, step, retry));
        policy.timeout().ifPresent(timeout -> timeout(compilation, step, timeout));
    }

    private static void retry(Compilation compilation, StepDraft step, Retry retry) {
        StepKind kind = step.step().kind();
        Place place = step.place().at("retry");
        String pointless = pointless(kind);
        if (pointless != null) {
            compilation
                    .problems()
                    .add(Code.RETRY, place, "a retry makes no sense here: " + pointless, "remove 'retry'");
            return;
        }
        RetryRule rule = new RetryRule(compilation, place);
        rule.check(retry);
        if (kind instanceof StepKind.Uses uses) {
            Operation.@Nullable Description description = compilation.world().operation(uses.operation());
            if (description != null) {
                rule.checkCodes(retry, uses.operation(), description.retryable());
            }
        }
    }

    /** Why trying again cannot change anything; null where it can. */
    private static @Nullable String pointless(StepKind kind) {
        if (kind instanceof StepKind.Value || kind instanceof StepKind.Switch) {
            return "the same value comes out every time";
        }
        if (kind instanceof StepKind.Wait || kind instanceof StepKind.Await || kind instanceof StepKind.Approve) {
            return "waiting is not tried, it lasts";
        }
        if (kind instanceof StepKind.Fail) {
            return "the step always fails";
        }
        return kind instanceof StepKind.Emit ? "telling listeners does not fail" : null;
    }

    private static void timeout(Compilation compilation, StepDraft step, Duration timeout) {
        StepKind kind = step.step().kind();
        boolean isAnswered = kind instanceof StepKind.Await || kind instanceof StepKind.Approve;
        if ((isAnswered || kind instanceof StepKind.Wait)
                && !compilation.world().isRecorded()) {
            compilation
                    .problems()
                    .add(
                            Code.TIMEOUT,
                            step.place().at("timeout"),
                            "a timeout is that of an attempt, and waiting is none",
                            isAnswered
                                    ? "write 'within' in '" + (kind instanceof StepKind.Await ? "await" : "approve")
                                            + "'"
                                    : "remove 'timeout'");
            return;
        }
        TimeoutRule.check(compilation, step.place(), "timeout", timeout);
        Optional<Duration> ofRun = compilation.definition().settings().timeout();
        if (ofRun.isPresent() && timeout.compareTo(ofRun.get()) > 0) {
            compilation
                    .problems()
                    .add(
                            Code.TIMEOUT,
                            step.place().at("timeout"),
                            "timeout (" + Durations.print(timeout) + ") is longer than that of the whole run ("
                                    + Durations.print(ofRun.get()) + ")",
                            "shorten it, or lengthen the workflow's timeout");
        }
    }
}
