package io.auterity.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Benchmarks benchmarks = new Benchmarks(
            List.of(new Sorting()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));

    @Test
    void prints_a_line_for_each_figure() throws Exception {
        assertThat(benchmarks.run(List.of("sort", "--quick"))).isZero();
        assertThat(text(out).lines())
                .containsExactly(
                        "id, workload, ours, peer, ratio, unit, rounds",
                        "sort, list-10/bubble, 2.00, 8.00, 0.250, ns, 3");
    }

    @Test
    void writes_the_figures_as_json(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("figures.json");

        assertThat(benchmarks.run(List.of("sort", "--json", file.toString()))).isZero();

        assertThat(Files.readString(file))
                .contains("\"processors\"", "\"workload\" : \"list-10/bubble\"", "\"ratio\" : 0.25", "\"rounds\" : 7");
    }

    @Test
    void an_unknown_id_lists_the_known_ones() throws Exception {
        assertThat(benchmarks.run(List.of("search"))).isEqualTo(2);
        assertThat(text(err)).contains("no benchmark 'search'", "sort", "sorts a list");
    }

    @Test
    void no_id_lists_the_known_ones() throws Exception {
        assertThat(benchmarks.run(List.of())).isEqualTo(2);
        assertThat(text(err)).contains("no benchmark is named", "sorts a list");
    }

    @Test
    void refuses_arguments_the_benchmark_refuses() throws Exception {
        assertThat(benchmarks.run(List.of("sort", "--train"))).isEqualTo(2);
        assertThat(text(err)).contains("sorts without arguments");
        assertThat(benchmarks.run(List.of("sort", "--json"))).isEqualTo(2);
        assertThat(text(err)).contains("--json is followed by");
    }

    @Test
    void every_benchmark_has_an_id_of_its_own() {
        assertThat(Benchmarks.ALL).extracting(Bench::id).doesNotHaveDuplicates().doesNotContain("jmh");
    }

    @Test
    void contestants_take_turns_after_a_warm_up_each() throws Exception {
        List<String> order = new ArrayList<>();
        Interleaved comparison = new Interleaved(2)
                .add("a", () -> {
                    order.add("a");
                    return (double) order.size();
                })
                .add("b", () -> {
                    order.add("b");
                    return (double) order.size();
                });

        assertThat(comparison.medians()).containsEntry("a", 4.0).containsEntry("b", 5.0);
        assertThat(order).containsExactly("a", "b", "a", "b", "a", "b");

        order.clear();
        assertThat(comparison.warmUp(3).medians()).containsEntry("a", 8.0).containsEntry("b", 9.0);
        assertThat(order).hasSize(10);
    }

    @Test
    void the_median_ignores_outliers() {
        assertThat(Interleaved.median(new double[] {3, 1000, 1})).isEqualTo(3);
        assertThat(Interleaved.median(new double[] {3, 1000, 1, 4})).isEqualTo(3.5);
    }

    @Test
    void a_figure_that_cannot_be_compared_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Figure("sort", "list", 1, 0, "ns", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Figure("sort", "list", Double.NaN, 1, "ns", 1));
    }

    @Test
    void the_first_step_of_a_report_is_the_one_that_began_first() {
        String report = """
            {"steps": {"late": {"startedAt": "2026-11-26T07:09:40Z"}, "skipped": {"startedAt": null},
                "first": {"startedAt": "2026-11-26T07:09:39.770Z"}}}\
            """;
        assertThat(StartBench.firstStep(report)).isEqualTo("2026-11-26T07:09:39.770Z");
        assertThatIllegalStateException().isThrownBy(() -> StartBench.firstStep("{\"steps\": {}}"));
    }

    @Test
    void the_time_to_start_is_only_measured_where_the_program_is() throws Exception {
        Benchmarks all = new Benchmarks(Benchmarks.ALL, new PrintStream(out), new PrintStream(err));
        assertThat(all.run(List.of("start", "none.jar"))).isEqualTo(2);
        assertThat(text(err)).contains("there is no file 'none.jar'");
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    private static final class Sorting implements Bench {

        @Override
        public String id() {
            return "sort";
        }

        @Override
        public String summary() {
            return "sorts a list";
        }

        @Override
        public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
            if (!arguments.isEmpty()) {
                throw new UsageException("sorts without arguments");
            }
            new Interleaved(effort.rounds())
                    .add("ours", () -> 2.0)
                    .add("bubble", () -> 8.0)
                    .firstAgainstOthers(id(), "list-10", "ns")
                    .forEach(figures);
        }
    }
}
