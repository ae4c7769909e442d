package io.auterity.relay.redact;

import com.google.re2j.Matcher;
import io.auterity.regex.Regex;
import io.auterity.relay.provider.Prompt;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Replaces personal data in prompts before a provider sees them, and puts it back into the answers.
 *
 * <p>Each datum becomes a placeholder, as {@code [EMAIL_1]}; the same one in a call always the same, so that the model can
 * still tell people apart. Data is found by its form, in texts and in numbers; what has no form (names, addresses) is not
 * found. Expressions are matched in linear time (RE2). Immutable and thread-safe.
 */
public final class Redaction {

    private final Set<PersonalData> kinds;
    private final Map<String, Regex> patterns;

    private Redaction(Set<PersonalData> kinds, Map<String, Regex> patterns) {
        this.kinds = Set.copyOf(kinds);
        this.patterns = new LinkedHashMap<>(patterns);
    }

    /**
     * Makes a redaction.
     *
     * @param kinds what is replaced
     * @return the redaction
     */
    public static Redaction of(Set<PersonalData> kinds) {
        return new Redaction(kinds, Map.of());
    }

    /**
     * Makes a redaction of everything that is known here.
     *
     * @return the redaction
     */
    public static Redaction ofAll() {
        return of(Set.of(PersonalData.values()));
    }

    /**
     * Returns a copy that also replaces what an expression matches; it goes before the others.
     *
     * @param name what it is called in placeholders, of capital letters and underscores, at most 30
     * @param expression a regular expression in RE2's syntax
     * @return the copy
     * @throws IllegalArgumentException if the name or the expression is none, or the expression matches nothing at all
     */
    public Redaction and(String name, String expression) {
        if (!name.matches("[A-Z][A-Z_]{0,29}")) {
            throw new IllegalArgumentException(
                    "a name in placeholders is of capital letters and underscores, as CUSTOMER, not '" + name + "'");
        }
        Regex pattern;
        try {
            pattern = Regex.compile(expression);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the expression of " + name + " is none: " + e.getMessage(), e);
        }
        if (pattern.matcher("").matches()) {
            throw new IllegalArgumentException("the expression of " + name + " matches the empty text");
        }
        Map<String, Regex> more = new LinkedHashMap<>(patterns);
        more.put(name, pattern);
        return new Redaction(kinds, more);
    }

    /**
     * Replaces what is personal in a prompt. Tokens that an embedding is asked for by their numbers are left as they are; a relay
     * refuses them.
     *
     * @param prompt the prompt
     * @return what the provider may see, and how to put the data back
     */
    public Redacted apply(Prompt prompt) {
        return new Redacted(this, prompt);
    }

    /** The data in a text by where it begins; what begins first goes first, of two that overlap the earlier kind. */
    Map<Integer, Found> find(String text) {
        TreeMap<Integer, Found> found = new TreeMap<>();
        patterns.forEach((name, pattern) -> {
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                put(found, new Found(name, matcher.start(), matcher.end()));
            }
        });
        for (PersonalData kind : PersonalData.values()) {
            if (kinds.contains(kind)) {
                Matcher matcher = kind.pattern().matcher(text);
                int from = 0;
                while (from < text.length() && matcher.find(from)) {
                    int end = end(kind, text, matcher.start(), matcher.end());
                    if (end > 0) {
                        put(found, new Found(kind.name(), matcher.start(), end));
                    }
                    from = end > 0 ? end : next(text, matcher.start());
                }
            }
        }
        return found;
    }

    /** Where the datum ends that begins here: an expression may have taken a word too much. */
    private static int end(PersonalData kind, String text, int start, int longest) {
        if (start > 0 && isWord(text, start - 1) && isWord(text, start)) {
            return -1;
        }
        for (int end = longest; end > start; end--) {
            boolean isWhole = end == text.length() || !isWord(text, end) || !isWord(text, end - 1);
            if (isWhole) {
                String part = text.substring(start, end);
                Matcher matcher = kind.pattern().matcher(part);
                if (matcher.matches() && kind.isReally(part)) {
                    return end;
                }
            }
        }
        return -1;
    }

    /** Behind the word that was none. */
    private static int next(String text, int start) {
        int next = start + 1;
        while (next < text.length() && isWord(text, next - 1) && isWord(text, next)) {
            next++;
        }
        return next;
    }

    private static boolean isWord(String text, int index) {
        return Character.isLetterOrDigit(text.charAt(index));
    }

    private static void put(TreeMap<Integer, Found> all, Found found) {
        Map.Entry<Integer, Found> before = all.lowerEntry(found.end());
        if (before == null || before.getValue().end() <= found.start()) {
            all.put(found.start(), found);
        }
    }

    /** A datum in a text. */
    record Found(String kind, int start, int end) {}
}
