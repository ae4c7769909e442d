package io.auterity.relay.money;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;

/**
 * An amount of US dollars, as a whole number of nano-dollars.
 *
 * <p>Sums are exact: nothing is rounded, and what does not fit 64 bits (about nine billion dollars) throws
 * {@link ArithmeticException} instead of wrapping around. The one place where money is rounded is
 * {@link Rates#cost(Usage)}. Immutable and thread-safe.
 *
 * @param nanos the amount in nano-dollars; negative for a credit
 */
public record Money(long nanos) implements Comparable<Money> {

    /** Nothing. */
    public static final Money ZERO = new Money(0);

    private static final int NANO_DIGITS = 9;

    /**
     * Reads an amount of dollars.
     *
     * @param dollars a decimal number, as in {@code 5}, {@code 0.25} or {@code 0.000000001}
     * @return the amount
     * @throws IllegalArgumentException if it is no number, or finer than a nano-dollar, or out of range
     */
    public static Money dollars(String dollars) {
        try {
            return new Money(new BigDecimal(dollars.strip())
                    .movePointRight(NANO_DIGITS)
                    .setScale(0, RoundingMode.UNNECESSARY)
                    .longValueExact());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + dollars + "' is no amount of dollars; write it as in 12.50", e);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "'" + dollars + "' is finer than a nano-dollar or more than nine billion dollars", e);
        }
    }

    /**
     * Adds.
     *
     * @param other what to add
     * @return the sum
     * @throws ArithmeticException if it does not fit
     */
    public Money plus(Money other) {
        return new Money(Math.addExact(nanos, other.nanos));
    }

    /**
     * Subtracts.
     *
     * @param other what to take away
     * @return the difference, which may be negative
     * @throws ArithmeticException if it does not fit
     */
    public Money minus(Money other) {
        return new Money(Math.subtractExact(nanos, other.nanos));
    }

    /**
     * Multiplies.
     *
     * @param times how often
     * @return the product
     * @throws ArithmeticException if it does not fit
     */
    public Money times(long times) {
        return new Money(Math.multiplyExact(nanos, times));
    }

    /**
     * Returns the part of this amount that a percentage stands for, rounded down.
     *
     * @param percent 0 or more
     * @return the part
     */
    public Money percent(int percent) {
        long hundredth = nanos / 100;
        long rest = nanos % 100;
        return new Money(Math.addExact(Math.multiplyExact(hundredth, (long) percent), rest * percent / 100));
    }

    /**
     * Returns the lesser amount.
     *
     * @param other the other amount
     * @return the lesser of the two
     */
    public Money min(Money other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /**
     * Returns the greater amount.
     *
     * @param other the other amount
     * @return the greater of the two
     */
    public Money max(Money other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /**
     * Compares with another amount.
     *
     * @param other the other amount
     * @return whether this is more
     */
    public boolean isMoreThan(Money other) {
        return compareTo(other) > 0;
    }

    /**
     * Says whether this is a credit.
     *
     * @return whether the amount is below zero
     */
    public boolean isNegative() {
        return nanos < 0;
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(nanos, Objects.requireNonNull(other, "other").nanos);
    }

    /** Shows the exact amount in dollars, as in {@code $0.0042}. */
    @Override
    public String toString() {
        BigDecimal dollars =
                BigDecimal.valueOf(nanos).movePointLeft(NANO_DIGITS).stripTrailingZeros();
        String text = dollars.abs()
                .setScale(Math.max(2, dollars.scale()), RoundingMode.UNNECESSARY)
                .toPlainString();
        return (nanos < 0 ? "-$" : "$") + text;
    }
}
