package io.auterity.connector;

import io.auterity.connector.ConnectorProvider.Surroundings;
import io.auterity.definition.Closest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The connectors of an engine, and their operations by name; {@code core} is always among them.
 *
 * <p>Immutable and thread-safe.
 */
public final class Connectors implements AutoCloseable {

    private static final Pattern CONNECTOR_NAME = Pattern.compile("[a-z][a-z0-9-]{0,99}");
    private static final Pattern OPERATION_NAME = Pattern.compile("[a-z][A-Za-z0-9-]{0,99}");

    private final Map<String, Connector> connectors;
    private final Map<String, Operation> operations;

    private Connectors(Map<String, Connector> connectors, Map<String, Operation> operations) {
        this.connectors = Collections.unmodifiableMap(connectors);
        this.operations = Collections.unmodifiableMap(operations);
    }

    /**
     * Starts with the {@code core} connector alone.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Finds an operation.
     *
     * @param name {@code <connector>.<operation>}, as in {@code http.request}
     * @return the operation, or empty when there is none
     */
    public Optional<Operation> find(String name) {
        return Optional.ofNullable(operations.get(name));
    }

    /**
     * Returns an operation that must be there.
     *
     * @param name {@code <connector>.<operation>}
     * @return the operation
     * @throws IllegalArgumentException if there is none; the message names the closest
     */
    public Operation get(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "operation '" + name + "' is not known; " + Closest.fix(name, operations.keySet())));
    }

    /**
     * Returns the names of all operations.
     *
     * @return {@code <connector>.<operation>} each, sorted
     */
    public Set<String> names() {
        return operations.keySet();
    }

    /**
     * Returns the name that somebody who wrote another may have meant.
     *
     * @param name a name
     * @return the closest name; empty when none is close
     */
    public Optional<String> closest(String name) {
        return Closest.to(name, operations.keySet());
    }

    /**
     * Returns the connectors.
     *
     * @return the connectors, by name, sorted
     */
    public Map<String, Connector> all() {
        return connectors;
    }

    /**
     * Closes every connector, also when one fails to close.
     *
     * @throws IllegalStateException if some failed, with their exceptions suppressed in it
     */
    @Override
    public void close() {
        closeAll(connectors.values());
    }

    private static void closeAll(Iterable<Connector> all) {
        IllegalStateException failure = null;
        for (Connector connector : all) {
            try {
                connector.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = new IllegalStateException("a connector failed to close");
                }
                failure.addSuppressed(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Gathers connectors; confined to one thread. */
    public static final class Builder {

        private final List<ConnectorProvider> providers = new ArrayList<>();
        private final List<Connector> made = new ArrayList<>();

        private Builder() {
            providers.add(new CoreConnector());
        }

        /**
         * Adds a connector by its provider.
         *
         * @param provider makes the connector
         * @return this builder
         */
        public Builder add(ConnectorProvider provider) {
            providers.add(Objects.requireNonNull(provider, "provider"));
            return this;
        }

        /**
         * Adds a connector that exists; it is closed with the others.
         *
         * @param connector the connector
         * @return this builder
         */
        public Builder add(Connector connector) {
            made.add(Objects.requireNonNull(connector, "connector"));
            return this;
        }

        /**
         * Adds every connector that the class path offers through {@link ServiceLoader}, but not a provider of a class
         * that has been added by hand, which may be configured.
         *
         * @param loader where to look
         * @return this builder
         * @throws IllegalStateException if an offered provider cannot be made
         */
        public Builder discover(ClassLoader loader) {
            try {
                for (ConnectorProvider found : ServiceLoader.load(ConnectorProvider.class, loader)) {
                    if (providers.stream().noneMatch(known -> known.getClass() == found.getClass())) {
                        providers.add(found);
                    }
                }
            } catch (ServiceConfigurationError e) {
                throw new IllegalStateException("a connector on the class path cannot be made: " + e.getMessage(), e);
            }
            return this;
        }

        /**
         * Makes the connectors.
         *
         * @param surroundings what the engine lends to them
         * @return the connectors
         * @throws IllegalArgumentException if two have one name, or a name is not allowed; those made are closed
         */
        public Connectors build(Surroundings surroundings) {
            List<Connector> all = new ArrayList<>();
            try {
                for (ConnectorProvider provider : providers) {
                    all.add(provider.create(surroundings));
                }
                all.addAll(made);
                return of(all);
            } catch (RuntimeException e) {
                try {
                    closeAll(all);
                } catch (IllegalStateException closing) {
                    e.addSuppressed(closing);
                }
                throw e;
            }
        }

        private static Connectors of(List<Connector> all) {
            Map<String, Connector> connectors = new TreeMap<>();
            Map<String, Operation> operations = new TreeMap<>();
            for (Connector connector : all) {
                String name = connector.name();
                check(CONNECTOR_NAME, name, "connector name", connector);
                Connector other = connectors.putIfAbsent(name, connector);
                refuseTwo("connector '" + name + "'", connector, other);
                Map<String, Operation> own = new LinkedHashMap<>();
                for (Operation operation : connector.operations()) {
                    String operationName = operation.description().name();
                    check(OPERATION_NAME, operationName, "operation name", operation);
                    refuseTwo(
                            "operation '" + name + "." + operationName + "'",
                            operation,
                            own.putIfAbsent(operationName, operation));
                    operations.put(name + "." + operationName, operation);
                }
            }
            return new Connectors(connectors, operations);
        }

        private static void refuseTwo(String what, Object one, @Nullable Object other) {
            if (other != null) {
                throw new IllegalArgumentException(
                        what + " is offered twice, by " + other.getClass().getName() + " and by "
                                + one.getClass().getName() + "; keep one of them");
            }
        }

        private static void check(Pattern pattern, String name, String what, Object owner) {
            if (!pattern.matcher(name).matches()) {
                throw new IllegalArgumentException("the " + what + " '" + name + "' of "
                        + owner.getClass().getName() + " does not match " + pattern.pattern());
            }
        }
    }
}
