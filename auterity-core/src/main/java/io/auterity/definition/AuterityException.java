package io.auterity.definition;

import java.util.Objects;

/** What this library throws: a message that says what, where and how to fix it, and a stable code. */
public abstract class AuterityException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The stable code. */
    private final String code;

    /**
     * Makes an exception.
     *
     * @param code the stable code, listed in {@code docs/errors.md}
     * @param message what, where, and how to fix it
     */
    protected AuterityException(String code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    /**
     * Returns the stable code.
     *
     * @return the code, listed in {@code docs/errors.md}
     */
    public String code() {
        return code;
    }
}
