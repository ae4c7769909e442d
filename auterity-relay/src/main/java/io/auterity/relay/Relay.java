package io.auterity.relay;

import io.auterity.definition.AuterityException;
import io.auterity.relay.budget.Allowance;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.Charge;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.Grant;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Offer;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.decide.Situation;
import io.auterity.relay.decide.StateView;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.event.RelayListener;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Cancellation;
import io.auterity.relay.provider.Embeddings;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Provider;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderCall;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.provider.Remedy;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.quality.ChoiceLog;
import io.auterity.relay.quality.LoggedChoice;
import io.auterity.relay.quality.Prediction;
import io.auterity.relay.quality.QualityPredictor;
import io.auterity.relay.redact.Redacted;
import io.auterity.relay.redact.Redaction;
import io.auterity.relay.rules.Action;
import io.auterity.relay.rules.Ruling;
import io.auterity.relay.tokens.ContextAssembly;
import io.auterity.relay.tokens.TokenCounter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls language models: decides which, pays from the budgets, and moves on when one fails.
 *
 * <p>A whole answer and a stream take the same road. Nothing of a stream is delivered before its first piece of content,
 * so until then an attempt can fail unseen and the next be made; after it a failure ends the stream, unless the policy lets
 * the next go on where it broke off. All attempts share one deadline. Each has a reservation of its own, which is settled at
 * what the provider reports, or at the most it can have been where the provider could not report it.
 *
 * <p>Thread-safe; the calling thread blocks until the answer is there.
 */
public final class Relay {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    private static final String UNREADABLE =
            "'input' has tokens by their numbers, in which personal data cannot be found, and"
                    + " prompts are redacted here\n  fix: send the texts themselves";

    /** How much slower than 19 of 20 calls before it an attempt may be. */
    private static final int TIMES_P95 = 10;

    /** The whole days whose milliseconds an {@code int} can hold, as HTTP clients want it. */
    private static final Duration LONGEST = Duration.ofDays(24);

    private static final Duration LEAST_SILENCE = Duration.ofSeconds(10);
    private static final Duration SLOWEST_TOKEN = Duration.ofMillis(50);

    private final Policy policy;
    private final Map<String, Provider> providers;
    private final Budgets budgets;
    private final QualityPredictor predictor;
    private final ChoiceLog choices;
    private final InstantSource clock;
    private final Deployments deployments;
    private final RetryBudget retries;
    private final List<RelayListener> listeners;
    private final TokenCounter tokens;
    private final Optional<ContextAssembly> assembly;
    private final @Nullable Executor hedges;
    private final @Nullable AnswerCache cache;
    private final @Nullable Redaction redaction;
    private final AtomicLong seed;

    /**
     * What a relay learns from and remembers.
     *
     * @param predictor predicts how well each model answers
     * @param choices remembers choices until their scores come
     */
    public record Learning(QualityPredictor predictor, ChoiceLog choices) {}

    /** Makes what a builder says. */
    Relay(RelayBuilder builder) {
        policy = builder.policy;
        providers = Map.copyOf(builder.providers);
        budgets = builder.budgets;
        predictor = builder.learning.predictor();
        choices = builder.learning.choices();
        clock = builder.clock;
        retries = new RetryBudget(clock);
        listeners = List.copyOf(builder.listeners);
        tokens = builder.tokens;
        assembly = builder.assembly;
        hedges = builder.hedges;
        cache = builder.cache;
        redaction = builder.redaction;
        seed = new AtomicLong(builder.seed);
        deployments = new Deployments(policy.deployments(), clock);
        if (policy.limits().isHedged() && hedges == null) {
            throw new IllegalArgumentException("the policy says isHedged, so say with hedges(...) who runs them");
        }
        for (Deployment deployment : policy.deployments()) {
            Provider provider = providers.get(deployment.provider());
            if (provider == null) {
                throw new IllegalArgumentException("there is no provider '" + deployment.provider()
                        + "', which deployment '" + deployment.id() + "' needs");
            }
            if (!provider.has(deployment.tier())) {
                throw new IllegalArgumentException("deployment '" + deployment.id() + "' is in tier "
                        + deployment.tier().key() + ", for which provider '"
                        + deployment.provider()
                        + "' cannot be asked: its calls would be booked at rates that they are not charged at; put it in"
                        + " a tier that calls are made in, as standard");
            }
        }
    }

