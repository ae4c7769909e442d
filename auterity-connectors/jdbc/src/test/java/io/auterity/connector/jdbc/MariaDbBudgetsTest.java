package io.auterity.connector.jdbc;

import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.BudgetStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract of budget stores on MariaDB. */
@Tag("once")
class MariaDbBudgetsTest extends BudgetStoreContract {

    private JdbcJournal journal;

    @BeforeAll
    static void requireMariaDb() {
        TestMariaDb.requireInstalled();
    }

    @Override
    protected BudgetStore newStore() {
        journal = TestMariaDb.emptyJournal();
        return JdbcBudgetStore.in(journal);
    }

    @AfterEach
    void close() {
        journal.close();
    }
}
