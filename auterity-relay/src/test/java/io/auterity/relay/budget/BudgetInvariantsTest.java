package io.auterity.relay.budget;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds on budgets in memory after every step of any sequence of calls. */
class BudgetInvariantsTest {

    @Property(tries = 150, seed = "20261122")
    void sums_agree_and_no_limit_is_passed(@ForAll long seed) {
        BudgetInvariants.check(new InMemoryBudgetStore(), seed);
    }
}
