package io.auterity.random;

import io.auterity.definition.Order.Join;
import io.auterity.random.Sample.End;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the reference knows while it computes a block: the outcomes of its steps, its loop's item, and what is around. */
final class Frame {

    private final @Nullable Frame outer;
    private final Ends ends;
    private final String block;
    private final boolean isUnsure;
    private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
    private final Set<String> unsure = new HashSet<>();
    private String underWay = "";
    private final long input;
    private final long item;
    private final long index;

    /** How a step ended; the value is null unless it succeeded. */
    record Outcome(String status, @Nullable Object value) {

        static final Outcome SKIPPED = new Outcome("skipped", null);
        static final Outcome FAILED = new Outcome("failed", null);

        /** It failed, and with it its block. */
        static final Outcome FATAL = new Outcome("failed", null);

        /** It waits for one that fails its block, and so is never begun. */
        static final Outcome STOPPED = new Outcome("stopped", null);

        static Outcome of(Object value) {
            return new Outcome("succeeded", value);
        }

        boolean hasSucceeded() {
            return status.equals("succeeded");
        }
    }

    /** How all steps end, by path, and whether any failed its block. */
    static final class Ends {
        private final Map<String, End> all = new LinkedHashMap<>();
        private final Set<String> unsure = new HashSet<>();
        private boolean anyFatal;

        /** Returns how each step ends if it comes to an end by itself. */
        Map<String, End> sure() {
            Map<String, End> sure = new LinkedHashMap<>(all);
            if (anyFatal) {
                sure.keySet().removeAll(unsure);
            }
            return sure;
        }
    }

    private Frame(@Nullable Frame outer, Ends ends, String block, boolean isUnsure, long input, long item, long index) {
        this.outer = outer;
        this.ends = ends;
        this.block = block;
        this.isUnsure = isUnsure;
        this.input = input;
        this.item = item;
        this.index = index;
    }

    static Frame root(Ends ends, long input) {
        return new Frame(null, ends, "", false, input, 0, 0);
    }

    /** A block of the step under way. */
    Frame inside() {
        return inside("", 0, 0);
    }

    /** An iteration of the step under way. */
    Frame inside(long newItem, long newIndex) {
        return inside("[" + newIndex + "]", newItem, newIndex);
    }

    private Frame inside(String iteration, long newItem, long newIndex) {
        String path = block + underWay + iteration + "/";
        return new Frame(this, ends, path, isUnsure(underWay), input, newItem, newIndex);
    }

    /**
     * Turns to a step. One that runs even when its block has failed may read what was stopped, or not, so how it ends is
     * not sure then; nor is what reads it.
     */
    void begin(String step, Join join, Set<String> before) {
        underWay = step;
        if ((join == Join.ALL_DONE && !before.isEmpty()) || before.stream().anyMatch(unsure::contains)) {
            unsure.add(step);
        }
    }

    private boolean isUnsure(String step) {
        return isUnsure || unsure.contains(step);
    }

    /** Notes how the step under way ends. */
    void end(Outcome outcome) {
        outcomes.put(underWay, outcome);
        ends.all.put(block + underWay, new End(outcome.status(), outcome.value()));
        ends.anyFatal |= outcome == Outcome.FATAL;
        if (isUnsure(underWay)) {
            ends.unsure.add(block + underWay);
        }
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

    /** How a step of this block that has come to its end did so. */
    Outcome outcome(String step) {
        return Objects.requireNonNull(outcomes.get(step), step);
    }

    /** The value of a step, or null. */
    @Nullable
    Object value(String step) {
        Outcome outcome = outcomes.get(step);
        return outcome == null ? null : outcome.value();
    }
}
