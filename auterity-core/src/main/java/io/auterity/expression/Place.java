package io.auterity.expression;

/** Turns an offset in a source into a line and a column, both from 1. */
final class Place {
    private Place() {}

    static int line(String source, int at) {
        int line = 1;
        for (int i = 0; i < at && i < source.length(); i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }

    static int column(String source, int at) {
        return at - source.lastIndexOf('\n', Math.max(at - 1, -1));
    }
}
