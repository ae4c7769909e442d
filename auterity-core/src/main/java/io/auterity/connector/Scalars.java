package io.auterity.connector;

import io.auterity.definition.Closest;
import io.auterity.definition.Durations;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The shapes of types without parts. */
final class Scalars {

    private static final double EXACT = 0x1p53;

    private static final List<Formatted<?>> FORMATS = List.of(
            new Formatted<>(
                    Instant.class,
                    "date-time",
                    text -> OffsetDateTime.parse(text).toInstant(),
                    Instant::toString),
            new Formatted<>(Duration.class, "duration", Scalars::duration, Duration::toString),
            new Formatted<>(OffsetDateTime.class, "date-time", OffsetDateTime::parse, OffsetDateTime::toString),
            new Formatted<>(
                    ZonedDateTime.class,
                    "date-time",
                    text -> OffsetDateTime.parse(text).toZonedDateTime(),
                    time -> time.toOffsetDateTime().toString()),
            new Formatted<>(LocalDate.class, "date", LocalDate::parse, LocalDate::toString),
            new Formatted<>(LocalTime.class, "", LocalTime::parse, LocalTime::toString),
            new Formatted<>(LocalDateTime.class, "", LocalDateTime::parse, LocalDateTime::toString),
            new Formatted<>(ZoneId.class, "", ZoneId::of, ZoneId::getId),
            new Formatted<>(URI.class, "uri-reference", URI::create, URI::toString),
            new Formatted<>(UUID.class, "uuid", UUID::fromString, UUID::toString),
            new Formatted<>(
                    byte[].class,
                    "",
                    Base64.getDecoder()::decode,
                    bytes -> Base64.getEncoder().encodeToString(bytes)));

    private Scalars() {}

    /** Returns the shape of a class without parts, or empty when it is none. */
    static Optional<Shape> of(Class<?> type) {
        if (type == Void.class || type == void.class) {
            return Optional.of(new Nothing());
        }
        if (type == String.class || type == CharSequence.class) {
            return Optional.of(new Text());
        }
        if (type == boolean.class || type == Boolean.class) {
            return Optional.of(new Truth());
        }
        Optional<Shape> number = number(type);
        return number.isPresent() ? number : formatted(type);
    }

