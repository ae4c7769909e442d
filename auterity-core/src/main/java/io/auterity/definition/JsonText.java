package io.auterity.definition;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.NumberOutput;

/**
 * Writes JSON values as text.
 *
 * <p>Doubles are written by Schubfach (R. Giulietti, 2020), the same on every Java version, which the hash of a
 * definition needs; the JDK's own conversion changed in Java 19.
 */
final class JsonText {

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder out = new StringBuilder();
    private final boolean lines;
    private final boolean sorted;
    private int depth;

    private JsonText(boolean lines, boolean sorted) {
        this.lines = lines;
        this.sorted = sorted;
    }

    /** Without white space. */
    static JsonText compact() {
        return new JsonText(false, false);
    }

    /** A line for each entry. */
    static JsonText pretty() {
        return new JsonText(true, false);
    }

    /** Without white space, keys in the order of their UTF-16 units. */
    static JsonText sorted() {
        return new JsonText(false, true);
    }

    JsonText append(@Nullable Object value) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof String text) {
            text(text);
        } else if (value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Number number) {
            out.append(number(number));
        } else if (value instanceof Map<?, ?> map) {
            map(sorted ? new TreeMap<>(map) : map);
        } else if (value instanceof List<?> list) {
            list(list);
        } else {
            throw new IllegalArgumentException(value.getClass().getName() + " is no JSON value");
        }
        return this;
    }

    /** Returns the text of a number: a fraction or an exponent exactly when it is no whole number type. */
    static String number(Number number) {
        if (number instanceof Long
                || number instanceof Integer
                || number instanceof Short
                || number instanceof Byte
                || number instanceof BigInteger) {
            return number.toString();
        }
        double value = number.doubleValue();
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("JSON has no number " + value);
        }
        return NumberOutput.toString(value, true);
    }

    private void map(Map<?, ?> map) {
        checkDepth(depth + 1);
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        open('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            separate(first);
            text(key(entry.getKey()));
            out.append(lines ? ": " : ":");
            append(entry.getValue());
            first = false;
        }
        close('}');
    }

    /** Checks a key: a text of whole characters, because parsers refuse halves of surrogate pairs in keys. */
    static String key(@Nullable Object key) {
        if (!(key instanceof String name)) {
            throw new IllegalArgumentException("the key " + key + " of a JSON object is no text");
        }
        if (!Quote.isWhole(name)) {
            throw new IllegalArgumentException(
                    "the key '" + Quote.of(name) + "' of a JSON object has half a surrogate pair");
        }
        return name;
    }

    private void list(List<?> list) {
        checkDepth(depth + 1);
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        open('[');
        boolean first = true;
        for (Object item : list) {
            separate(first);
            append(item);
            first = false;
        }
        close(']');
    }

    private static void checkDepth(int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "the value is nested more than " + Json.MAX_DEPTH + " levels deep, or contains itself");
        }
    }

    private void open(char bracket) {
        depth++;
        out.append(bracket);
    }

    private void separate(boolean first) {
        if (!first) {
            out.append(',');
        }
        if (lines) {
            newLine();
        }
    }

    private void close(char bracket) {
        depth--;
        if (lines) {
            newLine();
        }
        out.append(bracket);
    }

    private void newLine() {
        out.append('\n').append("  ".repeat(depth));
    }

    private void text(String text) {
        out.append('"');
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)) {
                continue;
            }
            if (Character.isSurrogate(c) && Quote.isPaired(text, i)) {
                continue;
            }
            out.append(text, from, i);
            escape(out, c);
            from = i + 1;
        }
        out.append(text, from, text.length()).append('"');
    }

    /** Appends a character in the escaped form that JSON and YAML share. */
    static void escape(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default ->
                out.append("\\u")
                        .append(HEX[c >> 12])
                        .append(HEX[c >> 8 & 15])
                        .append(HEX[c >> 4 & 15])
                        .append(HEX[c & 15]);
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
