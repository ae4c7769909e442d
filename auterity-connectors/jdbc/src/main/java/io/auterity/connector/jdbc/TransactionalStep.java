package io.auterity.connector.jdbc;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * What a step does in the journal's own database, in one transaction with its completion. Implementations are
 * thread-safe: one serves all runs, each attempt with a connection of its own.
 */
@FunctionalInterface
public interface TransactionalStep {

    /**
     * Does it.
     *
     * @param connection in a transaction, which is committed or rolled back after this returns or throws; it refuses to
     *     be committed, rolled back as a whole, closed, or taken out of its transaction
     * @return the step's output, a JSON value
     * @throws Exception what went wrong; everything done is rolled back
     */
    @Nullable
    Object on(Connection connection) throws Exception;
}
