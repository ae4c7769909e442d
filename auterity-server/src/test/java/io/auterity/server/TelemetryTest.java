package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls build spans and metrics only where somebody takes them. */
class TelemetryTest {

    @BeforeEach
    @AfterEach
    void forget() {
        GlobalOpenTelemetry.resetForTest();
    }

    @Test
    void nobody_is_told_where_nobody_is_set_up() {
        assertThat(Telemetry.ofThisProcess().calls()).isEmpty();
        assertThat(Telemetry.ofThisProcess().budgets()).isEmpty();
    }

    @Test
    void nobody_is_told_by_what_only_passes_contexts_on() {
        GlobalOpenTelemetry.set(OpenTelemetry.propagating(ContextPropagators.noop()));
        assertThat(Telemetry.ofThisProcess().calls()).isEmpty();
    }

    @Test
    void spans_alone_are_enough() {
        try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder().build())
                .build()) {
            GlobalOpenTelemetry.set(sdk);
            assertThat(Telemetry.ofThisProcess().calls()).hasSize(1);
            assertThat(Telemetry.ofThisProcess().budgets()).hasSize(1);
        }
    }

    @Test
    void metrics_alone_are_enough() {
        try (SdkMeterProvider meters = SdkMeterProvider.builder().build()) {
            GlobalOpenTelemetry.set(new OnlyMeters(meters));
            assertThat(Telemetry.ofThisProcess().calls()).hasSize(1);
        }
    }

    private record OnlyMeters(SdkMeterProvider getMeterProvider) implements OpenTelemetry {
        @Override
        public TracerProvider getTracerProvider() {
            return TracerProvider.noop();
        }

        @Override
        public ContextPropagators getPropagators() {
            return ContextPropagators.noop();
        }
    }
}
