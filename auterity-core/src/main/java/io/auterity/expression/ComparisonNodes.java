package io.auterity.expression;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Comparisons and membership. */
final class ComparisonNodes {
    private ComparisonNodes() {}

    private abstract static class Comparison extends Node {
        final Operator operator;
        final Node left;
        final Node right;

        Comparison(int at, Operator operator, Node left, Node right) {
            super(at);
            this.operator = operator;
            this.left = left;
            this.right = right;
        }

        @Override
        final Object eval(Frame frame) {
            return evalBoolean(frame);
        }

        final boolean holds(int comparison) {
            return comparison != Ordering.UNORDERED && operator.holds(comparison);
        }
    }

    /** The order of two integers. */
    static final class OrderOfLongs extends Comparison {
        private OrderOfLongs(int at, Operator operator, Node left, Node right) {
            super(at, operator, left, right);
        }

        static Node of(int at, Operator operator, Node left, Node right) {
            return new OrderOfLongs(at, operator, left, right);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            return operator.holds(Long.compare(left.evalLong(frame), right.evalLong(frame)));
        }
    }

    /** The order of a number and a floating point constant. */
    static final class OrderWithDouble extends Comparison {
        private final double constant;

        private OrderWithDouble(int at, Operator operator, Node left, Constant right) {
            super(at, operator, left, right);
            this.constant = (Double) Objects.requireNonNull(right.value);
        }

        static Node of(int at, Operator operator, Node left, Constant right) {
            return new OrderWithDouble(at, operator, left, right);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            Object value = left.eval(frame);
            if (value instanceof Double number) {
                return holds(Ordering.doubles(number, constant));
            }
            frame.at = at;
            return holds(Ordering.compare(value, constant, frame));
        }
    }

    /** The order of two values. */
    static final class OrderOfValues extends Comparison {
        private OrderOfValues(int at, Operator operator, Node left, Node right) {
            super(at, operator, left, right);
        }

        static Node of(int at, Operator operator, Node left, Node right) {
            return new OrderOfValues(at, operator, left, right);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            Object one = left.eval(frame);
            Object two = right.eval(frame);
            frame.at = at;
            return holds(Ordering.compare(one, two, frame));
        }
    }

    /** Equality of two values. */
    static final class Equal extends Comparison {
        private Equal(int at, Operator operator, Node left, Node right) {
            super(at, operator, left, right);
        }

        static Node of(int at, Operator operator, Node left, Node right) {
            return new Equal(at, operator, left, right);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            Object one = left.eval(frame);
            Object two = right.eval(frame);
            frame.at = at;
            return Equality.areEqual(one, two, frame) == (operator == Operator.EQUAL);
        }
    }

    /** Membership of a value in a list, or of a key in a map. */
    static final class In extends Comparison {
        private In(int at, Node left, Node right) {
            super(at, Operator.IN, left, right);
        }

        static Node of(int at, Node left, Node right) {
            return new In(at, left, right);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            Object wanted = left.eval(frame);
            Object container = right.eval(frame);
            frame.at = at;
            if (container instanceof List<?> list) {
                return contains(list, wanted, frame);
            }
            if (container instanceof Map<?, ?> map) {
                return wanted instanceof String key && map.containsKey(key);
            }
            throw Values.unexpected("list or map", container, at);
        }

        private static boolean contains(List<?> list, @Nullable Object wanted, Frame frame) {
            for (Object element : list) {
                frame.charge(1);
                if (Equality.areEqual(wanted, element, frame)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Membership in a list of constant texts. */
    static final class InTexts extends Node {
        private final Node left;
        private final Set<Object> texts;

        private InTexts(int at, Node left, List<?> texts) {
            super(at);
            this.left = left;
            this.texts = new HashSet<>(texts);
        }

        static Node of(int at, Node left, List<?> texts) {
            return new InTexts(at, left, texts);
        }

        @Override
        Object eval(Frame frame) {
            return evalBoolean(frame);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            return left.eval(frame) instanceof String text && texts.contains(text);
        }
    }
}
