package io.auterity.server.gateway;

import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Threshold;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns the operator, in the log, of every threshold that a budget passes, and tells others. Thread-safe if these are. */
final class BudgetWarnings implements BudgetListener {

    private static final Logger LOG = LoggerFactory.getLogger(BudgetWarnings.class);

    private final List<BudgetListener> others;

    BudgetWarnings(List<BudgetListener> others) {
        this.others = List.copyOf(others);
    }

    @Override
    public void onLine(LedgerLine line) {
        others.forEach(other -> other.onLine(line));
    }

    @Override
    public void onThreshold(Budget budget, Account account, Threshold threshold, Balance balance) {
        Enforcement enforcement = threshold.enforcement();
        LOG.warn(
                "the {} budget of {} has passed {} %{}: {} of {} is spent{}",
                account.period(),
                account.payer(),
                threshold.percent(),
                enforcement instanceof Enforcement.Notify ? "" : ", from where on " + enforcement.consequence(),
                balance.spent().plus(balance.overrun()),
                budget.limit(),
                account.period() == Period.TOTAL
                        ? ""
                        : "; it begins anew at " + account.window().closes());
        others.forEach(other -> other.onThreshold(budget, account, threshold, balance));
    }
}
