package io.auterity.relay.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of budgets must keep to; a store's test extends this and says how to make one. */
public abstract class BudgetStoreContract {

    /** When everything happens. */
    public static final Instant NOW = Instant.parse("2026-03-31T12:00:00Z");

    /** A tenant. */
    public static final Scope ACME = Scope.tenant("acme");

    private static final Scope SALES = ACME.team("sales");

    private BudgetStore store;

    /** For subclasses, one for each store. */
    protected BudgetStoreContract() {}

    /**
     * Returns a store to test.
     *
     * @return a new and empty store, which the subclass closes
     */
    protected abstract BudgetStore newStore();

    @BeforeEach
    void open() {
        store = newStore();
    }

    /**
     * Makes a line that costs something.
     *
     * @param id the line's
     * @param at when
     * @param scope who pays
     * @param nanos what it cost
     * @return the line
     */
    public static LedgerLine line(String id, Instant at, Scope scope, long nanos) {
        Charge charge = new Charge(
                ModelName.of("openai/big"),
                ServiceTier.STANDARD,
                Usage.of(10, 20),
                Optional.of(new Money(nanos)),
                Price.Certainty.KNOWN,
                "book");
        return new LedgerLine(id, "request of " + id, at, scope, LedgerLine.Kind.REPORTED, charge);
    }

    /**
     * Makes the account of a day.
     *
     * @param payer who pays
     * @return the account
     */
    public static Account daily(Scope payer) {
        return account(payer, Period.DAILY);
    }

    private static Account account(Scope payer, Period period) {
        return new Account(payer, period, period.window(NOW, ZoneOffset.UTC));
    }

    /**
     * Makes a reservation.
     *
     * @param id the id
     * @param scope who pays
     * @param nanos how much
     * @param claims the accounts and limits
     * @return the reservation
     */
    public static Reservation reservation(String id, Scope scope, long nanos, Reservation.Claim... claims) {
        return new Reservation(line(id, NOW, scope, nanos), List.of(claims));
    }

    /**
     * Makes a claim.
     *
     * @param account the account
     * @param limit its limit in nano-dollars
     * @return the claim
     */
    public static Reservation.Claim upTo(Account account, long limit) {
        return new Reservation.Claim(account, new Money(limit));
    }

    private static Balance balance(long spent, long reserved, long overrun) {
        return new Balance(new Money(spent), new Money(reserved), new Money(overrun));
    }

    @Test
    void a_limit_is_reached_to_the_last_nano_dollar_and_not_passed_by_one() {
        Reservation.Claim claim = upTo(daily(ACME), 100);
        assertThat(store.reserve(reservation("a", ACME, 99, claim))).isEmpty();
        assertThat(store.reserve(reservation("b", ACME, 2, claim)))
                .contains(new BudgetStore.Shortage(claim, new Money(1)));
        assertThat(store.reserve(reservation("c", ACME, 1, claim))).isEmpty();
        assertThat(store.reserve(reservation("d", ACME, 1, claim)))
                .contains(new BudgetStore.Shortage(claim, Money.ZERO));
        assertThat(store.reserve(reservation("e", ACME, 0, claim))).isEmpty();
        assertThat(store.balance(daily(ACME))).isEqualTo(balance(0, 100, 0));
    }

    @Test
    void an_amount_above_the_limit_of_an_account_that_is_new_is_refused() {
        Reservation.Claim claim = upTo(daily(ACME), 100);
        assertThat(store.reserve(reservation("a", ACME, 101, claim)))
                .contains(new BudgetStore.Shortage(claim, new Money(100)));
        assertThat(store.reserve(reservation("b", ACME, Long.MAX_VALUE, claim))).isPresent();
        assertThat(store.balance(daily(ACME))).isEqualTo(Balance.NONE);
    }

    @Test
    void all_accounts_pay_or_none_and_the_first_that_is_short_is_named() {
        Reservation.Claim wide = upTo(daily(ACME), 100);
        Reservation.Claim narrow = upTo(daily(SALES), 10);
        Reservation.Claim narrower = upTo(account(SALES, Period.TOTAL), 5);
        assertThat(store.reserve(reservation("a", SALES, 11, wide, narrow, narrower)))
                .contains(new BudgetStore.Shortage(narrow, new Money(10)));
        assertThat(store.balance(daily(ACME)).used()).isEqualTo(Money.ZERO);
        assertThat(store.reserve(reservation("b", SALES, 5, wide, narrow, narrower)))
                .isEmpty();
        for (Reservation.Claim claim : List.of(wide, narrow, narrower)) {
            assertThat(store.balance(claim.account())).isEqualTo(balance(0, 5, 0));
        }
    }

    @Test
    void settling_spends_the_cost_and_frees_the_rest_once() {
        store.reserve(reservation("a", SALES, 40, upTo(daily(ACME), 100), upTo(daily(SALES), 50)));
        assertThat(store.settle("a", line("a", NOW, SALES, 15)))
                .contains(Map.of(daily(ACME), balance(15, 0, 0), daily(SALES), balance(15, 0, 0)));
        assertThat(store.settle("a", line("a", NOW, SALES, 15))).isEmpty();
        assertThat(store.release("a")).isFalse();
        assertThat(store.settle("unknown", line("unknown", NOW, SALES, 1))).isEmpty();
        assertThat(store.balance(daily(ACME))).isEqualTo(balance(15, 0, 0));
        assertThat(store.lines(ACME)).containsExactly(line("a", NOW, SALES, 15));
        assertThat(store.line("a")).contains(line("a", NOW, SALES, 15));
        assertThat(store.line("unknown")).isEmpty();
    }

