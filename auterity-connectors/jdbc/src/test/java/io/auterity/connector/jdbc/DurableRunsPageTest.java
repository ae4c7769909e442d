package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Retention;
import io.auterity.RetryOptions;
import io.auterity.Run;
import io.auterity.RunSelection;
import io.auterity.StartOptions;
import io.auterity.Versions;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.journal.RunQuery.Filter;
import io.auterity.journal.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/durable-runs.md: they compile, do what the page says, and the page shows these very texts. */
class DurableRunsPageTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** An order. */
    record Order(String id, int count) {}

    /** A shop whose card terminal may be out of order. */
    static final class Shop {
        private final AtomicInteger reserved = new AtomicInteger();
        private volatile boolean terminalWorks;

        String reserve(Order order) {
            reserved.incrementAndGet();
            return "reserved " + order.count();
        }

        String charge(Order order) {
            if (!terminalWorks) {
                throw new IllegalStateException("the terminal does not answer");
            }
            return "charged " + order.id();
        }

        String ship(String stock, String payment) {
            return stock + ", " + payment;
        }
    }

    // begin workflow
    static Workflow<Order, String> workflow(Shop shop) {
        return Workflow.define("fulfil-order", Order.class, (flow, order) -> {
            var stock = flow.step("reserve").run(String.class, order, shop::reserve);
            var payment = flow.step("charge").needs(stock).run(String.class, order, shop::charge);
            return flow.step("ship").run(String.class, stock, payment, shop::ship);
        });
    }
    // end workflow

    @Test
    void a_run_survives_and_is_found_retried_and_forgotten() {
        Shop shop = new Shop();
        Path file = folder.resolve("runs.db");
        Workflow<Order, String> workflow = workflow(shop);

        // begin start
        try (Journal journal = JdbcJournal.sqlite(file);
                Engine engine = Engine.builder()
                        .journal(journal)
                        .register(workflow)
                        .retention(Retention.FOREVER.keep(Duration.ofDays(7), RunStatus.SUCCEEDED))
                        .build()) {
            Run<String> run = engine.start(
                    workflow,
                    RunId.of("order-42"), // starting the same id again attaches to this run
                    new Order("42", 3),
                    StartOptions.DEFAULT.label("customer", "c-7"));
            run.await(Duration.ofMinutes(1));
        }
        // end start

        shop.terminalWorks = true;
        try (Journal journal = JdbcJournal.sqlite(file);
                Engine engine =
                        Engine.builder().journal(journal).register(workflow).build()) {
            // begin retry
            Run<Object> again = engine.retry(RunId.of("order-42"), RetryOptions.DEFAULT); // is order-42:retry-1
            // end retry
            assertThat(again.id()).isEqualTo(RunId.of("order-42:retry-1"));
            assertThat(again.await(LONG).orElseThrow()).isEqualTo("reserved 3, charged 42");
            assertThat(shop.reserved).hasValue(1); // its output was taken over

            // begin bulk
            RunSelection failed = engine.runs(Filter.NONE
                    .workflow("fulfil-order")
                    .statuses(Set.of(RunStatus.FAILED))
                    .labels(Map.of("customer", "c-7")));
            long count = failed.count();
            RunSelection.Done done = failed.retry(RetryOptions.DEFAULT.from("charge"));
            // end bulk
            assertThat(count).isEqualTo(1);
            assertThat(done.refusals().get(0).refusal()).contains("it has been tried again as 'order-42:retry-1'");

            // begin versions
            Versions versions = engine.versions();
            for (Versions.Version version : versions.history("fulfil-order")) {
                System.out.println(version.hash() + " since " + version.since() + ": " + version.unfinished());
            }
            List<Versions.AffectedRun> affected =
                    versions.check(workflow.definition()).toList(); // of the definition that is to be deployed
            // end versions
            assertThat(affected).isEmpty();

            String earlier = versions.history("fulfil-order").get(0).hash();
            // begin rollback
            versions.pin("fulfil-order", earlier); // new runs start on it, in all engines of the journal
            versions.unpin("fulfil-order"); // and on what the program registers again
            // end rollback
            assertThat(versions.pinned("fulfil-order")).isEmpty();
        }
    }

    @Test
    void the_page_shows_these_texts() throws IOException {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/durable-runs.md"))) {
            directory = directory.getParent();
        }
        String page = Files.readString(directory.resolve("docs/durable-runs.md"));
        String source = Files.readString(directory.resolve("auterity-connectors/jdbc/src/test/java/"
                + DurableRunsPageTest.class.getName().replace('.', '/') + ".java"));
        Matcher example = Pattern.compile("( *)// begin (\\w+)\n(.*?)\n *// end \\2\n", Pattern.DOTALL)
                .matcher(source);
        int shown = 0;
        while (example.find()) {
            String text = example.group(3).replaceAll("(?m)^" + example.group(1), "");
            assertThat(page).as(example.group(2)).contains("```java\n" + text + "\n```");
            shown++;
        }
        assertThat(shown).isEqualTo(6).isEqualTo(page.split("```java\n").length - 1);
    }
}
