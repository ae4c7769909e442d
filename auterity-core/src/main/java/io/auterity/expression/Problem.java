package io.auterity.expression;

import java.util.Objects;

/**
 * One thing that is wrong with an expression.
 *
 * @param category what kind of rule is broken
 * @param line the line in the expression, from 1
 * @param column the column in that line, from 1, counted in UTF-16 units
 * @param message what is wrong, as a clause without a full stop
 * @param fix what to write instead, or empty when nothing better than the message is known
 */
public record Problem(Category category, int line, int column, String message, String fix) {
    /** The kinds of problem. */
    public enum Category {
        /** The text is not an expression. */
        SYNTAX("AUT-C010"),
        /** The text is longer or more deeply nested than allowed. */
        LIMIT("AUT-C024"),
        /** A variable, field, function or constant of this name does not exist. */
        UNKNOWN_NAME("AUT-C013"),
        /** An operand or argument has the wrong type or an impossible value. */
        TYPE("AUT-C011"),
        /** A value is used that may be absent or null. */
        ABSENT("AUT-C012");

        private final String code;

        Category(String code) {
            this.code = code;
        }

        /**
         * Returns the code that {@code docs/errors.md} explains.
         *
         * @return a stable code, such as {@code AUT-C013}
         */
        public String code() {
            return code;
        }
    }

    /** Checks the components. */
    public Problem {
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(fix, "fix");
    }

    /**
     * Writes the problem in one line.
     *
     * @return place, message and fix
     */
    @Override
    public String toString() {
        String text = "line " + line + ", column " + column + ": " + message;
        return fix.isEmpty() ? text : text + "; fix: " + fix;
    }
}
