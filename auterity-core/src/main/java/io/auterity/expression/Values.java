package io.auterity.expression;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a value is while an expression runs. */
final class Values {
    private Values() {}

    static boolean isSupported(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Long
                || value instanceof Boolean
                || value instanceof Double
                || value instanceof Map
                || value instanceof List
                || value instanceof Instant
                || value instanceof Duration
                || value instanceof TypeName
                || value instanceof Integer
                || value instanceof Float
                || value instanceof Short
                || value instanceof Byte;
    }

    /** The name of a value's type for messages; never anything of the value itself. */
    static String describe(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof String) {
            return "string";
        }
        if (value instanceof Boolean) {
            return "boolean";
        }
        if (value instanceof Number) {
            return Numbers.isIntegral(value) ? "integer" : "number";
        }
        if (value instanceof List) {
            return "list";
        }
        if (value instanceof Map) {
            return "map";
        }
        if (value instanceof Instant) {
            return "timestamp";
        }
        if (value instanceof Duration) {
            return "duration";
        }
        return value instanceof TypeName ? "type" : "an unsupported Java object";
    }

    /** The name with its article. */
    static String described(@Nullable Object value) {
        String name = describe(value);
        boolean hasNone = value == null || name.startsWith("an ");
        return hasNone ? name : ("aeiou".indexOf(name.charAt(0)) < 0 ? "a " : "an ") + name;
    }

    static TypeName typeOf(@Nullable Object value, Frame frame) {
        if (value == null) {
            return TypeName.NULL;
        }
        if (value instanceof String) {
            return TypeName.STRING;
        }
        if (value instanceof Boolean) {
            return TypeName.BOOL;
        }
        if (value instanceof Number) {
            return Numbers.isIntegral(value) ? TypeName.INT : TypeName.DOUBLE;
        }
        if (value instanceof List) {
            return TypeName.LIST;
        }
        if (value instanceof Map) {
            return TypeName.MAP;
        }
        if (value instanceof Instant) {
            return TypeName.TIMESTAMP;
        }
        if (value instanceof Duration) {
            return TypeName.DURATION;
        }
        if (value instanceof TypeName) {
            return TypeName.TYPE;
        }
        throw unexpected("a JSON value", value, frame.at);
    }

    static Fault unexpected(String wanted, @Nullable Object value, int at) {
        return new Fault(EvaluationException.Code.TYPE, at, "expected " + wanted + ", but found " + describe(value));
    }

    /** An integer, or 3.0, which JSON Schema counts as one. */
    static long toLong(@Nullable Object value, int at) {
        if (value instanceof Long number) {
            return number;
        }
        if (value != null && Numbers.isIntegral(value)) {
            return ((Number) value).longValue();
        }
        if (value instanceof Double number && Numbers.isWhole(number)) {
            return number.longValue();
        }
        throw unexpected("integer", value, at);
    }

    static double toDouble(@Nullable Object value, int at) {
        if (value instanceof Double number) {
            return number;
        }
        if (value instanceof Number number && isSupported(value)) {
            return number.doubleValue();
        }
        throw unexpected("number", value, at);
    }

    static boolean toBoolean(@Nullable Object value, int at) {
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw unexpected("boolean", value, at);
    }

    static String toText(@Nullable Object value, int at) {
        if (value instanceof String text) {
            return text;
        }
        throw unexpected("string", value, at);
    }

    static List<?> toList(@Nullable Object value, int at) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw unexpected("list", value, at);
    }

    /** A timestamp, or a text of that format where the expression says a timestamp is meant. */
    static Instant toInstant(@Nullable Object value, int at) {
        if (value instanceof Instant instant) {
            return Times.checked(instant, at);
        }
        if (value instanceof String text) {
            return Times.parseTimestamp(text, at);
        }
        throw unexpected("timestamp", value, at);
    }

    /** A duration, or a text of that format where the expression says a duration is meant. */
    static Duration toDuration(@Nullable Object value, int at) {
        if (value instanceof Duration duration) {
            return Times.checked(duration, at);
        }
        if (value instanceof String text) {
            return Times.parseDuration(text, at);
        }
        throw unexpected("duration", value, at);
    }
}
