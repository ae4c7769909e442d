package io.auterity.event;

import java.util.Locale;

/**
 * What the place that progress is written to can show.
 *
 * @param isLive whether lines can be rewritten in place, as on a terminal that understands ANSI X3.64
 * @param hasColours whether colours may be used; never without {@code isLive}
 * @param isUnicode whether marks beyond ASCII can be shown
 * @param columns the width in columns, 20 or more
 * @param rows the height in lines, 4 or more
 */
public record ProgressStyle(boolean isLive, boolean hasColours, boolean isUnicode, int columns, int rows) {

    /** Plain lines of any length in ASCII, for files and pipes. */
    public static final ProgressStyle PLAIN = new ProgressStyle(false, false, false, 1_000, 24);

    private static final int BAR = 20;

    /** Checks the size. */
    public ProgressStyle {
        if (columns < 20 || rows < 4) {
            throw new IllegalArgumentException("progress needs 20 columns and 4 rows, not " + columns + " and " + rows);
        }
        hasColours = hasColours && isLive;
    }

    /** What a line is about. */
    enum Mark {
        NONE(" ", " ", ""),
        RUNNING("\u25b8", ">", "36"),
        WAITING("\u2026", "~", "33"),
        RETRIED("\u21bb", "!", "33"),
        SUCCEEDED("\u2714", "+", "32"),
        FAILED("\u2718", "x", "31"),
        SKIPPED("\u2013", "-", "2"),
        CANCELLED("\u25a0", "x", "33"),
        UNDONE("\u21a9", "<", "33");

        private final String unicode;
        private final String ascii;
        private final String colour;

        Mark(String unicode, String ascii, String colour) {
            this.unicode = unicode;
            this.ascii = ascii;
            this.colour = colour;
        }
    }

    /** A line that fits, with its mark in front. */
    String line(Mark mark, String text) {
        String sign = isUnicode ? mark.unicode : mark.ascii;
        String fitted = fit(text, columns - 3);
        if (!hasColours || mark.colour.isEmpty()) {
            return sign + " " + fitted;
        }
        return "\u001b[" + mark.colour + "m" + sign + "\u001b[0m " + fitted;
    }

    /** A text that fits on a line. */
    String fit(String text) {
        return fit(text, columns - 1);
    }

    /** Leaves out what could move the cursor or turn the text around, and cuts what does not fit. */
    private static String fit(String text, int width) {
        StringBuilder line = new StringBuilder();
        int used = 0;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            int columns = isWide(c) ? 2 : 1;
            if (used + columns > width) {
                line.setLength(Math.max(0, line.length() - 3));
                return line.append("...").toString();
            }
            line.appendCodePoint(isSafe(c) ? c : ' ');
            used += columns;
        }
        return line.toString();
    }

    private static boolean isSafe(int c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.SURROGATE
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }

    /** Whether a character takes two columns: East Asian ideographs and syllables, and pictures. */
    private static boolean isWide(int c) {
        return (c >= 0x1100 && c <= 0x115f)
                || (c >= 0x2e80 && c <= 0xa4cf)
                || (c >= 0xac00 && c <= 0xd7a3)
                || (c >= 0xf900 && c <= 0xfaff)
                || (c >= 0xfe30 && c <= 0xfe6f)
                || (c >= 0xff00 && c <= 0xff60)
                || (c >= 0x1f300 && c <= 0x1faff)
                || (c >= 0x20000 && c <= 0x3fffd);
    }

    /** A bar of a fixed width. */
    String bar(long done, long total) {
        int full = (int) Math.max(0, Math.min(BAR, done * (double) BAR / total));
        return "[" + (isUnicode ? "\u2588" : "#").repeat(full) + (isUnicode ? "\u2591" : ".").repeat(BAR - full) + "]";
    }

    /** A time in the two largest units that matter. */
    static String elapsed(long millis) {
        long shown = Math.max(0, millis);
        if (shown < 1_000) {
            return shown + "ms";
        }
        if (shown < 60_000) {
            return String.format(Locale.ROOT, "%.1fs", Math.floor(shown / 100.0) / 10);
        }
        long seconds = shown / 1_000;
        if (seconds < 3_600) {
            return seconds / 60 + "m" + twoDigits(seconds % 60) + "s";
        }
        if (seconds < 86_400) {
            return seconds / 3_600 + "h" + twoDigits(seconds % 3_600 / 60) + "m";
        }
        return seconds / 86_400 + "d" + twoDigits(seconds % 86_400 / 3_600) + "h";
    }

    private static String twoDigits(long number) {
        return number < 10 ? "0" + number : String.valueOf(number);
    }
}
