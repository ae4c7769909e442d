package io.auterity.relay.budget;

import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.util.Optional;

/**
 * What one call used and cost, with everything needed to compute it again.
 *
 * @param model the model that answered
 * @param tier the class of service
 * @param usage what it used
 * @param cost what it cost; empty if nobody knows, never zero for that
 * @param certainty how the price was known
 * @param book the hash of the price book
 */
public record Charge(
        ModelName model, ServiceTier tier, Usage usage, Optional<Money> cost, Price.Certainty certainty, String book) {

    /**
     * Computes a charge.
     *
     * @param model the model that answered
     * @param tier the class of service
     * @param usage what it used
     * @param price the price
     * @return the charge
     */
    public static Charge of(ModelName model, ServiceTier tier, Usage usage, Price price) {
        Optional<Money> cost = price.cost(usage);
        return new Charge(
                model, tier, usage, cost, cost.isEmpty() ? Price.Certainty.UNKNOWN : price.certainty(), price.book());
    }

    /**
     * Returns what is booked: the cost, or nothing if nobody knows it.
     *
     * @return the amount
     */
    public Money booked() {
        return cost.orElse(Money.ZERO);
    }
}
