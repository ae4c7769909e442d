package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.Period;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.Money;
import io.auterity.relay.telemetry.GenAiTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What OpenTelemetry's own SDK gets of calls over real sockets. */
class TelemetryTest {

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .build();
    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.listeners.add(new GenAiTelemetry(sdk));
    }

    @AfterEach
    void close() throws Exception {
        office.close();
        sdk.close();
    }

    @Test
    void a_call_is_a_span_in_that_of_its_caller_with_one_below_it_for_each_attempt() {
        office.stub.on("first", status(500, "{}"));
        office.stub.on("claude", status(429, "{}"));
        office.stub.on("llama", says("a private answer", 5, 2));
        Span caller = sdk.getTracer("test").spanBuilder("caller").startSpan();
        try (Scope current = caller.makeCurrent()) {
            office.relay().call(office.request("a private question"));
        }
        caller.end();

        Map<String, SpanData> named =
                spans.getFinishedSpanItems().stream().collect(Collectors.toMap(SpanData::getName, span -> span));
        assertThat(named).containsOnlyKeys("caller", "relay", "chat first", "chat claude", "chat llama");
        SpanData relay = named.get("relay");
        assertThat(relay.getParentSpanId()).isEqualTo(caller.getSpanContext().getSpanId());
        assertThat(text(relay, "gen_ai.response.model")).isEqualTo("local/llama");
        assertThat(relay.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        for (String attempt : List.of("chat first", "chat claude", "chat llama")) {
            assertThat(named.get(attempt).getParentSpanId()).isEqualTo(relay.getSpanId());
            assertThat(named.get(attempt).getKind()).isEqualTo(SpanKind.CLIENT);
        }
        SpanData failed = named.get("chat first");
        assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(text(failed, "error.type")).isEqualTo("overloaded");
        assertThat(text(named.get("chat claude"), "error.type")).isEqualTo("rate_limit");
        SpanData answered = named.get("chat llama");
        assertThat(text(answered, "gen_ai.operation.name")).isEqualTo("chat");
        assertThat(text(answered, "gen_ai.provider.name")).isEqualTo("local");
        assertThat(text(answered, "gen_ai.request.model")).isEqualTo("llama");
        assertThat(number(answered, "gen_ai.request.max_tokens")).isEqualTo(1_024);
        assertThat(number(answered, "gen_ai.usage.input_tokens")).isEqualTo(5);
        assertThat(number(answered, "gen_ai.usage.output_tokens")).isEqualTo(2);
        assertThat(number(answered, "auterity.cost.nanodollars"))
                .isEqualTo(office.lines().get(0).charge().cost().orElseThrow().nanos());
        assertThat(answered.getAttributes().get(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons")))
                .containsExactly("stop");
        assertThat(spans.getFinishedSpanItems().toString()).doesNotContain("private");
    }

    @Test
    void an_attempt_that_goes_on_with_a_broken_stream_says_whose() {
        office.limits = Policy.Limits.DEFAULT.afterFirstToken(Policy.AfterFirstToken.CONTINUE);
        office.stub.on("first", StubServer.breaksAfter("one "));
        office.stub.on("claude", status(503, "{}"));
        office.stub.on("llama", says("two", 5, 2));
        office.relay().stream(office.request("hello"), text -> {});
        Map<String, SpanData> named =
                spans.getFinishedSpanItems().stream().collect(Collectors.toMap(SpanData::getName, span -> span));
        assertThat(text(named.get("chat first"), "auterity.continues")).isNull();
        assertThat(text(named.get("chat llama"), "auterity.continues")).isEqualTo("first-eu");
    }

    @Test
    void tokens_time_and_cost_are_metrics() {
        office.stub.on("first", says("hi", 50, 20));
        office.relay().stream(office.request("hello"), text -> {});
        office.relay().call(office.request("hello"));

        Map<String, MetricData> named =
                metrics.collectAllMetrics().stream().collect(Collectors.toMap(MetricData::getName, data -> data));
        Map<String, Double> tokens = named.get("gen_ai.client.token.usage").getHistogramData().getPoints().stream()
                .collect(Collectors.toMap(
                        point -> point.getAttributes().get(AttributeKey.stringKey("gen_ai.token.type")),
                        HistogramPointData::getSum));
        assertThat(tokens).isEqualTo(Map.of("input", 100.0, "output", 40.0));
        assertThat(named.get("gen_ai.client.operation.duration").getUnit()).isEqualTo("s");
        assertThat(count(named.get("gen_ai.client.operation.duration"))).isEqualTo(2);
        assertThat(count(named.get("gen_ai.client.operation.time_to_first_chunk")))
                .isGreaterThanOrEqualTo(1);
        LongPointData cost = named.get("auterity.relay.cost")
                .getLongSumData()
                .getPoints()
                .iterator()
                .next();
        assertThat(cost.getValue()).isEqualTo(2 * (50 * 1_000 + 20 * 10_000)); // $1 and $10 a million
    }

    @Test
    void a_refused_call_ends_its_span_with_an_error() {
        assertThatThrownBy(() -> office.relay().call(office.request("x".repeat(20_000_000))))
                .isInstanceOf(RelayException.class);
        SpanData span = spans.getFinishedSpanItems().get(0);
        assertThat(span.getName()).isEqualTo("relay");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(text(span, "error.type")).isEqualTo("400");
    }

    @Test
    void an_answer_from_the_cache_is_a_span_of_its_own_and_costs_nothing() {
        office.cache = AnswerCache.exact(() -> office.now, Duration.ofMinutes(1), AnswerCache.DEFAULT_MAX_BYTES);
        office.stub.on("first", says("hi", 50, 20));
        Relay relay = office.relay();
        relay.call(office.repeatable("hello"));
        spans.reset();
        relay.call(office.repeatable("hello"));

        SpanData hit = spans.getFinishedSpanItems().get(0);
        assertThat(spans.getFinishedSpanItems()).containsExactly(hit);
        assertThat(hit.getName()).isEqualTo("relay");
        assertThat(hit.getAttributes().get(AttributeKey.booleanKey("auterity.cache.hit")))
                .isTrue();
        assertThat(number(hit, "auterity.cost.nanodollars")).isZero();
        assertThat(text(hit, "gen_ai.response.model")).isEqualTo("openai/first");
        assertThat(hit.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        Map<String, MetricData> named =
                metrics.collectAllMetrics().stream().collect(Collectors.toMap(MetricData::getName, data -> data));
        assertThat(sum(named.get("auterity.relay.cache.hits"))).isEqualTo(1);
        assertThat(sum(named.get("auterity.relay.cost"))).isEqualTo(50 * 1_000 + 20 * 10_000); // the first call's
        assertThat(count(named.get("gen_ai.client.operation.duration"))).isEqualTo(1);
    }

    @Test
    void thresholds_that_budgets_pass_are_counted() {
        office.budget = Budget.of(Office.ACME, Period.DAILY, Money.dollars("1"))
                .at(1, new Enforcement.Notify())
                .at(90, new Enforcement.Block());
        office.budgetListener = new GenAiTelemetry(sdk);
        office.stub.on("first", says("hi", 50, 1_000)); // for $0.01005
        Relay relay = office.relay();
        relay.call(office.request("hello"));
        relay.call(office.request("hello"));

        assertThat(metrics.collectAllMetrics())
                .filteredOn(metric -> metric.getName().equals("auterity.relay.budget.thresholds"))
                .flatExtracting(metric -> metric.getLongSumData().getPoints())
                .singleElement()
                .satisfies(point -> {
                    assertThat(((LongPointData) point).getValue()).isEqualTo(1);
                    assertThat(((LongPointData) point).getAttributes())
                            .isEqualTo(Attributes.of(
                                    AttributeKey.stringKey("auterity.budget.scope"),
                                    "tenant:acme",
                                    AttributeKey.stringKey("auterity.budget.period"),
                                    "daily",
                                    AttributeKey.longKey("auterity.budget.percent"),
                                    1L));
                });
    }

    private static long sum(MetricData metric) {
        return metric.getLongSumData().getPoints().stream()
                .mapToLong(LongPointData::getValue)
                .sum();
    }

    private static long count(MetricData metric) {
        return metric.getHistogramData().getPoints().stream()
                .mapToLong(HistogramPointData::getCount)
                .sum();
    }

    private static String text(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringKey(name));
    }

    private static long number(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.longKey(name));
    }
}
