package io.auterity.compile;

import io.auterity.expression.Problem;

/** The codes of what can be wrong with a definition; {@code docs/errors.md} explains each. */
enum Code {
    WORKFLOW_ID("AUT-C001"),
    STEP_NAME("AUT-C002"),
    UNKNOWN_STEP("AUT-C003"),
    DUPLICATE_STEP("AUT-C004"),
    CYCLE("AUT-C005"),
    UNREACHABLE("AUT-C006"),
    UNKNOWN_OPERATION("AUT-C007"),
    UNKNOWN_WORKFLOW("AUT-C008"),
    RECURSION("AUT-C009"),
    SYNTAX(Problem.Category.SYNTAX.code()),
    TYPE(Problem.Category.TYPE.code()),
    MAYBE_ABSENT(Problem.Category.ABSENT.code()),
    UNKNOWN_NAME(Problem.Category.UNKNOWN_NAME.code()),
    CONDITION("AUT-C014"),
    LIST("AUT-C015"),
    TIME("AUT-C016"),
    MISSING_INPUT("AUT-C017"),
    UNKNOWN_INPUT("AUT-C018"),
    WRONG_INPUT("AUT-C019"),
    VARIABLE_NAME("AUT-C020"),
    SECRET("AUT-C021"),
    RETRY("AUT-C022"),
    TIMEOUT("AUT-C023"),
    LIMIT(Problem.Category.LIMIT.code()),
    RACE("AUT-C025"),
    SWITCH("AUT-C026"),
    REPEAT("AUT-C027"),
    APPROVAL("AUT-C028"),
    SCHEMA("AUT-C029"),
    CONSTANT("AUT-C030"),
    SETTING("AUT-C031"),
    NOT_VISIBLE("AUT-C032"),
    CRON("AUT-C033"),
    ZONE("AUT-C034"),
    SCHEDULE("AUT-C035"),
    WRITTEN_OUT("AUT-C036");

    private final String id;

    Code(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }
}
