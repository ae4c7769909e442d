package io.auterity.definition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * The identity of a run: starting the same id twice starts one run.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters of {@code A-Z a-z 0-9 . _ : -}
 */
public record RunId(String value) {

    /** The most characters of an id. */
    public static final int MAX_LENGTH = 200;

    private static final int DIGEST_BYTES = 16;

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

    /**
     * Names the run of the workflow that deals with the failure of this one: {@code <id>:on-failure}.
     *
     * @return the id
     */
    public RunId onFailure() {
        return child("on-failure");
    }

    /**
     * Names a run that belongs to this one: {@code <id>:<part>}, with a digest in place of what would be too long. The
     * same part always gives the same id.
     *
     * @param part what the other run is for; characters that no id has become dots
     * @return the id
     */
    public RunId child(String part) {
        StringBuilder id = new StringBuilder(value).append(':');
        for (int i = 0; i < part.length(); i++) {
            id.append(isAllowed(part.charAt(i)) ? part.charAt(i) : '.');
        }
        if (id.length() <= MAX_LENGTH) {
            return new RunId(id.toString());
        }
        String digest = HexFormat.of().formatHex(sha256(value + ":" + part), 0, DIGEST_BYTES);
        return new RunId(id.substring(0, MAX_LENGTH - digest.length() - 1) + ":" + digest);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._:-".indexOf(c) >= 0;
    }

    @Override
    public String toString() {
        return value;
    }
}
