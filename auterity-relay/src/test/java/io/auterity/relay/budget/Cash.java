package io.auterity.relay.budget;

import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Budgets over a clock that the test moves, with models whose prices make round numbers. */
final class Cash implements BudgetListener {

    static final Scope ACME = Scope.tenant("acme");
    static final ModelName BIG = ModelName.of("openai/big");
    static final ModelName SMALL = ModelName.of("openai/small");

    final BudgetStore store;
    final List<String> told = new ArrayList<>();
    Instant now = Instant.parse("2026-03-31T12:00:00Z");
    final Budgets budgets;
    private int ids;

    Cash(Budget... limits) {
        this(new InMemoryBudgetStore(), limits);
    }

    Cash(BudgetStore store, Budget... limits) {
        this.store = store;
        InstantSource clock = () -> now;
        budgets = new Budgets(List.of(limits), store, clock, this);
    }

    /** A cent for a token of the answer, nothing for the prompt. */
    static Offer big(long wished, long least) {
        return offer(BIG, 10_000_000_000L, wished, least);
    }

    /** A tenth of a cent for a token of the answer. */
    static Offer small(long wished, long least) {
        return offer(SMALL, 1_000_000_000L, wished, least);
    }

    private static Offer offer(ModelName model, long picos, long wished, long least) {
        Price price = new Price(Price.Certainty.KNOWN, Optional.of(Rates.of(0, picos)), "book");
        return new Offer(model, ServiceTier.STANDARD, price, Usage.of(10, wished), least);
    }

    Grant reserve(Scope scope, Offer... offers) {
        String id = "call-" + ++ids;
        return budgets.reserve(new Budgets.Ask(id, id, scope, List.of(offers), false));
    }

    /** Makes a call that uses some tokens of the answer. */
    Grant spend(Scope scope, long tokens) {
        Grant grant = reserve(scope, big(tokens, tokens));
        settle(grant, tokens);
        return grant;
    }

    Optional<LedgerLine> settle(Grant grant, long output) {
        return budgets.settle(grant, Usage.of(10, output), LedgerLine.Kind.REPORTED);
    }

    Balance balance(Scope scope, Period period) {
        return store.balance(new Account(scope, period, period.window(now, ZoneOffset.UTC)));
    }

    static Money dollars(String text) {
        return Money.dollars(text);
    }

    @Override
    public void onThreshold(Budget budget, Account account, Threshold threshold, Balance balance) {
        told.add(account.payer() + " " + threshold.percent() + " " + balance.spent());
    }
}
