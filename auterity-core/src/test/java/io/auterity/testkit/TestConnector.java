package io.auterity.testkit;

import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import java.util.List;

/**
 * A connector that is nothing but the operations that a test gives it. Thread-safe if they are.
 *
 * @param name the name that comes before the dot in {@code uses}
 * @param operations what it can do
 */
public record TestConnector(String name, List<Operation> operations) implements Connector {

    /** Copies the list. */
    public TestConnector {
        operations = List.copyOf(operations);
    }
}
