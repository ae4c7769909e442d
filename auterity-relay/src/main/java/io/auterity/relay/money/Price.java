package io.auterity.relay.money;

import java.util.Optional;

/**
 * What a call to a model costs, or that nobody knows.
 *
 * @param certainty how the price is known
 * @param rates the rates; empty only if it is {@link Certainty#UNKNOWN}
 * @param book the hash of the price book that said so
 */
public record Price(Certainty certainty, Optional<Rates> rates, String book) {

    /** How a price is known. */
    public enum Certainty {
        /** The book has it. */
        KNOWN,
        /** The book does not have it; the dearest rates stand in. */
        WORST_CASE,
        /** The book does not have it, and nothing stands in. */
        UNKNOWN
    }

    /** Checks that there are rates unless the price is unknown. */
    public Price {
        if (rates.isEmpty() != (certainty == Certainty.UNKNOWN)) {
            throw new IllegalArgumentException("a price that is " + certainty + " has rates " + rates);
        }
    }

    /**
     * Returns the cost of a call.
     *
     * @param usage what it used
     * @return the cost, or empty if this price, or that of a meter, is unknown
     */
    public Optional<Money> cost(Usage usage) {
        return rates.filter(known -> known.unpriced(usage).isEmpty()).map(known -> known.cost(usage));
    }

    /**
     * Returns what a call costs at least: the meters that have a price.
     *
     * @param usage what it used
     * @return the sum of these
     */
    public Money atLeast(Usage usage) {
        Usage priced = usage;
        for (Meter meter : Meter.values()) {
            if (rates.isEmpty() || rates.get().rate(meter).isEmpty()) {
                priced = priced.with(meter, 0);
            }
        }
        return cost(priced).orElse(Money.ZERO);
    }
}