    /**
     * Starts to make a relay.
     *
     * @param policy what the operator has decided
     * @param clock the time
     * @return a builder
     */
    public static RelayBuilder builder(Policy policy, InstantSource clock) {
        return new RelayBuilder(policy, clock);
    }

    /**
     * Asks for a whole answer, on a thread of somebody else.
     *
     * @param request the call; cancel it by its {@link RelayRequest#cancellation}
     * @param executor runs the call; one of its threads blocks until the answer is there
     * @return the answer, or what {@link #call} throws
     */
    public CompletionStage<Reply> call(RelayRequest request, Executor executor) {
        return CompletableFuture.supplyAsync(() -> call(request), executor);
    }

    /**
     * Asks for a whole answer. If the prompt has a JSON Schema for it, it is checked: one that does not satisfy the schema is
     * repaired, where that needs no model, or its model asked once more, told what is wrong.
     *
     * @param request the call
     * @return the answer
     * @throws RelayException if nobody answers it, or with the code {@link RelayException#INVALID} if two answers do not
     *     satisfy their schema
     * @throws BudgetException if too little money is left
     */
    public Reply call(RelayRequest request) {
        return new Exchange(request, false, Sink.NONE, assembly, Optional.empty()).run();
    }

    /**
     * Asks for a whole answer that is checked; a JSON Schema in the prompt then is the check's affair.
     *
     * @param request the call
     * @param check says whether an answer is right; the model of the first that is not is asked again, told what is wrong
     * @return an answer that the check takes, or one that had to end early, refuses, or calls tools
     * @throws RelayException if nobody answers it, or with the code {@link RelayException#INVALID} if two answers are wrong
     * @throws BudgetException if too little money is left
     */
    public Reply checked(RelayRequest request, AnswerCheck check) {
        return new Exchange(request, false, Sink.NONE, assembly, Optional.of(check)).run();
    }

    /**
     * Asks for a stream.
     *
     * @param request the call
     * @param sink takes the pieces as they arrive
     * @return the whole answer, at the end
     * @throws RelayException if nobody answers it, or the stream breaks
     * @throws BudgetException if too little money is left
     */
    public Reply stream(RelayRequest request, Sink sink) {
        return new Exchange(request, true, sink, assembly, Optional.empty()).run();
    }

    /**
     * Returns what the operator has decided.
     *
     * @return the policy
     */
    public Policy policy() {
        return policy;
    }

    /**
     * Returns the models whose providers' interfaces have all of a prompt without which the answer would be another one.
     *
     * @param prompt the prompt
     * @return their names, of those that do not make vectors
     */
    public Set<ModelName> understanding(Prompt prompt) {
        return policy.models().stream()
                .filter(card -> !card.capabilities().contains(Capability.EMBEDDINGS))
                .map(ModelCard::name)
                .filter(name -> !providers.containsKey(name.provider())
                        || providers.get(name.provider()).understands(prompt))
                .collect(Collectors.toSet());
    }

    /**
     * Tells how well a request went, so that the next are decided better.
     *
     * @param request the request's id
     * @param task what kind of prompt it was, if known
     * @param score between 0 (useless) and 1 (right)
     * @return whether the request was known and had no score yet
     */
    public boolean score(String request, Optional<String> task, double score) {
        boolean isNew = choices.score(request, task, score, clock.instant());
        if (isNew) {
            tell(new RelayEvent.Scored(request, clock.instant(), task, score));
        }
        return isNew;
    }

    /**
     * Says where a call would go, and why, without making it.
     *
     * @param request the call
     * @return the decision
     */
    public Decision explain(RelayRequest request) {
        return explain(request, false);
    }

    /**
     * Says where a call would go, and why, without making it.
     *
     * @param request the call
     * @param isStream whether a stream would be asked for, which rules can look at
     * @return the decision
     */
    public Decision explain(RelayRequest request, boolean isStream) {
        return new Exchange(request, isStream, Sink.NONE, assembly, Optional.empty())
                .situation(seed.get(), budgets.allowance(request.scope()))
                .decide(policy);
    }

