package io.auterity.expression;

/** Integers and floating point numbers side by side, compared exactly. */
final class Numbers {
    private static final double TWO_TO_63 = 0x1p63;

    private Numbers() {}

    static boolean isIntegral(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    /** Whether a floating point number is an integer of 64 bits. */
    static boolean isWhole(double value) {
        return value == Math.rint(value) && value >= -TWO_TO_63 && value < TWO_TO_63;
    }

    static boolean areEqual(Number left, Number right) {
        if (isIntegral(left)) {
            return isIntegral(right)
                    ? left.longValue() == right.longValue()
                    : compare(left.longValue(), right.doubleValue()) == 0;
        }
        return isIntegral(right)
                ? compare(right.longValue(), left.doubleValue()) == 0
                : left.doubleValue() == right.doubleValue();
    }

    /** Compares without losing digits; NaN counts as smaller than every integer, and equal to none. */
    static int compare(long left, double right) {
        if (Double.isNaN(right)) {
            return 1;
        }
        if (right >= TWO_TO_63) {
            return -1;
        }
        if (right < -TWO_TO_63) {
            return 1;
        }
        long whole = (long) right;
        if (left != whole) {
            return left < whole ? -1 : 1;
        }
        return Double.compare(0.0, right - whole + 0.0);
    }
}
