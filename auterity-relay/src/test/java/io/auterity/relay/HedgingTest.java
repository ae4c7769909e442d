package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Offer;
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
import io.auterity.relay.money.Price;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A slow call without side effects is made a second time elsewhere; the quicker one answers, and both are paid for. */
class HedgingTest {

    private static final Scope ACME = Scope.tenant("acme");
    private static final ModelName MODEL = ModelName.of("openai/gpt-4o");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final InMemoryBudgetStore store = new InMemoryBudgetStore();
    private volatile Instant now = Instant.parse("2026-05-01T08:00:00Z");
    private final Money limit = Money.dollars("5");

    private Policy.AfterFirstToken afterFirstToken = Policy.AfterFirstToken.FAIL;

    /** What the deployments do; each may be told anew. */
    private volatile Provider provider = HedgingTest::answer;

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static ProviderAnswer answer(ProviderCall call, Sink sink) {
        String text = "from " + call.deployment().id();
        if (call.isStream()) {
            sink.text("from ");
            sink.text(call.deployment().id());
        }
        return new ProviderAnswer(
                text, List.of(), "stop", Optional.of(Usage.of(10, 5)), Optional.empty(), Optional.empty());
    }

    private static Deployment deployment(String id) {
        return new Deployment(id, MODEL, "", ServiceTier.STANDARD);
    }

    private Policy policy() {
        return new Policy(
                List.of(new ModelCard(MODEL, Set.of(), 128_000, 16_384, Duration.ofMillis(500))),
                List.of(deployment("one"), deployment("two")),
                Rules.NONE,
                new Policy.Prices(PriceBook.shipped(), UnknownPrice.REFUSE),
                Exploration.NONE,
                new Policy.Limits(3, true, afterFirstToken));
    }

    private Budgets budgets() {
        return new Budgets(List.of(Budget.of(ACME, Period.DAILY, limit)), store, () -> now, new BudgetListener() {});
    }

    private Relay relay() {
        return relay(threads);
    }

    private Relay relay(Executor hedges) {
        return Relay.builder(policy(), () -> now)
                .provider("openai", (call, sink) -> provider.call(call, sink))
                .budgets(budgets())
                .hedges(hedges)
                .build();
    }

    /** A relay that has measured both deployments, at some milliseconds to the first token each. */
    private Relay measured() {
        return measured(threads);
    }

    private Relay measured(Executor hedges) {
        Relay relay = relay(hedges);
        for (int i = 0; i < 40; i++) {
            relay.call(request("warm-" + i, false));
        }
        return relay;
    }

    private static RelayRequest request(String id, boolean isRepeatable) {
        RouteRequest.Needs needs =
                new RouteRequest.Needs(Set.of(), Optional.empty(), Set.of(), Optional.empty(), isRepeatable);
        return RelayRequest.of(id, ACME, Prompt.of("Why?"))
                .with(new RelayRequest.Wishes(Objective.BALANCED, needs, Optional.empty(), Map.of()));
    }

    private Balance balance() {
        return store.balance(new Account(ACME, Period.DAILY, Period.DAILY.window(now, ZoneOffset.UTC)));
    }

