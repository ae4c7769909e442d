package io.auterity.connector.jdbc;

import io.auterity.relay.budget.BudgetInvariants;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds on budgets in a database after every step of any sequence of calls. */
class BudgetInvariantsTest {

    @Property(tries = 10, seed = "20261122")
    void sums_agree_and_no_limit_is_passed(@ForAll long seed) {
        try (JdbcJournal journal = TestPostgres.newest().journal().open()) {
            BudgetInvariants.check(JdbcBudgetStore.in(journal), seed);
        }
    }
}
