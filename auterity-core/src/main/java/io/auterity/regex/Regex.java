package io.auterity.regex;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression in RE2's syntax, which has no look-around and no back references and matches in time linear in
 * the text. It may come from a stranger.
 *
 * <p>Time and memory also grow with the size of the pattern, counted repetitions written out, so that size is limited
 * before the pattern is compiled. Refused, too, is to ignore case where RE2/J does not come to an end: it takes the case
 * of letters from the JVM, and their families from a table that knows nothing of U+1C80 to U+1C88, which the JVM knows.
 *
 * <p>Immutable.
 *
 * @see <a href="https://github.com/google/re2j/issues/168">google/re2j#168</a>
 */
public final class Regex {

    /** The most characters of a pattern. */
    public static final int MAX_LENGTH = 1_000;

    /** The most states of a pattern: its parts, counted repetitions written out. */
    public static final int MAX_STATES = 2_000;

    /** Letters whose case has no end: these become others, and none becomes them. */
    private static final int FIRST_ENDLESS = 0x1C80;

    private static final int LAST_ENDLESS = 0x1C88;

    /** The most characters in ranges whose case is ignored: RE2/J asks each of them for its other cases. */
    private static final int MAX_FOLDED = 1 << 15;

    /** The last letter that has a case. */
    private static final int LAST_CASE = 0x1E943;

    private static final int ENDLESS = 1 << 30;

    private final String source;
    private final Pattern pattern;
    private final int states;

    private Regex(String source, Pattern pattern, int states) {
        this.source = source;
        this.pattern = pattern;
        this.states = states;
    }

    /**
     * Compiles a pattern.
     *
     * @param source the pattern
     * @return the same, to match with
     * @throws IllegalArgumentException if it is larger than {@value #MAX_LENGTH} characters or {@value #MAX_STATES} states,
     *     is not in RE2's syntax, or ignores the case of U+1C80 to U+1C88 or of ranges of more than 32,768 characters; the
     *     message says so for people
     */
    public static Regex compile(String source) {
        int states = source.length() > MAX_LENGTH ? MAX_STATES + 1 : states(source);
        if (states > MAX_STATES) {
            throw new IllegalArgumentException(
                    "the pattern is larger than " + MAX_LENGTH + " characters or " + MAX_STATES + " states");
        }
        int folded = folded(source);
        if (folded == ENDLESS) {
            throw new IllegalArgumentException(
                    "the pattern ignores case and has one of the letters U+1C80 to U+1C88, or"
                            + " a range around them; write both cases, or end the range before them");
        }
        if (folded > MAX_FOLDED) {
            throw new IllegalArgumentException("the pattern ignores case in ranges of more than " + MAX_FOLDED
                    + " characters; make them shorter, or write '[^...]' with what is left out");
        }
        try {
            return new Regex(source, Pattern.compile(source), states);
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException("the pattern is wrong: " + wrong.getDescription(), wrong);
        }
    }

    /**
     * Returns how much there is to do to compile a pattern, for whoever compiles those of strangers within a budget.
     *
     * @param source the pattern, which need not be one
     * @return four for a character, and more where that stands for many; in units of about a microsecond
     */
    public static int work(String source) {
        if (source.length() > MAX_LENGTH) {
            return 0; // refused unread
        }
        int work = 4 * source.length() + states(source) + Math.min(folded(source), MAX_FOLDED) / 32;
        for (int i = 0; i + 1 < source.length(); i++) {
            boolean isUnicode = source.charAt(i) == '\\' && (source.charAt(i + 1) | ' ') == 'p';
            work += isUnicode ? 64 : 0; // a table of hundreds of ranges
        }
        return work;
    }

    /**
     * Looks for the pattern.
     *
     * @param text where
     * @return whether some part of the text matches
     */
    public boolean find(String text) {
        return pattern.matcher(text).find();
    }

    /**
     * Returns what goes through the matches in a text, one after the other.
     *
     * @param text where
     * @return a new matcher, for one thread
     */
    public Matcher matcher(String text) {
        return pattern.matcher(text);
    }

    /**
     * Returns what the pattern was compiled from.
     *
     * @return the source
     */
    public String source() {
        return source;
    }

    /**
     * Returns the size of the pattern, by which the time of a match grows.
     *
     * @return its states, roughly
     */
    public int states() {
        return states;
    }

    // --- case ---

