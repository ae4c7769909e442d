package io.auterity.relay;

import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.event.RelayListener;
import io.auterity.relay.provider.Provider;
import io.auterity.relay.quality.ChoiceLog;
import io.auterity.relay.quality.PredictorSettings;
import io.auterity.relay.quality.QualityPredictor;
import io.auterity.relay.redact.Redaction;
import io.auterity.relay.tokens.ContextAssembly;
import io.auterity.relay.tokens.TokenCounter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Relay}; what is not said has the default that its method names. Confined to one thread. */
public final class RelayBuilder {

    /** How many choices are remembered until their scores come, unless said otherwise. */
    public static final int DEFAULT_CHOICES = 10_000;

    final Policy policy;
    final InstantSource clock;
    final Map<String, Provider> providers = new HashMap<>();
    final List<RelayListener> listeners = new ArrayList<>();
    Budgets budgets;
    Relay.Learning learning;
    TokenCounter tokens = TokenCounter.calibrated();
    Optional<ContextAssembly> assembly = Optional.empty();
    long seed = 1;

    @Nullable
    Executor hedges;

    @Nullable
    AnswerCache cache;

    @Nullable
    Redaction redaction;

    RelayBuilder(Policy policy, InstantSource clock) {
        this.policy = Objects.requireNonNull(policy, "policy");
        this.clock = Objects.requireNonNull(clock, "clock");
        budgets = new Budgets(List.of(), new InMemoryBudgetStore(), clock, new BudgetListener() {});
        QualityPredictor predictor = new QualityPredictor(PredictorSettings.DEFAULT);
        learning = new Relay.Learning(predictor, new ChoiceLog(DEFAULT_CHOICES, predictor));
    }

    /**
     * Says who answers for a provider.
     *
     * @param name what deployments call it: the provider part of the model's name, as in {@code openai}, unless they say
     *     another
     * @param provider who answers
     * @return this
     */
    public RelayBuilder provider(String name, Provider provider) {
        providers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(provider, "provider"));
        return this;
    }

    /**
     * Says who pays; unless said, nobody has a limit, and the ledger is in memory.
     *
     * @param who the budgets
     * @return this
     */
    public RelayBuilder budgets(Budgets who) {
        budgets = Objects.requireNonNull(who, "budgets");
        return this;
    }

    /**
     * Says what the relay learns from; unless said, it begins knowing nothing.
     *
     * @param what the predictor and the log
     * @return this
     */
    public RelayBuilder learning(Relay.Learning what) {
        learning = Objects.requireNonNull(what, "learning");
        return this;
    }

    /**
     * Says how the tokens of prompts are counted; {@link TokenCounter#calibrated} unless said.
     *
     * @param counter the counter
     * @return this
     */
    public RelayBuilder tokens(TokenCounter counter) {
        tokens = Objects.requireNonNull(counter, "counter");
        return this;
    }

    /**
     * Says how conversations that fit no model's window are shortened; unless said, they are refused.
     *
     * @param how the assembly
     * @return this
     */
    public RelayBuilder context(ContextAssembly how) {
        assembly = Optional.of(how);
        return this;
    }

    /**
     * Adds who is told what happens to each call; nobody unless said.
     *
     * @param listener the listener
     * @return this
     */
    public RelayBuilder listener(RelayListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Sets the randomness of exploration and balancing; 1 unless said.
     *
     * @param number any number; relays that share a load have different ones
     * @return this
     */
    public RelayBuilder seed(long number) {
        seed = number;
        return this;
    }

    /**
     * Says who runs calls that may be hedged, which a policy allows by {@link Policy.Limits#isHedged}: both the first and the
     * second of each. What is delivered still comes on the thread that calls.
     *
     * @param threads runs on threads of its own, never on the one that asks; without a free thread a call is made unhedged
     * @return this
     */
    public RelayBuilder hedges(Executor threads) {
        hedges = Objects.requireNonNull(threads, "threads");
        return this;
    }

    /**
     * Answers from a cache what was asked before; unless said, nothing is.
     *
     * @param answers the cache; relays may share it
     * @return this
     */
    public RelayBuilder cache(AnswerCache answers) {
        cache = Objects.requireNonNull(answers, "answers");
        return this;
    }

    /**
     * Keeps personal data from providers; unless said, they see prompts as they are.
     *
     * @param what finds it
     * @return this
     */
    public RelayBuilder redaction(Redaction what) {
        redaction = Objects.requireNonNull(what, "what");
        return this;
    }

    /**
     * Makes the relay.
     *
     * @return a relay
     * @throws IllegalArgumentException if a deployment's provider is not there or cannot be asked for its tier, or the policy
     *     allows hedges that nobody runs
     */
    public Relay build() {
        return new Relay(this);
    }
}
