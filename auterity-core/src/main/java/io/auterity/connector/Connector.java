package io.auterity.connector;

import java.util.List;

/**
 * A named integration and the operations it offers to workflows.
 *
 * <p>Implementations are thread-safe: one connector serves all runs of an engine.
 */
public interface Connector extends AutoCloseable {

    /**
     * Returns the name that comes before the dot in {@code uses: http.request}.
     *
     * @return lower-case letters, digits and dashes
     */
    String name();

    /**
     * Returns everything the connector can do.
     *
     * @return the operations; their names are unique
     */
    List<Operation> operations();

    /** Releases what the connector holds, such as connections; called once, when the engine closes. */
    @Override
    default void close() {}
}
