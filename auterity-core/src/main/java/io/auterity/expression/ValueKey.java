package io.auterity.expression;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value as an element of a hash set, by the language's equality; each comparison is paid for. */
final class ValueKey {
    private final @Nullable Object value;
    private final Frame frame;
    private final int hash;

    ValueKey(@Nullable Object value, Frame frame) {
        this.value = value;
        this.frame = frame;
        this.hash = hash(value, 0);
    }

    private int hash(@Nullable Object part, int depth) {
        frame.charge(1);
        if (part instanceof Number number) {
            // Numbers that are equal are equal as doubles too; 0.0 and -0.0 are one value.
            return Double.hashCode(number.doubleValue() + 0.0);
        }
        if (part instanceof String text) {
            frame.charge(text.length() >> 6);
            return text.hashCode();
        }
        if (depth >= Equality.MAX_DEPTH) {
            throw frame.fault(EvaluationException.Code.DEPTH, "a value is nested more than 512 levels deep");
        }
        int hash = 1;
        if (part instanceof List<?> list) {
            for (Object element : list) {
                hash = hash * 31 + hash(element, depth + 1);
            }
            return hash;
        }
        if (part instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                hash += hash(entry.getKey(), depth + 1) ^ hash(entry.getValue(), depth + 1) * 31;
            }
            return hash;
        }
        if (!Values.isSupported(part)) {
            throw Values.unexpected("a JSON value", part, frame.at);
        }
        return part == null ? 0 : part.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        frame.charge(1);
        return other instanceof ValueKey key && Equality.areEqual(value, key.value, frame);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
