package io.auterity.plan;

import org.jspecify.annotations.Nullable;

/** A compiled template: a pure, bounded function of what it reads. Immutable and thread-safe. */
@FunctionalInterface
public interface Compute {

    /**
     * Computes the value.
     *
     * @param scope what it may read
     * @return a JSON value, or {@link Scope#ABSENT} where the template is one expression that reads an absent value
     * @throws ComputeException if there is no value
     */
    @Nullable
    Object apply(Scope scope);

    /**
     * Makes the computation that passes on a value in the form it is kept in.
     *
     * @param reference a {@link Reference}
     * @return the computation
     */
    static Compute stored(int reference) {
        return new Stored(reference);
    }

    /**
     * Passes a value on.
     *
     * @param reference where it stands
     */
    record Stored(int reference) implements Compute {
        @Override
        public @Nullable Object apply(Scope scope) {
            return scope.readStored(reference);
        }
    }

    /**
     * Makes the computation of a constant.
     *
     * @param value the value
     * @return the computation
     */
    static Compute constant(@Nullable Object value) {
        return scope -> value;
    }
}
