package io.auterity.relay.budget;

import io.auterity.relay.money.Money;
import java.time.Instant;
import java.util.List;

/**
 * Money set aside for one call on every account that pays for it.
 *
 * @param id unique for each call, retries and hedges included
 * @param at when it is made
 * @param amount the most the call can cost, 0 or more
 * @param claims the accounts, with the limit of each
 */
public record Reservation(String id, Instant at, Money amount, List<Claim> claims) {

    /**
     * An account that pays, and the limit it has at this moment.
     *
     * @param account the account
     * @param limit its limit
     */
    public record Claim(Account account, Money limit) {}

    /** Checks the amount. */
    public Reservation {
        claims = List.copyOf(claims);
        if (amount.isNegative()) {
            throw new IllegalArgumentException("a reservation is 0 or more, not " + amount);
        }
    }
}
