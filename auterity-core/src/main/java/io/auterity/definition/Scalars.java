package io.auterity.definition;

import java.util.regex.Pattern;

/**
 * What an unquoted YAML scalar means: the core schema of YAML 1.2.2, section 10.3, without its special floats.
 *
 * <p>So {@code yes}, {@code on} and {@code 2024-01-31} are texts, unlike in YAML 1.1.
 */
final class Scalars {

    private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");
    private static final Pattern SPECIAL = Pattern.compile("[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");

    private Scalars() {}

    static Node resolve(String text, int line, int column) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> new Node.Scalar(null, line, column);
            case "true", "True", "TRUE" -> new Node.Scalar(true, line, column);
            case "false", "False", "FALSE" -> new Node.Scalar(false, line, column);
            default -> mayBeNumber(text.charAt(0)) ? number(text, line, column) : new Node.Scalar(text, line, column);
        };
    }

    private static Node number(String text, int line, int column) {
        if (DECIMAL.matcher(text).matches()) {
            return whole(text, text, 10, line, column);
        }
        if (OCTAL.matcher(text).matches()) {
            return whole(text, text.substring(2), 8, line, column);
        }
        if (HEXADECIMAL.matcher(text).matches()) {
            return whole(text, text.substring(2), 16, line, column);
        }
        if (FLOAT.matcher(text).matches()) {
            double value = Double.parseDouble(text);
            return Double.isInfinite(value) ? outOfRange(text, line, column) : new Node.Scalar(value, line, column);
        }
        if (SPECIAL.matcher(text).matches()) {
            return new Node.Refused(
                    Codes.NUMBER,
                    "'" + text + "' is no number that JSON knows",
                    "use a finite number, or put it in quotes if it is a text",
                    line,
                    column);
        }
        return new Node.Scalar(text, line, column);
    }

    /** Says whether a YAML 1.2 reader takes the unquoted text as a text. */
    static boolean isText(String text) {
        return resolve(text, 1, 1) instanceof Node.Scalar scalar && scalar.value() instanceof String;
    }

    private static boolean mayBeNumber(char first) {
        return first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.';
    }

    private static Node whole(String text, String digits, int radix, int line, int column) {
        try {
            return new Node.Scalar(Long.parseLong(digits, radix), line, column);
        } catch (NumberFormatException e) {
            return outOfRange(text, line, column); // only digits, so there are too many of them
        }
    }

    private static Node outOfRange(String text, int line, int column) {
        return new Node.Refused(
                Codes.NUMBER,
                "the number " + Quote.of(text) + " does not fit into 64 bits",
                "put it in quotes, or write it as a rounded number such as 1.2e30",
                line,
                column);
    }
}
