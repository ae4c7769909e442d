package io.auterity.relay.provider;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event of a provider's stream, as it came.
 *
 * @param protocol the interface that the stream is in
 * @param data the event's data, a JSON text
 * @param json the same, read
 */
public record ProviderEvent(Protocol protocol, String data, Map<String, ? extends @Nullable Object> json) {

    /** Checks that every part is there. */
    public ProviderEvent {
        Objects.requireNonNull(protocol, "protocol");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(json, "json");
    }
}
