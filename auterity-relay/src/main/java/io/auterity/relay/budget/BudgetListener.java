package io.auterity.relay.budget;

/** Is told what happens to budgets; called on the thread of the call, so implementations are quick and do not throw. */
public interface BudgetListener {

    /**
     * A balance passed a threshold; told once for each passing.
     *
     * @param budget the budget
     * @param account the account
     * @param threshold the threshold
     * @param balance the balance that passed it
     */
    default void onThreshold(Budget budget, Account account, Threshold threshold, Balance balance) {}

    /**
     * A line was added to the ledger.
     *
     * @param line the line
     */
    default void onLine(LedgerLine line) {}
}