    /** Whether some flag <code>i</code> may be set: in <code>(?i)</code>, or <code>(?is:...)</code>. */
    private static boolean ignoresCase(String source) {
        for (int open = source.indexOf("(?"); open >= 0; open = source.indexOf("(?", open + 2)) {
            int i = open + 2;
            while (i < source.length() && (Character.isLetter(source.charAt(i)) || source.charAt(i) == '-')) {
                if (source.charAt(i) == 'i') {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /** Returns how many characters are in ranges whose case is ignored, or {@link #ENDLESS}. */
    private static int folded(String source) {
        if (!ignoresCase(source)) {
            return 0;
        }
        int folded = 0;
        for (int i = 0; i < source.length() && folded < ENDLESS; ) {
            int end = source.charAt(i) == '[' ? Math.min(classEnd(source, i), source.length()) : i;
            if (end > i) {
                folded = Math.min(folded + foldedInClass(source, i + 1, end), ENDLESS);
                i = end;
            } else {
                int alone = codePoint(source, i);
                folded = isEndless(alone, alone) ? ENDLESS : folded;
                i = after(source, i);
            }
        }
        return folded;
    }

    private static int foldedInClass(String source, int start, int end) {
        int folded = 0;
        for (int i = start; i < end; ) {
            int low = codePoint(source, i);
            i = after(source, i);
            int high = low;
            if (i + 1 < end && source.charAt(i) == '-') {
                high = codePoint(source, i + 1);
                i = after(source, i + 1);
            }
            if (isEndless(low, high)) {
                return ENDLESS;
            }
            folded += Math.max(0, Math.min(high, LAST_CASE) - low);
        }
        return folded;
    }

    private static boolean isEndless(int low, int high) {
        return low <= LAST_ENDLESS && high >= FIRST_ENDLESS;
    }

    /** Returns the character that is written somewhere, as itself or as its number; for other escapes some low one. */
    private static int codePoint(String source, int at) {
        if (source.startsWith("\\x{", at)) {
            int close = source.indexOf('}', at);
            try {
                return Integer.parseInt(source.substring(at + 3, Math.max(at + 3, close)), 16);
            } catch (NumberFormatException none) {
                return 0; // no pattern, as the compiler will say
            }
        }
        return source.charAt(at) == '\\' ? 0 : source.codePointAt(at);
    }

    private static int after(String source, int at) {
        if (source.startsWith("\\x{", at)) {
            int close = source.indexOf('}', at);
            return close < 0 ? source.length() : close + 1;
        }
        int next = at + (source.charAt(at) == '\\' ? 1 : 0);
        return next < source.length() ? next + Character.charCount(source.codePointAt(next)) : source.length();
    }

    // --- size ---

    /** The number of states of a pattern, roughly: its atoms, with counted repetitions written out. */
    private static int states(String source) {
        long[] sizes = new long[source.length() + 1];
        int depth = 0;
        long last = 0;
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            switch (c) {
                case '\\' -> {
                    i++;
                    last = 1;
                    sizes[depth]++;
                }
                case '[' -> {
                    i = classEnd(source, i);
                    last = 1;
                    sizes[depth]++;
                }
                case '(' -> {
                    depth++;
                    sizes[depth] = 2;
                }
                case ')' -> {
                    if (depth > 0) {
                        last = sizes[depth--];
                        sizes[depth] += last;
                    }
                }
                case '{' -> {
                    long times = repetitions(source, i + 1);
                    if (times > 0) {
                        sizes[depth] = Math.min(sizes[depth] + last * (times - 1), Integer.MAX_VALUE);
                        last = Math.min(last * times, Integer.MAX_VALUE);
                        i = source.indexOf('}', i);
                    } else {
                        last = 1;
                        sizes[depth]++;
                    }
                }
                default -> {
                    last = 1;
                    sizes[depth]++;
                }
            }
            if (sizes[depth] > MAX_STATES) {
                return MAX_STATES + 1;
            }
        }
        long total = 0;
        for (int i = 0; i <= depth; i++) {
            total += sizes[i];
        }
        return (int) Math.min(total, MAX_STATES + 1L);
    }

    private static int classEnd(String source, int open) {
        int i = open + 1;
        if (i < source.length() && source.charAt(i) == '^') {
            i++;
        }
        if (i < source.length() && source.charAt(i) == ']') {
            i++;
        }
        while (i < source.length() && source.charAt(i) != ']') {
            int named = source.startsWith("[:", i) ? source.indexOf(":]", i + 2) : -1;
            if (named >= 0) {
                i = named + 2;
            } else {
                i += source.charAt(i) == '\\' ? 2 : 1;
            }
        }
        return i;
    }

    /** The largest count of <code>{n}</code>, <code>{n,}</code> or <code>{n,m}</code>, or 0 when it is none of them. */
    private static long repetitions(String source, int start) {
        long count = 0;
        long largest = 0;
        for (int i = start; i < source.length() && i < start + 12; i++) {
            char c = source.charAt(i);
            if (c == '}') {
                return i == start ? 0 : Math.max(1, Math.max(largest, count));
            }
            if (c == ',') {
                largest = count;
                count = 0;
            } else if (c >= '0' && c <= '9') {
                count = Math.min(count * 10 + c - '0', 1_000_000);
            } else {
                return 0;
            }
        }
        return 0;
    }
}
