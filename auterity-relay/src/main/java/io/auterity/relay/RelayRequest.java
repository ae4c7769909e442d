package io.auterity.relay;

import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.prompt.PromptTemplate;
import io.auterity.relay.prompt.PromptTemplateException;
import io.auterity.relay.provider.Cancellation;
import io.auterity.relay.provider.Prompt;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A call to whichever model suits it.
 *
 * @param id unique; scores are fed back by it
 * @param scope who pays
 * @param prompt what is asked
 * @param wishes what it is to achieve
 * @param limits how far it may go
 * @param cancellation tells that nobody waits any more
 */
public record RelayRequest(
        String id, Scope scope, Prompt prompt, Wishes wishes, Limits limits, Cancellation cancellation) {

    /** Checks that every part is there. */
    public RelayRequest {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(wishes, "wishes");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(cancellation, "cancellation");
    }

    /**
     * Makes a call with the usual wishes and limits.
     *
     * @param id unique
     * @param scope who pays
     * @param prompt what is asked
     * @return the call
     */
    public static RelayRequest of(String id, Scope scope, Prompt prompt) {
        return new RelayRequest(id, scope, prompt, Wishes.USUAL, Limits.USUAL, new Cancellation());
    }

    /**
     * Makes a call whose prompt is a filled template; rules and the log know which one, by its facts.
     *
     * @param id unique
     * @param scope who pays
     * @param template the template
     * @param values a value for each name of its input
     * @return the call
     * @throws PromptTemplateException if the values do not fit the template
     */
    public static RelayRequest of(String id, Scope scope, PromptTemplate template, Map<String, ?> values) {
        Wishes usual = Wishes.USUAL;
        return of(id, scope, template.fill(values))
                .with(new Wishes(usual.objective(), usual.needs(), usual.task(), template.facts()));
    }

    /**
     * Returns a copy with other wishes.
     *
     * @param other the wishes
     * @return the copy
     */
    public RelayRequest with(Wishes other) {
        return new RelayRequest(id, scope, prompt, other, limits, cancellation);
    }

    /**
     * Returns a copy with other limits.
     *
     * @param other the limits
     * @return the copy
     */
    public RelayRequest with(Limits other) {
        return new RelayRequest(id, scope, prompt, wishes, other, cancellation);
    }

    /**
     * What a call is to achieve.
     *
     * @param objective the objective
     * @param needs what the model must be able to do
     * @param task what kind of prompt it is, if the application says so
     * @param facts what steering rules can look at, beside what the relay knows itself
     */
    public record Wishes(
            Objective objective, RouteRequest.Needs needs, Optional<String> task, Map<String, Object> facts) {

        /** Balanced, anywhere, of no special kind. */
        public static final Wishes USUAL =
                new Wishes(Objective.BALANCED, RouteRequest.Needs.NONE, Optional.empty(), Map.of());

        /** Copies the facts. */
        public Wishes {
            facts = Map.copyOf(facts);
        }
    }

    /**
     * How far a call may go.
     *
     * @param maxOutput the limit of tokens of the answer
     * @param minOutput the fewest tokens that make the call worth while, if money is short; 0 for embeddings
     * @param deadline how long it may take in all, every attempt included; more than 24 days count as 24
     * @param isApproved whether somebody has approved it
     */
    public record Limits(long maxOutput, long minOutput, Duration deadline, boolean isApproved) {

        /** 1,024 tokens, 64 of which make it worth while, and a minute. */
        public static final Limits USUAL = new Limits(1_024, 64, Duration.ofMinutes(1), false);

        /** Checks the ranges. */
        public Limits {
            if (minOutput < 0 || maxOutput < minOutput || deadline.isNegative() || deadline.isZero()) {
                throw new IllegalArgumentException(
                        "minOutput is 0 or more, maxOutput not below it, and the deadline above zero");
            }
        }

        /**
         * Returns a copy with other limits of tokens.
         *
         * @param most the limit of tokens of the answer
         * @param least the fewest that make the call worth while
         * @return the copy
         */
        public Limits tokens(long most, long least) {
            return new Limits(most, least, deadline, isApproved);
        }

        /**
         * Returns a copy with another deadline.
         *
         * @param time how long the call may take in all
         * @return the copy
         */
        public Limits within(Duration time) {
            return new Limits(maxOutput, minOutput, time, isApproved);
        }

        /**
         * Returns a copy for a call that somebody has approved, as rules and budgets can require.
         *
         * @return the copy
         */
        public Limits approved() {
            return new Limits(maxOutput, minOutput, deadline, true);
        }
    }
}
