package io.auterity.expression;

/**
 * Finds a text in another in linear time (Knuth, Morris and Pratt, "Fast Pattern Matching in Strings", SIAM Journal on
 * Computing 6, 1977); short texts are left to the JDK, whose simple search is then linear too.
 */
final class Search {
    private static final int SHORT = 16;

    private final String text;
    private final String wanted;
    /** For each prefix of the wanted text, how much of it is still matched after a mismatch; empty for short texts. */
    private final int[] fallback;

    private Search(String text, String wanted) {
        this.text = text;
        this.wanted = wanted;
        boolean simple = wanted.length() <= SHORT || wanted.length() > text.length();
        this.fallback = simple ? new int[0] : fallback(wanted);
    }

    /** Prepares to look for a text, and pays for reading it; one that is longer than where it is looked for is not read. */
    static Search in(String text, String wanted, Frame frame) {
        frame.charge(Math.min(text.length(), wanted.length()) >> 6);
        return new Search(text, wanted);
    }

    private static int[] fallback(String wanted) {
        int[] table = new int[wanted.length()];
        int matched = 0;
        for (int i = 1; i < table.length; i++) {
            while (matched > 0 && wanted.charAt(i) != wanted.charAt(matched)) {
                matched = table[matched - 1];
            }
            if (wanted.charAt(i) == wanted.charAt(matched)) {
                matched++;
            }
            table[i] = matched;
        }
        return table;
    }

    int next(int from) {
        if (fallback.length == 0) {
            return text.indexOf(wanted, from);
        }
        int matched = 0;
        for (int i = from; i < text.length(); i++) {
            while (matched > 0 && text.charAt(i) != wanted.charAt(matched)) {
                matched = fallback[matched - 1];
            }
            if (text.charAt(i) == wanted.charAt(matched) && ++matched == wanted.length()) {
                return i - matched + 1;
            }
        }
        return -1;
    }

    int last(int upTo) {
        if (fallback.length == 0) {
            return text.lastIndexOf(wanted, upTo);
        }
        String reversed = new StringBuilder(text.substring(0, Math.min(text.length(), upTo + wanted.length())))
                .reverse()
                .toString();
        String backwards = new StringBuilder(wanted).reverse().toString();
        int found = new Search(reversed, backwards).next(0);
        return found < 0 ? -1 : reversed.length() - found - wanted.length();
    }
}
