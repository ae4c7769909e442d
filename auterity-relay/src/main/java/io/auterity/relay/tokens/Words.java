package io.auterity.relay.tokens;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts texts word by word and remembers the words, as most of a prompt have been counted before.
 *
 * <p>Only ordinary words are kept: letters and apostrophes, with blanks and signs before them, up to 24 characters together.
 * What has a digit, or a sign in the middle, as most keys do, is counted each time; a name, or a secret of letters alone, is a
 * word like others. A word stays until another one needs its place, and not longer than this object. Thread-safe; threads may
 * overwrite each other's words.
 */
final class Words {

    /** How many binary digits of a hash say where a word is kept. */
    private static final int PLACE_DIGITS = 14;

    private static final int LONGEST = 24;

    /** What ends a word without a space. */
    private static final String ENDS = "\n.,;:!?()[]{}<>`\"*|";

    private final Map<Vocabulary, @Nullable Word[]> kept = new EnumMap<>(Vocabulary.class);

    private record Word(String text, int tokens) {}

    Words() {
        for (Vocabulary vocabulary : Vocabulary.values()) {
            kept.put(vocabulary, new Word[1 << PLACE_DIGITS]);
        }
    }

    /** Counts the tokens of a text. */
    long count(Vocabulary vocabulary, String text) {
        @Nullable Word[] words = places(vocabulary);
        long tokens = 0;
        int from = 0;
        for (int at = 1; at < text.length(); at++) {
            if (isCut(text.charAt(at - 1), text.charAt(at))) {
                tokens += count(vocabulary, words, text.substring(from, at));
                from = at;
            }
        }
        return tokens + count(vocabulary, words, text.substring(from));
    }

    /** No token has a visible character with a space behind it, or a letter with a sign behind it but for an apostrophe. */
    private static boolean isCut(char before, char after) {
        return after == ' ' ? before > ' ' && before <= '~' : isLatin(before) && ENDS.indexOf(after) >= 0;
    }

    private static boolean isLatin(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static long count(Vocabulary vocabulary, @Nullable Word[] words, String text) {
        if (text.length() > LONGEST) {
            return vocabulary.count(text);
        }
        int place = (text.hashCode() * 0x9e3779b9) >>> (Integer.SIZE - PLACE_DIGITS);
        Word known = words[place];
        if (known != null && known.text().equals(text)) {
            return known.tokens();
        }
        int tokens = (int) vocabulary.count(text);
        if (isOrdinary(text)) {
            words[place] = new Word(text, tokens);
        }
        return tokens;
    }

    private static boolean isOrdinary(String text) {
        boolean isBegun = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isLetter = Character.isLetter(c);
            if (Character.isDigit(c) || (isBegun && !isLetter && c != '\'')) {
                return false;
            }
            isBegun |= isLetter;
        }
        return true;
    }

    /** Whether a word is remembered. */
    boolean keeps(Vocabulary vocabulary, String text) {
        return Arrays.stream(places(vocabulary))
                .anyMatch(word -> word != null && word.text().equals(text));
    }

    private @Nullable Word[] places(Vocabulary vocabulary) {
        return Objects.requireNonNull(kept.get(vocabulary));
    }
}
