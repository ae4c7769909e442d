package io.auterity.relay.budget;

import static io.auterity.relay.budget.Cash.ACME;
import static io.auterity.relay.budget.Cash.BIG;
import static io.auterity.relay.budget.Cash.SMALL;
import static io.auterity.relay.budget.Cash.big;
import static io.auterity.relay.budget.Cash.dollars;
import static io.auterity.relay.budget.Cash.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.relay.money.Meter;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BudgetTest {

    private static final Scope RUN = ACME.team("sales").key("app").run("r1");

    @Test
    void a_call_is_reserved_at_its_most_and_settled_at_what_it_cost() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("5")));
        Grant grant = cash.reserve(RUN, big(300, 1));
        assertThat(cash.balance(ACME, Period.DAILY)).isEqualTo(new Balance(Money.ZERO, dollars("3"), Money.ZERO));

        LedgerLine line = cash.settle(grant, 120).orElseThrow();

        assertThat(line.charge().cost()).contains(dollars("1.20"));
        assertThat(line.charge().book()).isEqualTo("book");
        assertThat(cash.balance(ACME, Period.DAILY)).isEqualTo(new Balance(dollars("1.20"), Money.ZERO, Money.ZERO));
        assertThat(cash.budgets.left(RUN)).contains(dollars("3.80"));
    }

    @Test
    void everyone_around_a_run_pays() {
        Cash cash = new Cash(
                Budget.of(ACME, Period.MONTHLY, dollars("100")),
                Budget.of(ACME.team("sales"), Period.DAILY, dollars("10")),
                Budget.of(ACME, Period.TOTAL, dollars("2")).forEach(Scope.Level.RUN));
        cash.spend(RUN, 150);
        assertThat(cash.balance(ACME, Period.MONTHLY).spent()).isEqualTo(dollars("1.50"));
        assertThat(cash.balance(ACME.team("sales"), Period.DAILY).spent()).isEqualTo(dollars("1.50"));
        assertThat(cash.balance(RUN, Period.TOTAL).spent()).isEqualTo(dollars("1.50"));
        assertThat(cash.budgets.left(RUN)).contains(dollars("0.50"));
        assertThat(cash.budgets.left(ACME.team("sales").key("app").run("r2"))).contains(dollars("2"));
    }

    @Test
    void the_least_that_is_left_anywhere_decides_and_nothing_is_reserved_in_part() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("5")), Budget.of(RUN, Period.TOTAL, dollars("1")));
        assertThatThrownBy(() -> cash.reserve(RUN, big(101, 101)))
                .isInstanceOfSatisfying(
                        BudgetException.class, e -> assertThat(e.code()).isEqualTo("AUT-L002"))
                .hasMessageContaining("TOTAL budget of " + RUN + " has $1.00 of $1.00 left", "at least $1.01");
        assertThat(cash.balance(ACME, Period.DAILY)).isEqualTo(Balance.NONE);
        assertThat(cash.reserve(RUN, big(100, 100)).amount()).isEqualTo(dollars("1"));
    }

    @Test
    void too_little_money_lowers_the_limit_of_tokens_first() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("1.005")));
        Grant grant = cash.reserve(ACME, big(300, 50), small(300, 50));
        assertThat(grant.offer().model()).isEqualTo(BIG);
        assertThat(grant.maxOutput()).isEqualTo(100);
        assertThat(grant.amount()).isEqualTo(dollars("1"));
    }

    @Test
    void then_a_cheaper_model_is_taken_and_then_the_call_is_refused() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("0.40")));
        Grant grant = cash.reserve(ACME, big(300, 50), small(300, 50));
        assertThat(grant.offer().model()).isEqualTo(SMALL);
        assertThat(grant.maxOutput()).isEqualTo(300);
        assertThat(cash.reserve(ACME, big(300, 50), small(300, 50)).maxOutput()).isEqualTo(100);
        assertThatThrownBy(() -> cash.reserve(ACME, big(300, 50), small(300, 50)))
                .hasMessageContaining("has $0.00 of $0.40 left", "at least $0.05", "anew at 2026-04-01T00:00:00Z");
    }

    @Test
    void a_call_that_is_only_partly_paid_for_is_not_admitted() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("1")));
        cash.spend(ACME, 99);
        assertThatThrownBy(() -> cash.reserve(ACME, big(2, 2))).isInstanceOf(BudgetException.class);
        assertThat(cash.reserve(ACME, big(1, 1)).amount()).isEqualTo(dollars("0.01"));
    }

    @Test
    void a_grant_is_settled_or_released_once() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("5")));
        Grant grant = cash.reserve(ACME, big(100, 1));
        assertThat(cash.settle(grant, 50)).isPresent();
        assertThat(cash.settle(grant, 50)).isEmpty();
        cash.budgets.release(grant);
        assertThat(cash.balance(ACME, Period.DAILY)).isEqualTo(new Balance(dollars("0.50"), Money.ZERO, Money.ZERO));
        assertThat(cash.budgets.lines(ACME)).hasSize(1);

        Grant never = cash.reserve(ACME, big(100, 1));
        cash.budgets.release(never);
        assertThat(cash.settle(never, 1)).isEmpty();
        assertThat(cash.balance(ACME, Period.DAILY).used()).isEqualTo(dollars("0.50"));
    }

    @Test
    void what_a_provider_charges_beyond_its_limit_is_an_overrun_and_counts_as_used() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("2")));
        Grant grant = cash.reserve(ACME, big(100, 1));
        cash.settle(grant, 150);
        assertThat(cash.balance(ACME, Period.DAILY)).isEqualTo(new Balance(dollars("1"), Money.ZERO, dollars("0.50")));
        assertThat(cash.budgets.left(ACME)).contains(dollars("0.50"));
    }

    @Test
    void a_period_that_begins_anew_begins_with_nothing_spent() {
        Cash cash =
                new Cash(Budget.of(ACME, Period.DAILY, dollars("1")), Budget.of(ACME, Period.QUARTERLY, dollars("2")));
        cash.spend(ACME, 100);
        Grant late = null;
        cash.now = Instant.parse("2026-04-01T00:00:00Z");
        late = cash.reserve(ACME, big(100, 100));
        assertThat(late.amount()).isEqualTo(dollars("1"));
        cash.now = Instant.parse("2026-04-02T00:00:00Z");
        cash.settle(late, 100); // booked in the window it was reserved in
        assertThat(cash.balance(ACME, Period.DAILY)).isEqualTo(Balance.NONE);
        assertThat(cash.balance(ACME, Period.QUARTERLY).spent()).isEqualTo(dollars("1"));
    }

    @Test
    void windows_end_where_the_zone_says() {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        Instant at = Instant.parse("2026-10-25T10:00:00Z"); // the day clocks go back
        assertThat(Period.DAILY.window(at, zone))
                .isEqualTo(new Period.Window(
                        Instant.parse("2026-10-24T22:00:00Z"), Instant.parse("2026-10-25T23:00:00Z")));
        assertThat(Period.WEEKLY.window(at, zone).opens()).isEqualTo("2026-10-18T22:00:00Z");
        assertThat(Period.MONTHLY.window(at, zone).closes()).isEqualTo("2026-10-31T23:00:00Z");
        assertThat(Period.QUARTERLY.window(at, zone).opens()).isEqualTo("2026-09-30T22:00:00Z");
        assertThat(Period.YEARLY.window(at, zone).closes()).isEqualTo("2026-12-31T23:00:00Z");
    }

    @Test
    void thresholds_are_told_when_they_are_passed() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("10"))
                .at(50, new Enforcement.Notify())
                .at(80, new Enforcement.Notify()));
        cash.spend(ACME, 499);
        assertThat(cash.told).isEmpty();
        cash.spend(ACME, 1);
        assertThat(cash.told).containsExactly("tenant:acme 50 $5.00");
        cash.spend(ACME, 100);
        cash.spend(ACME, 300);
        assertThat(cash.told).containsExactly("tenant:acme 50 $5.00", "tenant:acme 80 $9.00");
    }

    @Test
    void from_a_threshold_on_calls_can_be_blocked_restricted_downgraded_or_need_approval() {
        Cash blocked = new Cash(limit(new Enforcement.Block()));
        blocked.spend(ACME, 50);
        assertThatThrownBy(() -> blocked.reserve(ACME, big(1, 1)))
                .isInstanceOfSatisfying(
                        BudgetException.class, e -> assertThat(e.code()).isEqualTo("AUT-L003"))
                .hasMessageContaining("passed 50 %");

        Cash restricted = new Cash(limit(new Enforcement.RestrictModels(Set.of(SMALL))));
        restricted.spend(ACME, 50);
        assertThat(restricted.reserve(ACME, big(1, 1), small(1, 1)).offer().model())
                .isEqualTo(SMALL);
        assertThatThrownBy(() -> restricted.reserve(ACME, big(1, 1))).hasMessageContaining("[openai/small]");

        Cash downgraded = new Cash(limit(new Enforcement.Downgrade()));
        assertThat(downgraded.reserve(ACME, big(49, 1), small(49, 1)).offer().model())
                .isEqualTo(BIG);
        downgraded.spend(ACME, 1);
        assertThat(downgraded.reserve(ACME, big(10, 1), small(10, 1)).offer().model())
                .isEqualTo(SMALL);

        Cash approval = new Cash(limit(new Enforcement.RequireApproval()));
        approval.spend(ACME, 50);
        assertThatThrownBy(() -> approval.reserve(ACME, big(1, 1)))
                .isInstanceOfSatisfying(
                        BudgetException.class, e -> assertThat(e.code()).isEqualTo("AUT-L004"));
        assertThat(approval.budgets
                        .reserve(new Budgets.Ask("approved", "q", ACME, List.of(big(1, 1)), true))
                        .maxOutput())
                .isEqualTo(1);
    }

    @Test
    void a_downgrade_takes_the_cheapest_of_the_models_that_a_restriction_allows() {
        Cash cash = new Cash(limit(new Enforcement.Downgrade()).at(60, new Enforcement.RestrictModels(Set.of(BIG))));
        cash.spend(ACME, 60);
        assertThat(cash.reserve(ACME, small(5, 1), big(5, 1)).offer().model()).isEqualTo(BIG);
    }

    @Test
    void a_model_without_a_price_is_no_cheap_one_to_downgrade_to() {
        Cash cash = new Cash(limit(new Enforcement.Downgrade()));
        cash.spend(ACME, 50);
        Price unknown = PriceBook.shipped().price(SMALL, ServiceTier.STANDARD, 1, UnknownPrice.ALLOW_AND_FLAG);
        Offer flagged = new Offer(SMALL, ServiceTier.STANDARD, unknown, Usage.of(5, 5), 1);
        assertThat(cash.reserve(ACME, flagged, big(5, 1)).offer().model()).isEqualTo(BIG);
    }

    @Test
    void the_allowance_has_what_is_left_and_the_thresholds_that_are_passed_but_for_notices() {
        Enforcement restriction = new Enforcement.RestrictModels(Set.of(SMALL));
        Cash cash = new Cash(
                Budget.of(ACME, Period.DAILY, dollars("10"))
                        .at(10, new Enforcement.Notify())
                        .at(20, restriction)
                        .at(80, new Enforcement.Block()),
                Budget.of(ACME, Period.TOTAL, dollars("4"))
                        .forEach(Scope.Level.RUN)
                        .at(50, new Enforcement.Downgrade()));
        assertThat(cash.budgets.allowance(RUN)).isEqualTo(new Allowance(Optional.of(dollars("4")), List.of()));
        cash.reserve(RUN, big(200, 1)); // what is reserved counts as used
        assertThat(cash.budgets.allowance(RUN))
                .isEqualTo(new Allowance(
                        Optional.of(dollars("2")),
                        List.of(
                                new PassedThreshold("the DAILY budget of tenant:acme", new Threshold(20, restriction)),
                                new PassedThreshold(
                                        "the TOTAL budget of " + RUN,
                                        new Threshold(50, new Enforcement.Downgrade())))));
        assertThat(new Cash().budgets.allowance(RUN)).isEqualTo(Allowance.UNLIMITED);
    }

    private static Budget limit(Enforcement enforcement) {
        return Budget.of(ACME, Period.DAILY, dollars("1")).at(50, enforcement);
    }

    @Test
    void money_comes_back_once_and_never_more_than_was_paid() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("5")));
        LedgerLine line = cash.settle(cash.reserve(ACME, big(100, 1)), 100).orElseThrow();
        assertThatIllegalArgumentException().isThrownBy(() -> cash.budgets.refund(line, dollars("1.01")));
        assertThat(cash.budgets.refund(line, dollars("0.25"))).isTrue();
        assertThat(cash.budgets.refund(line, dollars("0.25"))).isFalse();
        assertThat(cash.balance(ACME, Period.DAILY).spent()).isEqualTo(dollars("0.75"));
        assertThat(cash.budgets.lines(ACME))
                .extracting(LedgerLine::kind)
                .containsExactly(LedgerLine.Kind.REPORTED, LedgerLine.Kind.CREDIT);
    }

    @Test
    void a_call_of_unknown_price_is_flagged_and_has_no_cost() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("1")));
        Price unknown = PriceBook.shipped().price(SMALL, ServiceTier.STANDARD, 1, UnknownPrice.ALLOW_AND_FLAG);
        Grant grant = cash.reserve(ACME, new Offer(SMALL, ServiceTier.STANDARD, unknown, Usage.of(5, 5), 1));
        Charge charge = cash.settle(grant, 5).orElseThrow().charge();
        assertThat(charge.cost()).isEqualTo(Optional.empty());
        assertThat(charge.certainty()).isEqualTo(Price.Certainty.UNKNOWN);
    }

    @Test
    void a_class_of_service_without_a_price_costs_no_less_than_the_expected_one() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("5")));
        Price nobodyKnows = new Price(Price.Certainty.UNKNOWN, Optional.empty(), "book");
        Charge charge = cash.budgets
                .settle(
                        cash.reserve(ACME, big(100, 1)),
                        Usage.of(10, 150),
                        LedgerLine.Kind.REPORTED,
                        ServiceTier.PRIORITY,
                        nobodyKnows)
                .orElseThrow()
                .charge();
        assertThat(charge.cost()).contains(dollars("1.50")); // 1 was set aside
        assertThat(charge.certainty()).isEqualTo(Price.Certainty.WORST_CASE);
        assertThat(cash.balance(ACME, Period.DAILY)).isEqualTo(new Balance(dollars("1"), Money.ZERO, dollars("0.50")));
    }

    /** Sound has no rate at this model, so nobody knows what the call cost: more than nothing. */
    @Test
    void what_a_provider_reports_beyond_all_rates_does_not_free_what_was_set_aside() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("5")));
        Usage heard = Usage.of(10, 5).with(Meter.AUDIO_OUTPUT, 3);
        LedgerLine line = cash.budgets
                .settle(cash.reserve(ACME, big(100, 1)), heard, LedgerLine.Kind.REPORTED)
                .orElseThrow();
        assertThat(line.charge().cost()).contains(dollars("1"));
        assertThat(line.charge().certainty()).isEqualTo(Price.Certainty.WORST_CASE);
        assertThat(cash.balance(ACME, Period.DAILY).spent()).isEqualTo(dollars("1"));
        Usage more = Usage.of(10, 200).with(Meter.AUDIO_OUTPUT, 3);
        cash.budgets.settle(cash.reserve(ACME, big(100, 1)), more, LedgerLine.Kind.REPORTED);
        assertThat(cash.balance(ACME, Period.DAILY).overrun()).isEqualTo(dollars("1")); // 200 cents, 100 were reserved
    }

    /** S34: accounts and lines of tenants are apart, whatever their ids look like. */
    @Test
    void no_tenant_pays_for_another() {
        Cash cash = new Cash(Budget.of(ACME, Period.DAILY, dollars("1")));
        Scope tricky = Scope.tenant("acme/team:sales");
        cash.spend(tricky, 500);
        cash.spend(Scope.tenant("acme2"), 500);
        assertThat(cash.budgets.left(ACME)).contains(dollars("1"));
        assertThat(cash.budgets.lines(ACME)).isEmpty();
        assertThat(tricky.toString()).isNotEqualTo(ACME.team("sales").toString());
    }

    @Test
    void an_account_under_two_budgets_pays_once_and_keeps_to_the_lower_limit() {
        Scope sales = ACME.team("sales");
        Cash cash = new Cash(
                Budget.of(sales, Period.DAILY, dollars("3")),
                Budget.of(ACME, Period.DAILY, dollars("2")).forEach(Scope.Level.TEAM));
        cash.spend(sales, 100);
        assertThat(cash.balance(sales, Period.DAILY).spent()).isEqualTo(dollars("1"));
        assertThat(cash.budgets.left(sales)).contains(dollars("1"));
        cash.spend(sales, 100);
        assertThatThrownBy(() -> cash.spend(sales, 1)).isInstanceOf(BudgetException.class);
    }

    @Test
    void standings_show_every_account_with_its_budget() {
        Scope sales = ACME.team("sales");
        Cash cash = new Cash(
                Budget.of(ACME, Period.MONTHLY, dollars("5")),
                Budget.of(ACME, Period.DAILY, dollars("2")).forEach(Scope.Level.TEAM),
                Budget.of(Scope.tenant("idle"), Period.DAILY, dollars("1")));
        cash.spend(sales, 100);
        cash.reserve(ACME.team("support"), Cash.big(50, 50));
        assertThat(cash.budgets.standings())
                .extracting(standing -> standing.account().payer() + " "
                        + standing.balance().spent() + " " + standing.balance().reserved() + " " + standing.left())
                .containsExactly(
                        "tenant:acme " + dollars("1") + " " + dollars("0.5") + " " + dollars("3.5"),
                        "tenant:acme/team:sales " + dollars("1") + " " + Money.ZERO + " " + dollars("1"),
                        "tenant:acme/team:support " + Money.ZERO + " " + dollars("0.5") + " " + dollars("1.5"),
                        "tenant:idle " + Money.ZERO + " " + Money.ZERO + " " + dollars("1"));
        cash.now = cash.now.plusSeconds(86_400); // April, and nothing spent yet
        assertThat(cash.budgets.standings())
                .extracting(standing -> standing.budget().scope())
                .containsExactly(ACME, Scope.tenant("idle"));
    }

    @Test
    void a_scope_is_read_as_it_is_written() {
        Scope scope = Scope.tenant("a/b:c%2F%").team("ü").key("k").run("r");
        assertThat(Scope.parse(scope.toString())).isEqualTo(scope);
        for (String wrong :
                List.of("", "acme", "team:a", "tenant:a/", "tenant:a/who:b", "tenant:", "tenant:a/tenant:b")) {
            assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> Scope.parse(wrong));
        }
    }

    @Test
    void definitions_that_make_no_sense_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Budget.of(ACME, Period.DAILY, Money.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Budget.of(ACME.key("k"), Period.DAILY, dollars("1")).forEach(Scope.Level.TEAM));
        assertThatIllegalArgumentException().isThrownBy(() -> ACME.key("k").team("t"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Threshold(0, new Enforcement.Notify()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Threshold(101, new Enforcement.Notify()));
        Budget daily = Budget.of(ACME, Period.DAILY, dollars("1"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cash(daily, daily))
                .withMessageContaining("two DAILY");
    }

    @Test
    void the_store_is_bounded_and_drops_what_is_over_first() {
        InMemoryBudgetStore store = new InMemoryBudgetStore(2, 2);
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        Account open = account("a", now);
        reserve(store, "1", now, open);
        reserve(store, "2", now, account("b", now));
        store.release("2");
        assertThatThrownBy(() -> reserve(store, "3", now, account("c", now)))
                .isInstanceOfSatisfying(
                        BudgetException.class, e -> assertThat(e.code()).isEqualTo("AUT-L014"))
                .hasMessageContaining("2 accounts", "maxAccounts");
        reserve(store, "4", now.plusSeconds(86_400), account("c", now.plusSeconds(86_400)));
        assertThat(store.balance(open).reserved()).isEqualTo(new Money(1));
        assertThatThrownBy(() -> reserve(store, "1", now, open)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void more_runs_than_there_is_room_for_forget_the_one_that_was_used_least_recently() {
        InMemoryBudgetStore store = new InMemoryBudgetStore(3, 100);
        Cash cash = new Cash(store, Budget.of(ACME, Period.TOTAL, dollars("1")).forEach(Scope.Level.RUN));
        cash.spend(ACME.run("1"), 10);
        cash.spend(ACME.run("2"), 20); // one less than there is room for
        assertThat(spentByRuns(cash)).containsExactly("1 $0.10", "2 $0.20");
        cash.spend(ACME.run("3"), 30); // as many
        assertThat(spentByRuns(cash)).containsExactly("1 $0.10", "2 $0.20", "3 $0.30");
        cash.spend(ACME.run("4"), 40); // one more
        assertThat(spentByRuns(cash)).containsExactly("2 $0.20", "3 $0.30", "4 $0.40");
        assertThat(cash.budgets.spending(ACME.run("1")).cost()).isEqualTo(dollars("0.10"));
    }

    @Test
    void a_run_that_goes_on_keeps_its_limit_also_when_all_it_gets_is_refusals() {
        InMemoryBudgetStore store = new InMemoryBudgetStore(3, 100);
        Cash cash = new Cash(
                store,
                Budget.of(ACME, Period.TOTAL, dollars("1"))
                        .forEach(Scope.Level.RUN)
                        .at(50, new Enforcement.Block()));
        cash.spend(ACME.run("blocked"), 50);
        cash.spend(ACME.run("spent"), 40);
        for (int others = 1; others <= 10; others++) {
            assertThatThrownBy(() -> cash.reserve(ACME.run("blocked"), big(1, 1)))
                    .isInstanceOf(BudgetException.class);
            assertThatThrownBy(() -> cash.reserve(ACME.run("spent"), big(61, 61)))
                    .isInstanceOf(BudgetException.class);
            cash.spend(ACME.run("other-" + others), 1);
        }
        assertThat(spentByRuns(cash)).containsExactly("blocked $0.50", "other-10 $0.01", "spent $0.40");
    }

    @Test
    void runs_with_calls_under_way_are_not_forgotten_and_a_full_store_refuses() {
        InMemoryBudgetStore store = new InMemoryBudgetStore(2, 100);
        Cash cash = new Cash(store, Budget.of(ACME, Period.TOTAL, dollars("1")).forEach(Scope.Level.RUN));
        Grant first = cash.reserve(ACME.run("1"), big(10, 10));
        cash.spend(ACME.run("2"), 20);
        Grant third = cash.reserve(ACME.run("3"), big(30, 30));
        assertThatThrownBy(() -> cash.reserve(ACME.run("4"), big(40, 40)))
                .isInstanceOfSatisfying(
                        BudgetException.class, e -> assertThat(e.code()).isEqualTo(BudgetException.FULL))
                .hasMessageContaining("2 accounts", "maxAccounts");
        cash.settle(first, 10);
        cash.settle(third, 30);
        assertThat(spentByRuns(cash)).containsExactly("1 $0.10", "3 $0.30");
        cash.spend(ACME.run("4"), 40);
        assertThat(spentByRuns(cash)).containsExactly("3 $0.30", "4 $0.40");
    }

    /** Has room for one account beside that of a run that has spent something. */
    private static InMemoryBudgetStore storeWith(Account run, Instant now) {
        InMemoryBudgetStore store = new InMemoryBudgetStore(2, 100);
        reserve(store, "1", now, run);
        store.settle("1", BudgetStoreContract.line("1", now, run.payer(), 1));
        return store;
    }

    @Test
    void a_call_does_not_make_its_own_run_begin_anew() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        Account run = run("r");
        InMemoryBudgetStore store = storeWith(run, now);
        reserve(store, "2", now, account("a", now));
        assertThatThrownBy(() -> reserve(store, "3", now, run, account("b", now)))
                .isInstanceOf(BudgetException.class);
        assertThat(store.balance(run).spent()).isEqualTo(new Money(1));
    }

    @Test
    void what_is_over_is_forgotten_before_any_run() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        Account run = run("r");
        InMemoryBudgetStore store = storeWith(run, now);
        reserve(store, "2", now, account("a", now));
        store.settle("2", BudgetStoreContract.line("2", now, Scope.tenant("a"), 1));
        Instant tomorrow = now.plusSeconds(86_400);
        reserve(store, "3", tomorrow, account("a", tomorrow));
        assertThat(store.balance(account("a", now))).isEqualTo(Balance.NONE);
        assertThat(store.balance(run).spent()).isEqualTo(new Money(1));
    }

    @Test
    void what_comes_back_to_a_run_that_was_forgotten_does_not_raise_its_limit() {
        InMemoryBudgetStore store = new InMemoryBudgetStore(1, 100);
        Cash cash = new Cash(store, Budget.of(ACME, Period.TOTAL, dollars("1")).forEach(Scope.Level.RUN));
        Scope run = ACME.run("1");
        LedgerLine first = cash.settle(cash.reserve(run, big(90, 90)), 90).orElseThrow();
        cash.spend(ACME.run("2"), 10);
        assertThat(cash.budgets.refund(first, dollars("0.40"))).isTrue();
        assertThat(spentByRuns(cash)).containsExactly("2 $0.10");
        LedgerLine second = cash.settle(cash.reserve(run, big(80, 80)), 80).orElseThrow();
        cash.spend(ACME.run("2"), 10);
        cash.spend(run, 5);
        assertThat(cash.budgets.refund(second, dollars("0.80"))).isTrue();
        assertThat(spentByRuns(cash)).containsExactly("1 $0.00");
    }

    @Test
    void a_large_store_makes_room_for_a_hundredth_at_once() {
        InMemoryBudgetStore store = new InMemoryBudgetStore(200, 1_000);
        Cash cash = new Cash(store, Budget.of(ACME, Period.TOTAL, dollars("1")).forEach(Scope.Level.RUN));
        for (int run = 1; run <= 200; run++) {
            cash.spend(ACME.run("" + run), 1);
        }
        assertThat(cash.budgets.standings()).hasSize(200);
        cash.spend(ACME.run("201"), 1);
        assertThat(spentByRuns(cash))
                .hasSize(199)
                .doesNotContain("1 $0.01", "2 $0.01")
                .contains("3 $0.01");
    }

    private static List<String> spentByRuns(Cash cash) {
        return cash.budgets.standings().stream()
                .map(standing -> standing.account().payer().parts().get(1).id() + " "
                        + standing.balance().spent())
                .toList();
    }

    private static Account run(String id) {
        return new Account(ACME.run(id), Period.TOTAL, Period.TOTAL.window(Instant.EPOCH, ZoneOffset.UTC));
    }

    private static Account account(String tenant, Instant at) {
        return new Account(Scope.tenant(tenant), Period.DAILY, Period.DAILY.window(at, ZoneOffset.UTC));
    }

    private static void reserve(InMemoryBudgetStore store, String id, Instant at, Account... accounts) {
        store.reserve(new Reservation(
                BudgetStoreContract.line(id, at, accounts[0].payer(), 1),
                Stream.of(accounts)
                        .map(account -> new Reservation.Claim(account, dollars("1")))
                        .toList()));
    }
}