    /**
     * Counts the tokens of a prompt: as its provider does, if that counts without charge, or else as they probably are. What is
     * counted is the whole prompt, also if a call of it would be shortened. No budget has anything against it.
     *
     * @param request the call, which is not made
     * @return the tokens
     * @throws RelayException if no model can answer it
     * @throws BudgetException if it would cost more than its own limit, or a rule's
     */
    public long countTokens(RelayRequest request) {
        Exchange exchange = new Exchange(request, false, Sink.NONE, Optional.empty(), Optional.empty());
        Decision decision =
                exchange.situation(seed.getAndIncrement(), Allowance.UNLIMITED).decide(policy); // it costs nothing
        decision.refusal().ifPresent(refusal -> {
            throw refused(refusal, decision.explanation().ruling());
        });
        Deployment deployment = decision.attempts().get(0).deployment();
        Provider provider = provider(deployment);
        ProviderCall call =
                new ProviderCall(deployment, exchange.prompt, 1, false, deadline(request), request.cancellation());
        return provider.countTokens(call)
                .orElseGet(() -> exchange.asked.counted().of(deployment.model()).expected());
    }

    private Provider provider(Deployment deployment) {
        return Objects.requireNonNull(providers.get(deployment.provider()));
    }

    private static Duration deadline(RelayRequest request) {
        Duration wished = request.limits().deadline();
        return wished.compareTo(LONGEST) > 0 ? LONGEST : wished;
    }

    /** What the call itself is refused for, before anybody is asked. */
    private static RelayException refused(String why) {
        return new RelayException(
                RelayException.REJECTED, 400, why, List.of(new ProviderException(ErrorClass.REQUEST, why)));
    }

    /** A rule may reject with the status of a budget, but what it says is not that money is missing. */
    private static AuterityException refused(Decision.Refusal refusal, Ruling ruling) {
        if (refusal.threshold().isPresent()) {
            return BudgetException.forbidden(refusal.threshold().get());
        }
        boolean isByRule = ruling.all(Action.Reject.class).findAny().isPresent();
        return refusal.status() == BudgetException.STATUS && !isByRule
                ? BudgetException.spent(refusal.message())
                : new RelayException(RelayException.REJECTED, refusal.status(), refusal.message(), List.of());
    }

    private void tell(RelayEvent event) {
        for (RelayListener listener : listeners) {
            try {
                listener.on(event);
            } catch (RuntimeException | Error thrown) { // whatever a listener does, the call goes on
                LOG.warn(
                        "[{}] a listener threw at {}",
                        event.request(),
                        event.getClass().getSimpleName(),
                        thrown);
            }
        }
    }

    /** What an attempt asks, and how long that is. */
    private record Asked(Prompt prompt, TokenCounter.Counted counted, RouteRequest.Size size) {}

    /** One request on its way through its attempts. Confined to one thread. */
    private final class Exchange {

        private final RelayRequest request;
        private final boolean isStream;
        private final Sink sink; // gets answers from the cache
        private final Sink restored; // gets what providers send
        private final Instant end;
        private final Map<String, Object> facts;
        private final Prompt prompt;
        private final Ruling ruling;
        private final Optional<Redacted> redacted;
        private final Optional<Question> question;
        private final StoredAnswer.Recording recording;
        private final Continuation continuation = new Continuation();
        private final Correction correction;
        private final Prediction prediction;
        private final List<ProviderException> failures = new ArrayList<>();
        private Asked asked; // by the next attempt: the prompt, or the rest of an answer to it
        private @Nullable BudgetException unpaid;
        private final List<Decision.Attempt> left =
                new ArrayList<>(); // those that may be made, the present ones included
        private final List<RelayEvent.Attempted> attempted =
                new CopyOnWriteArrayList<>(); // of hedges on their own threads
        private final Set<Deployment> called = new HashSet<>();
        private final Set<Deployment> askedAgain = new HashSet<>(); // each of them once
        private int tries;

