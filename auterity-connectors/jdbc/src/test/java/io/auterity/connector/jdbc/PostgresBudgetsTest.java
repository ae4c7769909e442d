package io.auterity.connector.jdbc;

import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.BudgetStoreContract;
import org.junit.jupiter.api.AfterEach;

/** The contract of budget stores on Postgres. */
class PostgresBudgetsTest extends BudgetStoreContract {

    private JdbcJournal journal;

    @Override
    protected BudgetStore newStore() {
        journal = TestPostgres.newest().journal().open();
        return JdbcBudgetStore.in(journal);
    }

    @AfterEach
    void close() {
        journal.close();
    }
}
