package io.auterity.connector.http;

import io.auterity.connector.Connector;
import io.auterity.connector.ConnectorProvider;
import java.util.Objects;

/**
 * The connector {@code http}, with the operation {@code http.request}.
 *
 * <p>On the class path it is found by itself. To configure it, register it by hand:
 * {@code Connectors.builder().add(new HttpConnector(HttpSettings.DEFAULT.withMaxBytes(1_000_000)))}.
 *
 * <p>Failures carry these codes: {@code http-<status>} for a status of 400 and above (408, 425, 429 and 5xx are
 * retryable; what {@code Retry-After} asks for is in {@link io.auterity.connector.StepException#retryAfter}), {@code io},
 * {@code timeout}, {@code too-large}, {@code outbound-refused}, {@code too-many-redirects}, {@code response-invalid},
 * {@code credential-missing}, {@code credential-invalid}, {@code credential-refused} and {@code invalid-input}.
 *
 * <p>Immutable and thread-safe.
 */
public final class HttpConnector implements ConnectorProvider {

    private final HttpSettings settings;

    /** Makes the provider with the default settings. */
    public HttpConnector() {
        this(HttpSettings.DEFAULT);
    }

    /**
     * Makes the provider.
     *
     * @param settings what the operator decides
     */
    public HttpConnector(HttpSettings settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    @Override
    public Connector create(Surroundings surroundings) {
        return new HttpRequests(settings, surroundings);
    }
}
