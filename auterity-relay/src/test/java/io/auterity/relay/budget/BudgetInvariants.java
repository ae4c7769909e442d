package io.auterity.relay.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What holds after every step of any sequence of calls, settlements, cancellations, refunds and passing days. */
public final class BudgetInvariants {

    private static final Scope ACME = Cash.ACME;
    private static final List<Scope> PAYERS = List.of(
            ACME,
            ACME.team("a"),
            ACME.team("a").key("k"),
            ACME.team("b").key("k").run("r"),
            ACME.key("k"));

    private BudgetInvariants() {}

    /**
     * Does what a seed says, and checks after every step that the sums agree and no limit is passed.
     *
     * @param store an empty store
     * @param seed what happens
     */
    public static void check(BudgetStore store, long seed) {
        Random random = new Random(seed);
        Cash cash = new Cash(
                store,
                Budget.of(ACME, Period.WEEKLY, Cash.dollars("9")),
                Budget.of(ACME.team("a"), Period.DAILY, Cash.dollars("3")),
                Budget.of(ACME, Period.TOTAL, Cash.dollars("2")).forEach(Scope.Level.RUN));
        List<Grant> open = new ArrayList<>();
        List<LedgerLine> settled = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    try {
                        long wished = 1 + random.nextInt(200);
                        open.add(cash.reserve(
                                PAYERS.get(random.nextInt(PAYERS.size())),
                                Cash.big(wished, 1 + random.nextInt((int) wished)),
                                Cash.small(wished, 1)));
                    } catch (BudgetException e) {
                        assertThat(e.code()).isEqualTo(BudgetException.SPENT);
                    }
                }
                case 3 ->
                    take(
                            open,
                            random,
                            grant -> cash.budgets
                                    .settle(
                                            grant,
                                            Usage.of(10, random.nextInt((int) grant.maxOutput() + 1)),
                                            LedgerLine.Kind.REPORTED)
                                    .ifPresent(settled::add));
                case 4 -> take(open, random, cash.budgets::release);
                default -> {
                    if (!settled.isEmpty() && random.nextBoolean()) {
                        LedgerLine line = settled.remove(random.nextInt(settled.size()));
                        Money cost = line.charge().cost().orElseThrow();
                        cash.budgets.refund(line, new Money(random.nextLong(cost.nanos() + 1)));
                    } else {
                        cash.now = cash.now.plus(Duration.ofHours(random.nextInt(30)));
                    }
                }
            }
            check(cash, open);
        }
    }

    private static void check(Cash cash, List<Grant> open) {
        Map<Scope, Money> lines = new HashMap<>();
        for (LedgerLine line : cash.budgets.lines(ACME)) {
            line.scope()
                    .lineage()
                    .forEach(payer -> lines.merge(payer, line.charge().cost().orElseThrow(), Money::plus));
        }
        Scope run = PAYERS.get(3);
        Balance ofRun = cash.balance(run, Period.TOTAL);
        assertThat(ofRun.spent()).isEqualTo(lines.getOrDefault(run, Money.ZERO));
        assertThat(ofRun.reserved())
                .isEqualTo(open.stream()
                        .filter(grant -> grant.scope().equals(run))
                        .map(Grant::amount)
                        .reduce(Money.ZERO, Money::plus));
        for (Balance balance :
                List.of(ofRun, cash.balance(ACME, Period.WEEKLY), cash.balance(ACME.team("a"), Period.DAILY))) {
            assertThat(balance.reserved().isNegative()).isFalse();
            assertThat(balance.spent().isNegative()).isFalse();
            assertThat(balance.overrun()).isEqualTo(Money.ZERO);
        }
        assertThat(ofRun.used()).isLessThanOrEqualTo(Cash.dollars("2"));
        assertThat(cash.balance(ACME, Period.WEEKLY).used()).isLessThanOrEqualTo(Cash.dollars("9"));
        assertThat(cash.balance(ACME.team("a"), Period.DAILY).used()).isLessThanOrEqualTo(Cash.dollars("3"));
    }

    private static void take(List<Grant> open, Random random, java.util.function.Consumer<Grant> action) {
        if (!open.isEmpty()) {
            action.accept(open.remove(random.nextInt(open.size())));
        }
    }
}
