package io.auterity.definition;

/** Strange texts inside messages: shortened, on one line, without control characters. */
final class Quote {

    private static final int LONGEST = 60;

    private Quote() {}

    static String of(String text) {
        return of(text, LONGEST);
    }

    /** A text of any length. */
    static String whole(String text) {
        return of(text, Integer.MAX_VALUE);
    }

    static String of(String text, int longest) {
        StringBuilder quote = new StringBuilder();
        for (int i = 0; i < text.length() && quote.length() < longest; i++) {
            char c = text.charAt(i);
            int type = Character.getType(c);
            boolean odd = Character.isISOControl(c)
                    || type == Character.FORMAT
                    || type == Character.SURROGATE && !isPaired(text, i)
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR;
            if (c == '\n') {
                quote.append("\\n");
            } else if (odd) {
                quote.append(String.format("\\u%04x", (int) c));
            } else {
                quote.append(c);
            }
        }
        if (quote.length() >= longest && text.length() > longest) {
            if (Character.isHighSurrogate(quote.charAt(quote.length() - 1))) {
                quote.setLength(quote.length() - 1);
            }
            quote.append("...");
        }
        return quote.toString();
    }

    /** Says whether every surrogate has its partner beside it. */
    static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i)) && !isPaired(text, i)) {
                return false;
            }
        }
        return true;
    }

    /** Says whether the surrogate at an index has its partner beside it. */
    static boolean isPaired(String text, int index) {
        char c = text.charAt(index);
        return Character.isHighSurrogate(c)
                ? index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1))
                : index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
    }
}
