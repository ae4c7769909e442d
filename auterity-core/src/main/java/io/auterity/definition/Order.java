package io.auterity.definition;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * When a step may start, beyond the edges that its data makes.
 *
 * @param needs names of steps that must settle first although no data is read from them
 * @param condition the {@code if}: an expression, kept without its {@code ${{ }}}; false skips the step
 * @param join how the states of the steps before decide whether this one runs
 */
public record Order(List<String> needs, Optional<String> condition, Join join) {

    /** No needs, no condition, {@link Join#ALL_SUCCESS}. */
    public static final Order DEFAULT = new Order(List.of(), Optional.empty(), Join.ALL_SUCCESS);

    /** Copies the needs and takes the braces off the condition. */
    public Order {
        needs = List.copyOf(needs);
        condition = condition.map(Braces::bare);
        Objects.requireNonNull(join, "join");
    }

    /** How the states of the steps before decide, once all of them have settled. */
    public enum Join {
        /** Every step before succeeded, or failed with {@code onError: continue}; the default. */
        ALL_SUCCESS("all-success"),
        /** Whatever became of them; such a step also runs when its block fails. */
        ALL_DONE("all-done"),
        /** At least one succeeded. */
        ANY_SUCCESS("any-success"),
        /** None failed; skipped ones do not matter. */
        NONE_FAILED("none-failed");

        private final String text;

        Join(String text) {
            this.text = text;
        }

        /**
         * Returns the word used in YAML.
         *
         * @return the word
         */
        public String text() {
            return text;
        }
    }
}
