package io.auterity.expression;

import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * What one evaluation may spend, and how it learns that nobody waits for it any longer.
 *
 * <p>A unit of fuel pays for one node of the expression, one element visited or made, or 64 characters read or written.
 * Immutable; one budget may serve any number of evaluations on any threads, each of which gets all of it.
 *
 * @param fuel the most units one evaluation may spend, at least 1
 * @param maxOutputBytes the largest result, counted as the characters of its compact JSON, at least 1
 * @param cancelled asked before the evaluation and then at least every 256 units; true ends it
 */
public record Budget(long fuel, long maxOutputBytes, BooleanSupplier cancelled) {
    /** The fuel of the default budget: 100,000 units. */
    public static final long DEFAULT_FUEL = 100_000;

    /** The largest result of the default budget: 1 MiB. */
    public static final long DEFAULT_MAX_OUTPUT_BYTES = 1L << 20;

    /** 100,000 units, 1 MiB of result, never cancelled; an interrupt of the thread, which may mean something else, does not count. */
    public static final Budget DEFAULT = new Budget(DEFAULT_FUEL, DEFAULT_MAX_OUTPUT_BYTES, Never.CANCELLED);

    /** The check that never ends an evaluation; an enum, because the first lambda of a JVM costs 10 ms to start. */
    private enum Never implements BooleanSupplier {
        CANCELLED;

        @Override
        public boolean getAsBoolean() {
            return false;
        }
    }

    /** Checks the limits. */
    public Budget {
        if (fuel < 1 || maxOutputBytes < 1) {
            throw new IllegalArgumentException(
                    "fuel and maxOutputBytes must be at least 1, but are " + fuel + " and " + maxOutputBytes);
        }
        Objects.requireNonNull(cancelled, "cancelled");
    }

    /**
     * Returns this budget with another amount of fuel.
     *
     * @param units the most units one evaluation may spend, at least 1
     * @return the changed budget
     */
    public Budget withFuel(long units) {
        return new Budget(units, maxOutputBytes, cancelled);
    }

    /**
     * Returns this budget with another largest result.
     *
     * @param bytes the largest result, at least 1
     * @return the changed budget
     */
    public Budget withMaxOutputBytes(long bytes) {
        return new Budget(fuel, bytes, cancelled);
    }

    /**
     * Returns this budget with another way to end an evaluation early.
     *
     * @param check returns true once the evaluation should end; called on the evaluating thread, must be quick
     * @return the changed budget
     */
    public Budget withCancellation(BooleanSupplier check) {
        return new Budget(fuel, maxOutputBytes, check);
    }
}
