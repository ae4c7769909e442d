package io.auterity.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.connector.ConnectorProvider.Surroundings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ConnectorsTest {

    record Greeting(String name) {}

    record Greeted(String text) {}

    static final class Greeter implements Connector {
        private final String name;
        private final List<String> closed;

        Greeter(String name, List<String> closed) {
            this.name = name;
            this.closed = closed;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<Operation> operations() {
            return List.of(
                    Operation.of(
                                    "greet",
                                    Greeting.class,
                                    Greeted.class,
                                    (in, context) -> new Greeted("Hello " + in.name()))
                            .summary("Greets somebody.")
                            .idempotent()
                            .retryable("io", "greet-5xx"),
                    Operation.ofAsync(
                            "greetLater",
                            Greeting.class,
                            Greeted.class,
                            (in, context) -> CompletableFuture.completedFuture(new Greeted("Hi " + in.name()))));
        }

        @Override
        public void close() {
            closed.add(name);
        }
    }

    private final List<String> closed = new ArrayList<>();

    private static Surroundings surroundings() {
        return new Surroundings(
                OutboundGuard.strict(),
                Credentials.NONE,
                InstantSource.fixed(Instant.EPOCH),
                (delay, task) -> () -> {},
                (workflow, input, parent) -> CompletableFuture.completedFuture(null));
    }

    @Test
    void operations_are_found_by_connector_and_name() throws Exception {
        try (Connectors connectors =
                Connectors.builder().add(new Greeter("demo", closed)).build(surroundings())) {
            assertThat(connectors.names())
                    .containsExactly(
                            "core.emit",
                            "core.fail",
                            "core.log",
                            "core.run",
                            "core.sleep",
                            "demo.greet",
                            "demo.greetLater");
            Operation greet = connectors.get("demo.greet");
            assertThat(greet.call(Map.of("name", "Ann"), new TestContext())).isEqualTo(Map.of("text", "Hello Ann"));
            assertThat(greet.description())
                    .isEqualTo(new Operation.Description(
                            "greet",
                            "Greets somebody.",
                            new JsonTypes().schemaOf(Greeting.class),
                            new JsonTypes().schemaOf(Greeted.class),
                            true,
                            List.of("io", "greet-5xx")));
            Object later = connectors.get("demo.greetLater").call(Map.of("name", "Bob"), new TestContext());
            assertThat(((CompletionStage<?>) later).toCompletableFuture().join())
                    .isEqualTo(Map.of("text", "Hi Bob"));
        }
        assertThat(closed).containsExactly("demo");
    }

    @Test
    void an_unknown_operation_names_the_closest() {
        Connectors connectors =
                Connectors.builder().add(new Greeter("demo", closed)).build(surroundings());
        assertThat(connectors.find("demo.gret")).isEmpty();
        assertThat(connectors.closest("demo.gret")).contains("demo.greet");
        assertThatThrownBy(() -> connectors.get("demo.gret"))
                .hasMessageStartingWith("operation 'demo.gret' is not known; use 'demo.greet' (closest of: core.emit,");
        assertThat(connectors.closest("zzz.qqqqqqq")).isEmpty();
    }

    @Test
    void two_connectors_of_one_name_are_refused_with_both_classes_and_closed() {
        Connector other = new Connector() {
            @Override
            public String name() {
                return "demo";
            }

            @Override
            public List<Operation> operations() {
                return List.of();
            }

            @Override
            public void close() {
                closed.add("other");
            }
        };
        assertThatThrownBy(() -> Connectors.builder()
                        .add(new Greeter("demo", closed))
                        .add(other)
                        .build(surroundings()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Greeter.class.getName())
                .hasMessageContaining(other.getClass().getName());
        assertThat(closed).containsExactly("demo", "other");
    }

    @Test
    void a_name_that_no_workflow_could_write_is_refused() {
        assertThatThrownBy(() ->
                        Connectors.builder().add(new Greeter("De mo", closed)).build(surroundings()))
                .hasMessageContaining("'De mo'")
                .hasMessageContaining(Greeter.class.getName());
    }

    @Test
    void wrong_input_never_reaches_the_body() {
        Connectors connectors =
                Connectors.builder().add(new Greeter("demo", closed)).build(surroundings());
        assertThatThrownBy(() -> connectors.get("demo.greet").call(Map.of("nam", "Ann"), new TestContext()))
                .isInstanceOf(StepException.class)
                .hasMessageContaining("/name: is missing")
                .hasMessageContaining("use 'name'");
    }

    @Test
    void an_input_that_is_no_object_is_refused_when_the_operation_is_made() {
        assertThatThrownBy(() -> Operation.of("odd", String.class, String.class, (in, context) -> in))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use a record");
    }
}
