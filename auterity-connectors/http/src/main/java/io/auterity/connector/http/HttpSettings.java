package io.auterity.connector.http;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;

/**
 * What the operator decides about {@code http.request}; a step can ask for less than these limits, never for more.
 *
 * @param maxBytes the most bytes of a response body, after decompression; {@link #DEFAULT_MAX_BYTES} by default
 * @param maxRedirects the most redirects that are followed; {@value #DEFAULT_MAX_REDIRECTS} by default
 * @param maxConcurrent the most requests on their way at a time, also to one host; the rest queue;
 *     {@value #DEFAULT_MAX_CONCURRENT} by default
 * @param connectTimeout the longest wait for one connection; {@link #DEFAULT_CONNECT_TIMEOUT} by default
 * @param isDowngradeAllowed whether a redirect may lead from https to http; false by default
 * @param proxy the proxy of steps that name none; none by default
 * @param tls whom to trust; the platform's authorities by default
 */
public record HttpSettings(
        long maxBytes,
        int maxRedirects,
        int maxConcurrent,
        Duration connectTimeout,
        boolean isDowngradeAllowed,
        Optional<HttpProxy> proxy,
        Optional<Tls> tls) {

    /** The most bytes of a response body when nothing else is set: 10 MiB. */
    public static final long DEFAULT_MAX_BYTES = 10L * 1024 * 1024;

    /** The most redirects when nothing else is set. */
    public static final int DEFAULT_MAX_REDIRECTS = 5;

    /** The most requests at a time when nothing else is set. */
    public static final int DEFAULT_MAX_CONCURRENT = 256;

    /** The longest wait for one connection when nothing else is set: 10 seconds. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** All defaults. */
    public static final HttpSettings DEFAULT = new HttpSettings(
            DEFAULT_MAX_BYTES,
            DEFAULT_MAX_REDIRECTS,
            DEFAULT_MAX_CONCURRENT,
            DEFAULT_CONNECT_TIMEOUT,
            false,
            Optional.empty(),
            Optional.empty());

    /** Checks the limits. */
    public HttpSettings {
        Objects.requireNonNull(connectTimeout, "connectTimeout");
        Objects.requireNonNull(proxy, "proxy");
        Objects.requireNonNull(tls, "tls");
        if (maxBytes < 1 || maxBytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + ", expected 1 to 2147483639");
        }
        if (maxRedirects < 0 || maxConcurrent < 1) {
            throw new IllegalArgumentException("maxRedirects must be 0 or more and maxConcurrent 1 or more");
        }
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("connectTimeout must be positive");
        }
    }

    /**
     * Returns a copy with another size limit.
     *
     * @param bytes the most bytes of a response body, after decompression
     * @return the copy
     */
    public HttpSettings withMaxBytes(long bytes) {
        return new HttpSettings(bytes, maxRedirects, maxConcurrent, connectTimeout, isDowngradeAllowed, proxy, tls);
    }

    /**
     * Returns a copy that lets redirects lead from https to http.
     *
     * @return the copy
     */
    public HttpSettings allowDowngrade() {
        return new HttpSettings(maxBytes, maxRedirects, maxConcurrent, connectTimeout, true, proxy, tls);
    }

    /**
     * Returns a copy with a proxy for the steps that name none.
     *
     * @param newProxy the proxy
     * @return the copy
     */
    public HttpSettings withProxy(HttpProxy newProxy) {
        return new HttpSettings(
                maxBytes, maxRedirects, maxConcurrent, connectTimeout, isDowngradeAllowed, Optional.of(newProxy), tls);
    }

    /**
     * Returns a copy that trusts others than the platform does.
     *
     * @param newTls whom to trust
     * @return the copy
     */
    public HttpSettings withTls(Tls newTls) {
        return new HttpSettings(
                maxBytes, maxRedirects, maxConcurrent, connectTimeout, isDowngradeAllowed, proxy, Optional.of(newTls));
    }

    /**
     * Whom to trust in TLS.
     *
     * @param sockets makes TLS connections, perhaps with a client certificate
     * @param trust decides about servers' certificates
     */
    public record Tls(SSLSocketFactory sockets, X509TrustManager trust) {
        /** Checks that both are there. */
        public Tls {
            Objects.requireNonNull(sockets, "sockets");
            Objects.requireNonNull(trust, "trust");
        }
    }
}