    private static Optional<Shape> number(Class<?> type) {
        if (type == long.class || type == Long.class) {
            return Optional.of(new Whole(Long.MIN_VALUE, Long.MAX_VALUE, n -> n));
        }
        if (type == int.class || type == Integer.class) {
            return Optional.of(new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE, n -> (int) (long) n));
        }
        if (type == short.class || type == Short.class) {
            return Optional.of(new Whole(Short.MIN_VALUE, Short.MAX_VALUE, n -> (short) (long) n));
        }
        if (type == byte.class || type == Byte.class) {
            return Optional.of(new Whole(Byte.MIN_VALUE, Byte.MAX_VALUE, n -> (byte) (long) n));
        }
        if (type == BigInteger.class) {
            return Optional.of(new Whole(Long.MIN_VALUE, Long.MAX_VALUE, BigInteger::valueOf));
        }
        if (type == double.class || type == Double.class || type == Number.class) {
            return Optional.of(new Real(Number::doubleValue));
        }
        if (type == float.class || type == Float.class) {
            return Optional.of(new Real(Number::floatValue));
        }
        if (type == BigDecimal.class) {
            return Optional.of(new Real(n -> new BigDecimal(n.toString())));
        }
        return Optional.empty();
    }

    private static Optional<Shape> formatted(Class<?> type) {
        for (Formatted<?> formatted : FORMATS) {
            if (formatted.type == type || type.getSuperclass() == formatted.type) {
                return Optional.of(formatted);
            }
        }
        return type.isEnum() ? Optional.of(new Constant(type)) : Optional.empty();
    }

    private static Duration duration(String text) {
        return Durations.parse(text).orElseThrow(() -> new IllegalArgumentException("no duration"));
    }

    private static Map<String, Object> type(String name) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", name);
        return schema;
    }

    private static final class Nothing implements Shape {
        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            return json == null ? null : reading.expected("null", json);
        }

        @Override
        public Object write(Object value) {
            throw new IllegalArgumentException("there is no value of " + value.getClass());
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            return type("null");
        }
    }

    private static final class Text implements Shape {
        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            return json instanceof String ? json : reading.expected("a text", json);
        }

        @Override
        public Object write(Object value) {
            return value.toString();
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            return type("string");
        }
    }

    private static final class Truth implements Shape {
        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            return json instanceof Boolean ? json : reading.expected("a boolean", json);
        }

        @Override
        public Object write(Object value) {
            return value;
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            return type("boolean");
        }
    }

    /** A whole number; as in JSON Schema, 3.0 is one. */
    private record Whole(long min, long max, Function<Long, Object> narrow) implements Shape {
        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            long number;
            if (json instanceof Long || json instanceof Integer || json instanceof Short || json instanceof Byte) {
                number = ((Number) json).longValue();
            } else if (json instanceof Double real && real == Math.rint(real) && Math.abs(real) <= EXACT) {
                number = real.longValue();
            } else {
                return reading.expected("a whole number", json);
            }
            if (number < min || number > max) {
                return reading.problem("expected a whole number from " + min + " to " + max);
            }
            return narrow.apply(number);
        }

        @Override
        public Object write(Object value) {
            if (value instanceof BigInteger big && big.bitLength() > 63) {
                return big.doubleValue();
            }
            return ((Number) value).longValue();
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = type("integer");
            if (min != Long.MIN_VALUE) {
                schema.put("minimum", min);
                schema.put("maximum", max);
            }
            return schema;
        }
    }

    private record Real(Function<Number, Object> narrow) implements Shape {
        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            return json instanceof Number number ? narrow.apply(number) : reading.expected("a number", json);
        }

        @Override
        public Object write(Object value) {
            double number = ((Number) value).doubleValue();
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                throw new IllegalArgumentException("JSON has no number " + number);
            }
            return number;
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            return type("number");
        }
    }

    /** A text in a format of its own. */
    private record Formatted<T>(Class<T> type, String format, Function<String, T> parse, Function<T, String> print)
            implements Shape {
        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            if (type.isInstance(json)) {
                return json;
            }
            if (!(json instanceof String text)) {
                return reading.expected("a text", json);
            }
            try {
                return parse.apply(text);
            } catch (DateTimeException | IllegalArgumentException e) {
                return reading.problem("expected a " + type.getSimpleName() + " as text"
                        + (type == Duration.class ? ", as in 250ms, 10s, 5m, 2h, 3d or PT10S" : ""));
            }
        }

        @Override
        public Object write(Object value) {
            return print.apply(type.cast(value));
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = Scalars.type("string");
            if (type == byte[].class) {
                schema.put("contentEncoding", "base64");
            } else if (!format.isEmpty()) {
                schema.put("format", format);
            }
            return schema;
        }
    }

    /** A constant of an enum, by its name. */
    private static final class Constant implements Shape {

        private final Map<String, Object> constants = new LinkedHashMap<>();

        Constant(Class<?> type) {
            for (Object constant : type.getEnumConstants()) {
                constants.put(((Enum<?>) constant).name(), constant);
            }
        }

        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            if (!(json instanceof String name)) {
                return reading.expected("a text", json);
            }
            Object constant = constants.get(name);
            return constant != null
                    ? constant
                    : reading.problem("'" + name + "' is no choice; " + Closest.fix(name, constants.keySet()));
        }

        @Override
        public Object write(Object value) {
            return ((Enum<?>) value).name();
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = type("string");
            schema.put("enum", List.copyOf(constants.keySet()));
            return schema;
        }
    }
}
