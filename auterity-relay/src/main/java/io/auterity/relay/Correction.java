package io.auterity.relay;

import io.auterity.connector.JsonSchema;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.Money;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole answers of a call that were not what was asked for. Such an answer is repaired, where that needs no model, or else
 * its model is told once what is wrong with it. Answers that had to end early, refusals and calls of tools are left alone.
 *
 * <p>An answer is judged as the caller gets it, with the personal data that was taken out of the prompt; what its model is told
 * is without. Confined to the thread of its call.
 */
final class Correction {

    private static final Logger LOG = LoggerFactory.getLogger(Correction.class);

    /** How many wrong answers end a call: each of them is paid for. */
    private static final int MOST = 2;

    private static final String FINISHED = "stop";

    private final Optional<AnswerCheck> check;
    private final UnaryOperator<String> redaction;
    private final List<Reply.Fragment> rejected = new ArrayList<>();
    private String wrong = "";
    private String problem = "";

    /**
     * Makes one that has seen no answer.
     *
     * @param check what answers have to be; empty if they may be anything
     * @param redaction takes personal data out of what a model is told
     */
    Correction(Optional<AnswerCheck> check, UnaryOperator<String> redaction) {
        this.check = check;
        this.redaction = redaction;
    }

    /** The check that a prompt asks for; a schema that cannot be read here may still mean something to a provider. */
    static Optional<AnswerCheck> asked(Prompt prompt) {
        return prompt.schema().flatMap(schema -> {
            try {
                return Optional.of(AnswerCheck.of(JsonSchema.of(schema)));
            } catch (IllegalArgumentException e) {
                LOG.warn("an answer is not checked, because its schema cannot be used: {}", e.getMessage());
                return Optional.empty();
            }
        });
    }

    /** Says whether an answer is right as it is. */
    boolean isRight(ProviderAnswer answer) {
        return check.isEmpty() || check.get().check(answer.text()).problem().isEmpty();
    }

    /**
     * Takes an answer.
     *
     * @param answer as the caller gets it
     * @param given as the provider gave it
     * @return the answer, repaired if need be; empty if it is wrong
     */
    Optional<ProviderAnswer> take(ProviderAnswer answer, ProviderAnswer given) {
        if (check.isEmpty()
                || !answer.finishReason().equals(FINISHED)
                || !answer.toolCalls().isEmpty()) {
            return Optional.of(answer);
        }
        AnswerCheck.Verdict verdict = check.get().check(answer.text());
        Optional<ProviderAnswer> right =
                verdict.problem().isPresent() ? Optional.empty() : answer.saying(verdict.text());
        if (right.isEmpty()) {
            wrong = given.text();
            problem = verdict.problem().orElse("has more around the JSON");
        }
        return right;
    }

    /** Keeps the answer that was wrong, and says why. */
    ProviderException reject(Deployment deployment, LedgerLine line) {
        rejected.add(new Reply.Fragment(deployment, ErrorClass.INVALID, wrong.length(), line));
        return new ProviderException(ErrorClass.INVALID, "the answer of " + deployment.model() + " " + problem);
    }

    boolean isBegun() {
        return !rejected.isEmpty();
    }

    /** Whether nobody is asked any more. */
    boolean isOver() {
        return rejected.size() >= MOST;
    }

    List<Reply.Fragment> rejected() {
        return rejected;
    }

    /** Whose answer was wrong last. */
    Optional<Deployment> last() {
        return isBegun() ? Optional.of(rejected.get(rejected.size() - 1).deployment()) : Optional.empty();
    }

    /** What is booked for the wrong answers. */
    Money booked() {
        return rejected.stream().map(one -> one.line().charge().booked()).reduce(Money.ZERO, Money::plus);
    }

    /** What is asked next; Anthropic's models refuse to have said nothing. */
    Prompt prompt(Prompt asked) {
        return wrong.isBlank()
                ? asked
                : asked.followedBy(List.of(
                        Prompt.message("assistant", wrong),
                        Prompt.message("user", "No, that " + redaction.apply(problem) + ". Answer again.")));
    }

    /** Why the answer comes from where it comes. */
    Decision.Explanation explained(Decision.Explanation decided, Deployment last) {
        if (!isBegun()) {
            return decided;
        }
        List<String> reasons = new ArrayList<>();
        rejected.forEach(one ->
                reasons.add(one.deployment().model() + " answered wrongly, and " + last.model() + " was asked again"));
        reasons.addAll(decided.reasons());
        return new Decision.Explanation(reasons, decided.candidates(), decided.ruling(), decided.withHalfTheBudget());
    }
}
