package io.auterity.server.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a JSON object that somebody sent; what has another type than it should is refused with its place.
 *
 * @param json the object
 * @param place where it stands in the body, empty for the body itself
 */
record Fields(Map<String, @Nullable Object> json, String place) {

    @SuppressWarnings("unchecked")
    static Fields of(@Nullable Object value, String place) {
        if (value instanceof Map<?, ?> map) {
            return new Fields((Map<String, @Nullable Object>) map, place);
        }
        throw Refused.field(place, place.isEmpty() ? "the body is a JSON object" : place + " is an object");
    }

    String at(String name) {
        return place.isEmpty() ? name : place + "." + name;
    }

    @Nullable
    Object get(String name) {
        return json.get(name);
    }

    boolean has(String name) {
        return json.get(name) != null;
    }

    Refused wrong(String name, String what) {
        return Refused.field(at(name), at(name) + " " + what);
    }

    String text(String name) {
        return optionalText(name).orElseThrow(() -> wrong(name, "is required, and a text"));
    }

    Optional<String> optionalText(String name) {
        Object value = json.get(name);
        if (value == null || value instanceof String) {
            return Optional.ofNullable((String) value);
        }
        throw wrong(name, "is a text");
    }

    boolean flag(String name) {
        Object value = json.get(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw wrong(name, "is true or false");
    }

    /** A whole number, or empty if there is none. */
    Optional<Long> whole(String name, long least, long most) {
        Object value = json.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && number.doubleValue() >= least
                && number.doubleValue() <= most) {
            return Optional.of(number.longValue());
        }
        throw wrong(name, "is a whole number between " + least + " and " + most);
    }

    List<?> list(String name) {
        Object value = json.get(name);
        if (value == null || value instanceof List<?>) {
            return value == null ? List.of() : (List<?>) value;
        }
        throw wrong(name, "is a list");
    }

    List<Fields> objects(String name) {
        List<Fields> objects = new ArrayList<>();
        List<?> items = list(name);
        for (int i = 0; i < items.size(); i++) {
            objects.add(of(items.get(i), at(name) + "[" + i + "]"));
        }
        return objects;
    }

    /** An object, empty if there is none. */
    Fields object(String name) {
        Object value = json.get(name);
        return value == null ? new Fields(Map.of(), at(name)) : of(value, at(name));
    }
}
