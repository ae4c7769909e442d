package io.auterity.random;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the reference knows while it computes a block: the outcomes of its steps, its loop's item, and what is around. */
final class Frame {

    private final @Nullable Frame outer;
    private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
    private final long input;
    private final long item;
    private final long index;

    /** How a step ended; the value is null unless it succeeded. */
    record Outcome(String status, @Nullable Object value) {

        static final Outcome SKIPPED = new Outcome("skipped", null);
        static final Outcome FAILED = new Outcome("failed", null);

        static Outcome of(Object value) {
            return new Outcome("succeeded", value);
        }

        boolean hasSucceeded() {
            return status.equals("succeeded");
        }
    }

    private Frame(@Nullable Frame outer, long input, long item, long index) {
        this.outer = outer;
        this.input = input;
        this.item = item;
        this.index = index;
    }

    static Frame root(long input) {
        return new Frame(null, input, 0, 0);
    }

    Frame inside(long newItem, long newIndex) {
        return new Frame(this, input, newItem, newIndex);
    }

    Frame outer() {
        return Objects.requireNonNull(outer, "outer");
    }

    long input() {
        return input;
    }

    long item() {
        return item;
    }

    long index() {
        return index;
    }

    Map<String, Outcome> outcomes() {
        return outcomes;
    }

    /** The value of a step, or null. */
    @Nullable
    Object value(String step) {
        Outcome outcome = outcomes.get(step);
        return outcome == null ? null : outcome.value();
    }
}
