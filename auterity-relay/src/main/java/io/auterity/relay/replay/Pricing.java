package io.auterity.relay.replay;

import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceException;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.util.Optional;

/** What the tokens of a call would have cost at another model, by the prices of a policy. */
record Pricing(Policy policy) {

    /** Empty if nobody knows. */
    Optional<Money> cost(ModelName model, Usage usage) {
        ServiceTier tier = policy.deployments().stream()
                .filter(place -> place.model().equals(model))
                .map(Deployment::tier)
                .findFirst()
                .orElse(ServiceTier.STANDARD);
        try {
            return policy.prices()
                    .book()
                    .price(model, tier, usage, policy.prices().unknown())
                    .cost(usage);
        } catch (PriceException e) {
            return Optional.empty(); // which is what its reader asks
        }
    }

    /** Dollars as a statistic; the ledger has the exact ones. */
    static double dollars(Money money) {
        return money.nanos() / 1e9;
    }
}
