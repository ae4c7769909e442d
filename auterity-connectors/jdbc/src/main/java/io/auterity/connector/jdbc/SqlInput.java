package io.auterity.connector.jdbc;

import io.auterity.connector.Describe;
import java.util.Map;
import java.util.Optional;

/** What a step writes under {@code with}. */
@Describe("A statement for a database, with its values apart.")
record SqlInput(
        @Describe("Where the database is.") SqlTarget connection,

        @Describe(
                value =
                        "One statement, written out. Values are parameters: ? for each of a list, or :name for those of an"
                                + " object.",
                language = "application/sql")
        String sql,

        @Describe("The parameters: a list in the order of the question marks, or an object by name.")
        Optional<Object> params,

        @Describe(value = "The most rows to return; 1000 when not written.", minimum = 1, maximum = 10_000)
        Optional<Integer> maxRows,

        @Describe(
                value = "For how many seconds the statement may run; 30 when not written.",
                minimum = 1,
                maximum = 3_600)
        Optional<Integer> timeoutSeconds) {

    private static final int DEFAULT_ROWS = 1_000;
    private static final int DEFAULT_SECONDS = 30;

    int rows() {
        return maxRows.orElse(DEFAULT_ROWS);
    }

    int seconds() {
        return timeoutSeconds.orElse(DEFAULT_SECONDS);
    }

    boolean isNamed() {
        return params.orElse(null) instanceof Map;
    }
}