    @Test
    void what_costs_more_than_was_reserved_is_overrun_and_counts_as_used() {
        Reservation.Claim claim = upTo(daily(ACME), 100);
        store.reserve(reservation("a", ACME, 40, claim));
        store.settle("a", line("a", NOW, ACME, 70));
        assertThat(store.balance(daily(ACME))).isEqualTo(balance(40, 0, 30));
        assertThat(store.reserve(reservation("b", ACME, 31, claim)))
                .contains(new BudgetStore.Shortage(claim, new Money(30)));
    }

    @Test
    void releasing_leaves_nothing_behind() {
        store.reserve(reservation("a", ACME, 40, upTo(daily(ACME), 100)));
        assertThat(store.release("a")).isTrue();
        assertThat(store.release("a")).isFalse();
        assertThat(store.settle("a", line("a", NOW, ACME, 40))).isEmpty();
        assertThat(store.balance(daily(ACME))).isEqualTo(Balance.NONE);
        assertThat(store.lines(ACME)).isEmpty();
    }

    @Test
    void an_id_is_reserved_once() {
        Reservation.Claim claim = upTo(daily(ACME), 100);
        store.reserve(reservation("a", ACME, 1, claim));
        assertThatThrownBy(() -> store.reserve(reservation("a", ACME, 1, claim)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'a'");
        store.settle("a", line("a", NOW, ACME, 1));
        assertThatThrownBy(() -> store.reserve(reservation("a", ACME, 1, claim)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(store.balance(daily(ACME))).isEqualTo(balance(1, 0, 0));
    }

    @Test
    void a_refund_comes_back_once_from_overrun_first_and_is_a_line_of_its_own() {
        store.reserve(reservation("a", ACME, 40, upTo(daily(ACME), 100)));
        LedgerLine line = line("a", NOW, ACME, 70);
        store.settle("a", line);
        assertThatThrownBy(() -> store.refund("a", line.credit(NOW, new Money(71))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.refund("a", line.credit(NOW, new Money(50)))).isTrue();
        assertThat(store.balance(daily(ACME))).isEqualTo(balance(20, 0, 0));
        assertThat(store.refund("a", line.credit(NOW, new Money(1)))).isFalse();
        assertThat(store.refund("credit:a", line.credit(NOW, Money.ZERO))).isFalse();
        assertThat(store.refund("unknown", line.credit(NOW, Money.ZERO))).isFalse();
        assertThat(store.lines(ACME)).containsExactly(line, line.credit(NOW, new Money(50)));
    }

    /** S34: neither ids with the characters of paths nor ids that begin alike lead into another tenant. */
    @Test
    void balances_and_lines_are_those_of_the_scope_and_what_is_inside() {
        List<Scope> scopes = List.of(
                ACME,
                SALES,
                SALES.key("k"),
                Scope.tenant("acme2"),
                Scope.tenant("acme/team:sales"),
                Scope.tenant("acme0"),
                Scope.tenant("ACME"),
                Scope.tenant("%"),
                Scope.tenant("acm_"));
        for (Scope scope : scopes) {
            store.reserve(reservation("of " + scope, scope, 5, upTo(daily(scope), 10)));
            store.settle("of " + scope, line("of " + scope, NOW, scope, 5));
        }
        assertThat(store.balances(ACME, NOW)).containsOnlyKeys(daily(ACME), daily(SALES), daily(SALES.key("k")));
        assertThat(store.balances(SALES, NOW)).containsOnlyKeys(daily(SALES), daily(SALES.key("k")));
        assertThat(store.balances(ACME, NOW.plusSeconds(86_400))).isEmpty();
        assertThat(store.lines(SALES)).extracting(LedgerLine::scope).containsExactly(SALES, SALES.key("k"));
        for (Scope scope : scopes) {
            assertThat(store.balances(scope, NOW)).containsEntry(daily(scope), balance(5, 0, 0));
        }
        assertThat(store.lines(Scope.tenant("acme/team:sales"))).hasSize(1);
    }

    @Test
    void accounts_of_periods_and_windows_are_apart() {
        for (Period period : Period.values()) {
            store.reserve(reservation(period.name(), ACME, 1 + period.ordinal(), upTo(account(ACME, period), 100)));
        }
        for (Period period : Period.values()) {
            assertThat(store.balance(account(ACME, period)).reserved()).isEqualTo(new Money(1 + period.ordinal()));
        }
        assertThat(store.balances(ACME, NOW)).hasSize(Period.values().length);
        assertThat(store.balances(ACME, NOW.plusSeconds(400 * 86_400L))).containsOnlyKeys(account(ACME, Period.TOTAL));
    }

    @Test
    void a_call_that_nobody_has_a_budget_for_stands_in_the_ledger_all_the_same() {
        assertThat(store.reserve(reservation("a", ACME, 40))).isEmpty();
        assertThat(store.settle("a", line("a", NOW, ACME, 15))).contains(Map.of());
        assertThat(store.lines(ACME)).hasSize(1);
    }

    @Test
    void a_line_comes_back_as_it_was_whatever_it_is_called() {
        Scope scope = Scope.tenant("Ünïcode/∞:%").key("k".repeat(200));
        Charge charge = new Charge(
                ModelName.of("openrouter/meta/llama:free"),
                ServiceTier.REGIONAL_BATCH,
                Usage.of(1, 2),
                Optional.empty(),
                Price.Certainty.UNKNOWN,
                "");
        String id = "x".repeat(5_000);
        LedgerLine line = new LedgerLine(id, "r", NOW.plusNanos(1), scope, LedgerLine.Kind.ESTIMATED, charge);
        store.reserve(new Reservation(line, List.of(upTo(daily(scope), 1))));
        store.settle(id, line);
        assertThat(store.lines(scope)).containsExactly(line);
        assertThat(store.balances(scope, NOW)).containsOnlyKeys(daily(scope));
    }
}
