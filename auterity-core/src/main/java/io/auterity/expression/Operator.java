package io.auterity.expression;

/** The binary operators other than {@code &&} and {@code ||}. */
enum Operator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    REMAINDER("%"),
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_EQUAL("<="),
    GREATER(">"),
    GREATER_EQUAL(">="),
    IN("in");

    final String symbol;

    Operator(String symbol) {
        this.symbol = symbol;
    }

    /** Whether a comparison holds whose operands compare as a negative number, zero or a positive number. */
    boolean holds(int comparison) {
        return switch (this) {
            case LESS -> comparison < 0;
            case LESS_EQUAL -> comparison <= 0;
            case GREATER -> comparison > 0;
            case GREATER_EQUAL -> comparison >= 0;
            default -> throw new IllegalStateException(symbol);
        };
    }
}
