package io.auterity.connector.jdbc;

import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.BudgetStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of budget stores on Sqlite. */
class SqliteBudgetsTest extends BudgetStoreContract {

    @TempDir
    private Path folder;

    private JdbcJournal journal;

    @Override
    protected BudgetStore newStore() {
        journal = JdbcJournal.sqlite(folder.resolve("journal.db"));
        return JdbcBudgetStore.in(journal);
    }

    @AfterEach
    void close() {
        journal.close();
    }
}
