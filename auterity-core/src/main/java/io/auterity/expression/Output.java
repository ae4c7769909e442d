package io.auterity.expression;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the value of an expression into a JSON value, and refuses one that is too large or not JSON.
 *
 * <p>Timestamps and durations become the texts JSON carries them in, types their names. A part that needs no change is
 * handed on and not copied. Size counts the characters of the compact JSON (a character as one byte); the walk ends as
 * soon as the limit is passed, so that a value that contains itself many times costs no more than the limit.
 */
final class Output {
    private final long max;
    private long left;

    private Output(long max) {
        this.max = max;
        this.left = max;
    }

    static @Nullable Object json(@Nullable Object value, Frame frame) {
        if (value instanceof Boolean || value instanceof Long) {
            return value;
        }
        return new Output(frame.maxOutput).json(value, 0);
    }

    private void spend(long bytes) {
        left -= bytes;
        if (left < 0) {
            throw new Fault(EvaluationException.Code.OUTPUT, 0, "the result exceeds " + max + " bytes of JSON");
        }
    }

    private @Nullable Object json(@Nullable Object value, int depth) {
        if (value instanceof String text) {
            spend(Texts.quotedLength(text));
            return text;
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, depth);
        }
        if (value instanceof List<?> list) {
            return list(list, depth);
        }
        if (value == null || value instanceof Boolean) {
            spend(Boolean.FALSE.equals(value) ? 5 : 4);
            return value;
        }
        if (value instanceof Number number && Values.isSupported(value)) {
            return Numbers.isIntegral(value) ? integer(number) : real(number);
        }
        if (value instanceof Instant || value instanceof Duration || value instanceof TypeName) {
            return json(value.toString(), depth);
        }
        throw Values.unexpected("a JSON value", value, 0);
    }

    private Object integer(Number number) {
        long integer = number.longValue();
        spend(digits(integer));
        return number instanceof Long ? number : (Object) integer;
    }

    private static int digits(long integer) {
        int digits = integer < 0 ? 2 : 1;
        for (long rest = integer / 10; rest != 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private Object real(Number number) {
        double real = number.doubleValue();
        if (Double.isNaN(real) || Double.isInfinite(real)) {
            throw new Fault(
                    EvaluationException.Code.ARGUMENT, 0, "the result is NaN or infinite, which JSON cannot say");
        }
        spend(Texts.number(real).length());
        return number instanceof Double ? number : (Object) real;
    }

    private static void checkDepth(int depth) {
        if (depth >= Equality.MAX_DEPTH) {
            throw new Fault(EvaluationException.Code.DEPTH, 0, "the result is nested more than 512 levels deep");
        }
    }

    private List<?> list(List<?> list, int depth) {
        checkDepth(depth);
        spend(1L + Math.max(1, list.size())); // brackets, and commas between
        List<Object> changed = null;
        int i = 0;
        for (Object element : list) {
            Object json = json(element, depth + 1);
            if (json != element && changed == null) {
                changed = new ArrayList<>(list.subList(0, i));
            }
            if (changed != null) {
                changed.add(json);
            }
            i++;
        }
        return changed == null ? list : changed;
    }

    private Map<?, ?> map(Map<?, ?> map, int depth) {
        checkDepth(depth);
        spend(map.isEmpty() ? 2 : 1); // braces; each entry but the first has a comma
        Map<Object, Object> changed = null;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = Values.toText(entry.getKey(), 0);
            spend(Texts.quotedLength(key) + 2);
            Object json = json(entry.getValue(), depth + 1);
            if (json != entry.getValue()) {
                if (changed == null) {
                    changed = new LinkedHashMap<>(map);
                }
                changed.put(key, json);
            }
        }
        return changed == null ? map : changed;
    }
}
