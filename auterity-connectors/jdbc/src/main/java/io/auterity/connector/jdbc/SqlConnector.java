package io.auterity.connector.jdbc;

import io.auterity.connector.Connector;
import io.auterity.connector.ConnectorProvider;
import java.util.Optional;

/**
 * The connector {@code sql}, with the operations {@code sql.query} and {@code sql.update}.
 *
 * <p>On the class path it is found by itself and reaches PostgreSQL and MariaDB servers that the outbound guard allows. A
 * host that registers {@code new SqlConnector(journal)} by hand also lets steps work in the database of the runs, with
 * {@code connection: {kind: journal}}: there {@code sql.update} is done exactly once, in one transaction with the step's
 * completion. Whoever may write such a workflow may then do in that database whatever the journal's user may.
 *
 * <p>Failures carry these codes: {@code io} and {@code timeout}, which are retryable, {@code sql}, {@code too-large},
 * {@code outbound-refused}, {@code credential-missing}, {@code credential-invalid}, {@code credential-refused},
 * {@code driver-missing} and {@code invalid-input}.
 *
 * <p>Thread-safe.
 */
public final class SqlConnector implements ConnectorProvider {

    private final Optional<JdbcJournal> journal;

    /** Makes the provider for databases elsewhere. */
    public SqlConnector() {
        this.journal = Optional.empty();
    }

    /**
     * Makes the provider for databases elsewhere and for that of the runs.
     *
     * @param journal the journal of the engine
     */
    public SqlConnector(JdbcJournal journal) {
        this.journal = Optional.of(journal);
    }

    @Override
    public Connector create(Surroundings surroundings) {
        return new SqlOperations(surroundings, journal);
    }
}
