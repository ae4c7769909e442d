package io.auterity.expression;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The exact types of constants. */
final class ConstantTypes {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_SAMPLED_ELEMENTS = 1_000;

    private ConstantTypes() {}

    static Type of(@Nullable Object constant, int depth) {
        if (constant == null) {
            return Type.NULL;
        }
        if (depth > MAX_DEPTH) {
            return Type.ANY;
        }
        if (constant instanceof String) {
            return new Type.Scalar(Kind.STRING, Set.of(constant));
        }
        if (constant instanceof Long || constant instanceof Integer) {
            return new Type.Scalar(Kind.INTEGER, Set.of(((Number) constant).longValue()));
        }
        if (constant instanceof Double) {
            return new Type.Scalar(Kind.NUMBER, Set.of(constant));
        }
        if (constant instanceof Boolean) {
            return Type.BOOLEAN;
        }
        if (constant instanceof Instant) {
            return Type.TIMESTAMP;
        }
        if (constant instanceof Duration) {
            return Type.DURATION;
        }
        if (constant instanceof List<?> list) {
            return new Type.ListType(elementOf(list, depth));
        }
        if (constant instanceof Map<?, ?> map) {
            Map<String, Type> fields = new LinkedHashMap<>();
            map.forEach((name, value) -> fields.put(String.valueOf(name), of(value, depth + 1)));
            return new Type.ObjectType(fields, fields.keySet(), Type.Extra.FORBIDDEN, Type.ANY);
        }
        return Type.ANY;
    }

    private static Type elementOf(List<?> list, int depth) {
        if (list.isEmpty() || list.size() > MAX_SAMPLED_ELEMENTS) {
            return Type.ANY;
        }
        return Unions.of(list.stream().map(element -> of(element, depth + 1)).toList());
    }
}
