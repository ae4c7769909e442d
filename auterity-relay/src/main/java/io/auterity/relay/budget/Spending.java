package io.auterity.relay.budget;

import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;

/**
 * Lines of the ledger, summed up.
 *
 * @param lines how many there are, credits among them
 * @param cost what they cost, as far as that is known; credits are taken off
 * @param unknown how many lines have a cost that nobody knows
 * @param usage what was used
 */
public record Spending(int lines, Money cost, int unknown, Usage usage) {

    /** No lines. */
    public static final Spending NONE = new Spending(0, Money.ZERO, 0, Usage.NONE);

    /**
     * Sums lines up.
     *
     * @param lines the lines
     * @return the sum
     * @throws ArithmeticException if it is larger than a {@code long} of nano-dollars, or of tokens
     */
    public static Spending of(Iterable<LedgerLine> lines) {
        Spending sum = NONE;
        for (LedgerLine line : lines) {
            sum = sum.plus(line.charge());
        }
        return sum;
    }

    private Spending plus(Charge charge) {
        return new Spending(
                Math.addExact(lines, 1),
                cost.plus(charge.booked()),
                unknown + (charge.cost().isEmpty() ? 1 : 0),
                usage.plus(charge.usage()));
    }
}
