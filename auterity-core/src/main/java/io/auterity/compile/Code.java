package io.auterity.compile;

/** The codes of what can be wrong with a definition; each has a row in {@code docs/errors.md}. */
enum Code {
    WORKFLOW_ID(1),
    STEP_NAME(2),
    UNKNOWN_STEP(3),
    DUPLICATE_STEP(4),
    CYCLE(5),
    UNREACHABLE(6),
    UNKNOWN_OPERATION(7),
    UNKNOWN_WORKFLOW(8),
    RECURSION(9),
    SYNTAX(10),
    TYPE(11),
    MAYBE_ABSENT(12),
    UNKNOWN_NAME(13),
    CONDITION(14),
    LIST(15),
    TIME(16),
    MISSING_INPUT(17),
    UNKNOWN_INPUT(18),
    WRONG_INPUT(19),
    VARIABLE_NAME(20),
    SECRET(21),
    RETRY(22),
    TIMEOUT(23),
    LIMIT(24),
    RACE(25),
    SWITCH(26),
    REPEAT(27),
    APPROVAL(28),
    SCHEMA(29),
    CONSTANT(30),
    SETTING(31),
    NOT_VISIBLE(32);

    private final String id;

    Code(int number) {
        this.id = String.format("AUT-C%03d", number);
    }

    String id() {
        return id;
    }
}
