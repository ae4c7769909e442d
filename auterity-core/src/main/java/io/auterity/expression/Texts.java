package io.auterity.expression;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.NumberOutput;

/** Values as text: what {@code string(x)} and {@code %s} say, and compact JSON. */
final class Texts {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private Texts() {}

    /** Appends a value as interpolation shows it: text as it is, null as nothing, lists and maps as JSON. */
    static void appendInterpolated(StringBuilder out, @Nullable Object value, Frame frame) {
        if (value != null) {
            append(out, value, frame);
        }
    }

    static void append(StringBuilder out, @Nullable Object value, Frame frame) {
        if (value instanceof String text) {
            frame.chargeText(text.length());
            frame.checkTextLength((long) out.length() + text.length());
            out.append(text);
        } else if (value instanceof Instant || value instanceof TypeName) {
            out.append(value);
        } else if (value instanceof Duration duration) {
            out.append(Times.celText(Times.checked(duration, frame.at)));
        } else {
            appendJson(out, value, frame, 0);
        }
    }

    static String number(double number) {
        return NumberOutput.toString(number, true); // Double.toString shows more digits than needed before JDK 19
    }

    /** Appends compact JSON; times become their JSON texts. */
    static void appendJson(StringBuilder out, @Nullable Object value, Frame frame, int depth) {
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof String text) {
            quote(out, text, frame);
        } else if (value instanceof Number number && Values.isSupported(value)) {
            appendNumber(out, number, frame);
        } else if (value instanceof List<?> list) {
            appendList(out, list, frame, depth);
        } else if (value instanceof Map<?, ?> map) {
            appendMap(out, map, frame, depth);
        } else if (value instanceof Instant || value instanceof Duration || value instanceof TypeName) {
            quote(out, value.toString(), frame);
        } else {
            throw Values.unexpected("a JSON value", value, frame.at);
        }
    }

    private static void appendNumber(StringBuilder out, Number number, Frame frame) {
        if (Numbers.isIntegral(number)) {
            out.append(number.longValue());
        } else if (Double.isNaN(number.doubleValue()) || Double.isInfinite(number.doubleValue())) {
            throw frame.argument("JSON has no NaN and no infinity");
        } else {
            out.append(number(number.doubleValue()));
        }
    }

    private static void descend(StringBuilder out, int size, Frame frame, int depth) {
        if (depth >= Equality.MAX_DEPTH) {
            throw frame.fault(EvaluationException.Code.DEPTH, "a value is nested more than 512 levels deep");
        }
        frame.charge(1 + size);
        frame.checkTextLength(out.length());
    }

    private static void appendList(StringBuilder out, List<?> list, Frame frame, int depth) {
        descend(out, list.size(), frame, depth);
        out.append('[');
        boolean first = true;
        for (Object element : list) {
            if (!first) {
                out.append(',');
            }
            first = false;
            appendJson(out, element, frame, depth + 1);
        }
        out.append(']');
    }

    private static void appendMap(StringBuilder out, Map<?, ?> map, Frame frame, int depth) {
        descend(out, map.size(), frame, depth);
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!first) {
                out.append(',');
            }
            first = false;
            quote(out, Values.toText(entry.getKey(), frame.at), frame);
            out.append(':');
            appendJson(out, entry.getValue(), frame, depth + 1);
        }
        out.append('}');
    }

    /** The characters of a text in JSON, with its quotes. */
    static long quotedLength(String text) {
        long length = text.length() + 2L;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t') {
                length++;
            } else if (isWrittenAsCode(c)) {
                length += 5;
            }
        }
        return length;
    }

    private static boolean isWrittenAsCode(char c) {
        return c < ' ' || c == '\u2028' || c == '\u2029' || c == '\u007f';
    }

    private static void quote(StringBuilder out, String text, Frame frame) {
        frame.chargeText(text.length());
        frame.checkTextLength((long) out.length() + text.length() + 2);
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (isWrittenAsCode(c)) {
                        out.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]);
                        out.append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
