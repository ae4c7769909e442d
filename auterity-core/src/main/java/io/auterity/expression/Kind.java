package io.auterity.expression;

/** The kinds of scalar a {@link Type} can describe, each with the name CEL and JSON Schema give it. */
public enum Kind {
    /** The JSON {@code null}. */
    NULL("null", "null_type"),
    /** {@code true} or {@code false}. */
    BOOLEAN("boolean", "bool"),
    /** A 64-bit signed integer. */
    INTEGER("integer", "int"),
    /** A 64-bit floating point number; JSON integers are members too and are read as floating point by arithmetic. */
    NUMBER("number", "double"),
    /** Unicode text. */
    STRING("string", "string"),
    /** A point on the time line; an RFC 3339 string in JSON. */
    TIMESTAMP("timestamp", "google.protobuf.Timestamp"),
    /** A length of time; an ISO-8601 string in JSON. */
    DURATION("duration", "google.protobuf.Duration"),
    /** What {@code type(x)} returns; its name as a string in JSON. */
    TYPE("type", "type");

    private final String label;
    private final String celName;

    Kind(String label, String celName) {
        this.label = label;
        this.celName = celName;
    }

    /**
     * Returns the name used in messages and in {@link Type}.
     *
     * @return the name, such as {@code integer}
     */
    public String label() {
        return label;
    }

    /**
     * Returns the name CEL gives this kind, which is what {@code type(x)} yields.
     *
     * @return the name, such as {@code int}
     */
    public String celName() {
        return celName;
    }

    boolean isNumeric() {
        return this == INTEGER || this == NUMBER;
    }

    boolean isTemporal() {
        return this == TIMESTAMP || this == DURATION;
    }
}
