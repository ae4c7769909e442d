package io.auterity.connector;

/** Makes a connector for an engine; found by {@link java.util.ServiceLoader}, or registered by hand. */
public interface ConnectorProvider {

    /**
     * Makes the connector.
     *
     * @param surroundings what the engine lends to its connectors
     * @return the connector, which the engine closes
     */
    Connector create(Surroundings surroundings);

    /**
     * What an engine lends to its connectors.
     *
     * @param guard the one way to the network
     * @param credentials the credentials that steps may name
     * @param clock the engine's time
     */
    record Surroundings(OutboundGuard guard, Credentials credentials, java.time.InstantSource clock) {}
}
