package io.auterity.relay.provider;

import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON of strangers: what is missing or of another type is empty, and nothing throws but a broken text. */
final class JsonPath {

    private JsonPath() {}

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(String text) {
        try {
            if (Json.read(text) instanceof Map<?, ?> map) {
                return (Map<String, Object>) map;
            }
        } catch (JsonException e) {
            throw new ProviderException(ErrorClass.MALFORMED, "the answer is no JSON: " + e.getMessage());
        }
        throw new ProviderException(ErrorClass.MALFORMED, "the answer is no JSON object");
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }

    static Map<String, Object> first(@Nullable Object value) {
        List<?> list = list(value);
        return list.isEmpty() ? Map.of() : map(list.get(0));
    }

    static int index(@Nullable Object value) {
        return value instanceof Number number ? number.intValue() : 0;
    }
}
