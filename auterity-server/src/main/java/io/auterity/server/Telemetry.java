package io.auterity.server;

import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.event.RelayListener;
import io.auterity.relay.telemetry.GenAiTelemetry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.TracerProvider;
import java.util.List;

/**
 * Who tells OpenTelemetry of calls and budgets: whoever is set up for this process, by an agent or by an SDK that configures
 * itself. Nobody is told anything without one.
 *
 * @param calls told of calls
 * @param budgets told of budgets
 */
record Telemetry(List<RelayListener> calls, List<BudgetListener> budgets) {

    private static final Telemetry NONE = new Telemetry(List.of(), List.of());

    /** Finds what is set up; looks for the API first, because a host of this library need not have it. */
    static Telemetry ofThisProcess() {
        try {
            Class.forName("io.opentelemetry.api.GlobalOpenTelemetry", false, Telemetry.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return NONE;
        }
        return SetUp.telemetry();
    }

    /** Is loaded only where the API is. */
    private static final class SetUp {

        private SetUp() {}

        static Telemetry telemetry() {
            OpenTelemetry global = GlobalOpenTelemetry.get();
            // What is returned is never the no-op itself: it is wrapped.
            if (global.getTracerProvider() == TracerProvider.noop()
                    && global.getMeterProvider() == MeterProvider.noop()) {
                return NONE;
            }
            GenAiTelemetry told = new GenAiTelemetry(global);
            return new Telemetry(List.of(told), List.of(told));
        }
    }
}
