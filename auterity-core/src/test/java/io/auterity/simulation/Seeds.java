package io.auterity.simulation;

import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/** Tries a trial with many seeds, on all processors: each is a world of its own. */
final class Seeds {

    private final String property;

    /**
     * Seeds that system properties can change.
     *
     * @param property {@code -Dproperty.seed=N} tries one seed, {@code -Dproperty.seeds=N} so many from the first on, and
     *     {@code -Dproperty.from=N} says which one is the first
     */
    Seeds(String property) {
        this.property = property;
    }

    /** Tries them all, and fails with the lowest seed that does. */
    void tryAll(int usually, LongConsumer trial) {
        long only = Long.getLong(property + ".seed", -1);
        long first = only >= 0 ? only : Long.getLong(property + ".from", 0);
        long last = only >= 0 ? only : first + Long.getLong(property + ".seeds", usually) - 1;
        long started = System.nanoTime();
        Optional<AssertionError> failure = LongStream.rangeClosed(first, last)
                .parallel()
                .mapToObj(seed -> failureOf(trial, seed))
                .flatMap(Optional::stream)
                .findFirst();
        failure.ifPresent(error -> {
            throw error;
        });
        System.out.printf(
                "%s: seeds %d to %d, 0 violations, %d s%n",
                property, first, last, (System.nanoTime() - started) / 1_000_000_000);
    }

    private Optional<AssertionError> failureOf(LongConsumer trial, long seed) {
        try {
            trial.accept(seed);
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            return Optional.of(new AssertionError(
                    "seed " + seed + " (look at it alone with -D" + property + ".seed=" + seed + "): " + e.getMessage(),
                    e));
        }
    }
}
