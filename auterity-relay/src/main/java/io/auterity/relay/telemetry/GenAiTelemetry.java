package io.auterity.relay.telemetry;

import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Threshold;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.event.RelayListener;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ProviderAnswer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells OpenTelemetry of every call, in the names of its semantic conventions for generative AI.
 *
 * <p>A call is a span {@code relay}, inside the span that is current where it is made; each attempt is a client span below
 * it, as in {@code chat gpt-4o}, with {@code gen_ai.*} attributes. Metrics are {@code gen_ai.client.token.usage},
 * {@code gen_ai.client.operation.duration}, {@code gen_ai.client.operation.time_to_first_chunk} and
 * {@code auterity.relay.cost} in nano-dollars. Prompts and answers are in none of them. Costs are those of the ledger.
 *
 * <p>A call that is answered from the cache is a span {@code relay} without one below it, with {@code auterity.cache.hit} and
 * the cost 0, and counts in {@code auterity.relay.cache.hits}; it adds nothing to tokens, durations and cost.
 *
 * <p>Given to {@link io.auterity.relay.budget.Budgets} as their listener, too, it counts the thresholds that are passed in
 * {@code auterity.relay.budget.thresholds}, by the scope that the budget was made for, its period, and the percentage.
 *
 * <p>Needs {@code io.opentelemetry:opentelemetry-api}, which the application brings. Thread-safe.
 */
public final class GenAiTelemetry implements RelayListener, BudgetListener {

    private static final String SCOPE = "io.auterity.relay";

    private static final String CHAT = "chat";

    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    private static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("gen_ai.provider.name");
    private static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");
    private static final AttributeKey<String> RESPONSE_MODEL = AttributeKey.stringKey("gen_ai.response.model");
    private static final AttributeKey<Long> MAX_TOKENS = AttributeKey.longKey("gen_ai.request.max_tokens");
    private static final AttributeKey<Double> TEMPERATURE = AttributeKey.doubleKey("gen_ai.request.temperature");
    private static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
    private static final AttributeKey<Long> INPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.input_tokens");
    private static final AttributeKey<Long> OUTPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.output_tokens");
    private static final AttributeKey<Long> CACHED_TOKENS =
            AttributeKey.longKey("gen_ai.usage.cache_read.input_tokens");
    private static final AttributeKey<String> TOKEN_TYPE = AttributeKey.stringKey("gen_ai.token.type");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("auterity.request.id");
    private static final AttributeKey<String> DEPLOYMENT = AttributeKey.stringKey("auterity.deployment.id");
    private static final AttributeKey<List<String>> REASONS = AttributeKey.stringArrayKey("auterity.reasons");
    private static final AttributeKey<Long> COST = AttributeKey.longKey("auterity.cost.nanodollars");
    private static final AttributeKey<String> CONTINUES = AttributeKey.stringKey("auterity.continues");
    private static final AttributeKey<Boolean> CACHE_HIT = AttributeKey.booleanKey("auterity.cache.hit");
    private static final AttributeKey<String> BUDGET_SCOPE = AttributeKey.stringKey("auterity.budget.scope");
    private static final AttributeKey<String> BUDGET_PERIOD = AttributeKey.stringKey("auterity.budget.period");
    private static final AttributeKey<Long> BUDGET_PERCENT = AttributeKey.longKey("auterity.budget.percent");

    /** The boundaries that the conventions ask for. */
    private static final List<Long> TOKENS = List.of(
            1L,
            4L,
            16L,
            64L,
            256L,
            1_024L,
            4_096L,
            16_384L,
            65_536L,
            262_144L,
            1_048_576L,
            4_194_304L,
            16_777_216L,
            67_108_864L);

    private static final List<Double> SECONDS =
            List.of(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);

    private final Tracer tracer;
    private final LongHistogram tokens;
    private final DoubleHistogram duration;
    private final DoubleHistogram firstChunk;
    private final LongCounter cost;
    private final LongCounter cacheHits;
    private final LongCounter thresholds;
    private final Map<String, Call> calls = new ConcurrentHashMap<>(); // those on their way

    /** A call on its way. */
    private record Call(Span span, Context context, String operation) {}

    /**
     * Makes the listener.
     *
     * @param openTelemetry where spans and metrics go
     */
    public GenAiTelemetry(OpenTelemetry openTelemetry) {
        tracer = openTelemetry.getTracer(SCOPE);
        io.opentelemetry.api.metrics.Meter meter = openTelemetry.getMeter(SCOPE);
        tokens = meter.histogramBuilder("gen_ai.client.token.usage")
                .ofLongs()
                .setUnit("{token}")
                .setDescription("Tokens of prompts and answers.")
                .setExplicitBucketBoundariesAdvice(TOKENS)
                .build();
        duration = meter.histogramBuilder("gen_ai.client.operation.duration")
                .setUnit("s")
                .setDescription("How long attempts took.")
                .setExplicitBucketBoundariesAdvice(SECONDS)
                .build();
        firstChunk = meter.histogramBuilder("gen_ai.client.operation.time_to_first_chunk")
                .setUnit("s")
                .setDescription("How long streams took to their first piece of content.")
                .setExplicitBucketBoundariesAdvice(SECONDS)
                .build();
        cost = meter.counterBuilder("auterity.relay.cost")
                .setUnit("{nanodollar}")
                .setDescription("What calls cost, as booked; those of unknown price are left out.")
                .build();
        cacheHits = meter.counterBuilder("auterity.relay.cache.hits")
                .setUnit("{call}")
                .setDescription("Calls that were answered from the cache and cost nothing.")
                .build();
        thresholds = meter.counterBuilder("auterity.relay.budget.thresholds")
                .setUnit("{threshold}")
                .setDescription("Thresholds that budgets have passed.")
                .build();
    }

