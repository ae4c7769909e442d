package io.auterity.expression;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arithmetic: on integers, on floating point numbers, and on values whose types only the evaluation knows. */
final class Arithmetic {
    private Arithmetic() {}

    private static Fault overflow(int at) {
        return new Fault(EvaluationException.Code.OVERFLOW, at, "an integer leaves the range of 64 bits");
    }

    static long apply(Operator operator, long left, long right, int at) {
        switch (operator) {
            case ADD:
                long sum = left + right;
                if (((left ^ sum) & (right ^ sum)) < 0) {
                    throw overflow(at);
                }
                return sum;
            case SUBTRACT:
                long difference = left - right;
                if (((left ^ right) & (left ^ difference)) < 0) {
                    throw overflow(at);
                }
                return difference;
            case MULTIPLY:
                long product = left * right;
                if (Math.multiplyHigh(left, right) != product >> 63) {
                    throw overflow(at);
                }
                return product;
            case DIVIDE:
                checkDivision(left, right, at);
                return left / right;
            default:
                checkDivision(left, right, at);
                return left % right;
        }
    }

    private static void checkDivision(long left, long right, int at) {
        if (right == 0) {
            throw new Fault(EvaluationException.Code.DIVISION_BY_ZERO, at, "an integer is divided by zero");
        }
        if (right == -1 && left == Long.MIN_VALUE) {
            throw overflow(at);
        }
    }

    static double apply(Operator operator, double left, double right) {
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            default -> throw new IllegalStateException(operator.symbol);
        };
    }

    /** Both operands are integers. */
    static final class OfLongs extends Node {
        private final Operator operator;
        private final Node left;
        private final Node right;

        private OfLongs(int at, Operator operator, Node left, Node right) {
            super(at);
            this.operator = operator;
            this.left = left;
            this.right = right;
        }

        static Node of(int at, Operator operator, Node left, Node right) {
            return new OfLongs(at, operator, left, right);
        }

        @Override
        Object eval(Frame frame) {
            return evalLong(frame);
        }

        @Override
        long evalLong(Frame frame) {
            return apply(operator, left.evalLong(frame), right.evalLong(frame), at);
        }

        @Override
        double evalDouble(Frame frame) {
            return evalLong(frame);
        }
    }

    /** An operand is declared as a number, so the other becomes one too. */
    static final class OfDoubles extends Node {
        private final Operator operator;
        private final Node left;
        private final Node right;

        private OfDoubles(int at, Operator operator, Node left, Node right) {
            super(at);
            this.operator = operator;
            this.left = left;
            this.right = right;
        }

        static Node of(int at, Operator operator, Node left, Node right) {
            return new OfDoubles(at, operator, left, right);
        }

        @Override
        Object eval(Frame frame) {
            return evalDouble(frame);
        }

        @Override
        double evalDouble(Frame frame) {
            return apply(operator, left.evalDouble(frame), right.evalDouble(frame));
        }
    }

    /** The values decide. */
    static final class OfValues extends Node {
        private final Operator operator;
        private final Node left;
        private final Node right;

        private OfValues(int at, Operator operator, Node left, Node right) {
            super(at);
            this.operator = operator;
            this.left = left;
            this.right = right;
        }

        static Node of(int at, Operator operator, Node left, Node right) {
            return new OfValues(at, operator, left, right);
        }

        @Override
        Object eval(Frame frame) {
            Object one = left.eval(frame);
            Object two = right.eval(frame);
            if (one instanceof Number && two instanceof Number) {
                if (Numbers.isIntegral(one) && Numbers.isIntegral(two)) {
                    return apply(operator, ((Number) one).longValue(), ((Number) two).longValue(), at);
                }
                if (operator == Operator.REMAINDER) {
                    return apply(operator, Values.toLong(one, at), Values.toLong(two, at), at);
                }
                return apply(operator, Values.toDouble(one, at), Values.toDouble(two, at));
            }
            Object result = null;
            frame.at = at;
            if (operator == Operator.ADD) {
                result = add(frame, one, two);
            } else if (operator == Operator.SUBTRACT) {
                result = subtract(one, two);
            }
            if (result == null) {
                throw type("'" + operator.symbol + "' does not take " + Values.describe(one) + " and "
                        + Values.describe(two));
            }
            return result;
        }

        private @Nullable Object add(Frame frame, @Nullable Object one, @Nullable Object two) {
            if (one instanceof String first && two instanceof String second) {
                long length = (long) first.length() + second.length();
                frame.checkTextLength(length);
                frame.chargeText(length);
                return first.concat(second);
            }
            if (one instanceof List<?> first && two instanceof List<?> second) {
                frame.charge((long) first.size() + second.size());
                List<Object> joined = new ArrayList<>(first.size() + second.size());
                joined.addAll(first);
                joined.addAll(second);
                return joined;
            }
            if (one instanceof Duration first && two instanceof Duration second) {
                return Times.plus(first, second, at);
            }
            if (one instanceof Instant instant && two instanceof Duration duration) {
                return Times.plus(instant, duration, at);
            }
            return one instanceof Duration duration && two instanceof Instant instant
                    ? Times.plus(instant, duration, at)
                    : null;
        }

        private @Nullable Object subtract(@Nullable Object one, @Nullable Object two) {
            if (one instanceof Instant first && two instanceof Instant second) {
                return Times.checked(Duration.between(second, first), at);
            }
            if (two instanceof Duration second) {
                if (one instanceof Instant first) {
                    return Times.plus(first, Times.negated(second, at), at);
                }
                if (one instanceof Duration first) {
                    return Times.plus(first, Times.negated(second, at), at);
                }
            }
            return null;
        }
    }

    /** {@code -operand}. */
    static final class Minus extends Node {
        private final Node operand;
        private final @Nullable Kind kind;

        private Minus(int at, Node operand, @Nullable Kind kind) {
            super(at);
            this.operand = operand;
            this.kind = kind;
        }

        /** The kind is what the operand is declared as; where it is null, the value decides. */
        static Node of(int at, Node operand, @Nullable Kind kind) {
            return new Minus(at, operand, kind);
        }

        @Override
        Object eval(Frame frame) {
            Object value = operand.eval(frame);
            boolean integral = value != null && Numbers.isIntegral(value);
            if (kind == Kind.INTEGER || integral && kind != Kind.NUMBER) {
                return apply(Operator.SUBTRACT, 0, Values.toLong(value, at), at);
            }
            return -Values.toDouble(value, at);
        }
    }
}
