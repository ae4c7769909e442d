package io.auterity.connector;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One reading of a JSON value into Java: where it stands, and what it has found wrong so far. */
final class Reading {

    private static final int MOST_PROBLEMS = 20;

    private final @Nullable Reading parent;
    private final String name;
    private final List<String> problems;

    Reading() {
        this(null, "", new ArrayList<>());
    }

    private Reading(@Nullable Reading parent, String name, List<String> problems) {
        this.parent = parent;
        this.name = name;
        this.problems = problems;
    }

    Reading at(String part) {
        return new Reading(this, part, problems);
    }

    Reading at(int index) {
        return new Reading(this, Integer.toString(index), problems);
    }

    /** Notes a problem at this place; the value read is then without meaning. */
    @Nullable
    Object problem(String what) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(path() + ": " + what);
        }
        return null;
    }

    @Nullable
    Object expected(String what, @Nullable Object found) {
        return problem("expected " + what + ", found " + kindOf(found));
    }

    int problemCount() {
        return problems.size();
    }

    List<String> problems() {
        return problems;
    }

    private String path() {
        if (parent == null) {
            return "/";
        }
        String above = parent.path();
        return (above.equals("/") ? "" : above) + "/" + name;
    }

    /** Names the kind of a value and not the value, which may be a secret. */
    private static String kindOf(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof String) {
            return "a text";
        }
        if (value instanceof Boolean) {
            return "a boolean";
        }
        if (value instanceof Double || value instanceof Float) {
            return "a number";
        }
        if (value instanceof Number) {
            return "a whole number";
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof Map) {
            return "an object";
        }
        return "a " + value.getClass().getSimpleName();
    }
}
