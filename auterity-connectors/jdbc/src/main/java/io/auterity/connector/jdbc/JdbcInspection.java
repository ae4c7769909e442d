package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunSummary;
import java.util.List;
import java.util.Optional;

/**
 * A look at a journal that changes nothing and gets in nobody's way, also while an engine of another process has it. Made
 * by {@link JdbcJournalBuilder#inspect}. Thread-safe.
 */
public final class JdbcInspection implements RunCatalog, AutoCloseable {

    private final RunCatalog catalog;
    private final AutoCloseable connections;

    JdbcInspection(RunCatalog catalog, AutoCloseable connections) {
        this.catalog = catalog;
        this.connections = connections;
    }

    @Override
    public Optional<RunSummary> find(RunId run) {
        return catalog.find(run);
    }

    @Override
    public List<RunSummary> list(RunQuery query) {
        return catalog.list(query);
    }

    @Override
    public List<JournalEntry> read(RunId run) {
        return catalog.read(run);
    }

    @Override
    public Optional<String> definition(String version) {
        return catalog.definition(version);
    }

    @Override
    public List<StoredVersion> versions(String workflow) {
        return catalog.versions(workflow);
    }

    @Override
    public List<VersionCount> counts(String workflow) {
        return catalog.counts(workflow);
    }

    @Override
    public void close() {
        try {
            connections.close();
        } catch (Exception e) {
            throw new IllegalStateException("the connections could not be closed", e);
        }
    }
}
