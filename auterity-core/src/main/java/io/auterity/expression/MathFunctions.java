package io.auterity.expression;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions on numbers; the names of CEL's math library are aliases. */
final class MathFunctions extends Functions {
    private static final int ABS = 0;
    private static final int CEIL = 1;
    private static final int FLOOR = 2;
    private static final int ROUND = 3;
    private static final int TRUNC = 4;
    private static final int SIGN = 5;
    private static final int MIN = 6;
    private static final int MAX = 7;

    MathFunctions() {
        number("abs", ABS);
        number("ceil", CEIL);
        number("floor", FLOOR);
        number("round", ROUND);
        number("trunc", TRUNC);
        number("sign", SIGN);
        extreme("min", MIN);
        extreme("max", MAX);
        extreme("math.least", MIN);
        extreme("math.greatest", MAX);
    }

    private void number(String name, int operation) {
        add(
                function(name, operation, Type.NUMBER, Type.NUMBER),
                function("math.".concat(name), operation, Type.NUMBER, Type.NUMBER));
    }

    private void extreme(String name, int operation) {
        add(function(name, operation, Type.ANY, Type.list(ORDERED)));
        add(function(name, operation, Type.ANY, ORDERED).withVariableArguments());
    }

    @Override
    Type result(Overload overload, List<Type> arguments) {
        if (overload.operation() < MIN) {
            return numeric(arguments.get(0));
        }
        boolean ofList = arguments.size() == 1 && arguments.get(0) instanceof Type.ListType;
        if (ofList) {
            return ((Type.ListType) arguments.get(0)).element();
        }
        if (arguments.size() == 1) {
            return Type.ANY;
        }
        List<Type> widened = new ArrayList<>(arguments.size());
        for (Type argument : arguments) {
            widened.add(Checker.widened(argument));
        }
        return Type.union(widened);
    }

    /** The type of what a function makes of a number: none of the constants it may be, and of its other types none. */
    private static Type numeric(Type argument) {
        List<Type> numbers = new ArrayList<>(1);
        for (Type alternative : argument.alternatives()) {
            if (OperatorChecker.admits(alternative, Kind.NUMBER)) {
                numbers.add(Checker.widened(alternative));
            }
        }
        return Type.union(numbers);
    }

    @Override
    @Nullable
    Object apply(
            int operation,
            Frame frame,
            @Nullable Object a,
            @Nullable Object b,
            @Nullable Object c,
            @Nullable Object d) {
        if (operation >= MIN) {
            // One argument of unknown type may turn out to be no list, but a number.
            List<?> values = a instanceof List<?> arguments ? arguments : Collections.singletonList(a);
            return extreme(operation == MIN ? -1 : 1, values, frame);
        }
        if (a != null && Numbers.isIntegral(a)) {
            return ofLong(operation, ((Number) a).longValue(), frame);
        }
        return ofDouble(operation, Values.toDouble(a, frame.at));
    }

    private static @Nullable Object extreme(int sign, List<?> values, Frame frame) {
        if (values.isEmpty()) {
            throw frame.argument("an empty list has no smallest and no largest element");
        }
        frame.charge((long) values.size());
        Object best = values.get(0);
        for (Object value : values) {
            int comparison = Ordering.compare(value, best, frame);
            if (comparison == Ordering.UNORDERED) {
                throw frame.argument("NaN has no place in an order");
            }
            if (Integer.signum(comparison) == sign) {
                best = value;
            }
        }
        return best;
    }

    private static Object ofLong(int operation, long value, Frame frame) {
        if (operation == SIGN) {
            return (long) Long.signum(value);
        }
        return operation == ABS && value < 0 ? Arithmetic.apply(Operator.SUBTRACT, 0, value, frame.at) : value;
    }

    private static double ofDouble(int operation, double value) {
        return switch (operation) {
            case ABS -> Math.abs(value);
            case CEIL -> Math.ceil(value);
            case FLOOR -> Math.floor(value);
            // Adding zero turns -0.0 into 0.0.
            case ROUND -> round(value) + 0.0;
            case TRUNC -> trunc(value) + 0.0;
            default -> Math.signum(value) + 0.0;
        };
    }

    private static double trunc(double value) {
        return value < 0 ? Math.ceil(value) : Math.floor(value);
    }

    /** Halves go away from zero, as in CEL; Java's rounding goes up. */
    private static double round(double value) {
        double whole = trunc(value);
        return Math.abs(value - whole) >= 0.5 ? whole + Math.signum(value) : whole;
    }
}
