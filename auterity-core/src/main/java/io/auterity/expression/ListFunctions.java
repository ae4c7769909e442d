package io.auterity.expression;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions on lists, and {@code size}. */
final class ListFunctions extends Functions {
    private static final int SIZE = 0;
    private static final int SORT = 1;
    private static final int DISTINCT = 2;
    private static final int FLATTEN = 3;
    private static final int SLICE = 4;
    private static final int SUM = 5;
    private static final int SUM_DOUBLES = 6;
    private static final int RANGE = 7;
    private static final int REVERSE = 8;
    private static final int FIRST = 9;
    private static final int LAST = 10;
    private static final int SUM_DURATIONS = 11;
    private static final int SUM_LONGS = 12;
    private static final int MAX_FLATTEN = 64;

    ListFunctions() {
        Type integer = Type.INTEGER;
        Type sized = Type.union(Type.STRING, LIST, MAP);
        add(
                function("size", SIZE, integer, sized),
                method("size", SIZE, integer, sized),
                method("sort", SORT, LIST, Type.list(ORDERED)),
                method("distinct", DISTINCT, LIST, LIST),
                method("flatten", FLATTEN, LIST, LIST, integer).optional(1),
                method("slice", SLICE, LIST, LIST, integer, integer),
                method("sum", SUM, Type.ANY, Type.list(Type.union(Type.NUMBER, Type.DURATION))),
                function("range", RANGE, Type.list(integer), integer),
                function("lists.range", RANGE, Type.list(integer), integer),
                method("reverse", REVERSE, Type.ANY, Type.union(Type.STRING, LIST)),
                method("first", FIRST, Type.optional(Type.ANY), LIST),
                method("last", LAST, Type.optional(Type.ANY), LIST));
    }

    static boolean isSortable(Type type) {
        for (Type alternative : type.alternatives()) {
            Kind kind = OperatorChecker.kindOf(alternative);
            if (alternative instanceof Type.Any || kind != null && kind != Kind.NULL && kind != Kind.TYPE) {
                return true;
            }
        }
        return false;
    }

    @Override
    int operation(int operation, List<Type> arguments) {
        Kind summed = operation == SUM && arguments.get(0) instanceof Type.ListType list
                ? OperatorChecker.kindOf(list.element())
                : null;
        if (summed == Kind.INTEGER) {
            return SUM_LONGS;
        }
        return summed == Kind.NUMBER ? SUM_DOUBLES : summed == Kind.DURATION ? SUM_DURATIONS : operation;
    }

    @Override
    Type result(Overload overload, List<Type> arguments) {
        Type argument = arguments.get(0);
        Type element = argument instanceof Type.ListType list ? list.element() : Type.ANY;
        return switch (overload.operation()) {
            case SORT, DISTINCT, SLICE -> Type.list(element);
            case FLATTEN ->
                Type.list(
                        arguments.size() == 1 && element instanceof Type.ListType inner
                                ? inner.element()
                                : flat(element));
            case SUM -> OperatorChecker.kindOf(element) == null ? Type.ANY : Checker.widened(element);
            case REVERSE ->
                OperatorChecker.kindOf(argument) == Kind.STRING
                        ? Type.STRING
                        : argument instanceof Type.ListType ? argument : Type.ANY;
            case FIRST, LAST -> Type.optional(element);
            default -> overload.result();
        };
    }

    private static Type flat(Type element) {
        return element instanceof Type.Scalar ? element : Type.ANY;
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
        return switch (operation) {
            case SIZE -> size(a, frame);
            case RANGE -> range(Values.toLong(a, frame.at), frame);
            case REVERSE -> reverse(a, frame);
            default -> ofList(operation, frame, list(frame, a), b, c);
        };
    }

    private static @Nullable Object ofList(
            int operation, Frame frame, List<?> list, @Nullable Object b, @Nullable Object c) {
        if (operation == FIRST || operation == LAST) {
            return list.isEmpty() ? Bindings.ABSENT : list.get(operation == FIRST ? 0 : list.size() - 1);
        }
        if (operation == SLICE) {
            return slice(list, index(frame, b), index(frame, c), frame);
        }
        frame.charge(1 + list.size());
        return switch (operation) {
            case SORT -> sort(list, frame);
            case DISTINCT -> distinct(list, frame);
            case FLATTEN -> flatten(list, b == null ? 1 : Values.toLong(b, frame.at), frame);
            case SUM -> sum(list, frame);
            case SUM_LONGS -> sumLongs(list, frame);
            case SUM_DURATIONS -> sumDurations(list, frame);
            default -> sumDoubles(list, frame);
        };
    }

