package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.ConnectorProvider.Surroundings;
import io.auterity.connector.Connectors;
import io.auterity.connector.Credentials;
import io.auterity.connector.OutboundGuard;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The manual names each input and each output of the operations, and no other. */
class OperationTablesTest {

    private static final Pattern NAME = Pattern.compile("`(\\w+)`");
    private static final Pattern IN_PARENTHESES = Pattern.compile("\\([^)]*\\)");

    private final Connectors connectors = Connectors.builder()
            .discover(OperationTablesTest.class.getClassLoader())
            .add(Manual.ai())
            .build(new Surroundings(
                    OutboundGuard.strict(),
                    Credentials.NONE,
                    () -> Instant.EPOCH,
                    (delay, task) -> () -> {},
                    (workflow, input, context) -> new CompletableFuture<>()));

    @Test
    void of_core() {
        List<String> core = of("core");
        List<List<String>> rows = rows("docs/connectors.md", "## core\n");
        assertThat(rows.stream().map(row -> row.get(0)).map(OperationTablesTest::bare))
                .containsExactlyInAnyOrderElementsOf(core);
        rows.forEach(row -> isInput(bare(row.get(0)), row.get(1)));
    }

    @Test
    void of_ai() {
        List<List<String>> rows = rows("docs/relay.md", "## In workflows\n");
        assertThat(rows.stream().map(row -> row.get(0)).map(OperationTablesTest::bare))
                .containsExactlyInAnyOrderElementsOf(of("ai"));
        String section = section("docs/relay.md", "## In workflows\n");
        for (List<String> row : rows) {
            String operation = bare(row.get(0));
            isInput(operation, row.get(1));
            assertThat(names(row.get(2))).as("output of %s", operation).isEqualTo(fields(output(operation)));
            assertThat(braced(section, "`choice` is `")).isEqualTo(fields(field(input(operation), "choice")));
            assertThat(braced(section, "step, is `")).isEqualTo(fields(field(output(operation), "spent")));
        }
    }

    @Test
    void of_http() {
        String page = "docs/connectors.md";
        isInput("http.request", firstColumn(page, "## http.request\n"));
        assertThat(braced(section(page, "## http.request\n"), "The output is `"))
                .isEqualTo(fields(output("http.request")));
    }

    @Test
    void of_sql() {
        String page = "docs/connectors.md";
        String heading = "## sql.query and sql.update\n";
        String connection = rows(page, heading).get(0).get(1);
        for (String operation : of("sql")) {
            isInput(operation, firstColumn(page, heading));
            assertThat(names(connection)).isEqualTo(fields(field(input(operation), "connection")));
        }
        assertThat(section(page, heading)).contains("`{rows: [{column: value}], truncated}`", "returns\n`{count}`");
        assertThat(fields(output("sql.query"))).containsExactly("rows", "truncated");
        assertThat(fields(output("sql.update"))).containsExactly("count");
    }

    private void isInput(String operation, String cell) {
        assertThat(names(cell)).as("input of %s", operation).isEqualTo(fields(input(operation)));
    }

    private List<String> of(String connector) {
        return connectors.names().stream()
                .filter(name -> name.startsWith(connector + "."))
                .toList();
    }

    private Map<String, Object> input(String operation) {
        return connectors.get(operation).description().input();
    }

    private Map<String, Object> output(String operation) {
        return connectors.get(operation).description().output();
    }

    private static TreeSet<String> fields(Map<?, ?> schema) {
        TreeSet<String> fields = new TreeSet<>();
        ((Map<?, ?>) schema.get("properties")).keySet().forEach(name -> fields.add((String) name));
        return fields;
    }

    private static Map<?, ?> field(Map<?, ?> schema, String name) {
        return (Map<?, ?>) ((Map<?, ?>) schema.get("properties")).get(name);
    }

    // --- the pages ---

    private static String section(String page, String heading) {
        String text = Repository.read(page);
        return text.substring(text.indexOf(heading)).split("\n## ", 2)[0];
    }

    /** The rows of the first table of a section, without its heading. */
    private static List<List<String>> rows(String page, String heading) {
        List<List<String>> rows = new ArrayList<>();
        section(page, heading)
                .lines()
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .forEach(line -> rows.add(Stream.of(line.split("(?<!\\\\)\\|"))
                        .skip(1)
                        .map(String::strip)
                        .toList()));
        return rows;
    }

    private static String firstColumn(String page, String heading) {
        return String.join(
                " ", rows(page, heading).stream().map(row -> row.get(0)).toList());
    }

    /** The names in back-quotes; what stands in parentheses are values. */
    private static TreeSet<String> names(String cell) {
        TreeSet<String> names = new TreeSet<>();
        NAME.matcher(IN_PARENTHESES.matcher(cell).replaceAll("")).results().forEach(name -> names.add(name.group(1)));
        return names;
    }

    private static TreeSet<String> braced(String section, String before) {
        Matcher list =
                Pattern.compile(Pattern.quote(before) + "\\{([\\w, ]+)}`").matcher(section);
        assertThat(list.find()).as(before).isTrue();
        return new TreeSet<>(List.of(list.group(1).split(", ")));
    }

    private static String bare(String cell) {
        return cell.replace("`", "");
    }
}
