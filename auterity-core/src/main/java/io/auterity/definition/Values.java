package io.auterity.definition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON values as plain Java: null, Boolean, Long, Double, String, {@code List<Object>} and {@code Map<String, Object>}
 * in insertion order.
 */
public final class Values {

    private Values() {}

    /**
     * Returns a deep, unmodifiable copy in the normal form: whole numbers are Long, other numbers Double.
     *
     * @param value a JSON value; numbers of any type are accepted
     * @return the copy
     * @throws IllegalArgumentException if the value, or one inside it, is no JSON value; the message names its path
     */
    public static @Nullable Object copyOf(@Nullable Object value) {
        return copy(value, "");
    }

    /**
     * Returns a deep, unmodifiable copy of an object, in its order.
     *
     * @param object a JSON object
     * @return the copy
     * @throws IllegalArgumentException if a value inside is no JSON value; the message names its path
     */
    public static Map<String, Object> copyOf(Map<String, ?> object) {
        return copyMap(object, "");
    }

    private static @Nullable Object copy(@Nullable Object value, String path) {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof Long) {
            return value;
        }
        if (value instanceof Double number) {
            if (number.isNaN() || number.isInfinite()) {
                throw new IllegalArgumentException("JSON has no number " + number + at(path));
            }
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Number number) {
            return copy(number.doubleValue(), path);
        }
        if (value instanceof Map<?, ?> map) {
            return copyMap(map, path);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            for (Object item : list) {
                copy.add(copy(item, path + "/" + copy.size()));
            }
            return Collections.unmodifiableList(copy);
        }
        throw new IllegalArgumentException(value.getClass().getName() + " is no JSON value" + at(path));
    }

    @SuppressWarnings("NullAway") // JSON objects may hold null
    private static Map<String, Object> copyMap(Map<?, ?> map, String path) {
        Map<String, Object> copy = new LinkedHashMap<>(map.size() * 2);
        map.forEach((key, item) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException("the key " + key + " of a JSON object is no text" + at(path));
            }
            copy.put(name, copy(item, path + "/" + name));
        });
        return Collections.unmodifiableMap(copy);
    }

    private static String at(String path) {
        return path.isEmpty() ? "" : " (at " + path + ")";
    }
}
