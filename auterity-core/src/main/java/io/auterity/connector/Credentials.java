package io.auterity.connector;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks credentials up by the name that steps refer to them with; their values never leave the process otherwise.
 * Implementations are thread-safe: steps ask on their threads.
 */
@FunctionalInterface
public interface Credentials {

    /** Knows no credentials. */
    Credentials NONE = name -> Optional.empty();

    /**
     * Looks a credential up; called at every use, so that a rotated one is seen.
     *
     * @param name the name
     * @return the credential, or empty when there is none
     */
    Optional<Credential> find(String name);

    /**
     * A secret with its use.
     *
     * @param kind {@code bearer}, {@code basic}, {@code header}, {@code query}, or a connector's own
     * @param values the parts by name, as in {@code token} or {@code username} and {@code password}
     * @param hosts the hosts it may be sent to, {@code *.example.com} for all below; empty for any
     */
    record Credential(String kind, Map<String, String> values, Set<String> hosts) {
        /** Copies the parts. */
        public Credential {
            values = Map.copyOf(values);
            hosts = Set.copyOf(hosts);
        }

        /**
         * Says whether the credential may be sent to a host.
         *
         * @param host the host's name or address, as the URL says it
         * @return whether it may
         */
        public boolean allows(String host) {
            String name = host.toLowerCase(Locale.ROOT);
            return hosts.isEmpty()
                    || hosts.stream()
                            .map(allowed -> allowed.toLowerCase(Locale.ROOT))
                            .anyMatch(allowed -> allowed.startsWith("*.")
                                    ? name.endsWith(allowed.substring(1))
                                    : name.equals(allowed));
        }

        /** Shows the kind and the names of the parts, never their values. */
        @Override
        public String toString() {
            return "Credential[kind=" + kind + ", values=" + values.keySet() + ", hosts=" + hosts + "]";
        }
    }
}
