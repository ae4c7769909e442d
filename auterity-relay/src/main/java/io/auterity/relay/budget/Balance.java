package io.auterity.relay.budget;

import io.auterity.relay.money.Money;

/**
 * What stands on an account.
 *
 * @param spent what calls have cost, never above the limit they were reserved under
 * @param reserved what calls on their way may cost at most, never negative
 * @param overrun what providers charged beyond the reservation of a call, against their own limits; it counts as used
 */
public record Balance(Money spent, Money reserved, Money overrun) {

    /** Nothing spent and nothing reserved. */
    public static final Balance NONE = new Balance(Money.ZERO, Money.ZERO, Money.ZERO);

    /**
     * Returns everything that is no longer free.
     *
     * @return spent, reserved and overrun together
     */
    public Money used() {
        return spent.plus(reserved).plus(overrun);
    }

    /**
     * Returns what another call may reserve.
     *
     * @param limit the budget's limit
     * @return the rest, never negative
     */
    public Money left(Money limit) {
        return limit.minus(used()).max(Money.ZERO);
    }
}
