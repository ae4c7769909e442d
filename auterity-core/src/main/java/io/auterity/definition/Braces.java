package io.auterity.definition;

/** The {@code ${{ }}} around an expression. */
final class Braces {

    static final String OPEN = "${{";

    private Braces() {}

    /** Returns an expression without its braces, if the text is just one expression, and without outer white space. */
    static String bare(String text) {
        String stripped = text.strip();
        return isOne(stripped) ? stripped.substring(3, stripped.length() - 2).strip() : stripped;
    }

    /** Writes an expression with its braces, or without when they could not be told from its own. */
    static String around(String expression) {
        String text = OPEN + " " + expression + " }}";
        return bare(text).equals(expression) ? text : expression;
    }

    /** Says whether the text begins with an opening brace whose closing one ends the text. */
    static boolean isOne(String text) {
        return text.startsWith(OPEN) && end(text, 3) == text.length();
    }

    /**
     * The index after the {@code }}} that closes an expression, texts, maps and comments inside it aside; -1 without one.
     */
    private static int end(String text, int start) {
        int open = 0;
        int i = start;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (text.startsWith("//", i)) {
                i = endOfComment(text, i);
                continue;
            }
            if (c == '"' || c == '\'') {
                i = endOfText(text, i);
                if (i < 0) {
                    return -1;
                }
                continue;
            }
            if (c == '{') {
                open++;
            } else if (c == '}' && open > 0) {
                open--;
            } else if (c == '}' && i + 1 < text.length() && text.charAt(i + 1) == '}') {
                return i + 2;
            }
            i++;
        }
        return -1;
    }

    /** A comment ends with its line, or before the closing braces. */
    private static int endOfComment(String text, int start) {
        int i = start;
        while (i < text.length() && text.charAt(i) != '\n' && !text.startsWith("}}", i)) {
            i++;
        }
        return i;
    }

    private static int endOfText(String text, int start) {
        String quote = text.substring(start, start + 1);
        if (text.startsWith(quote.repeat(3), start)) {
            quote = quote.repeat(3);
        }
        for (int i = start + quote.length(); i < text.length(); i++) {
            if (text.charAt(i) == '\\') { // keeps a quote from ending the text, in a raw one, too
                i++;
            } else if (text.startsWith(quote, i)) {
                return i + quote.length();
            }
        }
        return -1;
    }
}