        Exchange(
                RelayRequest request,
                boolean isStream,
                Sink sink,
                Optional<ContextAssembly> assembly,
                Optional<AnswerCheck> check) {
            this.request = request;
            this.isStream = isStream;
            end = clock.instant().plus(deadline(request));
            String text = request.prompt().text();
            facts = facts(text);
            ruling = policy.rules().apply(facts);
            Prompt ruled = ruled(ruling);
            TokenCounter.Counted whole = tokens.count(ruled);
            Optional<ContextAssembly.Shortened> shortened = assembly.flatMap(how -> shortened(how, ruled, whole));
            Prompt fitting = shortened.map(ContextAssembly.Shortened::prompt).orElse(ruled);
            shortened.ifPresent(one -> facts.put(RouteRequest.DROPPED, (long) one.dropped()));
            if (redaction != null && Embeddings.isOfTokens(fitting)) {
                throw refused(UNREADABLE);
            }
            redacted = Optional.ofNullable(redaction).map(what -> what.apply(fitting));
            prompt = redacted.map(Redacted::prompt).orElse(fitting);
            asked = asked(prompt, prompt == ruled ? whole : tokens.count(prompt));
            Optional<AnswerCheck> asks = isStream // its pieces have been delivered when the whole can be checked
                    ? Optional.empty()
                    : check.or(() -> Correction.asked(fitting));
            correction = new Correction(
                    asks, said -> redacted.map(one -> one.redact(said)).orElse(said));
            question = isCacheable() ? Optional.of(question(fitting)) : Optional.empty();
            recording = new StoredAnswer.Recording(sink);
            this.sink = sink;
            Sink kept = question.isPresent() ? recording : sink;
            restored = redacted.map(one -> one.restoring(kept)).orElse(kept);
            prediction = predictor.predict(text, request.wishes().task(), clock.instant());
        }

        /** A shorter conversation, if no model that may answer has a window for the whole one. */
        private Optional<ContextAssembly.Shortened> shortened(
                ContextAssembly how, Prompt ruled, TokenCounter.Counted whole) {
            RouteRequest.Needs needs = request.wishes().needs();
            long least = request.limits().minOutput();
            List<ModelCard> able = policy.models().stream()
                    .filter(card -> needs.models().isEmpty() || needs.models().contains(card.name()))
                    .filter(card -> card.capabilities().containsAll(needs.capabilities()))
                    .toList();
            boolean isFit =
                    able.stream().anyMatch(card -> whole.of(card.name()).likely() + least <= card.contextTokens());
            if (isFit) {
                return Optional.empty();
            }
            return able.stream()
                    .max(Comparator.comparingLong(ModelCard::contextTokens))
                    .flatMap(widest -> {
                        long answer =
                                Math.max(least, Math.min(request.limits().maxOutput(), widest.contextTokens() / 4));
                        return how.fit(
                                ruled,
                                part -> tokens.count(part).of(widest.name()).likely(),
                                widest.contextTokens() - answer);
                    });
        }

        private Asked asked(Prompt what, TokenCounter.Counted counted) {
            RelayRequest.Limits limits = request.limits();
            Map<ModelName, RouteRequest.Tokens> prompts = new HashMap<>();
            for (ModelCard card : policy.models()) {
                prompts.put(card.name(), counted.of(card.name()));
            }
            RouteRequest.Size size = new RouteRequest.Size(
                    counted.most(limits.maxOutput()), prompts, limits.minOutput(), limits.maxOutput() / 2);
            return new Asked(what, counted, size);
        }

        private Map<String, Object> facts(String text) {
            Map<String, Object> known = new HashMap<>(request.wishes().facts());
            known.put("tenant", request.scope().tenant());
            known.put("scope", request.scope().toString());
            known.put("prompt", text);
            known.put("tokens", tokens.expected(text));
            known.put("messages", request.prompt().messages().size());
            known.put("stream", isStream);
            request.wishes().task().ifPresent(task -> known.put("task", task));
            return known;
        }

        /** The prompt as the rules change it, so that its size is known before the decision. */
        private Prompt ruled(Ruling ruling) {
            List<Map<String, Object>> injected = ruling.all(Action.Inject.class)
                    .map(inject -> Prompt.message(inject.role(), inject.text()))
                    .toList();
            Map<String, @Nullable Object> changed = new LinkedHashMap<>();
            ruling.all(Action.Transform.class).forEach(transform -> changed.putAll(transform.parameters()));
            return request.prompt().changed(injected, changed);
        }

        Situation situation(long draw, Allowance allowance) {
            RouteRequest route = new RouteRequest(
                    request.id(),
                    facts,
                    asked.size(),
                    request.wishes().needs(),
                    request.wishes().objective());
            StateView state = new StateView(prediction, allowance, deployments.health());
            return new Situation(route, state, draw);
        }

