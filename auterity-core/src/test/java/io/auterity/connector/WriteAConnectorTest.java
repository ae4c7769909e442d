package io.auterity.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.connector.ConnectorProvider.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The example of docs/connectors.md: it compiles, does what the page says, and the page shows this very text. */
class WriteAConnectorTest {

    // begin example
    /** Registered in META-INF/services/io.auterity.connector.ConnectorProvider, or with Connectors.builder().add(...). */
    public static final class StockConnector implements ConnectorProvider {

        @Describe("What to set aside.")
        record Reservation(
                @Describe("The article's number.") String article,

                @Describe(value = "How many.", minimum = 1, maximum = 1_000)
                int count,

                Optional<String> note) {}

        record Reserved(String article, int left) {}

        @Override
        public Connector create(Surroundings surroundings) {
            Shelf shelf = new Shelf();
            Operation reserve = Operation.of("reserve", Reservation.class, Reserved.class, (wanted, context) -> {
                        int left = shelf.take(wanted.article(), wanted.count(), context.idempotencyKey());
                        if (left < 0) {
                            throw new StepException("no-stock", wanted.article() + " is sold out", false);
                        }
                        return new Reserved(wanted.article(), left);
                    })
                    .summary("Sets articles aside.")
                    .idempotent()
                    .retryable("io");
            return new Connector() {
                @Override
                public String name() {
                    return "stock";
                }

                @Override
                public List<Operation> operations() {
                    return List.of(reserve);
                }
            };
        }
    }
    // end example

    /** Five of everything; taking twice with one key takes once. */
    private static final class Shelf {
        private final Map<String, Integer> taken = new LinkedHashMap<>();

        synchronized int take(String article, int count, String key) {
            taken.putIfAbsent(key, count);
            return 5 - taken.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    private static Connectors connectors() {
        return Connectors.builder()
                .add(new StockConnector())
                .build(new Surroundings(
                        OutboundGuard.strict(),
                        Credentials.NONE,
                        InstantSource.fixed(Instant.EPOCH),
                        (delay, task) -> () -> {},
                        (workflow, input, parent) -> CompletableFuture.completedFuture(null)));
    }

    @Test
    void the_example_does_what_the_page_says() throws Exception {
        Operation reserve = connectors().get("stock.reserve");
        Map<String, Object> input = Map.of("article", "A1", "count", 2L);
        assertThat(reserve.call(input, new TestContext())).isEqualTo(Map.of("article", "A1", "left", 3L));
        assertThat(reserve.call(input, new TestContext())).isEqualTo(Map.of("article", "A1", "left", 3L));
        assertThatThrownBy(() -> reserve.call(Map.of("artcle", "A1", "count", 0L), new TestContext()))
                .hasMessage(String.join(
                        "\n",
                        "invalid input, 3 problems:",
                        "  /article: is missing",
                        "  /count: must be at least 1",
                        "  /artcle: is unknown; use 'article' (closest of: article, count, note)"));
    }

    @Test
    void the_page_shows_this_text() throws IOException {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/connectors.md"))) {
            directory = directory.getParent();
        }
        String source = Files.readString(directory.resolve("auterity-core/src/test/java/"
                + WriteAConnectorTest.class.getName().replace('.', '/') + ".java"));
        String example = source.substring(
                source.indexOf("// begin example\n") + "// begin example\n".length(),
                source.indexOf("    // end example\n"));
        String text =
                example.lines().map(line -> line.replaceFirst("^ {4}", "")).reduce("", (a, b) -> a + b + "\n");
        assertThat(Files.readString(directory.resolve("docs/connectors.md"))).contains("```java\n" + text + "```");
    }
}
