package io.auterity.expression;

/** The value of {@code type(x)}. */
enum TypeName {
    INT("int"),
    DOUBLE("double"),
    STRING("string"),
    BOOL("bool"),
    NULL("null_type"),
    LIST("list"),
    MAP("map"),
    TIMESTAMP("google.protobuf.Timestamp"),
    DURATION("google.protobuf.Duration"),
    TYPE("type");

    private final String celName;

    TypeName(String celName) {
        this.celName = celName;
    }

    /** The type an identifier denotes, such as {@code int} or {@code timestamp}; null when it denotes none. */
    static @org.jspecify.annotations.Nullable TypeName denotedBy(String name) {
        return switch (name) {
            case "int" -> INT;
            case "double" -> DOUBLE;
            case "string" -> STRING;
            case "bool" -> BOOL;
            case "null_type" -> NULL;
            case "list" -> LIST;
            case "map" -> MAP;
            case "timestamp", "google.protobuf.Timestamp" -> TIMESTAMP;
            case "duration", "google.protobuf.Duration" -> DURATION;
            case "type" -> TYPE;
            default -> null;
        };
    }

    @Override
    public String toString() {
        return celName;
    }
}