    @Override
    public void on(RelayEvent event) {
        if (event instanceof RelayEvent.Decided decided) {
            decided(decided);
        } else if (event instanceof RelayEvent.Attempted attempted) {
            attempted(attempted);
        } else if (event instanceof RelayEvent.Cached cached) {
            cached(cached);
        } else if (event instanceof RelayEvent.Finished finished) {
            finished(finished);
        }
    }

    @Override
    public void onThreshold(Budget budget, Account account, Threshold threshold, Balance balance) {
        thresholds.add(
                1,
                Attributes.of(
                        BUDGET_SCOPE,
                        budget.scope().toString(), // the account's may be any run
                        BUDGET_PERIOD,
                        budget.period().name().toLowerCase(Locale.ROOT),
                        BUDGET_PERCENT,
                        (long) threshold.percent()));
    }

    private void decided(RelayEvent.Decided decided) {
        Decision decision = decided.decision();
        boolean isEmbedding =
                decided.situation().request().needs().capabilities().contains(Capability.EMBEDDINGS);
        Context around = Context.current();
        Span span = tracer.spanBuilder("relay")
                .setParent(around)
                .setStartTimestamp(decided.at())
                .setAttribute(REQUEST, decided.request())
                .setAttribute(REASONS, decision.explanation().reasons())
                .startSpan();
        decision.refusal().ifPresent(refusal -> span.setAttribute(ERROR, String.valueOf(refusal.status())));
        calls.put(decided.request(), new Call(span, around.with(span), isEmbedding ? "embeddings" : CHAT));
    }

    /** Nobody is asked, so there is no client span and no usage: the span of the call says it all. */
    private void cached(RelayEvent.Cached cached) {
        ModelName model = cached.deployment().model();
        Context around = Context.current();
        Span span = tracer.spanBuilder("relay")
                .setParent(around)
                .setStartTimestamp(cached.at())
                .setAttribute(REQUEST, cached.request())
                .setAttribute(DEPLOYMENT, cached.deployment().id())
                .setAttribute(CACHE_HIT, true)
                .setAttribute(COST, cached.line().charge().booked().nanos())
                .startSpan();
        calls.put(cached.request(), new Call(span, around.with(span), CHAT));
        cacheHits.add(
                1,
                Attributes.builder()
                        .put(PROVIDER, model.provider())
                        .put(REQUEST_MODEL, model.model())
                        .build());
    }

    private void attempted(RelayEvent.Attempted attempted) {
        Call call = calls.get(attempted.request()); // none for an attempt that outlives its call
        String operation = call == null ? CHAT : call.operation();
        Deployment deployment = attempted.call().deployment();
        ModelName model = deployment.model();
        Optional<String> error =
                attempted.result().failure().map(failure -> failure.name().toLowerCase(Locale.ROOT));
        AttributesBuilder common = Attributes.builder()
                .put(OPERATION, operation)
                .put(PROVIDER, model.provider())
                .put(REQUEST_MODEL, model.model());
        error.ifPresent(type -> common.put(ERROR, type));
        Attributes labels = common.build();
        Instant start = attempted.timing().start();
        SpanBuilder builder = tracer.spanBuilder(operation + " " + model.model())
                .setParent(call == null ? Context.current() : call.context())
                .setSpanKind(SpanKind.CLIENT)
                .setStartTimestamp(start)
                .setAllAttributes(labels)
                .setAttribute(DEPLOYMENT, deployment.id());
        attempted.continues().ifPresent(broken -> builder.setAttribute(CONTINUES, broken.id()));
        if (operation.equals(CHAT)) {
            builder.setAttribute(MAX_TOKENS, attempted.call().maxOutput());
        }
        if (attempted.call().prompt().parameters().get("temperature") instanceof Number temperature) {
            builder.setAttribute(TEMPERATURE, temperature.doubleValue());
        }
        Span span = builder.startSpan();
        attempted.result().answer().map(ProviderAnswer::finishReason).ifPresent(reason -> {
            span.setAttribute(FINISH_REASONS, List.of(reason));
            span.setAttribute(RESPONSE_MODEL, model.model());
        });
        attempted.result().line().ifPresent(line -> {
            Usage usage = line.charge().usage();
            span.setAttribute(INPUT_TOKENS, usage.inputTokens());
            span.setAttribute(OUTPUT_TOKENS, usage.outputTokens());
            if (usage.count(Meter.CACHED_INPUT) > 0) {
                span.setAttribute(CACHED_TOKENS, usage.count(Meter.CACHED_INPUT));
            }
            tokens.record(usage.inputTokens(), typed(labels, "input"));
            tokens.record(usage.outputTokens(), typed(labels, "output"));
            line.charge().cost().map(Money::nanos).ifPresent(nanos -> {
                span.setAttribute(COST, nanos);
                cost.add(nanos, labels);
            });
        });
        error.ifPresent(type -> span.setStatus(StatusCode.ERROR, type));
        span.end(attempted.at());
        duration.record(seconds(start, attempted.at()), labels);
        attempted.timing().first().ifPresent(first -> firstChunk.record(seconds(start, first), labels));
    }

    private static Attributes typed(Attributes labels, String type) {
        return labels.toBuilder().put(TOKEN_TYPE, type).build();
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    private void finished(RelayEvent.Finished finished) {
        Call call = calls.remove(finished.request());
        if (call != null) {
            finished.model()
                    .ifPresentOrElse(
                            model -> call.span().setAttribute(RESPONSE_MODEL, model.toString()),
                            () -> call.span().setStatus(StatusCode.ERROR, "nobody answered"));
            call.span().end(finished.at());
        }
    }
}
