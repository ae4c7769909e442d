package io.auterity.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Regular expressions in RE2's syntax, which match in time linear in the text.
 *
 * <p>The time also grows with the size of the pattern, counted repetitions written out, so that size is limited before
 * the pattern is compiled and charged for when it runs.
 */
final class Patterns {
    static final int MAX_LENGTH = 1_000;
    static final int MAX_SIZE = 2_000;

    private Patterns() {}

    /** A compiled pattern and its size. */
    record Compiled(Pattern pattern, int size) {
        boolean find(String text, Frame frame) {
            frame.charge(1 + ((long) text.length() * (16 + size) >> 8));
            return pattern.matcher(text).find();
        }
    }

    static Compiled compile(String source, int at) {
        int size = source.length() > MAX_LENGTH ? MAX_SIZE + 1 : size(source);
        if (size > MAX_SIZE) {
            throw new Fault(
                    EvaluationException.Code.ARGUMENT,
                    at,
                    "the pattern is larger than " + MAX_LENGTH + " characters or " + MAX_SIZE + " states");
        }
        try {
            return new Compiled(Pattern.compile(source), size);
        } catch (PatternSyntaxException wrong) {
            throw new Fault(EvaluationException.Code.ARGUMENT, at, "the pattern is wrong: " + wrong.getDescription());
        }
    }

    /** The number of states of a pattern, roughly: its atoms, with counted repetitions written out. */
    static int size(String source) {
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
            if (sizes[depth] > MAX_SIZE) {
                return MAX_SIZE + 1;
            }
        }
        long total = 0;
        for (int i = 0; i <= depth; i++) {
            total += sizes[i];
        }
        return (int) Math.min(total, MAX_SIZE + 1L);
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
            i += source.charAt(i) == '\\' ? 2 : 1;
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

    /** A match against a constant pattern. */
    static final class Matches extends Node {
        private final Node text;
        private final Compiled pattern;

        private Matches(int at, Node text, Compiled pattern) {
            super(at);
            this.text = text;
            this.pattern = pattern;
        }

        static Node of(int at, Node text, Compiled pattern) {
            return new Matches(at, text, pattern);
        }

        @Override
        Object eval(Frame frame) {
            return evalBoolean(frame);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            @Nullable Object value = text.eval(frame);
            frame.at = at;
            return pattern.find(Values.toText(value, at), frame);
        }
    }
}
