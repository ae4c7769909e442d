package io.auterity.relay;

import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.Money;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.provider.Remedy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer whose stream broke in the middle, and which others are asked to go on with. They get what has been delivered as
 * the assistant's last words; a model that does not go on by itself from there is told to. Confined to the thread of its call.
 */
final class Continuation {

    /** Said by the user, after the beginning of the answer. */
    static final String INSTRUCTION =
            "A technical fault has cut your answer off. Go on from exactly where it ends, with the"
                    + " very next character, as if nothing had happened: repeat nothing of it, and do not comment on this.";

    private final StringBuilder text = new StringBuilder();
    private final List<Reply.Fragment> fragments = new ArrayList<>();

    /** Takes what a stream has delivered before it broke, if another can go on with that. */
    boolean take(OneCall call, OneCall.Outcome outcome) {
        OneCall.Delivered delivered = outcome.delivered();
        Optional<ProviderException> failure = outcome.failure()
                .filter(why -> why.errorClass().remedy() != Remedy.STOP
                        && !delivered.text().isEmpty()
                        && delivered.isContinuable());
        failure.ifPresent(why -> {
            text.append(delivered.text());
            fragments.add(new Reply.Fragment(
                    call.deployment(),
                    why.errorClass(),
                    delivered.text().length(),
                    outcome.line().orElseThrow()));
        });
        return failure.isPresent();
    }

    boolean isBegun() {
        return !fragments.isEmpty();
    }

    String text() {
        return text.toString();
    }

    List<Reply.Fragment> fragments() {
        return fragments;
    }

    /** Whose stream broke last. */
    Optional<Deployment> broken() {
        return isBegun() ? Optional.of(fragments.get(fragments.size() - 1).deployment()) : Optional.empty();
    }

    /** What is booked for the parts so far. */
    Money booked() {
        return fragments.stream()
                .map(fragment -> fragment.line().charge().booked())
                .reduce(Money.ZERO, Money::plus);
    }

    /**
     * What the next deployment is asked: without thoughts, which would have to come before the beginning, and the same again
     * if that has no words yet. Anthropic refuses a beginning that ends in white space.
     */
    Prompt prompt(Prompt asked, boolean isPrefillable) {
        if (text().isBlank()) {
            return asked;
        }
        Map<String, Object> beginning = Prompt.message("assistant", text());
        boolean isPrefilled = isPrefillable && !Character.isWhitespace(text.charAt(text.length() - 1));
        Prompt thoughtless =
                asked.isThoughtful() ? asked.changed(List.of(), Collections.singletonMap("thinking", null)) : asked;
        return thoughtless.followedBy(
                isPrefilled ? List.of(beginning) : List.of(beginning, Prompt.message("user", INSTRUCTION)));
    }

    /** Says who broke off, and that somebody went on. */
    String reason(Deployment next) {
        StringBuilder reason = new StringBuilder();
        fragments.forEach(fragment -> reason.append(fragment).append(", "));
        return reason.append("and ").append(next.model()).append(" went on").toString();
    }

    /** Why the answer comes from where it comes. */
    Decision.Explanation explained(Decision.Explanation decided, Deployment last) {
        if (!isBegun()) {
            return decided;
        }
        List<String> reasons = new ArrayList<>(List.of(reason(last)));
        reasons.addAll(decided.reasons());
        return new Decision.Explanation(reasons, decided.candidates(), decided.ruling(), decided.withHalfTheBudget());
    }

    /** The whole answer, of which the last deployment has given the rest. */
    ProviderAnswer whole(ProviderAnswer rest) {
        return isBegun()
                ? new ProviderAnswer(
                        text + rest.text(), rest.toolCalls(), rest.finishReason(), rest.usage(), rest.headroom())
                : rest;
    }
}
