package io.auterity.relay.budget;

import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.util.Optional;

/**
 * A model that would do for a call, with the most it can use.
 *
 * @param model the model
 * @param tier the class of service
 * @param price its price
 * @param most the most of each meter; {@link Meter#OUTPUT} is the limit of tokens wished for, which may be lowered
 * @param minOutput the fewest output tokens that make the call worth while
 */
public record Offer(ModelName model, ServiceTier tier, Price price, Usage most, long minOutput) {

    /** Checks that the limits fit each other. */
    public Offer {
        if (minOutput < 0 || minOutput > most.count(Meter.OUTPUT)) {
            throw new IllegalArgumentException("minOutput is between 0 and the limit of " + most.count(Meter.OUTPUT)
                    + " tokens wished for, not " + minOutput);
        }
    }

    /**
     * Says whether every meter of the call has a price.
     *
     * @return whether {@link #amount} is what the call can cost, and not unknown
     */
    public boolean isPriced() {
        return price.rates().filter(rates -> rates.unpriced(most).isEmpty()).isPresent();
    }

    /**
     * Returns what the call can cost when the answer is limited to some tokens.
     *
     * @param output the limit of tokens
     * @return the most the call can cost; empty if nobody knows, never zero for that
     */
    public Optional<Money> cost(long output) {
        return price.rates()
                .filter(rates -> rates.unpriced(most).isEmpty())
                .map(rates -> rates.ceiling(most.with(Meter.OUTPUT, output)));
    }

    /**
     * Returns what must be set aside when the answer is limited to some tokens.
     *
     * @param output the limit of tokens
     * @return the most the call can cost; nothing if the price is unknown
     */
    public Money amount(long output) {
        return cost(output).orElse(Money.ZERO);
    }

    /**
     * Returns the highest limit of output tokens that some money pays for, by bisection.
     *
     * @param money the money
     * @param highest the highest limit to consider
     * @return the limit, or empty if not even {@link #minOutput} can be paid for
     */
    public Optional<Long> affordable(Money money, long highest) {
        if (highest >= minOutput && !amount(highest).isMoreThan(money)) {
            return Optional.of(highest);
        }
        if (amount(minOutput).isMoreThan(money)) {
            return Optional.empty();
        }
        long low = minOutput;
        long high = highest;
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (amount(middle).isMoreThan(money)) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return Optional.of(low);
    }
}
