package io.auterity.expression;

/** The kinds of scalar a {@link Type} can describe, each with the name JSON Schema gives it, or CEL. */
public enum Kind {
    /** The JSON {@code null}. */
    NULL("null"),
    /** {@code true} or {@code false}. */
    BOOLEAN("boolean"),
    /** A 64-bit signed integer. */
    INTEGER("integer"),
    /** A 64-bit floating point number; JSON integers are members too and are read as floating point by arithmetic. */
    NUMBER("number"),
    /** Unicode text. */
    STRING("string"),
    /** A point on the time line; an RFC 3339 string in JSON. */
    TIMESTAMP("timestamp"),
    /** A length of time; an ISO-8601 string in JSON. */
    DURATION("duration"),
    /** What {@code type(x)} returns; its name as a string in JSON. */
    TYPE("type");

    private final String label;

    Kind(String label) {
        this.label = label;
    }

    /**
     * Returns the name used in messages and in {@link Type}.
     *
     * @return the name, such as {@code integer}
     */
    public String label() {
        return label;
    }

    boolean isNumeric() {
        return this == INTEGER || this == NUMBER;
    }

    boolean isTemporal() {
        return this == TIMESTAMP || this == DURATION;
    }
}
