package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How many retries there are. */
class RetryBudgetTest {

    private Instant now = Instant.parse("2026-05-01T08:00:00Z");
    private final RetryBudget budget = new RetryBudget(() -> now);

    private int spendable() {
        int spent = 0;
        while (budget.spend()) {
            spent++;
        }
        return spent;
    }

    @Test
    void at_first_there_are_those_of_ten_seconds_and_ten_that_count_as_earned() {
        assertThat(spendable()).isEqualTo(RetryBudget.AT_ONCE + RetryBudget.MOST_EARNED);
    }

    @Test
    void ten_calls_earn_one_and_nine_none() {
        spendable();
        for (int call = 0; call < 9; call++) {
            budget.earn();
        }
        assertThat(budget.spend()).isFalse();
        budget.earn();
        assertThat(budget.spend()).isTrue();
        assertThat(budget.spend()).isFalse();
    }

    @Test
    void a_tenth_of_a_second_brings_one_and_a_millisecond_less_none() {
        spendable();
        now = now.plusMillis(99);
        assertThat(budget.spend()).isFalse();
        now = now.plusMillis(1);
        assertThat(budget.spend()).isTrue();
        assertThat(budget.spend()).isFalse();
    }

    @Test
    void those_of_more_than_ten_seconds_are_not_kept() {
        spendable();
        now = now.plus(Duration.ofSeconds(10).minusMillis(100));
        assertThat(spendable()).isEqualTo(99);
        now = now.plusSeconds(10);
        assertThat(spendable()).isEqualTo(100);
        now = now.plus(Duration.ofDays(1));
        assertThat(spendable()).isEqualTo(100);
    }

    @Test
    void a_clock_that_is_set_back_takes_none_away_and_brings_none() {
        spendable();
        now = now.minusSeconds(3_600);
        assertThat(budget.spend()).isFalse();
        now = now.plusMillis(100);
        assertThat(spendable()).isEqualTo(1);
    }

    @Test
    void what_only_makes_a_call_quicker_has_what_was_earned_and_no_more() {
        for (int hedge = 0; hedge < RetryBudget.MOST_EARNED; hedge++) {
            assertThat(budget.spendEarned()).isTrue();
        }
        assertThat(budget.spendEarned()).isFalse();
        now = now.plusSeconds(60);
        assertThat(budget.spendEarned()).isFalse();
        assertThat(spendable()).isEqualTo(RetryBudget.AT_ONCE); // retries do not lack what hedges took
    }
}
