package io.auterity.run;

import io.auterity.definition.RunId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Ids of child runs: {@code <parent>:<step>}, with a digest in place of what would be too long. */
final class ChildIds {

    private static final int DIGEST_BYTES = 16;

    private ChildIds() {}

    static RunId of(RunId parent, String step) {
        String id = parent.value() + ":" + step;
        if (id.length() <= RunId.MAX_LENGTH) {
            return RunId.of(id);
        }
        String digest = HexFormat.of().formatHex(sha256(id), 0, DIGEST_BYTES);
        int kept = RunId.MAX_LENGTH - digest.length() - 1;
        return RunId.of(id.substring(0, kept) + ":" + digest);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
