package io.auterity.event;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A terminal that understands what {@link Screen} writes, and refuses everything else: line feeds, carriage returns,
 * cursor up, erase to the end of the screen, colours. Lines that are too long would wrap, so they are refused, too.
 */
final class VirtualTerminal implements Appendable {

    private static final Pattern TOKEN = Pattern.compile("\u001b\\[(\\d*)([A-Za-z])|(\n)|(\r)|([^\\p{Cntrl}]+)");

    private final int columns;
    private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    private int row;
    private int column;
    private int writes;
    private int colours;

    VirtualTerminal(int columns) {
        this.columns = columns;
    }

    @Override
    public Appendable append(CharSequence text) {
        writes++;
        Matcher token = TOKEN.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!token.find(at) || token.start() != at) {
                throw new AssertionError("not understood at " + at + ": " + text);
            }
            at = token.end();
            if (token.group(2) != null) {
                escape(token.group(2), token.group(1).isEmpty() ? 1 : Integer.parseInt(token.group(1)));
            } else if (token.group(3) != null) {
                lineFeed();
            } else if (token.group(4) != null) {
                column = 0;
            } else {
                write(token.group(5));
            }
        }
        return this;
    }

    private void escape(String command, int number) {
        switch (command) {
            case "A" -> {
                row -= number;
                if (row < 0) {
                    throw new AssertionError("the cursor left the screen");
                }
            }
            case "J" -> {
                lines.get(row).setLength(column);
                lines.subList(row + 1, lines.size()).clear();
            }
            case "m" -> colours++;
            default -> throw new AssertionError("unexpected command " + command);
        }
    }

    private void lineFeed() {
        row++;
        column = 0;
        if (row == lines.size()) {
            lines.add(new StringBuilder());
        }
    }

    private void write(String text) {
        StringBuilder line = lines.get(row);
        if (column != line.length()) {
            throw new AssertionError("text written over '" + line + "': " + text);
        }
        line.append(text);
        column += text.length();
        if (column >= columns) {
            throw new AssertionError("a line of " + column + " columns wraps: " + line);
        }
    }

    List<String> lines() {
        return lines.stream()
                .map(StringBuilder::toString)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    int writes() {
        return writes;
    }

    int colours() {
        return colours;
    }

    @Override
    public Appendable append(CharSequence text, int start, int end) {
        return append(text.subSequence(start, end));
    }

    @Override
    public Appendable append(char c) {
        return append(String.valueOf(c));
    }
}
