package io.auterity.connector.jdbc;

import static io.auterity.relay.budget.BudgetStoreContract.ACME;
import static io.auterity.relay.budget.BudgetStoreContract.NOW;
import static io.auterity.relay.budget.BudgetStoreContract.daily;
import static io.auterity.relay.budget.BudgetStoreContract.line;
import static io.auterity.relay.budget.BudgetStoreContract.reservation;
import static io.auterity.relay.budget.BudgetStoreContract.upTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Reservation;
import io.auterity.relay.money.Money;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call whose process has died may have been charged: its reservation ends, at the most it can have cost. */
class LostCallsTest {

    private static final Duration LIFETIME = Duration.ofMillis(1);
    private static final Account DAILY = daily(ACME);
    private static final Reservation.Claim CLAIM = upTo(DAILY, 100);

    @TempDir
    private Path folder;

    private JdbcJournal journal;
    private BudgetStore dead;
    private BudgetStore alive;

    @BeforeEach
    void open() {
        journal = JdbcJournal.sqlite(folder.resolve("journal.db"));
        dead = JdbcBudgetStore.in(journal, LIFETIME);
        alive = JdbcBudgetStore.in(journal);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private static Balance balance(long spent, long reserved, long overrun) {
        return new Balance(new Money(spent), new Money(reserved), new Money(overrun));
    }

    private LedgerLine lose() {
        Reservation lost = reservation("lost", ACME, 60, CLAIM);
        assertThat(dead.reserve(lost)).isEmpty();
        Passing.pass(LIFETIME);
        return lost.worst();
    }

    @Test
    void a_lost_call_is_booked_at_its_most_when_somebody_needs_the_money() {
        LedgerLine worst = lose();
        assertThat(alive.balance(DAILY)).isEqualTo(balance(0, 60, 0));
        assertThat(alive.reserve(reservation("a", ACME, 41, CLAIM)))
                .contains(new BudgetStore.Shortage(CLAIM, new Money(40)));
        assertThat(alive.balance(DAILY)).isEqualTo(balance(60, 0, 0));
        assertThat(alive.lines(ACME)).containsExactly(worst);
        assertThat(alive.reserve(reservation("b", ACME, 40, CLAIM))).isEmpty();
    }

    @Test
    void a_lost_call_is_booked_when_the_ledger_is_read() {
        LedgerLine worst = lose();
        assertThat(alive.balances(ACME, NOW)).isEqualTo(Map.of(DAILY, balance(60, 0, 0)));
        assertThat(alive.lines(ACME)).containsExactly(worst);
    }

    @Test
    void a_call_within_its_lifetime_is_not_lost() {
        alive.reserve(reservation("a", ACME, 60, CLAIM));
        Passing.pass(LIFETIME);
        assertThat(dead.reserve(reservation("b", ACME, 41, CLAIM))).isPresent();
        assertThat(dead.lines(ACME)).isEmpty();
        assertThat(dead.balance(DAILY)).isEqualTo(balance(0, 60, 0));
    }

    @Test
    void what_settles_after_all_gets_the_difference_back_once() {
        LedgerLine worst = lose();
        assertThat(alive.lines(ACME)).containsExactly(worst);
        LedgerLine settled = line("lost", NOW, ACME, 25);
        assertThat(dead.settle("lost", settled)).contains(Map.of(DAILY, balance(25, 0, 0)));
        assertThat(dead.settle("lost", settled)).isEmpty();
        assertThat(dead.release("lost")).isFalse();
        assertThat(alive.lines(ACME)).containsExactly(worst, worst.credit(NOW, new Money(35)));
    }

    @Test
    void what_settles_after_all_at_more_than_it_could_cost_is_overrun() {
        lose();
        alive.lines(ACME);
        assertThat(dead.settle("lost", line("lost", NOW, ACME, 70))).contains(Map.of(DAILY, balance(60, 0, 10)));
    }

    @Test
    void what_is_released_after_all_costs_nothing() {
        lose();
        alive.lines(ACME);
        assertThat(dead.release("lost")).isTrue();
        assertThat(dead.release("lost")).isFalse();
        assertThat(alive.balance(DAILY)).isEqualTo(Balance.NONE);
    }

    @Test
    void a_lifetime_is_a_millisecond_at_least() {
        assertThatIllegalArgumentException().isThrownBy(() -> JdbcBudgetStore.in(journal, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> JdbcBudgetStore.in(journal, Duration.ofNanos(999_999)));
    }

    @Test
    void purging_forgets_old_lines_and_closed_windows_and_keeps_what_is_open() {
        JdbcBudgetStore store = JdbcBudgetStore.in(journal);
        store.reserve(reservation("a", ACME, 60, CLAIM));
        store.settle("a", line("a", NOW, ACME, 60));
        store.reserve(reservation("b", ACME, 10, upTo(daily(ACME.team("t")), 100)));
        assertThat(store.purge(NOW)).isZero();
        assertThat(store.balance(DAILY)).isEqualTo(balance(60, 0, 0));
        assertThat(store.purge(DAILY.window().closes())).isEqualTo(1);
        assertThat(store.balance(DAILY)).isEqualTo(Balance.NONE);
        assertThat(store.balance(daily(ACME.team("t"))).reserved()).isEqualTo(new Money(10));
    }
}