    private List<LedgerLine> lines(String request) {
        return store.lines(ACME).stream()
                .filter(line -> line.request().equals(request))
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The first call hangs until it is cancelled; the second answers. */
    private CompletableFuture<String> hangingFirst() {
        CompletableFuture<String> cancelled = new CompletableFuture<>();
        AtomicInteger calls = new AtomicInteger();
        provider = (call, sink) -> {
            if (calls.getAndIncrement() > 0) {
                return answer(call, sink);
            }
            CountDownLatch gone = new CountDownLatch(1);
            call.cancellation().onCancel(gone::countDown);
            await(gone);
            cancelled.complete(call.deployment().id());
            throw new ProviderException(ErrorClass.CANCELLED, "nobody waits any more");
        };
        return cancelled;
    }

    @Test
    void the_second_answers_a_stream_when_the_first_says_nothing_and_the_first_is_cancelled_and_charged()
            throws Exception {
        Relay relay = measured();
        CompletableFuture<String> cancelled = hangingFirst();
        List<String> pieces = new ArrayList<>();
        Thread caller = Thread.currentThread();

        Reply reply = relay.stream(request("slow", true), text -> {
            assertThat(Thread.currentThread()).isSameAs(caller);
            pieces.add(text);
        });

        String slow = cancelled.get(60, TimeUnit.SECONDS);
        String quick = slow.equals("one") ? "two" : "one";
        assertThat(reply.deployment().id()).isEqualTo(quick);
        assertThat(pieces).containsExactly("from ", quick);
        awaitNothingReserved();
        assertThat(lines("slow"))
                .extracting(LedgerLine::kind)
                .containsExactlyInAnyOrder(LedgerLine.Kind.REPORTED, LedgerLine.Kind.CUT_OFF);
        assertThat(reply.line().kind()).isEqualTo(LedgerLine.Kind.REPORTED);
    }

    @Test
    void a_hedge_that_pauses_in_the_middle_leaves_time_for_the_first() throws Exception {
        afterFirstToken = Policy.AfterFirstToken.CONTINUE;
        CountDownLatch firstCalled = new CountDownLatch(1);
        AtomicInteger tasks = new AtomicInteger();
        Relay relay = measured(task -> {
            if (tasks.getAndIncrement() > 0) {
                await(firstCalled);
            }
            threads.execute(task);
        });
        hangingFirst();
        Provider hanging = provider;
        List<ProviderCall.Time> times = new CopyOnWriteArrayList<>();
        provider = (call, sink) -> {
            times.add(call.time());
            firstCalled.countDown();
            return hanging.call(call, sink);
        };
        relay.stream(request("slow", true), text -> {});
        awaitNothingReserved();
        assertThat(times.get(1).silence()).isEqualTo(times.get(1).left()); // there is no third
        assertThat(times.get(1).pause()).isLessThan(times.get(1).left());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void when_the_quicker_one_breaks_off_the_slower_one_may_go_on(int quicker) throws Exception {
        afterFirstToken = Policy.AfterFirstToken.CONTINUE;
        CountDownLatch bothCalled = new CountDownLatch(2);
        CountDownLatch slowerEnded = new CountDownLatch(1);
        ThreadLocal<@Nullable Integer> number = new ThreadLocal<>();
        AtomicInteger numbers = new AtomicInteger();
        Executor numbered = task -> {
            int its = numbers.getAndIncrement();
            threads.execute(() -> {
                number.set(its);
                task.run();
                if (its != quicker) {
                    slowerEnded.countDown();
                }
            });
        };
        Relay relay = measured(numbered);
        CompletableFuture<String> slower = new CompletableFuture<>();
        provider = (call, sink) -> {
            Integer its = number.get();
            if (its == null) {
                sink.text("two");
                return new ProviderAnswer(
                        "two", List.of(), "stop", Optional.of(Usage.of(9, 1)), Optional.empty(), Optional.empty());
            }
            bothCalled.countDown();
            await(bothCalled);
            if (its == quicker) {
                sink.text("one ");
                await(slowerEnded);
                sink.text("and ");
                throw new ProviderException(ErrorClass.CUT_OFF, "broke off");
            }
            CountDownLatch gone = new CountDownLatch(1);
            call.cancellation().onCancel(gone::countDown);
            await(gone);
            slower.complete(call.deployment().id());
            throw new ProviderException(ErrorClass.CANCELLED, "nobody waits any more");
        };
        List<String> pieces = new ArrayList<>();

        Reply reply = relay.stream(request("slow", true), pieces::add);

        assertThat(pieces).containsExactly("one ", "and ", "two");
        assertThat(reply.answer().text()).isEqualTo("one and two");
        assertThat(reply.deployment().id()).isEqualTo(slower.get(60, TimeUnit.SECONDS));
        assertThat(reply.failures()).extracting(ProviderException::errorClass).containsExactly(ErrorClass.CUT_OFF);
        awaitNothingReserved();
        assertThat(lines("slow")).hasSize(3);
    }

    /** The first fails when the second is due, but is heard of only afterwards: the caller's thread starts the second. */
    @Test
    void who_failed_before_the_other_one_broke_off_is_named_and_not_asked_again() {
        afterFirstToken = Policy.AfterFirstToken.CONTINUE;
        CountDownLatch secondDue = new CountDownLatch(1);
        CountDownLatch firstEnded = new CountDownLatch(1);
        AtomicInteger tasks = new AtomicInteger();
        Relay relay = measured(task -> {
            if (tasks.getAndIncrement() == 0) {
                threads.execute(() -> {
                    task.run();
                    firstEnded.countDown();
                });
            } else {
                secondDue.countDown();
                await(firstEnded);
                CompletableFuture<Thread> second = new CompletableFuture<>();
                threads.execute(() -> {
                    second.complete(Thread.currentThread());
                    task.run();
                });
                while (second.join().getState() != Thread.State.WAITING) { // for its first piece to be taken
                    Thread.onSpinWait();
                }
            }
        });
        AtomicInteger calls = new AtomicInteger();
        provider = (call, sink) -> {
            if (calls.getAndIncrement() == 0) {
                await(secondDue);
                throw new ProviderException(ErrorClass.OVERLOADED, "503");
            }
            sink.text("one ");
            throw new ProviderException(ErrorClass.CUT_OFF, "broke off");
        };
        List<String> pieces = new ArrayList<>();

        assertThatThrownBy(() -> relay.stream(request("both", true), pieces::add))
                .isInstanceOfSatisfying(
                        RelayException.class,
                        e -> assertThat(e.failures())
                                .extracting(ProviderException::errorClass)
                                .containsExactly(ErrorClass.OVERLOADED, ErrorClass.CUT_OFF));
        assertThat(pieces).containsExactly("one ");
        assertThat(calls).hasValue(2);
    }

    @Test
    void what_the_slower_one_throws_does_not_end_the_quicker_ones_stream() throws Exception {
        CountDownLatch slowerEnded = new CountDownLatch(1);
        Relay relay = measured(task -> threads.execute(() -> {
            task.run();
            slowerEnded.countDown();
        }));
        CountDownLatch bothCalled = new CountDownLatch(2);
        AtomicInteger calls = new AtomicInteger();
        provider = (call, sink) -> {
            boolean isQuicker = calls.getAndIncrement() == 0;
            bothCalled.countDown();
            await(bothCalled);
            if (isQuicker) {
                sink.text("one ");
                await(slowerEnded);
                sink.text("two");
                return new ProviderAnswer(
                        "one two", List.of(), "stop", Optional.of(Usage.of(10, 2)), Optional.empty(), Optional.empty());
            }
            CountDownLatch gone = new CountDownLatch(1);
            call.cancellation().onCancel(gone::countDown);
            await(gone);
            throw new IllegalStateException("cancelled");
        };
        List<String> pieces = new ArrayList<>();

        Reply reply = relay.stream(request("slow", true), pieces::add);

        assertThat(pieces).containsExactly("one ", "two");
        assertThat(reply.answer().text()).isEqualTo("one two");
        assertThat(reply.failures()).isEmpty();
        awaitNothingReserved();
    }

    @Test
    void what_one_throws_comes_out_only_if_the_other_fails_too() throws Exception {
        Relay relay = measured();
        CountDownLatch bothCalled = new CountDownLatch(2);
        AtomicInteger calls = new AtomicInteger();
        boolean[] isSecondGood = {true};
        provider = (call, sink) -> {
            boolean isFirst = calls.getAndIncrement() % 2 == 0;
            bothCalled.countDown();
            await(bothCalled);
            if (isFirst) {
                throw new IllegalStateException("broken");
            }
            if (isSecondGood[0]) {
                return answer(call, sink);
            }
            throw new ProviderException(ErrorClass.OVERLOADED, "503");
        };
        assertThat(relay.call(request("good", true)).answer().text()).startsWith("from ");
        isSecondGood[0] = false;
        assertThatThrownBy(() -> relay.call(request("bad", true))).isInstanceOf(IllegalStateException.class);
        awaitNothingReserved();
    }

    /** Pieces of an answer that is wanted whole go nowhere, but a provider may send them. */
    @Test
    void who_sends_pieces_is_not_kept_waiting_when_the_other_has_given_a_whole_answer() throws Exception {
        Relay relay = measured();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        provider = (call, sink) -> {
            if (calls.getAndIncrement() == 0) {
                await(begun);
                return answer(call, sink);
            }
            sink.text("a piece");
            begun.countDown();
            await(answered);
            sink.text("another");
            throw new AssertionError("nobody takes it");
        };
        assertThat(relay.call(request("pieces", true)).answer().text()).startsWith("from ");
        answered.countDown();
        awaitNothingReserved();
    }

    @Test
    void the_second_gives_a_whole_answer_when_the_first_hangs() throws Exception {
        Relay relay = measured();
        CompletableFuture<String> cancelled = hangingFirst();
        Reply reply = relay.call(request("slow", true));
        assertThat(reply.answer().text()).isEqualTo("from " + reply.deployment().id());
        assertThat(cancelled.get(60, TimeUnit.SECONDS))
                .isNotEqualTo(reply.deployment().id());
        awaitNothingReserved();
        assertThat(lines("slow")).hasSize(2);
    }

    /** The loser settles on its own thread, after the answer is there. */
    private void awaitNothingReserved() throws Exception {
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(balance().reserved()).isEqualTo(Money.ZERO);
    }

    @Test
    void a_call_that_may_have_effects_is_made_once() {
        Relay relay = measured();
        AtomicInteger calls = new AtomicInteger();
        provider = (call, sink) -> {
            calls.incrementAndGet();
            return answer(call, sink);
        };
        relay.call(request("effects", false));
        assertThat(calls).hasValue(1);
        assertThat(relay.explain(request("effects-2", false)).hedge()).isEmpty();
        assertThat(relay.explain(request("none", true)).hedge()).isPresent();
    }

    @Test
    void nothing_is_hedged_before_it_has_been_measured() {
        assertThat(relay().explain(request("cold", true)).hedge()).isEmpty();
    }

    @Test
    void hedges_are_no_more_than_retries_may_be() {
        Relay relay = measured();
        AtomicInteger calls = new AtomicInteger();
        int hedgeable = 60;
        for (int i = 0; i < hedgeable; i++) {
            boolean isFirst = i == 0;
            CountDownLatch second = new CountDownLatch(1);
            AtomicInteger ofThis = new AtomicInteger();
            provider = (call, sink) -> {
                calls.incrementAndGet();
                if (ofThis.getAndIncrement() == 0) {
                    try { // as long as a second call could come, and the first time until it has come
                        second.await(isFirst ? 60_000 : 30, TimeUnit.MILLISECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                } else {
                    second.countDown();
                }
                return answer(call, sink);
            };
            relay.call(request("call-" + i, true));
        }
        // ten in reserve, and a tenth of the calls
        assertThat(calls.get() - hedgeable).isBetween(1, 10 + hedgeable / 10);
    }

    @Test
    void a_second_call_that_cannot_be_paid_for_is_not_made_and_the_first_answers() {
        Relay relay = measured();
        Money once =
                relay.explain(request("x", true)).attempts().get(0).amount().orElseThrow();
        hog(budgets().left(ACME).orElseThrow().minus(once).minus(new Money(once.nanos() / 2)));
        AtomicInteger calls = new AtomicInteger();
        provider = (call, sink) -> {
            calls.incrementAndGet();
            CountDownLatch never = new CountDownLatch(1);
            try {
                never.await(100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return answer(call, sink);
        };
        assertThat(relay.call(request("poor", true)).answer().text()).startsWith("from ");
        assertThat(calls).hasValue(1);
        assertThat(balance().used()).isLessThanOrEqualTo(limit);
    }

    /** Sets money aside for a call that never ends, at a nano-dollar a token. */
    private void hog(Money money) {
        Price price = new Price(Price.Certainty.KNOWN, Optional.of(Rates.of(0, 1_000)), "book");
        Offer offer = new Offer(MODEL, ServiceTier.STANDARD, price, Usage.of(0, money.nanos()), money.nanos());
        budgets().reserve(new Budgets.Ask("hog", "hog", ACME, List.of(offer), false));
    }

    @Test
    void when_both_fail_both_are_named_and_both_paid_for_as_the_table_says() {
        Relay relay = measured();
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch both = new CountDownLatch(2);
        provider = (call, sink) -> {
            calls.incrementAndGet();
            both.countDown();
            await(both);
            throw new ProviderException(
                    ErrorClass.TIMEOUT, "no answer from " + call.deployment().id());
        };
        assertThatThrownBy(() -> relay.call(request("both", true)))
                .isInstanceOfSatisfying(
                        RelayException.class,
                        e -> assertThat(e.failures())
                                .extracting(ProviderException::getMessage)
                                .containsExactlyInAnyOrder("no answer from one", "no answer from two"));
        assertThat(calls).hasValue(2);
        assertThat(lines("both")).hasSize(2);
        assertThat(balance().reserved()).isEqualTo(Money.ZERO);
    }

    @Test
    void a_first_call_that_fails_at_once_moves_on_as_without_hedges() {
        provider = (call, sink) -> { // a minute to the first token, so that no hedge is due before the failure
            now = now.plusSeconds(60);
            return answer(call, sink);
        };
        Relay relay = measured();
        AtomicInteger calls = new AtomicInteger();
        provider = (call, sink) -> {
            if (calls.getAndIncrement() == 0) {
                throw new ProviderException(ErrorClass.OVERLOADED, "503");
            }
            return answer(call, sink);
        };
        Reply reply = relay.call(request("fails", true));
        assertThat(reply.failures()).hasSize(1);
        assertThat(calls).hasValue(2);
    }

    @Test
    void what_the_sink_throws_ends_both_calls_and_comes_out() {
        Relay relay = measured();
        hangingFirst();
        assertThatThrownBy(() -> relay.stream(request("sink", true), text -> {
                    throw new UnsupportedOperationException("the client has gone");
                }))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whoever_cancels_ends_both_calls() throws Exception {
        Relay relay = measured();
        CountDownLatch both = new CountDownLatch(2);
        CountDownLatch cancelled = new CountDownLatch(2);
        provider = (call, sink) -> {
            call.cancellation().onCancel(cancelled::countDown);
            both.countDown();
            await(cancelled);
            throw new ProviderException(ErrorClass.CANCELLED, "nobody waits any more");
        };
        RelayRequest request = request("gone", true);
        CompletableFuture<Reply> reply = relay.call(request, threads).toCompletableFuture();
        await(both);
        request.cancellation().cancel();
        assertThatThrownBy(() -> reply.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(RelayException.class);
        assertThat(balance().reserved()).isEqualTo(Money.ZERO);
    }

    @Test
    void without_a_free_thread_a_call_is_made_unhedged() {
        Relay measured = measured();
        assertThat(measured.explain(request("x", true)).hedge()).isPresent();
        threads.shutdownNow();
        assertThat(measured.call(request("alone", true)).answer().text()).startsWith("from ");
        assertThat(balance().reserved()).isEqualTo(Money.ZERO);
    }

    @Test
    void a_policy_with_hedges_needs_threads_for_them() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Relay.builder(policy(), () -> now)
                        .provider("openai", provider)
                        .build())
                .withMessageContaining("isHedged")
                .withMessageContaining("hedges(");
    }
}
