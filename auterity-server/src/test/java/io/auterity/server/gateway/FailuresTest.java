package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.budget.BudgetException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void a_store_of_budgets_that_is_full_is_the_gateways_failure_and_a_budget_without_money_the_callers() {
        Form.Mark mark = new Form.Mark("call-1", 0);
        Refused full = Failures.of(BudgetException.full("the store keeps 2 accounts at most"), mark);
        assertThat(full.status()).isEqualTo(500);
        assertThat(full.word()).isEqualTo("internal_error");
        assertThat(full).hasMessageContaining("call-1").hasMessageNotContaining("accounts");
        Refused spent = Failures.of(BudgetException.spent("$0.00 left"), mark);
        assertThat(spent.status()).isEqualTo(402);
        assertThat(spent.word()).isEqualTo("budget_exceeded");
    }
}
