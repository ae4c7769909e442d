package io.auterity.definition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The identity of what a definition means: the SHA-256 of its canonical form.
 *
 * <p>Outside the hash: descriptions, comments, layout, the order of steps, of branches of a race and of all keys, the
 * order of {@code needs}, {@code by}, {@code on} and of a schema's {@code required}, the spelling of durations, of
 * defaults and of short forms, white space just inside {@code ${{ }}} of a text that is one expression, and the delays of
 * a retry with one attempt. Inside: everything else, the id, the triggers and their order, and all of every schema.
 *
 * <p>The canonical form is JSON without white space, keys sorted by UTF-16 units and numbers written as {@link Json}
 * writes them, close to RFC 8785 but for whole doubles, which keep their {@code .0} because they compute differently. It
 * is a definition itself: reading it gives one with the same hash.
 *
 * <p>Thread-safe: functions without state.
 */
public final class DefinitionHash {

    private DefinitionHash() {}

    /**
     * Computes the hash.
     *
     * @param definition a definition whose step names are unique in their blocks
     * @return 64 lower-case hexadecimal digits
     * @throws IllegalArgumentException if two steps of a block have the same name
     */
    public static String of(Definition definition) {
        byte[] text = canonical(definition).getBytes(StandardCharsets.UTF_8);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Writes the canonical form.
     *
     * @param definition a definition whose step names are unique in their blocks
     * @return the text that is hashed
     * @throws IllegalArgumentException if two steps of a block have the same name
     */
    public static String canonical(Definition definition) {
        return JsonText.sorted().append(Document.canonical(definition)).toString();
    }
}
