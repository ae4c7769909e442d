package io.auterity.connector.jdbc;

import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.BudgetStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of budget stores on H2. */
class H2BudgetsTest extends BudgetStoreContract {

    @TempDir
    private Path folder;

    private JdbcJournal journal;

    @Override
    protected BudgetStore newStore() {
        journal = JdbcJournal.builder()
                .url("jdbc:h2:" + folder.resolve("journal") + ";WRITE_DELAY=0")
                .open();
        return JdbcBudgetStore.in(journal);
    }

    @AfterEach
    void close() {
        journal.close();
    }
}
