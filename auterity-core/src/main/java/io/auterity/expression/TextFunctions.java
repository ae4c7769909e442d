package io.auterity.expression;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions on texts; positions count characters (code points), as in CEL. */
final class TextFunctions extends Functions {
    private static final int CONTAINS = 0;
    private static final int STARTS_WITH = 1;
    private static final int ENDS_WITH = 2;
    private static final int MATCHES = 3;
    private static final int LOWER = 4;
    private static final int UPPER = 5;
    private static final int TRIM = 6;
    private static final int SPLIT = 7;
    private static final int JOIN = 8;
    private static final int REPLACE = 9;
    private static final int SUBSTRING = 10;
    private static final int INDEX_OF = 11;
    private static final int LAST_INDEX_OF = 12;
    private static final int CHAR_AT = 13;
    private static final int FORMAT = 14;

    TextFunctions() {
        Type text = Type.STRING;
        Type integer = Type.INTEGER;
        add(
                method("contains", CONTAINS, Type.BOOLEAN, text, text),
                method("startsWith", STARTS_WITH, Type.BOOLEAN, text, text),
                method("endsWith", ENDS_WITH, Type.BOOLEAN, text, text),
                method("matches", MATCHES, Type.BOOLEAN, text, text),
                function("matches", MATCHES, Type.BOOLEAN, text, text),
                method("lowerAscii", LOWER, text, text),
                method("upperAscii", UPPER, text, text),
                method("trim", TRIM, text, text),
                method("split", SPLIT, Type.list(text), text, text, integer).optional(1),
                method("join", JOIN, text, Type.list(text), text).optional(1),
                method("replace", REPLACE, text, text, text, text, integer).optional(1),
                method("substring", SUBSTRING, text, text, integer, integer).optional(1),
                method("indexOf", INDEX_OF, integer, text, text, integer).optional(1),
                method("lastIndexOf", LAST_INDEX_OF, integer, text, text, integer)
                        .optional(1),
                method("charAt", CHAR_AT, text, text, integer),
                method("format", FORMAT, text, text, LIST));
    }

    @Override
    Object apply(
            int operation,
            Frame frame,
            @Nullable Object a,
            @Nullable Object b,
            @Nullable Object c,
            @Nullable Object d) {
        if (operation == JOIN) {
            return join(frame, list(frame, a), b == null ? "" : text(frame, b));
        }
        String text = text(frame, a);
        if (operation != STARTS_WITH && operation != ENDS_WITH) {
            frame.chargeText(text.length());
        }
        return switch (operation) {
            case CONTAINS -> Search.in(text, text(frame, b), frame).next(0) >= 0;
            case STARTS_WITH -> text.startsWith(edge(frame, text, b));
            case ENDS_WITH -> text.endsWith(edge(frame, text, b));
            case MATCHES -> Patterns.find(Patterns.compile(text(frame, b), frame), text, frame);
            case LOWER -> ascii(text, 'A', 'Z', 'a' - 'A');
            case UPPER -> ascii(text, 'a', 'z', 'A' - 'a');
            case TRIM -> trim(text);
            case SPLIT -> split(frame, text, text(frame, b), c == null ? -1 : Values.toLong(c, frame.at));
            case REPLACE ->
                replace(frame, text, text(frame, b), text(frame, c), d == null ? -1 : Values.toLong(d, frame.at));
            case SUBSTRING -> substring(frame, text, b, c);
            case INDEX_OF -> indexOf(frame, text, text(frame, b), c);
            case LAST_INDEX_OF -> lastIndexOf(frame, text, text(frame, b), c);
            case CHAR_AT -> charAt(frame, text, b);
            default -> TextFormat.format(text, list(frame, b), frame);
        };
    }

    /** What a text may start or end with, paid for as far as it is compared. */
    private static String edge(Frame frame, String text, @Nullable Object value) {
        String edge = text(frame, value);
        frame.charge(Math.min(text.length(), edge.length()) >> 6);
        return edge;
    }

    private static String ascii(String text, char first, char last, int shift) {
        int i = 0;
        while (i < text.length() && (text.charAt(i) < first || text.charAt(i) > last)) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        char[] changed = text.toCharArray();
        for (; i < changed.length; i++) {
            if (changed[i] >= first && changed[i] <= last) {
                changed[i] += (char) shift;
            }
        }
        return new String(changed);
    }

