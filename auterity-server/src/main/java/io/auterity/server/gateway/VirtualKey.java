package io.auterity.server.gateway;

import io.auterity.relay.budget.Scope;
import io.auterity.relay.money.ModelName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * A key that callers of the gateway have. The key itself is not kept, only its hash: it is long and random, so that a
 * fast hash protects it, and a look-up by the hash tells nothing by its time.
 *
 * @param sha256 the SHA-256 of the key, 64 hexadecimal digits
 * @param scope who pays for its calls
 * @param models the only models it may call; empty for all
 * @param limits how much it may do
 */
public record VirtualKey(String sha256, Scope scope, Set<ModelName> models, Limits limits) {

    /**
     * How much a key may do.
     *
     * @param requestsPerMinute the most requests a minute, 1 or more; a minute's worth may come at once
     * @param concurrent the most requests on their way at the same time, 1 or more
     * @param isUnbounded whether its calls may contain what has no bound of its cost before the call, such as searches of
     *     the web that the provider makes
     * @param isApprover whether its calls may say that somebody has approved them, as rules and budgets can require; for
     *     applications that ask a person, because the gateway believes them
     */
    public record Limits(int requestsPerMinute, int concurrent, boolean isUnbounded, boolean isApprover) {

        /** 600 requests a minute, 100 at the same time, all of bounded cost, none approved. */
        public static final Limits USUAL = new Limits(600, 100, false, false);

        /** Checks the ranges. */
        public Limits {
            if (requestsPerMinute < 1 || concurrent < 1) {
                throw new IllegalArgumentException("requestsPerMinute and concurrent are 1 or more");
            }
        }
    }

    /** Checks the hash and copies the models. */
    public VirtualKey {
        models = Set.copyOf(models);
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a SHA-256 has 64 hexadecimal digits, in lower case");
        }
    }

    /**
     * Returns the hash of a key.
     *
     * @param key the key
     * @return its SHA-256, 64 hexadecimal digits
     */
    public static String hash(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