        /** Whether an answer may come from the cache: no effects are missed, and no rule has anything against the call. */
        private boolean isCacheable() {
            return cache != null
                    && request.wishes().needs().isRepeatable()
                    && ruling.all(Action.Reject.class).findAny().isEmpty()
                    && ruling.all(Action.RequireApproval.class).findAny().isEmpty();
        }

        /** What has personal data in it is only the same as itself: its answer can have them, too. */
        private Question question(Prompt fitting) {
            Question known = Question.of(request, fitting, ruling, isStream);
            return redacted.filter(one -> one.count() > 0).isPresent() ? known.exactly() : known;
        }

        Reply run() {
            if (cache == null || question.isEmpty()) {
                return answered();
            }
            AnswerCache.Search search = cache.search(question.get());
            Optional<StoredAnswer> known = search.find();
            if (known.isPresent() && correction.isRight(known.get().answer())) {
                return again(known.get());
            }
            Reply reply = answered();
            if (StoredAnswer.isWhole(reply.answer()) && !reply.isContinued()) {
                search.keep(recording.of(reply.deployment(), reply.answer()));
            }
            return reply;
        }

        /** Answers from the cache; nothing is decided, called or paid for. */
        private Reply again(StoredAnswer known) {
            Deployment deployment = known.deployment();
            Charge nothing = new Charge(
                    deployment.model(),
                    deployment.tier(),
                    Usage.NONE,
                    Optional.of(Money.ZERO),
                    Price.Certainty.KNOWN,
                    policy.prices().book().hash());
            List<String> reasons = List.of("the same was asked before, and " + deployment.model() + " answered it");
            LedgerLine line = budgets.note(request.id(), request.scope(), nothing);
            tell(new RelayEvent.Cached(request.id(), clock.instant(), deployment, line));
            Optional<ModelName> answered = Optional.empty();
            try {
                if (isStream) {
                    sink.begin(new Sink.Beginning(deployment, reasons, Money.ZERO));
                    known.replay(sink);
                }
                answered = Optional.of(deployment.model());
            } finally {
                tell(new RelayEvent.Finished(request.id(), clock.instant(), answered));
            }
            return new Reply(
                    known.answer(),
                    deployment,
                    line,
                    List.of(),
                    new Decision.Explanation(reasons, List.of(), ruling, Optional.empty()),
                    List.of());
        }

        private Reply answered() {
            Situation situation = situation(seed.getAndIncrement(), budgets.allowance(request.scope()));
            Decision decision = situation.decide(policy);
            tell(new RelayEvent.Decided(
                    request.id(),
                    clock.instant(),
                    request.scope(),
                    situation,
                    policy.prices().book().hash(),
                    decision));
            Optional<ModelName> answered = Optional.empty();
            try {
                Reply reply = follow(decision);
                answered = Optional.of(reply.deployment().model());
                return reply;
            } finally {
                tell(new RelayEvent.Finished(request.id(), clock.instant(), answered));
            }
        }

        private Reply follow(Decision decision) {
            Ruling ruling = decision.explanation().ruling();
            ruling.all(Action.Log.class).forEach(line -> LOG.info("[{}] {}", request.id(), line.message()));
            decision.refusal().ifPresent(refusal -> {
                throw refused(refusal, ruling);
            });
            if (ruling.all(Action.RequireApproval.class).findAny().isPresent()
                    && !request.limits().isApproved()) {
                throw new RelayException(
                        BudgetException.APPROVAL,
                        403,
                        "a rule makes this call need an approval\n  fix: " + Enforcement.RequireApproval.FIX,
                        List.of());
            }
            retries.earn();
            left.addAll(decision.attempts());
            Decision.@Nullable Attempt attempt = left.get(0);
            while (attempt != null) {
                int failed = failures.size();
                BudgetException refused = unpaid;
                Optional<Decision.Hedge> hedge = tries == 0 ? decision.hedge() : Optional.empty();
                Optional<Reply> reply =
                        hedge.isPresent() ? hedged(attempt, decision, hedge.get()) : attempt(attempt, decision);
                if (reply.isPresent()) {
                    remember(decision, attempt.deployment().model());
                    return reply.get();
                }
                if (hedge.isPresent() && failures.size() > 1 && !correction.isBegun()) { // both have failed
                    left.removeAll(List.of(attempt, hedge.get().attempt()));
                }
                boolean isMade = failures.size() > failed;
                attempt = next(
                        hedgeThatFailed(hedge).orElse(attempt),
                        isMade ? lastFailure().remedy() : unmade(refused),
                        isMade);
            }
            if (continuation.isBegun()) {
                throw streamBroke();
            }
            if (unpaid != null && failures.isEmpty()) {
                throw unpaid;
            }
            if (failures.isEmpty()) {
                failures.add(new ProviderException(ErrorClass.OVERLOADED, "no deployment takes calls at the moment"));
            }
            throw unanswered();
        }

