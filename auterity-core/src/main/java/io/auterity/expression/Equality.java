package io.auterity.expression;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CEL's equality: numbers of different types by value, lists and maps by parts, other types never equal. */
final class Equality {
    /** Values nested more deeply than this are refused, so that no walk over a value can exhaust the stack. */
    static final int MAX_DEPTH = 512;

    private Equality() {}

    /** Equality of constants, without a budget. */
    static boolean areEqual(@Nullable Object left, @Nullable Object right) {
        return areEqual(left, right, null, 0);
    }

    static boolean areEqual(@Nullable Object left, @Nullable Object right, Frame frame) {
        return areEqual(left, right, frame, 0);
    }

    private static boolean areEqual(@Nullable Object left, @Nullable Object right, @Nullable Frame frame, int depth) {
        if (left instanceof String text) {
            if (frame != null && text.length() >= 64) {
                frame.chargeText(text.length());
            }
            return text.equals(right);
        }
        if (left instanceof Number one) {
            return right instanceof Number two && Numbers.areEqual(one, two);
        }
        if (left == null || right == null) {
            return left == right;
        }
        if (left instanceof List<?> one) {
            return right instanceof List<?> two && lists(one, two, frame, depth);
        }
        if (left instanceof Map<?, ?> one) {
            return right instanceof Map<?, ?> two && maps(one, two, frame, depth);
        }
        return Values.isSupported(left) && left.equals(right);
    }

    private static void descend(@Nullable Frame frame, int size, int depth) {
        if (frame != null) {
            frame.charge(1 + size);
            if (depth >= MAX_DEPTH) {
                throw frame.fault(EvaluationException.Code.DEPTH, "a value is nested more than 512 levels deep");
            }
        } else if (depth >= MAX_DEPTH) {
            throw new Fault(EvaluationException.Code.DEPTH, 0, "a value is nested more than 512 levels deep");
        }
    }

    private static boolean lists(List<?> left, List<?> right, @Nullable Frame frame, int depth) {
        if (left.size() != right.size()) {
            return false;
        }
        descend(frame, left.size(), depth);
        Iterator<?> others = right.iterator();
        for (Object element : left) {
            if (!others.hasNext() || !areEqual(element, others.next(), frame, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean maps(Map<?, ?> left, Map<?, ?> right, @Nullable Frame frame, int depth) {
        if (left.size() != right.size()) {
            return false;
        }
        descend(frame, left.size(), depth);
        for (Map.Entry<?, ?> entry : left.entrySet()) {
            Object other = right.get(entry.getKey());
            if (other == null && !right.containsKey(entry.getKey())
                    || !areEqual(entry.getValue(), other, frame, depth + 1)) {
                return false;
            }
        }
        return true;
    }
}
