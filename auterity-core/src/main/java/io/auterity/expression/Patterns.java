package io.auterity.expression;

import io.auterity.regex.Regex;
import org.jspecify.annotations.Nullable;

/** Matches against regular expressions, charged for by the length of the text and the size of the pattern. */
final class Patterns {

    private Patterns() {}

    /** Compiles a pattern that is data; the one before is at hand still, as when a macro repeats it. */
    static Regex compile(String source, Frame frame) {
        Regex last = frame.pattern;
        if (last != null && last.source().equals(source)) {
            frame.charge(source.length() >> 6);
            return last;
        }
        frame.charge(Regex.work(source));
        Regex pattern = compile(source, frame.at);
        frame.pattern = pattern;
        return pattern;
    }

    static Regex compile(String source, int at) {
        try {
            return Regex.compile(source);
        } catch (IllegalArgumentException wrong) {
            throw new Fault(EvaluationException.Code.ARGUMENT, at, String.valueOf(wrong.getMessage()));
        }
    }

    static boolean find(Regex pattern, String text, Frame frame) {
        frame.charge(1 + ((long) text.length() * (16 + pattern.states()) >> 8));
        return pattern.find(text);
    }

    /** A match against a constant pattern. */
    static final class Matches extends Node {
        private final Node text;
        private final Regex pattern;

        private Matches(int at, Node text, Regex pattern) {
            super(at);
            this.text = text;
            this.pattern = pattern;
        }

        static Node of(int at, Node text, Regex pattern) {
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
            return find(pattern, Values.toText(value, at), frame);
        }
    }
}
