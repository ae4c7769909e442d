package io.auterity.journal;

import io.auterity.definition.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A value that a Java step returned, with its JSON made when somebody first asks.
 *
 * <p>Steps in the same process hand the object on untouched; a store or an expression asks for the JSON. Thread-safe:
 * two threads that ask at once may both make it, and get equal values.
 */
public final class JavaValue {

    private final Object object;
    private final Function<Object, @Nullable Object> toJson;
    private @Nullable Object json;
    private volatile boolean made;
    private volatile byte @Nullable [] bytes;

    /**
     * Wraps an object.
     *
     * @param object the object, not changed by anybody from here on
     * @param toJson makes a JSON value of it
     */
    public JavaValue(Object object, Function<Object, @Nullable Object> toJson) {
        this.object = Objects.requireNonNull(object, "object");
        this.toJson = Objects.requireNonNull(toJson, "toJson");
    }

    /**
     * Returns the object.
     *
     * @return what the step returned
     */
    public Object object() {
        return object;
    }

    /**
     * Returns the value as JSON.
     *
     * @return the JSON value
     */
    public @Nullable Object json() {
        if (!made) {
            json = toJson.apply(object);
            made = true;
        }
        return json;
    }

    /**
     * Returns the JSON text of the value, made when somebody first asks.
     *
     * @return the text in UTF-8; not to be changed
     * @throws IllegalArgumentException if the value has no JSON
     */
    public byte[] bytes() {
        byte[] text = bytes;
        if (text == null) {
            text = Json.writeBytes(json());
            bytes = text;
        }
        return text;
    }

    /**
     * Makes a stored value's JSON text now, where it costs nobody else time, so that {@link #bytesOf} finds it made.
     *
     * @param value a JSON value or a JavaValue
     * @return the same value, which knows its JSON text
     * @throws RuntimeException whatever keeps the value from having one
     */
    public static @Nullable Object prepared(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Number) {
            Json.write(value);
            return value;
        }
        JavaValue known = value instanceof JavaValue java ? java : new JavaValue(value, same -> same);
        known.bytes();
        return known;
    }

    /**
     * Returns the JSON text of a stored value.
     *
     * @param value a JSON value or a JavaValue
     * @return the text in UTF-8; not to be changed
     * @throws IllegalArgumentException if the value has no JSON
     */
    public static byte[] bytesOf(@Nullable Object value) {
        return value instanceof JavaValue java ? java.bytes() : Json.writeBytes(value);
    }

    /**
     * Returns a stored value as JSON.
     *
     * @param value a JSON value or a JavaValue
     * @return the JSON value
     */
    public static @Nullable Object jsonOf(@Nullable Object value) {
        return value instanceof JavaValue java ? java.json() : value;
    }

    /**
     * Returns a stored value as the Java object it was.
     *
     * @param value a JSON value or a JavaValue
     * @return the JSON value itself, or the object
     */
    public static @Nullable Object objectOf(@Nullable Object value) {
        return value instanceof JavaValue java ? java.object() : value;
    }

    /**
     * Returns the items of a stored list, each in the form values are stored in.
     *
     * @param value a JSON value or a JavaValue
     * @return the items, or null if it is no list
     */
    public static @Nullable List<?> itemsOf(@Nullable Object value) {
        if (value instanceof JavaValue java && java.object instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>(list.size());
            for (Object item : list) {
                items.add(item == null ? null : new JavaValue(item, java.toJson));
            }
            return items;
        }
        return jsonOf(value) instanceof List<?> list ? list : null;
    }

    /**
     * Makes a stored list of stored values.
     *
     * @param values JSON values and JavaValues
     * @return a JSON list, or a JavaValue if there is one among them
     */
    public static Object listOf(List<@Nullable Object> values) {
        List<@Nullable Object> list = Collections.unmodifiableList(values);
        if (values.stream().noneMatch(JavaValue.class::isInstance)) {
            return list;
        }
        List<@Nullable Object> objects = new ArrayList<>(values.size());
        values.forEach(value -> objects.add(objectOf(value)));
        return new JavaValue(
                objects, same -> list.stream().map(JavaValue::jsonOf).collect(Collectors.toList()));
    }

    @Override
    public String toString() {
        return "JavaValue[" + object + "]";
    }
}
