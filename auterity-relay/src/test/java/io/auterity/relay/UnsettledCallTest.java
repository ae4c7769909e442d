package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.StateView;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.rules.Rules;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that are made, but whose cost cannot be booked. */
class UnsettledCallTest {

    private static final Scope ACME = Scope.tenant("acme");
    private static final ModelName MODEL = ModelName.of("openai/gpt-4o");
    private static final Instant NOW = Instant.parse("2026-05-01T08:00:00Z");

    private final List<StateView.Health> seen = new ArrayList<>();
    private boolean isStoreGone;
    private boolean isProviderGone;

    private Relay relay() {
        InMemoryBudgetStore store = new InMemoryBudgetStore();
        BudgetStore failing = (BudgetStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BudgetStore.class}, (proxy, method, arguments) -> {
                    if (isStoreGone && method.getName().equals("settle")) {
                        throw new IllegalStateException("the store has gone");
                    }
                    return method.invoke(store, arguments);
                });
        Policy policy = new Policy(
                List.of(new ModelCard(MODEL, Set.of(), 128_000, 16_384, Duration.ofMillis(500))),
                List.of(new Deployment("one", MODEL, "", ServiceTier.STANDARD)),
                Rules.NONE,
                new Policy.Prices(PriceBook.shipped(), UnknownPrice.REFUSE),
                Exploration.NONE,
                Policy.Limits.DEFAULT);
        return Relay.builder(policy, () -> NOW)
                .provider("openai", (call, sink) -> {
                    if (isProviderGone) {
                        throw new ProviderException(ErrorClass.TIMEOUT, "no answer in time");
                    }
                    return new ProviderAnswer("hi", List.of(), "stop", Optional.of(Usage.of(1, 1)), Optional.empty());
                })
                .budgets(new Budgets(
                        List.of(Budget.of(ACME, Period.DAILY, Money.dollars("5"))),
                        failing,
                        () -> NOW,
                        new BudgetListener() {}))
                .listener(event -> {
                    if (event instanceof RelayEvent.Decided decided) {
                        seen.addAll(decided.situation().state().health().values());
                    }
                })
                .build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_deployment_is_left_once_though_the_call_is_not_settled(boolean isAnswered) {
        Relay relay = relay();
        relay.call(RelayRequest.of("measures", ACME, Prompt.of("hello")));
        isStoreGone = true;
        isProviderGone = !isAnswered;
        assertThatThrownBy(() -> relay.call(RelayRequest.of("fails", ACME, Prompt.of("hello"))))
                .isInstanceOf(IllegalStateException.class);
        isStoreGone = false;
        isProviderGone = false;
        relay.call(RelayRequest.of("looks", ACME, Prompt.of("hello")));
        assertThat(seen).extracting(StateView.Health::inFlight).containsExactly(0, 0);
    }
}
