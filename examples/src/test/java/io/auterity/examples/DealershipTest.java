package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.connector.JsonTypes;
import io.auterity.connector.OutboundGuard;
import io.auterity.definition.Json;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.StepStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DealershipTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private Valuations valuations;

    @BeforeEach
    void startService() {
        valuations = new Valuations(1982, Duration.ZERO);
    }

    @AfterEach
    void stopService() {
        valuations.close();
    }

    private Engine engine() {
        return Engine.builder()
                .discoverConnectors()
                .guard(OutboundGuard.builder().allow(valuations.host()).build())
                .build();
    }

    private Map<String, Object> input() {
        return Map.of(
                "cars",
                Json.read(Repository.read("examples/data/cars.json")),
                "valuations",
                "http://" + valuations.host());
    }

    private static Object output(Engine engine, Map<String, Object> input) {
        var workflow = Workflow.read(Repository.read("examples/dealership.yaml"), "dealership.yaml");
        engine.register(workflow);
        return engine.start(workflow, input).await(LIMIT).orElseThrow();
    }

    @Test
    void yaml_and_java_make_the_same_report() throws IOException {
        try (Engine engine = engine()) {
            Object fromYaml = output(engine, input());

            var workflow = Dealership.workflow();
            engine.register(workflow);
            var fleet = new Dealership.Fleet(
                    Dealership.read(Repository.root().resolve("examples/data/cars.json")),
                    "http://" + valuations.host());
            Dealership.Report report =
                    engine.start(workflow, fleet).await(LIMIT).orElseThrow();

            assertThat(new JsonTypes().write(report)).isEqualTo(fromYaml);
        }
    }

    @Test
    void the_report_is_what_the_data_says() {
        try (Engine engine = engine()) {
            Map<?, ?> report = (Map<?, ?>) output(engine, input());
            assertThat(report.get("cars")).isEqualTo(406L);
            assertThat(report.get("valued")).isEqualTo(392L);
            assertThat(report.get("followUp"))
                    .isEqualTo("Ask for the data sheets of 14 cars, first of citroen ds-21 pallas.");
            List<Object> counts = new ArrayList<>();
            ((List<?>) report.get("origins")).forEach(origin -> counts.add(((Map<?, ?>) origin).get("cars")));
            assertThat(counts).containsExactly(68L, 79L, 245L);
        }
    }

    @Test
    void the_service_is_busy_at_times_and_is_tried_again() {
        try (Engine engine = engine()) {
            var workflow = Workflow.read(Repository.read("examples/dealership.yaml"), "dealership.yaml");
            engine.register(workflow);
            Run<Object> run = engine.start(workflow, input());
            RunResult<Object> result = run.await(LIMIT);

            assertThat(result.isSuccess()).isTrue();
            assertThat(valuations.refusals()).isGreaterThan(50);
            assertThat(run.entries().stream().filter(AttemptFailed.class::isInstance))
                    .hasSize(valuations.refusals());
        }
    }

    @Test
    void without_a_service_prices_are_estimated() {
        try (Engine engine = engine()) {
            var workflow = Workflow.read(Repository.read("examples/dealership.yaml"), "dealership.yaml");
            engine.register(workflow);
            Run<Object> run =
                    engine.start(workflow, Map.of("cars", Json.read(Repository.read("examples/data/cars.json"))));

            assertThat(run.await(LIMIT).isSuccess()).isTrue();
            assertThat(run.steps().get("valued[0]/quote").status()).isEqualTo(StepStatus.SKIPPED);
            assertThat(run.steps().get("valued[0]/price").result().output()).isEqualTo(500L + 20 * 130);
        }
    }
}
