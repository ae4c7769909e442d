package io.auterity.server.gateway;

import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Threshold;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns the operator, in the log, of every threshold that a budget passes. Stateless and thread-safe. */
final class BudgetWarnings implements BudgetListener {

    private static final Logger LOG = LoggerFactory.getLogger(BudgetWarnings.class);

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
    }
}
