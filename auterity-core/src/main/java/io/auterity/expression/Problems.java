package io.auterity.expression;

import java.util.ArrayList;
import java.util.List;

/** The problems found so far in one source, with their places as lines and columns; at most 20 are kept. */
final class Problems {
    static final int MAX = 20;

    private final String source;
    private final List<Problem> found = new ArrayList<>(0);

    Problems(String source) {
        this.source = source;
    }

    void add(Problem.Category category, int at, String message, String fix) {
        if (!isFull()) {
            Problem problem = new Problem(category, Place.line(source, at), Place.column(source, at), message, fix);
            if (!found.contains(problem)) {
                found.add(problem);
            }
        }
    }

    /** Whether no more are kept, so that nobody needs to look for what a fix could be. */
    boolean isFull() {
        return found.size() >= MAX;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<Problem> list() {
        return found;
    }
}
