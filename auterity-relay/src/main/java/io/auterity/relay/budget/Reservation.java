package io.auterity.relay.budget;

import io.auterity.relay.money.Money;
import java.time.Instant;
import java.util.List;

/**
 * Money set aside for one call on every account that pays for it.
 *
 * @param worst the line that is booked if nobody ever says what the call cost, as when its process dies: its id is the
 *     reservation's, and its cost what is set aside, the most the call can cost
 * @param claims the accounts, with the limit of each
 */
public record Reservation(LedgerLine worst, List<Claim> claims) {

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
        if (worst.charge().booked().isNegative()) {
            throw new IllegalArgumentException(
                    "a reservation is 0 or more, not " + worst.charge().booked());
        }
    }

    /**
     * Returns what tells this from others.
     *
     * @return the id, unique for each call, retries and hedges included
     */
    public String id() {
        return worst.id();
    }

    /**
     * Returns when it is made.
     *
     * @return the time
     */
    public Instant at() {
        return worst.at();
    }

    /**
     * Returns what is set aside.
     *
     * @return the most the call can cost, 0 or more
     */
    public Money amount() {
        return worst.charge().booked();
    }
}
