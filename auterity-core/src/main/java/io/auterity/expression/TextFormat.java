package io.auterity.expression;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code text.format(list)}: the clauses {@code %s %d %f %e %b %o %x %X %%} of CEL, with a precision for f and e. */
final class TextFormat {
    private static final int MAX_PRECISION = 100;
    /** What it costs to round all digits of a floating point number, of which there may be a thousand. */
    private static final int EXACT = 16;

    private final String text;
    private final List<?> values;
    private final Frame frame;
    private final StringBuilder result = new StringBuilder();
    private int at;
    private int used;

    private TextFormat(String text, List<?> values, Frame frame) {
        this.text = text;
        this.values = values;
        this.frame = frame;
    }

    static String format(String text, List<?> values, Frame frame) {
        return new TextFormat(text, values, frame).run();
    }

    private String run() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '%') {
                result.append(c);
            } else {
                frame.charge(1);
                clause();
            }
            frame.checkTextLength(result.length());
        }
        frame.chargeText(result.length());
        return result.toString();
    }

    private char next() {
        if (at >= text.length()) {
            throw frame.argument("the format ends within a clause");
        }
        return text.charAt(at++);
    }

    private void clause() {
        char c = next();
        if (c == '%') {
            result.append('%');
            return;
        }
        int precision = 6;
        if (c == '.') {
            precision = 0;
            c = next();
            while (c >= '0' && c <= '9') {
                precision = precision * 10 + c - '0';
                if (precision > MAX_PRECISION) {
                    throw frame.argument("the precision of a format is at most " + MAX_PRECISION);
                }
                c = next();
            }
        }
        if ("sdfebxXo".indexOf(c) < 0) {
            throw frame.argument("the format has no clause '%" + c + "'");
        }
        if (used >= values.size()) {
            throw frame.argument("the format has more clauses than the list has values");
        }
        Object value = values.get(used++);
        switch (c) {
            case 's' -> Texts.append(result, value, frame);
            case 'd' -> decimal(value);
            case 'f' -> fixed(value, precision);
            case 'e' -> scientific(value, precision);
            case 'b' -> result.append(binary(value));
            case 'o' -> result.append(signed(value, 8));
            default -> hex(value, c == 'X');
        }
    }

    private void decimal(@Nullable Object value) {
        if (value instanceof Double number && (number.isNaN() || number.isInfinite())) {
            result.append(number);
        } else {
            result.append(Values.toLong(value, frame.at));
        }
    }

    private String binary(@Nullable Object value) {
        return value instanceof Boolean bool ? (bool ? "1" : "0") : signed(value, 2);
    }

    private String signed(@Nullable Object value, int radix) {
        return Long.toString(Values.toLong(value, frame.at), radix);
    }

    private void hex(@Nullable Object value, boolean upper) {
        String digits;
        if (value instanceof String string) {
            frame.chargeText(string.length() * 2L);
            digits = HexFormat.of().formatHex(string.getBytes(StandardCharsets.UTF_8));
        } else {
            digits = signed(value, 16);
        }
        result.append(upper ? digits.toUpperCase(Locale.ROOT) : digits);
    }

    private void fixed(@Nullable Object value, int precision) {
        frame.charge(EXACT);
        double number = Values.toDouble(value, frame.at);
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            result.append(number);
        } else {
            result.append(new BigDecimal(number)
                    .setScale(precision, RoundingMode.HALF_EVEN)
                    .toPlainString());
        }
    }

    private void scientific(@Nullable Object value, int precision) {
        frame.charge(EXACT);
        double number = Values.toDouble(value, frame.at);
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            result.append(number);
        } else {
            appendScientific(number, precision);
        }
    }

    /** Rounds the number itself, half to even as {@link #fixed} does; the JDK rounds its shortest decimal form, half up. */
    private void appendScientific(double number, int precision) {
        BigDecimal rounded = new BigDecimal(number).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        String digits = rounded.unscaledValue().abs().toString();
        int exponent = rounded.signum() == 0 ? 0 : digits.length() - 1 - rounded.scale();
        digits += "0".repeat(Math.max(0, precision + 1 - digits.length()));
        result.append(1 / number < 0 || number < 0 ? "-" : "").append(digits.charAt(0));
        if (precision > 0) {
            result.append('.').append(digits, 1, precision + 1);
        }
        result.append(exponent < 0 ? "e-" : "e+")
                .append(Math.abs(exponent) < 10 ? "0" : "")
                .append(Math.abs(exponent));
    }
}
