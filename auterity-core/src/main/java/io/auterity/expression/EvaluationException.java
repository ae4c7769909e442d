package io.auterity.expression;

/**
 * Says that a compiled expression met data it has no value for, or spent its budget.
 *
 * <p>It carries the place in the expression and no Java stack, which would say nothing about either. Messages say what is
 * wrong, where, and where there is a way how to mend it; they name types and fields and never the values, which may be
 * secret.
 */
public final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why there is no value. */
    private final Code code;

    /** The line in the source, 1-based. */
    private final int line;

    /** The column in the source, 1-based. */
    private final int column;

    /** Why an evaluation ended without a value. */
    public enum Code {
        /** A variable, field or key is not there. */
        ABSENT("expression-absent"),
        /** A value has another type than the operator or function needs. */
        TYPE("expression-type"),
        /** An index lies outside its list or text. */
        INDEX("expression-index"),
        /** An argument has the right type and an impossible value, such as a text that is not a number. */
        ARGUMENT("expression-argument"),
        /** An integer, timestamp or duration leaves its range. */
        OVERFLOW("expression-overflow"),
        /** A division or remainder by the integer zero. */
        DIVISION_BY_ZERO("expression-division-by-zero"),
        /** A value is nested more deeply than 512 levels. */
        DEPTH("expression-depth"),
        /** The fuel of the budget is spent. */
        FUEL("expression-fuel"),
        /** The result, or a text on the way to it, is larger than the budget allows. */
        OUTPUT("expression-output"),
        /** The evaluation was cancelled. */
        CANCELLED("expression-cancelled");

        private final String id;

        Code(String id) {
            this.id = id;
        }

        /**
         * Returns the code as failures carry it.
         *
         * @return a stable name, such as {@code expression-overflow}
         */
        public String id() {
            return id;
        }

        /** Whether a logical operator may not decide over it, because it is about the evaluation and not its data. */
        boolean isFinal() {
            return this == FUEL || this == OUTPUT || this == CANCELLED;
        }
    }

    EvaluationException(Code code, String message, int line, int column, String fix) {
        super(
                message + " (line " + line + ", column " + column + ")" + (fix.isEmpty() ? "" : "; fix: " + fix),
                null,
                false,
                false);
        this.code = code;
        this.line = line;
        this.column = column;
    }

    /**
     * Returns why the evaluation ended.
     *
     * @return the code
     */
    public Code code() {
        return code;
    }

    /**
     * Returns the line in the expression.
     *
     * @return the line, from 1
     */
    public int line() {
        return line;
    }

    /**
     * Returns the column in that line.
     *
     * @return the column, from 1
     */
    public int column() {
        return column;
    }
}
