package io.auterity.relay.budget;

import io.auterity.relay.money.Money;
import java.util.Objects;

/**
 * Leave to make one call, with the money for it set aside. It is settled or released exactly once; what comes second has
 * no effect.
 *
 * @param id the reservation
 * @param request the request the call is for
 * @param scope who pays
 * @param offer the model to call
 * @param maxOutput the limit of output tokens to ask the provider for, at most what was wished for
 * @param amount the money set aside
 */
public record Grant(String id, String request, Scope scope, Offer offer, long maxOutput, Money amount) {

    /** Checks that every part is there. */
    public Grant {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(offer, "offer");
        Objects.requireNonNull(amount, "amount");
    }
}