    private static long size(@Nullable Object value, Frame frame) {
        if (value instanceof String text) {
            frame.chargeText(text.length());
            return text.codePointCount(0, text.length());
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        throw Values.unexpected("string, list or map", value, frame.at);
    }

    private static List<Object> range(long count, Frame frame) {
        frame.charge(Math.max(0, count));
        List<Object> range = new ArrayList<>((int) Math.max(0, count));
        for (long i = 0; i < count; i++) {
            range.add(i);
        }
        return range;
    }

    private static Object reverse(@Nullable Object value, Frame frame) {
        if (value instanceof String text) {
            frame.chargeText(text.length());
            return new StringBuilder(text).reverse().toString();
        }
        List<?> list = list(frame, value);
        frame.charge((long) list.size());
        List<Object> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return reversed;
    }

    private static List<Object> slice(List<?> list, int start, int end, Frame frame) {
        if (start < 0 || end > list.size() || start > end) {
            throw frame.fault(EvaluationException.Code.INDEX, "the slice is out of range in a list of " + list.size());
        }
        frame.charge(1 + end - start);
        return new ArrayList<>(list.subList(start, end));
    }

    private static List<Object> sort(List<?> list, Frame frame) {
        List<Sorting.Keyed> keyed = new ArrayList<>(list.size());
        for (Object element : list) {
            keyed.add(new Sorting.Keyed(element, element));
        }
        return Sorting.sort(keyed, frame);
    }

    private static List<Object> distinct(List<?> list, Frame frame) {
        Set<ValueKey> seen = new LinkedHashSet<>();
        List<Object> distinct = new ArrayList<>();
        for (Object element : list) {
            if (seen.add(new ValueKey(element, frame))) {
                distinct.add(element);
            }
        }
        return distinct;
    }

    private static List<Object> flatten(List<?> list, long depth, Frame frame) {
        if (depth < 0 || depth > MAX_FLATTEN) {
            throw frame.argument("the depth of flatten is between 0 and " + MAX_FLATTEN);
        }
        List<Object> flat = new ArrayList<>();
        flatten(list, (int) depth, flat, frame);
        return flat;
    }

    private static void flatten(List<?> list, int depth, List<Object> flat, Frame frame) {
        frame.charge((long) list.size());
        for (Object element : list) {
            if (depth > 0 && element instanceof List<?> inner) {
                flatten(inner, depth - 1, flat, frame);
            } else {
                flat.add(element);
            }
        }
    }

    private static Object sum(List<?> list, Frame frame) {
        if (!list.isEmpty() && list.get(0) instanceof Duration) {
            return sumDurations(list, frame);
        }
        long total = 0;
        int i = 0;
        for (Object element : list) {
            if (element == null || !Numbers.isIntegral(element)) {
                double rest = total;
                for (Object more : list.subList(i, list.size())) {
                    rest += Values.toDouble(more, frame.at);
                }
                return rest;
            }
            total = Arithmetic.apply(Operator.ADD, total, ((Number) element).longValue(), frame.at);
            i++;
        }
        return total;
    }

    private static long sumLongs(List<?> list, Frame frame) {
        long total = 0;
        for (Object element : list) {
            total = Arithmetic.apply(Operator.ADD, total, Values.toLong(element, frame.at), frame.at);
        }
        return total;
    }

    private static Duration sumDurations(List<?> list, Frame frame) {
        Duration total = Duration.ZERO;
        for (Object element : list) {
            total = Times.plus(total, Values.toDuration(element, frame.at), frame.at);
        }
        return total;
    }

    private static double sumDoubles(List<?> list, Frame frame) {
        double total = 0;
        for (Object element : list) {
            total += Values.toDouble(element, frame.at);
        }
        return total;
    }
}
