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
import org.junit.jupiter.api.RepeatedTest;

/** Earlier defect 25 and S35: what is checked first and spent later overshoots; this does not, by exactly nothing. */
class BudgetRaceTest {

    private static final int CALLS = 1_000;
    private static final int THREADS = 16;
    private static final Scope ACME = Cash.ACME;
    private static final Money CAP = Cash.dollars("5");

    /** A thousand calls, each of which may be hedged, fail, be cancelled, or be settled twice at once. */
    @RepeatedTest(100)
    void a_thousand_calls_at_once_spend_no_nano_dollar_more_than_the_cap() throws Exception {
        Cash cash = new Cash(
                Budget.of(ACME, Period.DAILY, CAP),
                Budget.of(ACME, Period.MONTHLY, Cash.dollars("4")).forEach(Scope.Level.KEY));
        CyclicBarrier start = new CyclicBarrier(THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Long>> callers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int caller = i;
                callers.add(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    long cost = 0;
                    for (int call = caller; call < CALLS; call += THREADS) {
                        cost += new Caller(cash, call).call();
                    }
                    return cost;
                });
            }
            long providers = 0; // what the providers' bills say, summed apart from all our accounts
            for (Future<Long> caller : threads.invokeAll(callers, 60, TimeUnit.SECONDS)) {
                providers += caller.get();
            }
            Balance balance = cash.balance(ACME, Period.DAILY);
            assertThat(balance.reserved()).isEqualTo(Money.ZERO);
            assertThat(balance.spent()).isEqualTo(new Money(providers)).isLessThanOrEqualTo(CAP);
            assertThat(balance.overrun()).isEqualTo(Money.ZERO);
            assertThat(CAP.minus(balance.spent())).isLessThan(Cash.dollars("0.01")); // and the cap is used up
            assertThat(cash.budgets.lines(ACME).stream()
                            .map(line -> line.charge().cost().orElseThrow())
                            .reduce(Money.ZERO, Money::plus))
                    .isEqualTo(balance.spent());
        } finally {
            threads.shutdownNow();
        }
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
