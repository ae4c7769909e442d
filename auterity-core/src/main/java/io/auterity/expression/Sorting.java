package io.auterity.expression;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sorts values of one type in ascending order, equal ones as they stood. */
final class Sorting {
    private Sorting() {}

    /** A value and what it is sorted by. */
    record Keyed(@Nullable Object key, @Nullable Object value) {}

    private record ByKey(Frame frame) implements Comparator<Keyed> {
        @Override
        public int compare(Keyed left, Keyed right) {
            return Ordering.compare(left.key(), right.key(), frame);
        }
    }

    static List<Object> sort(List<Keyed> keyed, Frame frame) {
        int size = keyed.size();
        // So many comparisons at most, each paid for before the first is made.
        frame.charge((long) size * (64 - Long.numberOfLeadingZeros(size)));
        for (Keyed entry : keyed) {
            // Also finds the one value of another type in a list of one, and NaN, which would break the order.
            if (Ordering.compare(entry.key(), entry.key(), frame) == Ordering.UNORDERED) {
                throw frame.argument("NaN has no place in an order");
            }
        }
        keyed.sort(new ByKey(frame));
        List<Object> sorted = new ArrayList<>(size);
        for (Keyed entry : keyed) {
            sorted.add(entry.value());
        }
        return sorted;
    }
}
