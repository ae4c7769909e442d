package io.auterity.connector.jdbc;

import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.BudgetStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The contract of budget stores on the oldest Postgres. */
@Tag("once")
class OldestPostgresBudgetsTest extends BudgetStoreContract {

    private JdbcJournal journal;

    @Override
    protected BudgetStore newStore() {
        journal = TestPostgres.oldest().journal().open();
        return JdbcBudgetStore.in(journal);
    }

    @AfterEach
    void close() {
        journal.close();
    }
}
