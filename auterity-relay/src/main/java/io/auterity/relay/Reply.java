package io.auterity.relay;

import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderException;
import java.util.List;
import java.util.Optional;

/**
 * An answer, what it cost, and why it came from where it came.
 *
 * @param answer what the model answered; the whole text, also if several had a part in it
 * @param deployment who answered, or ended the answer
 * @param line what stands in the ledger for it
 * @param failures what failed before, in order
 * @param explanation why this model was chosen
 * @param fragments what was paid for on the way to the answer, in order: its beginnings, of streams that broke and were gone on
 *     with ({@link io.auterity.relay.decide.Policy.AfterFirstToken#CONTINUE}), or a whole answer that was not as it was asked
 *     for ({@link ErrorClass#INVALID})
 */
public record Reply(
        ProviderAnswer answer,
        Deployment deployment,
        LedgerLine line,
        List<ProviderException> failures,
        Decision.Explanation explanation,
        List<Fragment> fragments) {

    /** Copies the lists. */
    public Reply {
        failures = List.copyOf(failures);
        fragments = List.copyOf(fragments);
    }

    /**
     * A part of the answer whose stream broke, or a whole answer in whose place there is another.
     *
     * @param deployment who gave it
     * @param failure why it broke, or that it was wrong
     * @param characters how long it was
     * @param line what stands in the ledger for it
     */
    public record Fragment(Deployment deployment, ErrorClass failure, int characters, LedgerLine line) {

        @Override
        public String toString() {
            return deployment.model() + " broke off after " + characters + " characters (" + failure + ")";
        }
    }

    /**
     * Says whether several deployments had a part in the answer, so that it may show where they are joined.
     *
     * @return whether it is so
     */
    public boolean isContinued() {
        return fragments.stream().anyMatch(fragment -> fragment.failure() != ErrorClass.INVALID);
    }

    /**
     * Returns what all parts of the answer used, and a wrong one before it.
     *
     * @return the usage, as it was booked
     */
    public Usage usage() {
        return fragments.stream()
                .map(fragment -> fragment.line().charge().usage())
                .reduce(line.charge().usage(), Usage::plus);
    }

    /**
     * Returns what all parts of the answer cost, and a wrong one before it.
     *
     * @return the amount, as it was booked, or empty if nobody knows the price of one
     */
    public Optional<Money> cost() {
        Optional<Money> sum = line.charge().cost();
        for (Fragment fragment : fragments) {
            sum = sum.flatMap(money -> fragment.line().charge().cost().map(money::plus));
        }
        return sum;
    }
}
