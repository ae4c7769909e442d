package io.auterity.connector.http;

import io.auterity.connector.Describe;
import java.util.Objects;
import java.util.Optional;

/**
 * An HTTP proxy that requests go through.
 *
 * <p>The guard vets the proxy's own address, and the destination's as this machine resolves it; the proxy resolves the
 * destination again, so a proxy needs rules of its own.
 *
 * @param host the proxy's name or address
 * @param port the proxy's port, 1 to 65535
 * @param auth the name of a credential of kind {@code basic} that may be sent to the proxy's host; none when empty
 */
@Describe("An HTTP proxy.")
public record HttpProxy(
        @Describe("The proxy's name or address.") String host,

        @Describe(value = "The proxy's port.", minimum = 1, maximum = 65_535)
        int port,

        @Describe("The name of a credential of kind basic for the proxy.")
        Optional<String> auth) {

    /** Checks host and port. */
    public HttpProxy {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(auth, "auth");
        if (host.isBlank()) {
            throw new IllegalArgumentException("the proxy's host is blank");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the proxy's port is " + port + ", expected 1 to 65535");
        }
    }

    /**
     * Makes a proxy without authentication.
     *
     * @param host the proxy's name or address
     * @param port the proxy's port
     * @return the proxy
     */
    public static HttpProxy of(String host, int port) {
        return new HttpProxy(host, port, Optional.empty());
    }
}
