package io.auterity.relay.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The words and pairs of neighbouring words of a text, hashed to numbers: the "hashing trick" of Weinberger et al. (2009),
 * which needs no dictionary and no model file. A mark of punctuation and a line break are words of their own, because the
 * form of a prompt tells its task.
 *
 * @param ids the distinct numbers, ascending, below {@link #BUCKETS}
 * @param counts how often each occurs
 */
record Grams(int[] ids, int[] counts) {

    static final int BUCKETS = 1 << 18;

    /** Half of the binary digits of a number. */
    private static final int DIGITS = 9;

    /** Longer texts are cut: what comes later says little about the task. */
    static final int MAX_WORDS = 2_000;

    private static final int ASCII = 128;
    private static final char[] LETTERS = new char[ASCII];

    static {
        for (char c = 0; c < ASCII; c++) {
            LETTERS[c] = letterOf(c);
        }
    }

    static Grams of(String text) {
        char[] chars = text.toCharArray(); // to ask the text for each takes half as long again
        int[] found = new int[2 * Math.min(MAX_WORDS, chars.length)];
        int size = 0;
        int before = 0;
        int at = 0;
        for (int words = 0; words < MAX_WORDS && at < chars.length; ) {
            char c = chars[at++];
            int letter = letter(c);
            int hash = c * 7_919 + 3;
            if (letter != 0) {
                hash = 17;
                while (letter != 0) {
                    hash = hash * 31 + letter;
                    letter = at < chars.length ? letter(chars[at]) : 0;
                    at += letter == 0 ? 0 : 1;
                }
            } else if (c == ' ' || c != '\n' && Character.isWhitespace(c)) {
                continue;
            }
            hash = mix(hash);
            found[size++] = hash & (BUCKETS - 1);
            if (before != 0) {
                found[size++] = mix(before * 31 + hash) & (BUCKETS - 1);
            }
            before = hash;
            words++;
        }
        return counted(sorted(found, size));
    }

    /** Returns a letter or digit in lower case; 0 for everything else. */
    private static char letter(char c) {
        return c < ASCII ? LETTERS[c] : letterOf(c);
    }

    private static char letterOf(char c) {
        return Character.isLetterOrDigit(c) ? Character.toLowerCase(c) : 0;
    }

    /** The numbers and how often each occurs, in turns. */
    List<Integer> write() {
        List<Integer> pairs = new ArrayList<>(2 * ids.length);
        for (int i = 0; i < ids.length; i++) {
            pairs.add(ids[i]);
            pairs.add(counts[i]);
        }
        return pairs;
    }

    /** Reads what {@link #write} wrote. */
    static Grams read(List<?> pairs) {
        int[] ids = new int[pairs.size() / 2];
        int[] counts = new int[ids.length];
        int before = -1;
        for (int i = 0; i < ids.length; i++) {
            if (!(pairs.get(2 * i) instanceof Long id
                    && pairs.get(2 * i + 1) instanceof Long count
                    && id > before
                    && id < BUCKETS
                    && count > 0
                    && count <= 2 * MAX_WORDS)) {
                throw new IllegalArgumentException("these are no words as they are written: entry " + i);
            }
            ids[i] = id.intValue();
            counts[i] = count.intValue();
            before = ids[i];
        }
        return new Grams(ids, counts);
    }

    /** Sorts by the lower half of the digits and then by the upper one, because to compare so many takes longer. */
    private static int[] sorted(int[] found, int size) {
        int[] other = new int[size];
        int[] sorted = new int[size];
        distribute(found, size, 0, other);
        distribute(other, size, DIGITS, sorted);
        return sorted;
    }

    private static void distribute(int[] from, int size, int shift, int[] to) {
        int[] places = new int[(1 << DIGITS) + 1];
        for (int i = 0; i < size; i++) {
            places[((from[i] >>> shift) & ((1 << DIGITS) - 1)) + 1]++;
        }
        for (int digit = 0; digit < 1 << DIGITS; digit++) {
            places[digit + 1] += places[digit];
        }
        for (int i = 0; i < size; i++) {
            to[places[(from[i] >>> shift) & ((1 << DIGITS) - 1)]++] = from[i];
        }
    }

    private static Grams counted(int[] found) {
        int[] ids = new int[found.length];
        int[] counts = new int[found.length];
        int size = 0;
        for (int id : found) {
            if (size == 0 || ids[size - 1] != id) {
                ids[size++] = id;
            }
            counts[size - 1]++;
        }
        return new Grams(Arrays.copyOf(ids, size), Arrays.copyOf(counts, size));
    }

    /** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
    private static int mix(int hash) {
        int h = hash;
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        h ^= h >>> 13;
        h *= 0xc2b2ae35;
        h ^= h >>> 16;
        return h;
    }
}
