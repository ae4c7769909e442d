package io.auterity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the Java compiler says of workflows whose steps are wired wrongly: a mistake at that wire, and nothing else. */
class WrongWireTest {

    private static final String RIGHT = """
            import io.auterity.Workflow;
            import java.util.List;

            class Shop {
                record Order(String id) {}
                record Stock(String shelf) {}
                record Payment(String receipt) {}
                record Shipment(String tracking) {}

                static Stock reserve(Order order) { return new Stock("A1"); }
                static Payment charge(Order order) { return new Payment("R1"); }
                static Shipment ship(Stock stock, Payment payment) { return new Shipment("T1"); }
                static String label(Shipment shipment) { return shipment.tracking(); }

                static final Workflow<Order, String> FLOW = Workflow.define("shop", Order.class, (flow, order) -> {
                    var stock = flow.step("stock").run(Stock.class, order, Shop::reserve);
                    var payment = flow.step("payment").run(Payment.class, order, Shop::charge);
                    var shipment = flow.step("shipment").run(Shipment.class, stock, payment, Shop::ship);
                    var count = flow.step("count").run(Integer.class, List.of(stock), List::size);
                    return flow.step("label").needs(count).run(String.class, shipment, Shop::label);
                });
            }
            """;

    @TempDir
    Path classes;

    @Test
    void one_that_is_wired_rightly_compiles() {
        assertThat(mistakes(RIGHT)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(quoteCharacter = '"', delimiter = '|', textBlock = """
            an input of another type            | order, Shop::charge    | stock, Shop::charge
            inputs in the wrong order           | stock, payment, Shop:: | payment, stock, Shop::
            an input that is missing            | stock, payment, Shop:: | stock, Shop::
            an output of another type           | Stock.class, order     | Payment.class, order
            a list of other elements            | List.of(stock)         | List.of(stock), List.of(order)
            a result that is not the workflow's | Workflow<Order, String> | Workflow<Order, Stock>
            a step before the one that it reads | order, Shop::reserve   | shipment, Shop::reserve
            """)
    void does_not_compile(String mistake, String right, String wrong) {
        assertThat(RIGHT).as(mistake).containsOnlyOnce(right);
        String source = RIGHT.replace(right, wrong);
        // A newer javac also tells what follows from it further down.
        assertThat(mistakes(source)).as(mistake).first().isEqualTo(lineOf(wrong, source));
    }

    private static long lineOf(String text, String source) {
        List<String> lines = source.lines().toList();
        return IntStream.range(0, lines.size())
                        .filter(i -> lines.get(i).contains(text))
                        .findFirst()
                        .orElseThrow()
                + 1;
    }

    /** The lines of a source in which the compiler finds mistakes. */
    private Set<Long> mistakes(String source) {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///Shop.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        List<String> options = List.of(
                "-cp",
                CodeSource.of(Workflow.class).toString(),
                "-d",
                classes.toString(),
                "-proc:none",
                "-implicit:none");
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, found, options, null, List.of(file))
                .call();
        Set<Long> lines = found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(Diagnostic::getLineNumber)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(compiled).as("%s", found.getDiagnostics()).isEqualTo(lines.isEmpty());
        return lines;
    }
}
