package io.auterity.expression;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** CEL's order of values of one type; texts by code points, false before true. */
final class Ordering {
    /** NaN is neither smaller nor larger than anything. */
    static final int UNORDERED = Integer.MIN_VALUE;

    private Ordering() {}

    static int compare(@Nullable Object left, @Nullable Object right, Frame frame) {
        if (left instanceof Number one && right instanceof Number two && Values.isSupported(one)) {
            return numbers(one, two);
        }
        if (left instanceof String one && right instanceof String two) {
            frame.charge(one.length() >> 6);
            return texts(one, two);
        }
        if (left instanceof Instant one && right instanceof Instant two) {
            return Integer.signum(one.compareTo(two));
        }
        if (left instanceof Duration one && right instanceof Duration two) {
            return Integer.signum(one.compareTo(two));
        }
        if (left instanceof Boolean one && right instanceof Boolean two) {
            return Boolean.compare(one, two);
        }
        throw frame.fault(
                EvaluationException.Code.TYPE,
                Values.described(left) + " and " + Values.described(right) + " have no order");
    }

    private static int numbers(Number left, Number right) {
        boolean longs = Numbers.isIntegral(left);
        if (longs && Numbers.isIntegral(right)) {
            return Long.compare(left.longValue(), right.longValue());
        }
        if (longs) {
            double other = right.doubleValue();
            return Double.isNaN(other) ? UNORDERED : Numbers.compare(left.longValue(), other);
        }
        double value = left.doubleValue();
        if (Numbers.isIntegral(right)) {
            return Double.isNaN(value) ? UNORDERED : -Numbers.compare(right.longValue(), value);
        }
        return doubles(value, right.doubleValue());
    }

    static int doubles(double left, double right) {
        return left < right ? -1 : left > right ? 1 : left == right ? 0 : UNORDERED;
    }

    /** Java compares UTF-16 units, which puts characters beyond U+FFFF before U+E000; CEL compares characters. */
    static int texts(String left, String right) {
        int end = Math.min(left.length(), right.length());
        for (int i = 0; i < end; i++) {
            char one = left.charAt(i);
            char two = right.charAt(i);
            if (one != two) {
                boolean surrogates = Character.isSurrogate(one) != Character.isSurrogate(two);
                return surrogates && one >= 0xD800 && two >= 0xD800
                        ? (Character.isSurrogate(one) ? 1 : -1)
                        : Character.compare(one, two) < 0 ? -1 : 1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
