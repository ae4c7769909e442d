package io.auterity.relay.budget;

/** The contract of budget stores in memory. */
class InMemoryBudgetStoreTest extends BudgetStoreContract {

    @Override
    protected BudgetStore newStore() {
        return new InMemoryBudgetStore();
    }
}
