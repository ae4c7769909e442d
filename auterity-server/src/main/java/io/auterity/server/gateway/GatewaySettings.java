package io.auterity.server.gateway;

import io.auterity.relay.decide.Objective;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.provider.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a gateway is told beside its relay.
 *
 * @param keys who may call; at least one
 * @param aliases names that callers can use for several models
 * @param protocols the interface in which each provider chats, by its name; OpenAI's for one that is not there
 * @param defaults what holds for requests that do not say it
 * @param capacity how much it takes
 */
public record GatewaySettings(
        List<VirtualKey> keys,
        Map<String, Set<ModelName>> aliases,
        Map<String, Protocol> protocols,
        Defaults defaults,
        Capacity capacity) {

    /** Copies the parts and checks that somebody may call. */
    public GatewaySettings {
        keys = List.copyOf(keys);
        aliases = Map.copyOf(aliases);
        protocols = Map.copyOf(protocols);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a gateway has at least one key");
        }
    }

    /**
     * What holds for requests that do not say it.
     *
     * @param objective what the calls are to achieve
     * @param maxOutput the limit of tokens of an answer, 1 or more
     * @param deadline how long a call may take in all
     */
    public record Defaults(Objective objective, long maxOutput, Duration deadline) {

        /** Balanced, 4,096 tokens, ten minutes. */
        public static final Defaults USUAL = new Defaults(Objective.BALANCED, 4_096, Duration.ofMinutes(10));

        /** Checks the ranges. */
        public Defaults {
            if (maxOutput < 1 || deadline.isNegative() || deadline.isZero()) {
                throw new IllegalArgumentException("maxOutput is 1 or more, and the deadline above zero");
            }
        }
    }

    /**
     * How much a gateway takes.
     *
     * @param maxRequestBytes the most bytes of a request's body
     * @param maxCalls the most calls on their way at the same time; each has a thread
     * @param maxConnections the most connections
     * @param idle how long a connection may be silent while something is expected of the client
     */
    public record Capacity(int maxRequestBytes, int maxCalls, int maxConnections, Duration idle) {

        /** 16 MiB, 512 calls, 10,000 connections, 30 seconds. */
        public static final Capacity USUAL = new Capacity(16 * 1024 * 1024, 512, 10_000, Duration.ofSeconds(30));

        /** Checks the ranges. */
        public Capacity {
            if (maxRequestBytes < 1 || maxCalls < 1 || maxConnections < 1 || idle.toMillis() < 1) {
                throw new IllegalArgumentException("every capacity is 1 or more");
            }
        }
    }
}
