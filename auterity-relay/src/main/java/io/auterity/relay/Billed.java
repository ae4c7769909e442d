package io.auterity.relay;

import io.auterity.relay.budget.Offer;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import java.util.Optional;

/**
 * What a call is charged by. A provider can answer in another class of service than was asked for: OpenAI answers in its usual
 * one when it has no room in the quicker one, and in the one that a project is set to when nothing is asked for.
 *
 * @param tier the class of service of the answer
 * @param price its price
 */
record Billed(ServiceTier tier, Price price) {

    /**
     * Finds the price of an answer. If the book has none of its class of service, the rates that were expected stand in for a
     * slower one, which is never dearer; nobody knows what a quicker one costs.
     *
     * @param offer what was expected
     * @param told what the provider says of it, if anything
     * @param usage what was used
     * @param book the price book
     */
    static Billed of(Offer offer, Optional<ServiceTier> told, Usage usage, PriceBook book) {
        Billed expected = new Billed(offer.tier(), offer.price());
        ServiceTier tier = told.map(one -> at(offer.tier(), one)).orElse(offer.tier());
        if (tier == offer.tier() || offer.price().certainty() != Price.Certainty.KNOWN) {
            return expected;
        }
        if (book.missing(offer.model(), tier, usage).isEmpty()) {
            return new Billed(tier, book.price(offer.model(), tier, usage, UnknownPrice.ALLOW_AND_FLAG));
        }
        return new Billed(
                tier,
                rank(tier) > rank(offer.tier())
                        ? new Price(Price.Certainty.UNKNOWN, Optional.empty(), book.hash())
                        : new Price(Price.Certainty.WORST_CASE, offer.price().rates(), book.hash()));
    }

    /** The class of service that an answer has where a deployment is; those of which no answer speaks stay as they are. */
    private static ServiceTier at(ServiceTier offered, ServiceTier told) {
        return switch (offered) {
            case STANDARD, FLEX, PRIORITY -> told;
            case REGIONAL, REGIONAL_FLEX, REGIONAL_PRIORITY ->
                switch (told) {
                    case FLEX -> ServiceTier.REGIONAL_FLEX;
                    case PRIORITY -> ServiceTier.REGIONAL_PRIORITY;
                    default -> ServiceTier.REGIONAL;
                };
            case BATCH, REGIONAL_BATCH, FAST -> offered;
        };
    }

    /** Orders the classes of service of which an answer speaks: the quicker of two is the dearer. */
    private static int rank(ServiceTier tier) {
        return switch (tier) {
            case FLEX, REGIONAL_FLEX -> 0;
            case PRIORITY, REGIONAL_PRIORITY -> 2;
            default -> 1;
        };
    }
}