        private ErrorClass lastFailure() {
            return failures.get(failures.size() - 1).errorClass();
        }

        private RelayException unanswered() {
            boolean isInvalid = lastFailure() == ErrorClass.INVALID;
            RelayException unanswered = RelayException.unanswered(
                    isInvalid ? RelayException.INVALID : RelayException.UNANSWERED, failures, attempted);
            if (isInvalid && unpaid != null) { // which is why it was not asked again
                unanswered.addSuppressed(unpaid);
            }
            return unanswered;
        }

        /** The hedge, if it was that which broke off or answered wrongly; the call that it was quicker than may still do. */
        private Optional<Decision.Attempt> hedgeThatFailed(Optional<Decision.Hedge> hedge) {
            Optional<Deployment> failed = continuation.broken().or(correction::last);
            return hedge.map(Decision.Hedge::attempt).filter(second -> failed.equals(Optional.of(second.deployment())));
        }

        /** Why a stream ends in the middle. */
        private RelayException streamBroke() {
            boolean isCancelled = lastFailure() == ErrorClass.CANCELLED;
            RelayException broken = RelayException.unanswered(
                    isCancelled ? RelayException.UNANSWERED : RelayException.BROKEN, failures, attempted);
            if (unpaid != null) {
                broken.addSuppressed(unpaid);
            }
            return broken;
        }

        /** What follows from an attempt that was not made: a model costs as much at its other deployments. */
        private Remedy unmade(@Nullable BudgetException before) {
            return unpaid == before ? Remedy.NEXT_DEPLOYMENT : Remedy.NEXT_MODEL;
        }

        /**
         * Returns the next attempt after a failure, if the table, the time and the retry budget allow one. After one
         * that was not made it is no retry.
         */
        private Decision.@Nullable Attempt next(Decision.Attempt failed, Remedy remedy, boolean isMade) {
            if (remedy == Remedy.STOP || correction.isOver() || !clock.instant().isBefore(end)) {
                return null;
            }
            if (remedy == Remedy.SAME_AGAIN && left.contains(failed) && askedAgain.add(failed.deployment())) {
                return retries.spend() ? failed : null;
            }
            left.remove(failed);
            if (remedy == Remedy.NEXT_MODEL) {
                left.removeIf(other ->
                        other.deployment().model().equals(failed.deployment().model()));
            }
            return left.isEmpty() || (isMade && !retries.spend()) ? null : left.get(0);
        }

        private Optional<Reply> attempt(Decision.Attempt attempt, Decision decision) {
            Optional<OneCall> call = prepare(attempt, request.limits().minOutput(), request.cancellation(), 1);
            return call.flatMap(one ->
                    reply(one, one.make(provider(one.deployment()), decision.explanation(), restored), decision));
        }

        /** The first attempt, and a second one if that is slow. */
        private Optional<Reply> hedged(Decision.Attempt attempt, Decision decision, Decision.Hedge hedge) {
            HedgedCall calls = new HedgedCall(
                    Objects.requireNonNull(hedges),
                    restored,
                    runner -> runner.call().make(provider(runner.call().deployment()), decision.explanation(), runner));
            try {
                Optional<HedgedCall.Finish> finish = calls.run(
                        cancellation -> prepare(attempt, request.limits().minOutput(), child(cancellation), 1),
                        hedge.after(),
                        cancellation -> hedge(hedge.attempt(), child(cancellation)));
                if (finish.isEmpty()) {
                    return Optional.empty();
                }
                failures.addAll(finish.get().failuresBefore());
                return reply(finish.get().call(), finish.get().outcome(), decision);
            } catch (RejectedExecutionException e) {
                LOG.debug("[{}] no thread is free for a hedged call", request.id());
                return attempt(attempt, decision);
            }
        }

