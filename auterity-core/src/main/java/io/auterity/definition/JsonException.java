package io.auterity.definition;

/** A text that is not JSON, or JSON beyond the limits of {@link Json}; whoever wrote the text must act. */
public final class JsonException extends AuterityException {

    /** The code of a text that is not JSON. */
    public static final String MALFORMED = "AUT-T001";

    /** The code of JSON that is nested too deeply or is too long. */
    public static final String LIMIT = "AUT-T002";

    /** The code of JSON that a Java value cannot hold: a repeated key, a number beyond the range of a double. */
    public static final String VALUE = "AUT-T003";

    private static final long serialVersionUID = 1L;

    /** The line, 1-based. */
    private final int line;

    /** The column, 1-based. */
    private final int column;

    JsonException(String code, String what, int line, int column) {
        super(code, code + " line " + line + ", column " + column + ": " + what);
        this.line = line;
        this.column = column;
    }

    /**
     * Returns the line of the first character that is wrong.
     *
     * @return the line, 1-based
     */
    public int line() {
        return line;
    }

    /**
     * Returns the column of the first character that is wrong.
     *
     * @return the column, 1-based
     */
    public int column() {
        return column;
    }
}
