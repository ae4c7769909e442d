package io.auterity.relay.replay;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A JSON object of the log that is read; what is not as it should be is said with its name. */
record Part(String name, Map<?, ?> json) {

    static Part of(String name, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Part(name, map);
        }
        throw new IllegalArgumentException("'" + name + "' is no object");
    }

    Part part(String key) {
        return of(key, json.get(key));
    }

    String text(String key) {
        return as(key, String.class);
    }

    long number(String key) {
        return as(key, Long.class);
    }

    double real(String key) {
        return as(key, Number.class).doubleValue();
    }

    boolean flag(String key) {
        return as(key, Boolean.class);
    }

    List<?> list(String key) {
        return as(key, List.class);
    }

    <T> Optional<T> maybe(String key, Function<String, T> read) {
        return json.get(key) == null ? Optional.empty() : Optional.of(read.apply(key));
    }

    private <T> T as(String key, Class<T> type) {
        Object value = json.get(key);
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw new IllegalArgumentException("'" + name + "' has no '" + key + "' as it is written in such logs");
    }
}
