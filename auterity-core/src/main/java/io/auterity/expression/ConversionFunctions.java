package io.auterity.expression;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The functions that turn a value of one type into another. */
final class ConversionFunctions extends Functions {
    private static final int INT = 0;
    private static final int DOUBLE = 1;
    private static final int STRING = 2;
    private static final int BOOL = 3;
    private static final int TIMESTAMP = 4;
    private static final int DURATION = 5;
    private static final int TYPE = 6;
    private static final int MAX_NUMBER_LENGTH = 100;

    ConversionFunctions() {
        Type text = Type.STRING;
        add(
                function("int", INT, Type.INTEGER, Type.union(Type.NUMBER, text, Type.TIMESTAMP)),
                function("double", DOUBLE, Type.NUMBER, Type.union(Type.NUMBER, text)),
                function(
                        "string",
                        STRING,
                        text,
                        Type.union(Type.NUMBER, text, Type.BOOLEAN, Type.TIMESTAMP, Type.DURATION, Type.TYPE)),
                function("bool", BOOL, Type.BOOLEAN, Type.union(Type.BOOLEAN, text)),
                function("timestamp", TIMESTAMP, Type.TIMESTAMP, Type.union(text, Type.TIMESTAMP, Type.INTEGER)),
                function("duration", DURATION, Type.DURATION, Type.union(text, Type.DURATION)),
                function("type", TYPE, Type.TYPE, Type.ANY));
    }

    @Override
    Object apply(
            int operation,
            Frame frame,
            @Nullable Object a,
            @Nullable Object b,
            @Nullable Object c,
            @Nullable Object d) {
        return switch (operation) {
            case INT -> toInt(a, frame);
            case DOUBLE -> toDouble(a, frame);
            case STRING -> toText(a, frame);
            case BOOL -> toBool(a, frame);
            case TIMESTAMP ->
                a instanceof Number ? fromSeconds(Values.toLong(a, frame.at), frame) : Values.toInstant(a, frame.at);
            case DURATION -> Values.toDuration(a, frame.at);
            default -> Values.typeOf(a, frame);
        };
    }

    private static Instant fromSeconds(long seconds, Frame frame) {
        if (seconds < Times.MIN.getEpochSecond() || seconds > Times.MAX.getEpochSecond()) {
            throw frame.fault(EvaluationException.Code.OVERFLOW, "a timestamp leaves the years 1 to 9999");
        }
        return Instant.ofEpochSecond(seconds);
    }

    private static long toInt(@Nullable Object value, Frame frame) {
        if (value instanceof Double number) {
            // The bounds as doubles; written so that NaN fails too.
            if (!(number > -0x1p63 && number < 0x1p63)) {
                throw frame.fault(EvaluationException.Code.OVERFLOW, "a number leaves the range of 64-bit integers");
            }
            return number.longValue();
        }
        if (value instanceof Instant instant) {
            return instant.getEpochSecond();
        }
        if (value instanceof String text) {
            try {
                return Long.parseLong(checkedNumber(text, frame));
            } catch (NumberFormatException wrong) {
                throw frame.argument("the text is not an integer");
            }
        }
        return Values.toLong(value, frame.at);
    }

    private static double toDouble(@Nullable Object value, Frame frame) {
        if (value instanceof String text) {
            try {
                return Double.parseDouble(checkedNumber(text, frame));
            } catch (NumberFormatException wrong) {
                throw frame.argument("the text is not a number");
            }
        }
        return Values.toDouble(value, frame.at);
    }

    /** Java's parsers accept digits of other scripts, suffixes, spaces and hexadecimal, which CEL's do not. */
    private static String checkedNumber(String text, Frame frame) {
        if (text.length() <= MAX_NUMBER_LENGTH) {
            boolean word = text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity");
            boolean plain = true;
            for (int i = 0; i < text.length(); i++) {
                plain &= "0123456789+-.eE".indexOf(text.charAt(i)) >= 0;
            }
            if (plain || word) {
                return text;
            }
        }
        throw frame.argument("the text is not a number");
    }

    private static String toText(@Nullable Object value, Frame frame) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Duration duration) {
            return Times.celText(Times.checked(duration, frame.at));
        }
        if (value instanceof Double number) {
            return Texts.number(number);
        }
        boolean plain = value instanceof Boolean || value instanceof Instant || value instanceof TypeName;
        return plain ? String.valueOf(value) : Long.toString(Values.toLong(value, frame.at));
    }

    private static boolean toBool(@Nullable Object value, Frame frame) {
        if (value instanceof String text) {
            return switch (text) {
                case "true", "TRUE", "True", "t", "1" -> true;
                case "false", "FALSE", "False", "f", "0" -> false;
                default -> throw frame.argument("the text is not 'true' or 'false'");
            };
        }
        return Values.toBoolean(value, frame.at);
    }
}
