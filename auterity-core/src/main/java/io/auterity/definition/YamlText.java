package io.auterity.definition;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes plain values as YAML that people like to read: block style, texts of several lines as {@code |} blocks, short
 * lists in one line, and quotes only where a YAML 1.2 or 1.1 reader would otherwise see something else than the text.
 */
final class YamlText {

    private static final int LONGEST_LINE_OF_ITEMS = 80;
    private static final int LONGEST_KEY = 1_000; // YAML 1.2.2, section 7.4.2: 1,024 for a key without '?'
    private static final String STARTS = "_$/(";
    /** What YAML 1.1 takes for a number or a time and 1.2 does not. */
    private static final Pattern OLD_NUMBER =
            Pattern.compile("[-+.:_]*+[0-9][-+.:_0-9]*+|0[xbo][_0-9a-fA-F]+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt \\t].*");

    private static final Set<String> OLD_WORDS = Set.of("y", "n", "yes", "no", "on", "off");

    private final StringBuilder out = new StringBuilder();

    private YamlText() {}

    static String of(Map<String, Object> document) {
        YamlText yaml = new YamlText();
        yaml.fields(document, 0);
        return yaml.out.toString();
    }

    private void fields(Map<?, ?> fields, int indent) {
        boolean first = true;
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            if (!first) {
                indent(indent);
            }
            first = false;
            String key = key(String.valueOf(field.getKey()));
            if (key.length() > LONGEST_KEY) {
                out.append("? ").append(key).append('\n');
                indent(indent);
                out.append(':');
            } else {
                out.append(key).append(':');
            }
            value(field.getValue(), indent);
        }
    }

    /** Writes what follows a key or a dash, with the line break. */
    private void value(@Nullable Object value, int indent) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            out.append('\n');
            indent(indent + 2);
            fields(map, indent + 2);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            String line = line(list);
            if (line.isEmpty()) {
                out.append('\n');
                items(list, indent + 2);
            } else {
                out.append(' ').append(line).append('\n');
            }
        } else if (value instanceof String text && isBlock(text)) {
            block(text, indent + 2);
        } else {
            out.append(' ').append(single(value, false)).append('\n');
        }
    }

    private void items(List<?> list, int indent) {
        for (Object item : list) {
            indent(indent);
            out.append('-');
            if (item instanceof Map<?, ?> map && !map.isEmpty()) {
                out.append(' ');
                fields(map, indent + 2);
            } else {
                value(item, indent);
            }
        }
    }

    /** A list of short single values in one line; empty when it takes more. */
    private static String line(List<?> list) {
        StringBuilder line = new StringBuilder("[");
        for (Object item : list) {
            boolean many = item instanceof Map<?, ?> || item instanceof List<?>;
            if (many || item instanceof String text && isBlock(text)) {
                return "";
            }
            line.append(line.length() > 1 ? ", " : "").append(single(item, true));
            if (line.length() > LONGEST_LINE_OF_ITEMS) {
                return "";
            }
        }
        return line.append(']').toString();
    }

    private static String single(@Nullable Object value, boolean inList) {
        if (value instanceof String text) {
            boolean plain = isPlain(text, inList)
                    && !OLD_WORDS.contains(text.toLowerCase(Locale.ROOT))
                    && !OLD_NUMBER.matcher(text).matches();
            return plain ? text : quoted(text);
        }
        if (value instanceof Map) {
            return "{}";
        }
        if (value instanceof List) {
            return "[]";
        }
        return value instanceof Number number ? JsonText.number(number) : String.valueOf(value);
    }

    private static String key(String key) {
        return isPlain(key, true) ? key : quoted(key);
    }

    /** Says whether a text reads back as itself without quotes. */
    private static boolean isPlain(String text, boolean inList) {
        if (text.isEmpty() || !isStart(text.charAt(0)) || text.endsWith(" ") || text.endsWith(":")) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean comment = c == ' ' && i + 1 < text.length() && text.charAt(i + 1) == '#';
            boolean field = c == ':' && text.charAt(i + 1) == ' ';
            if (comment || field || !isPrintable(text, i) || inList && ",[]{}:\"'".indexOf(c) >= 0) {
                return false;
            }
        }
        return Scalars.isText(text);
    }

    private static boolean isStart(char c) {
        return Character.isLetterOrDigit(c) && !Character.isSurrogate(c) || STARTS.indexOf(c) >= 0;
    }

    /** Printable in the sense of YAML 1.2.2, section 5.1, and no kind of line break. */
    private static boolean isPrintable(String text, int index) {
        char c = text.charAt(index);
        if (Character.isSurrogate(c)) {
            return Quote.isPaired(text, index);
        }
        return c >= ' ' && c < 0x7f || c >= 0xa0 && c < 0xfffe && c != 0x2028 && c != 0x2029 && c != 0xfeff;
    }

    private static String quoted(String text) {
        boolean printable = true;
        for (int i = 0; i < text.length() && printable; i++) {
            printable = isPrintable(text, i);
        }
        boolean marks = text.indexOf('"') >= 0 || text.indexOf('\\') >= 0;
        if (printable && marks) {
            return "'" + text.replace("'", "''") + "'";
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || !isPrintable(text, i)) {
                JsonText.escape(quoted, c);
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** Says whether a text of several lines can be shown line by line, without escapes. */
    private static boolean isBlock(String text) {
        if (text.indexOf('\n') < 0 || " \t\n".indexOf(text.charAt(0)) >= 0) {
            return false;
        }
        boolean blank = true; // whether the line has shown only white space so far
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                if (blank && i > 0 && text.charAt(i - 1) != '\n') {
                    return false;
                }
                blank = true;
            } else if (c == ' ' || c == '\t') {
                if (blank && c == '\t') {
                    return false;
                }
            } else if (!isPrintable(text, i)) {
                return false;
            } else {
                blank = false;
            }
        }
        return !blank || text.endsWith("\n");
    }

    private void block(String text, int indent) {
        boolean end = text.endsWith("\n");
        boolean ends = text.endsWith("\n\n");
        out.append(" |").append(ends ? "+" : end ? "" : "-").append('\n');
        for (String line : (end ? text.substring(0, text.length() - 1) : text).split("\n", -1)) {
            if (!line.isEmpty()) {
                indent(indent);
                out.append(line);
            }
            out.append('\n');
        }
    }

    private void indent(int spaces) {
        out.append(" ".repeat(spaces));
    }
}