        private Cancellation child(Cancellation cancellation) {
            request.cancellation().onCancel(cancellation::cancel);
            return cancellation;
        }

        /** A second call is load like a retry, but nothing has failed: it has what calls have earned, and no more. */
        private Optional<OneCall> hedge(Decision.Attempt attempt, Cancellation cancellation) {
            if (!clock.instant().isBefore(end) || !retries.spendEarned()) {
                return Optional.empty();
            }
            BudgetException before = unpaid;
            Optional<OneCall> call =
                    prepare(attempt, attempt.maxOutput(), cancellation, 2); // as long an answer as the first's
            unpaid = before; // what a second call would have cost is no reason to refuse the first
            return call;
        }

        /**
         * Sets the money aside and takes a place at the deployment; empty if either is not to be had.
         *
         * @param underway how many calls are on their way then, this one included
         */
        private Optional<OneCall> prepare(
                Decision.Attempt attempt, long minOutput, Cancellation cancellation, int underway) {
            Deployment deployment = attempt.deployment();
            Optional<Offer> offer = continuation.isBegun() || correction.isBegun()
                    ? rest(attempt, minOutput)
                    : Optional.of(offer(deployment, attempt.maxOutput(), minOutput));
            if (offer.isEmpty()) {
                return Optional.empty();
            }
            Grant grant;
            try {
                grant = budgets.reserve(ask(offer.get()));
            } catch (BudgetException e) {
                unpaid = e;
                return Optional.empty();
            }
            if (!deployments.enter(deployment)) {
                budgets.release(grant);
                return Optional.empty();
            }
            called.add(deployment);
            if (called.size() >= policy.limits().maxAttempts()) {
                left.removeIf(other -> !called.contains(other.deployment()));
            }
            ProviderCall call = new ProviderCall(
                    deployment,
                    asked.prompt(),
                    grant.maxOutput(),
                    isStream,
                    time(deployment, grant.maxOutput(), underway),
                    cancellation);
            return Optional.of(new OneCall(
                    new OneCall.Setting(budgets, policy.prices().book(), deployments, clock, this::told),
                    request.id(),
                    grant,
                    call,
                    continuation
                            .broken()
                            .map(broken -> new OneCall.Continues(broken, continuation.reason(deployment)))));
        }

        /**
         * The rest of a broken answer, or another one in place of a wrong one, within the limits of tokens and cost that hold
         * for all of it; empty if there is no room.
         */
        private Optional<Offer> rest(Decision.Attempt attempt, long minOutput) {
            Deployment deployment = attempt.deployment();
            ModelCard card = policy.models().stream()
                    .filter(one -> one.name().equals(deployment.model()))
                    .findFirst()
                    .orElseThrow();
            Prompt longer = correction.isBegun()
                    ? correction.prompt(prompt)
                    : continuation.prompt(prompt, card.capabilities().contains(Capability.PREFILL));
            asked = asked(longer, tokens.count(longer));
            long room = card.contextTokens() - asked.size().prompt(card.name()).likely();
            long output = Math.min(attempt.maxOutput() - tokens.expected(continuation.text()), room);
            if (output < 1) {
                return Optional.empty();
            }
            Optional<Money> limit = Stream.concat(
                            ruling.all(Action.CostLimit.class).map(Action.CostLimit::most),
                            request.wishes().objective().maxCost().stream())
                    .reduce(Money::min);
            Offer offer = offer(deployment, output, minOutput);
            return limit.isEmpty()
                    ? Optional.of(offer)
                    : offer.affordable(limit.get().minus(continuation.booked()).minus(correction.booked()), output)
                            .map(affordable -> offer(deployment, affordable, minOutput));
        }

