package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Provider;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderCall;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A thousand calls through relays at once, each on a thread of its own, against $5: whole answers and streams, cancelled ones, hedges, and deployments that
 * fail, break off in the middle so that the other goes on, and say nothing until they are cancelled. The provider keeps a
 * bill of its own.
 */
public final class RelayRace {

    private static final int CALLS = 1_000;
    private static final Scope ACME = Scope.tenant("acme");
    private static final Money CAP = Money.dollars("5");
    private static final Money LITTLE = Money.dollars("0.02");
    private static final ModelName MODEL = ModelName.of("openai/gpt-4o");
    private static final Instant NOW = Instant.parse("2026-05-01T08:00:00Z");

    /** A token of the answer costs so much; the prompt is not on the bill, which makes it a lower bound. */
    private static final long NANOS_A_TOKEN = 10_000;

    private final AtomicLong bill = new AtomicLong();
    private final AtomicInteger providerCalls = new AtomicInteger();
    private final AtomicInteger hedges = new AtomicInteger();
    private final AtomicInteger continued = new AtomicInteger();

    /** What was counted: calls that the provider got, hedges among them, answers, and those of them that have several parts. */
    public record Counts(int calls, int hedges, int answers, int continued) {}

    private RelayRace() {}

    /**
     * Lets the calls race, and checks that the cap is used up and passed by nothing.
     *
     * @param stores empty; callers take them in turns
     * @return how much of what happened
     * @throws Exception if something else fails than what is made to fail
     */
    public static Counts run(List<? extends BudgetStore> stores) throws Exception {
        return new RelayRace().race(stores);
    }

    private Counts race(List<? extends BudgetStore> stores) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Relay> relays =
                    stores.stream().map(store -> relay(store, threads)).toList();
            CyclicBarrier start = new CyclicBarrier(CALLS);
            List<Callable<Boolean>> callers = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                int call = i;
                callers.add(() -> {
                    start.await(60, TimeUnit.SECONDS);
                    return call(relays.get(call % relays.size()), call);
                });
            }
            int answered = 0;
            for (Future<Boolean> caller : threads.invokeAll(callers, 300, TimeUnit.SECONDS)) {
                answered += caller.get() ? 1 : 0;
            }
            threads.shutdown(); // losers of hedges settle after their call has been answered
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            for (int call = CALLS; call < 2 * CALLS && remains(stores); call++) {
                answered += call(relays.get(call % relays.size()), call) ? 1 : 0;
            }
            stores.forEach(this::check);
            return new Counts(providerCalls.get(), hedges.get(), answered, continued.get());
        } finally {
            threads.shutdownNow();
        }
    }

    private static Balance balance(BudgetStore store) {
        return store.balance(new Account(ACME, Period.DAILY, Period.DAILY.window(NOW, ZoneOffset.UTC)));
    }

    /** Whether the callers have left something: many can have failed, or been refused while others had much reserved. */
    private static boolean remains(List<? extends BudgetStore> stores) {
        return stores.stream()
                .anyMatch(store -> CAP.minus(balance(store).spent()).compareTo(LITTLE) >= 0);
    }

    private void check(BudgetStore store) {
        Balance balance = balance(store);
        assertThat(balance.reserved()).isEqualTo(Money.ZERO);
        assertThat(balance.overrun()).isEqualTo(Money.ZERO);
        assertThat(balance.spent()).isLessThanOrEqualTo(CAP).isGreaterThanOrEqualTo(new Money(bill.get()));
        assertThat(CAP.minus(balance.spent())).isLessThan(LITTLE); // and the cap is used up
        assertThat(store.lines(ACME).stream()
                        .map(LedgerLine::charge)
                        .map(charge -> charge.cost().orElseThrow())
                        .reduce(Money.ZERO, Money::plus))
                .isEqualTo(balance.spent());
    }

    private Relay relay(BudgetStore store, ExecutorService threads) {
        Policy policy = new Policy(
                List.of(new ModelCard(MODEL, Set.of(), 128_000, 16_384, Duration.ofMillis(500))),
                List.of(
                        new Deployment("one", MODEL, "", ServiceTier.STANDARD),
                        new Deployment("two", MODEL, "", ServiceTier.STANDARD)),
                Rules.NONE,
                new Policy.Prices(PriceBook.shipped(), UnknownPrice.REFUSE),
                Exploration.NONE,
                new Policy.Limits(3, true, Policy.AfterFirstToken.CONTINUE));
        return Relay.builder(policy, () -> NOW)
                .provider("openai", new Moody())
                .budgets(new Budgets(
                        List.of(Budget.of(ACME, Period.DAILY, CAP)), store, () -> NOW, new BudgetListener() {}))
                .hedges(threads)
                .build();
    }

    private boolean call(Relay relay, int number) {
        RouteRequest.Needs needs =
                new RouteRequest.Needs(Set.of(), Optional.empty(), Set.of(), Optional.empty(), number % 3 > 0);
        RelayRequest request = RelayRequest.of("request-" + number, ACME, Prompt.of("Call " + number))
                .with(new RelayRequest.Wishes(Objective.BALANCED, needs, Optional.empty(), Map.of()));
        try {
            if (number % 2 == 0) {
                relay.call(request);
            } else {
                Reply reply = relay.stream(request, text -> {
                    if (number % 7 == 0) {
                        request.cancellation().cancel(); // the client goes away in the middle
                    }
                });
                continued.addAndGet(reply.isContinued() ? 1 : 0);
            }
            return true;
        } catch (BudgetException | RelayException refusedOrFailed) {
            return false;
        }
    }

    /** A provider in all its moods, drawn by the call's number. */
    private final class Moody implements Provider {

        @Override
        public ProviderAnswer call(ProviderCall call, Sink sink) {
            int number = providerCalls.incrementAndGet();
            Random random = new Random(number);
            int mood = random.nextInt(20);
            if (mood == 0) {
                throw new ProviderException(ErrorClass.REQUEST, "400");
            }
            if (mood == 1) {
                throw new ProviderException(ErrorClass.KEY, "401");
            }
            if (mood == 2) { // thinks until the other call is quicker, or for a moment
                CountDownLatch gone = new CountDownLatch(1);
                call.cancellation().onCancel(gone::countDown);
                pause(gone);
                if (call.cancellation().isCancelled()) {
                    hedges.incrementAndGet();
                    charge(call.isStream() ? 0 : random.nextInt((int) call.maxOutput() + 1));
                    throw new ProviderException(ErrorClass.CANCELLED, "nobody waits any more");
                }
            }
            long output = mood < 6 ? 1 + random.nextInt((int) call.maxOutput()) : call.maxOutput();
            if (call.isStream()) {
                for (int piece = 0; piece < 4; piece++) {
                    if (call.cancellation().isCancelled() || (mood == 3 && piece == 2)) {
                        charge(2L * piece);
                        throw new ProviderException(mood == 3 ? ErrorClass.CUT_OFF : ErrorClass.CANCELLED, "broke off");
                    }
                    sink.text("xx");
                }
            } else if (mood == 3) {
                charge(output);
                throw new ProviderException(ErrorClass.CUT_OFF, "broke off");
            }
            charge(output);
            return new ProviderAnswer(
                    "xxxxxxxx", List.of(), "stop", Optional.of(Usage.of(5, output)), Optional.empty());
        }

        private void charge(long tokens) {
            bill.addAndGet(tokens * NANOS_A_TOKEN);
        }

        private void pause(CountDownLatch gone) {
            try {
                gone.await(10, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
