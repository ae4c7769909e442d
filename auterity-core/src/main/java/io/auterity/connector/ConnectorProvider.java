package io.auterity.connector;

import java.time.InstantSource;
import java.util.Objects;

/**
 * Makes a connector for an engine; found by {@link java.util.ServiceLoader}, or registered by hand. Asked once by each
 * engine, on the thread that builds it; one that several engines are given must be thread-safe.
 */
@FunctionalInterface
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
     * @param delays the engine's timers
     * @param runs starts other workflows
     */
    record Surroundings(OutboundGuard guard, Credentials credentials, InstantSource clock, Delays delays, Runs runs) {
        /** Checks that every part is there. */
        public Surroundings {
            Objects.requireNonNull(guard, "guard");
            Objects.requireNonNull(credentials, "credentials");
            Objects.requireNonNull(clock, "clock");
            Objects.requireNonNull(delays, "delays");
            Objects.requireNonNull(runs, "runs");
        }
    }
}