        /**
         * An attempt that others can follow must leave them time: it may be silent for half of what is left, or less if its
         * deployment has been seen to be quick. A whole answer is silent while it is written, so it is given the time that
         * slow models take for its tokens, and all the time at a deployment that has not been seen to be quick. Of two calls
         * at once the slower one may be asked again, if the quicker one breaks off in the middle.
         */
        private ProviderCall.Time time(Deployment deployment, long maxOutput, int underway) {
            Duration all = Duration.between(clock.instant(), end);
            Duration half = all.dividedBy(2);
            Duration p95 = Optional.ofNullable(deployments.health().get(deployment.id()))
                    .map(StateView.Health::p95)
                    .orElse(Duration.ZERO);
            boolean isSeen = !p95.isZero();
            boolean isSlow = isSeen ? p95.plus(p95).compareTo(half) > 0 : !isStream;
            if (isSlow) {
                return new ProviderCall.Time(all, all, all);
            }
            Duration usual = p95.multipliedBy(TIMES_P95);
            Duration enough = usual.compareTo(LEAST_SILENCE) < 0 ? LEAST_SILENCE : usual;
            Duration seen = isStream ? enough : enough.plus(SLOWEST_TOKEN.multipliedBy(maxOutput));
            Duration silence = isSeen && seen.compareTo(half) < 0 ? seen : half;
            return new ProviderCall.Time(
                    all, left.size() > underway ? silence : all, left.size() > 1 && isContinuable() ? silence : all);
        }

        private void told(RelayEvent event) {
            if (event instanceof RelayEvent.Attempted attempt) {
                attempted.add(attempt);
            }
            tell(event);
        }

        private Optional<Reply> reply(OneCall call, OneCall.Outcome outcome, Decision decision) {
            outcome.failure().ifPresent(failures::add);
            if (outcome.failure().isPresent() && outcome.delivered().isBegun()) {
                if (!isContinuable() || !continuation.take(call, outcome)) {
                    throw streamBroke();
                }
                return Optional.empty();
            }
            outcome.answer()
                    .flatMap(ProviderAnswer::usage)
                    .ifPresent(usage -> asked.counted().learn(call.deployment().model(), usage.inputTokens()));
            if (outcome.answer().isEmpty()) {
                return Optional.empty();
            }
            ProviderAnswer given = continuation.whole(outcome.answer().get());
            LedgerLine line = outcome.line().orElseThrow();
            Optional<ProviderAnswer> answer =
                    correction.take(redacted.map(data -> data.restore(given)).orElse(given), given);
            if (answer.isEmpty()) {
                failures.add(correction.reject(call.deployment(), line));
            }
            return answer.map(one -> new Reply(
                    one,
                    call.deployment(),
                    line,
                    failures,
                    explained(decision.explanation(), call.deployment()),
                    correction.isBegun() ? correction.rejected() : continuation.fragments()));
        }

        private Decision.Explanation explained(Decision.Explanation decided, Deployment last) {
            return correction.explained(continuation.explained(decided, last), last);
        }

        /** Whether another deployment may go on with a stream that breaks; half a JSON is nothing to go on with. */
        private boolean isContinuable() {
            return isStream
                    && policy.limits().afterFirstToken() == Policy.AfterFirstToken.CONTINUE
                    && !prompt.isStructured();
        }

        private Offer offer(Deployment deployment, long maxOutput, long minOutput) {
            Usage most = asked.size().most(deployment.model()).with(Meter.OUTPUT, maxOutput);
            Price price = policy.prices()
                    .book()
                    .price(
                            deployment.model(),
                            deployment.tier(),
                            most,
                            policy.prices().unknown());
            return new Offer(deployment.model(), deployment.tier(), price, most, Math.min(maxOutput, minOutput));
        }

        /** Every attempt has a reservation of its own; the first has the id of the request. */
        private Budgets.Ask ask(Offer offer) {
            String id = tries == 0 ? request.id() : request.id() + "#" + tries;
            tries++;
            return new Budgets.Ask(
                    id,
                    request.id(),
                    request.scope(),
                    List.of(offer),
                    request.limits().isApproved());
        }

        private void remember(Decision decision, ModelName model) {
            Double propensity = decision.propensities().get(model);
            if (propensity != null && failures.isEmpty()) { // a fallback was not drawn with any probability
                Map<ModelName, Double> predicted = new HashMap<>();
                decision.propensities()
                        .keySet()
                        .forEach(name -> predicted.put(name, prediction.of(name).mean()));
                choices.add(new LoggedChoice(
                        request.id(),
                        request.prompt().text(),
                        model,
                        decision.propensities(),
                        predicted,
                        Optional.empty()));
            }
        }
    }
}
