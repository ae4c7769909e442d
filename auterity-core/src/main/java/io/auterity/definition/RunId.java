package io.auterity.definition;

import java.util.Objects;

/**
 * The identity of a run: starting the same id twice starts one run.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters of {@code A-Z a-z 0-9 . _ : -}
 */
public record RunId(String value) {

    /** The most characters of an id. */
    public static final int MAX_LENGTH = 200;

    /** Checks length and characters. */
    public RunId {
        Objects.requireNonNull(value, "value");
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a run id has 1 to " + MAX_LENGTH + " characters, this one has " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            if (!isAllowed(value.charAt(i))) {
                throw new IllegalArgumentException("a run id has only A-Z a-z 0-9 . _ : -, this one has '"
                        + value.charAt(i) + "' at character " + (i + 1));
            }
        }
    }

    /**
     * Makes a run id.
     *
     * @param value the text
     * @return the id
     * @throws IllegalArgumentException if the text is empty, too long, or has another character
     */
    public static RunId of(String value) {
        return new RunId(value);
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._:-".indexOf(c) >= 0;
    }

    @Override
    public String toString() {
        return value;
    }
}
