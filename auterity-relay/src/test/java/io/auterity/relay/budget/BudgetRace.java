package io.auterity.relay.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A thousand calls at once, each on a thread of its own, against $5; each of them may be hedged, fail, be cancelled, or be settled twice at once. For
 * every store; several that share a database are several processes to each other.
 */
public final class BudgetRace {

    private static final int CALLS = 1_000;
    private static final Scope ACME = Cash.ACME;
    private static final Money CAP = Cash.dollars("5");

    private BudgetRace() {}

    /**
     * Lets the calls race, and checks that the cap is used up and passed by nothing.
     *
     * @param stores empty; callers take them in turns
     * @throws Exception if a call fails
     */
    public static void run(List<BudgetStore> stores) throws Exception {
        List<Cash> tills = stores.stream().map(BudgetRace::till).toList();
        CyclicBarrier start = new CyclicBarrier(CALLS);
        ExecutorService threads = Executors.newFixedThreadPool(CALLS);
        try {
            List<Callable<Long>> callers = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                Caller caller = new Caller(tills.get(i % tills.size()), i);
                callers.add(() -> {
                    start.await(60, TimeUnit.SECONDS);
                    return caller.call();
                });
            }
            long providers = 0; // what the providers' bills say, summed apart from all our accounts
            for (Future<Long> caller : threads.invokeAll(callers, 300, TimeUnit.SECONDS)) {
                providers += caller.get();
            }
            // Those that were refused while others had much reserved may have left something.
            for (int call = CALLS; call < 2 * CALLS; call++) {
                providers += new Caller(tills.get(call % tills.size()), call).call();
            }
            for (Cash till : tills) {
                check(till, new Money(providers));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Cash till(BudgetStore store) {
        return new Cash(
                store,
                Budget.of(ACME, Period.DAILY, CAP),
                Budget.of(ACME, Period.MONTHLY, Cash.dollars("4")).forEach(Scope.Level.KEY));
    }

    private static void check(Cash cash, Money providers) {
        Balance balance = cash.balance(ACME, Period.DAILY);
        assertThat(balance.reserved()).isEqualTo(Money.ZERO);
        assertThat(balance.spent()).isEqualTo(providers).isLessThanOrEqualTo(CAP);
        assertThat(balance.overrun()).isEqualTo(Money.ZERO);
        assertThat(CAP.minus(balance.spent())).isLessThan(Cash.dollars("0.01")); // and the cap is used up
        assertThat(cash.budgets.lines(ACME).stream()
                        .map(line -> line.charge().cost().orElseThrow())
                        .reduce(Money.ZERO, Money::plus))
                .isEqualTo(balance.spent());
    }

    private record Caller(Cash cash, int number) {

        long call() {
            Random random = new Random(number);
            Scope scope = ACME.key("key-" + number % 2);
            long cost = attempt("first-" + number, scope, random);
            boolean isHedged = random.nextInt(4) == 0;
            return isHedged ? cost + attempt("hedge-" + number, scope, random) : cost;
        }

        private long attempt(String id, Scope scope, Random random) {
            Grant grant;
            try {
                Budgets.Ask ask = new Budgets.Ask(
                        id, "request-" + number, scope, List.of(Cash.big(3, 2), Cash.small(40, 1)), false);
                grant = cash.budgets.reserve(ask);
            } catch (BudgetException e) {
                return 0;
            }
            int fate = random.nextInt(10);
            if (fate == 0) { // the provider could not be reached: no cost
                cash.budgets.release(grant);
                return 0;
            }
            long used = fate == 1 ? 1 : grant.maxOutput(); // cancelled in the middle, or answered in full
            LedgerLine.Kind kind = fate == 1 ? LedgerLine.Kind.CUT_OFF : LedgerLine.Kind.REPORTED;
            Optional<LedgerLine> line = cash.budgets.settle(grant, Usage.of(10, used), kind);
            if (fate == 2) { // a cancellation that comes too late
                cash.budgets.release(grant);
                cash.budgets.settle(grant, Usage.of(10, used), LedgerLine.Kind.CUT_OFF);
            }
            return line.orElseThrow().charge().cost().orElseThrow().nanos();
        }
    }
}
