package io.auterity.definition;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON values as plain Java: null, Boolean, Long, Double, String, {@code List<Object>} and {@code Map<String, Object>}
 * in insertion order.
 *
 * <p>Thread-safe: functions without state.
 */
public final class Values {

    private Values() {}

    /**
     * Returns a deep, unmodifiable copy in the normal form: whole numbers that fit are Long, other numbers
     * Double.
     *
     * @param value a JSON value; numbers of any type are accepted
     * @return the copy
     * @throws IllegalArgumentException if the value, or one inside it, is no JSON value; the message names its path
     */
    public static @Nullable Object copyOf(@Nullable Object value) {
        try {
            return copy(value, 0);
        } catch (NoJson e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Returns a deep, unmodifiable copy of an object, in its order.
     *
     * @param object a JSON object
     * @return the copy
     * @throws IllegalArgumentException if a value inside is no JSON value; the message names its path
     */
    public static Map<String, Object> copyOf(Map<String, ?> object) {
        try {
            return copyMap(object, 1);
        } catch (NoJson e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static @Nullable Object copy(@Nullable Object value, int depth) {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof Long) {
            return value;
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof Map<?, ?> map) {
            return copyMap(map, depth + 1);
        }
        if (value instanceof List<?> list) {
            return copyList(list, depth + 1);
        }
        throw new NoJson(value.getClass().getName() + " is no JSON value", "");
    }

    private static Object number(Number number) {
        boolean whole = number instanceof Integer
                || number instanceof Short
                || number instanceof Byte
                || number instanceof BigInteger big && big.bitLength() < Long.SIZE;
        if (whole) {
            return number.longValue();
        }
        double value = number.doubleValue();
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new NoJson("JSON has no number " + number, "");
        }
        return value;
    }

    private static List<@Nullable Object> copyList(List<?> list, int depth) {
        if (list instanceof Frozen.Array frozen) {
            checkDepth(depth + frozen.height());
            return frozen;
        }
        checkDepth(depth);
        List<@Nullable Object> copy = new ArrayList<>(list.size());
        for (Object item : list) {
            try {
                copy.add(copy(item, depth));
            } catch (NoJson e) {
                throw e.inside(String.valueOf(copy.size()));
            }
        }
        return new Frozen.Array(copy.toArray());
    }

    @SuppressWarnings("NullAway") // JSON objects may hold null
    private static Map<String, Object> copyMap(Map<?, ?> map, int depth) {
        if (map instanceof Frozen.Members frozen) {
            checkDepth(depth + frozen.height());
            return frozen;
        }
        checkDepth(depth);
        LinkedHashMap<String, Object> copy = new LinkedHashMap<>(map.size() * 2);
        map.forEach((key, item) -> {
            if (!(key instanceof String name) || !Quote.isWhole(name)) {
                throw new NoJson("the key '" + Quote.of(String.valueOf(key)) + "' of a JSON object is no text", "");
            }
            try {
                copy.put(name, copy(item, depth));
            } catch (NoJson e) {
                throw e.inside(name);
            }
        });
        return new Frozen.Members(copy);
    }

    private static void checkDepth(int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw new NoJson(
                    "the value is nested more than " + Json.MAX_DEPTH + " levels deep, or contains itself", "");
        }
    }

    /** Collects the path on the way out, so that copying good values builds none. */
    private static final class NoJson extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final String what;
        private final String path;

        NoJson(String what, String path) {
            super(path.isEmpty() ? what : what + " (at " + Quote.of(path, 200) + ")", null, false, false);
            this.what = what;
            this.path = path;
        }

        NoJson inside(String segment) {
            return new NoJson(what, "/" + segment + path);
        }
    }
}
