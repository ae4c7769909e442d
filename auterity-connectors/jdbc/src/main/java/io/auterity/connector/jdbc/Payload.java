package io.auterity.connector.jdbc;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A payload in the form it is kept in: up to {@link #MAX_PLAIN} as it is, beyond that deflated (RFC 1950), and in rows of
 * its own when that is still more than {@link #MAX_INLINE}.
 *
 * @param form how it is kept: {@link #PLAIN}, {@link #DEFLATED} or {@link #PARTS}
 * @param inline what stands in the entry's row; null when it is empty or elsewhere
 * @param parts what stands in rows of its own
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares payloads, nobody changes their bytes
record Payload(int form, byte @Nullable [] inline, List<byte[]> parts) {

    /** The most bytes that are kept as they are: 256 Ki. */
    static final int MAX_PLAIN = 256 * 1024;

    /** The most bytes that are kept in the entry's row, after deflating: 2 Mi. */
    static final int MAX_INLINE = 2 * 1024 * 1024;

    /** The most bytes of a payload: 64 Mi. */
    static final int MAX = 64 * 1024 * 1024;

    /** The most bytes of an output: 63 Mi, so that it fits into the entry of its run's end, too. */
    static final int MAX_OUTPUT = 63 * 1024 * 1024;

    /** The most bytes of a part. */
    static final int PART = 1024 * 1024;

    /** In the row, as it is. */
    static final int PLAIN = 0;

    /** In the row, deflated. */
    static final int DEFLATED = 1;

    /** In rows of its own, deflated. */
    static final int PARTS = 2;

    private static final Payload EMPTY = new Payload(PLAIN, null, List.of());

    static Payload of(byte[] bytes) {
        if (bytes.length == 0) {
            return EMPTY;
        }
        if (bytes.length <= MAX_PLAIN) {
            return new Payload(PLAIN, bytes, List.of());
        }
        byte[] deflated = deflate(bytes);
        if (deflated.length <= MAX_INLINE) {
            return new Payload(DEFLATED, deflated, List.of());
        }
        List<byte[]> parts = new ArrayList<>();
        for (int from = 0; from < deflated.length; from += PART) {
            parts.add(Arrays.copyOfRange(deflated, from, Math.min(deflated.length, from + PART)));
        }
        return new Payload(PARTS, null, parts);
    }

    /** How many bytes go to the database. */
    long size() {
        long size = inline == null ? 0 : inline.length;
        for (byte[] part : parts) {
            size += part.length;
        }
        return size;
    }

    /** The payload as it was given. */
    byte[] bytes() {
        if (form == PLAIN) {
            return inline == null ? new byte[0] : inline;
        }
        if (form == DEFLATED && inline != null) {
            return inflate(List.of(inline));
        }
        if (form == PARTS) {
            return inflate(parts);
        }
        throw new IllegalArgumentException("form " + form + " is not known");
    }

    private static byte[] deflate(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4);
            byte[] buffer = new byte[64 * 1024];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] inflate(List<byte[]> deflated) {
        Inflater inflater = new Inflater();
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[64 * 1024];
            for (byte[] part : deflated) {
                inflater.setInput(part);
                while (!inflater.needsInput() && !inflater.finished()) {
                    out.write(buffer, 0, inflater.inflate(buffer));
                    if (out.size() > MAX) {
                        throw new IllegalArgumentException("a payload inflates to more than " + MAX + " bytes");
                    }
                }
            }
            if (!inflater.finished()) {
                throw new IllegalArgumentException("a payload ends early");
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("a payload is not what was written", e);
        } finally {
            inflater.end();
        }
    }
}