    /** Unicode's White_Space, which CEL trims, differs from Java's idea of it. */
    private static boolean isSpace(char c) {
        return c == ' '
                || c >= '\t' && c <= '\r'
                || c == '\u0085'
                || c == '\u00a0'
                || c == '\u1680'
                || c >= '\u2000' && c <= '\u200a'
                || c == '\u2028'
                || c == '\u2029'
                || c == '\u202f'
                || c == '\u205f'
                || c == '\u3000';
    }

    private static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static List<Object> split(Frame frame, String text, String separator, long limit) {
        List<Object> parts = new ArrayList<>();
        if (limit == 0) {
            return parts;
        }
        if (limit == 1) {
            parts.add(text);
            return parts;
        }
        long max = limit < 0 ? Long.MAX_VALUE : limit;
        int start = 0;
        if (separator.isEmpty()) {
            while (start < text.length() && parts.size() + 1 < max) {
                frame.charge(1);
                int end = text.offsetByCodePoints(start, 1);
                parts.add(text.substring(start, end));
                start = end;
            }
            if (start < text.length()) {
                parts.add(text.substring(start));
            }
            return parts;
        }
        Search search = Search.in(text, separator, frame);
        while (parts.size() + 1 < max) {
            int end = search.next(start);
            if (end < 0) {
                break;
            }
            frame.charge(1);
            parts.add(text.substring(start, end));
            start = end + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String join(Frame frame, List<?> list, String separator) {
        frame.charge((long) list.size());
        long length = (long) separator.length() * Math.max(0, list.size() - 1);
        for (Object element : list) {
            length += text(frame, element).length();
        }
        frame.checkTextLength(length);
        frame.chargeText(length);
        StringBuilder joined = new StringBuilder((int) length);
        boolean first = true;
        for (Object element : list) {
            if (!first) {
                joined.append(separator);
            }
            first = false;
            joined.append((String) element);
        }
        return joined.toString();
    }

    private static String replace(Frame frame, String text, String from, String to, long limit) {
        long max = limit < 0 ? Long.MAX_VALUE : limit;
        StringBuilder replaced = new StringBuilder(text.length());
        Search search = Search.in(text, from, frame);
        int start = 0;
        for (long count = 0; count < max; count++) {
            int found = from.isEmpty() ? start : search.next(start);
            if (found < 0) {
                break;
            }
            frame.charge(1);
            frame.chargeText(to.length());
            frame.checkTextLength((long) replaced.length() + found - start + to.length());
            replaced.append(text, start, found).append(to);
            start = found + from.length();
            if (from.isEmpty()) {
                if (start == text.length()) {
                    return replaced.toString();
                }
                int next = text.offsetByCodePoints(start, 1);
                replaced.append(text, start, next);
                start = next;
            }
        }
        frame.checkTextLength((long) replaced.length() + text.length() - start);
        return replaced.append(text, start, text.length()).toString();
    }

    /** The offset of a character by its number, or a fault when there is none and the number is not the length. */
    private static int offset(Frame frame, String text, @Nullable Object position) {
        int index = index(frame, position);
        int count = text.codePointCount(0, text.length());
        if (index < 0 || index > count) {
            throw frame.fault(
                    EvaluationException.Code.INDEX, "index out of range in a text of " + count + " characters");
        }
        return count == text.length() ? index : text.offsetByCodePoints(0, index);
    }

    private static String substring(Frame frame, String text, @Nullable Object from, @Nullable Object to) {
        int start = offset(frame, text, from);
        int end = to == null ? text.length() : offset(frame, text, to);
        if (start > end) {
            throw frame.fault(EvaluationException.Code.INDEX, "the start of the substring lies behind its end");
        }
        return text.substring(start, end);
    }

    private static Object indexOf(Frame frame, String text, String wanted, @Nullable Object from) {
        int start = from == null ? 0 : offset(frame, text, from);
        int found = wanted.isEmpty() ? start : Search.in(text, wanted, frame).next(start);
        return found < 0 ? -1L : (long) text.codePointCount(0, found);
    }

    private static Object lastIndexOf(Frame frame, String text, String wanted, @Nullable Object from) {
        int start = from == null ? text.length() : offset(frame, text, from);
        int found = Search.in(text, wanted, frame).last(start);
        return found < 0 ? -1L : (long) text.codePointCount(0, found);
    }

    private static String charAt(Frame frame, String text, @Nullable Object position) {
        int start = offset(frame, text, position);
        return start == text.length() ? "" : text.substring(start, text.offsetByCodePoints(start, 1));
    }
}
