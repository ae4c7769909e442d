package io.auterity.compile;

import java.util.Arrays;

/** A growing list of numbers without boxes. */
final class Ints {

    private static final int[] NONE = {};

    private int[] values = NONE;
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(4, size * 2));
        }
        values[size++] = value;
    }

    void addAll(Ints other) {
        for (int i = 0; i < other.size; i++) {
            add(other.values[i]);
        }
    }

    int size() {
        return size;
    }

    int get(int place) {
        return values[place];
    }

    /** Returns the numbers in ascending order, each once. */
    int[] distinct() {
        if (size < 2) {
            return Arrays.copyOf(values, size);
        }
        int[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        int end = 1;
        for (int next = 1; next < sorted.length; next++) {
            if (sorted[next] != sorted[end - 1]) {
                sorted[end++] = sorted[next];
            }
        }
        return Arrays.copyOf(sorted, end);
    }
}
