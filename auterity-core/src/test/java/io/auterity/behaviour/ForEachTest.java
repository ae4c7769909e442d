package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.definition.Failure;
import io.auterity.definition.StepKind.ForEach.ItemErrors;
import io.auterity.journal.NoJournal;
import io.auterity.journal.RunStatus;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ForEachTest {

    @OnEverySchedule
    void values_come_in_the_order_of_the_items(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      each:
                        forEach: ${{ [40, 5, 20] }}
                        as: n
                        steps: {a: {uses: do.take, with: {time: "${{ string(n) }}ms", value: "${{ n }}"}}}
                        output: ["${{ index }}", "${{ steps.a.output }}"]
                    output: ${{ steps.each.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo(List.of(List.of(0L, 40L), List.of(1L, 5L), List.of(2L, 20L)));
        }
    }

    @Test
    void what_is_said_of_items_is_refused_where_there_are_none() {
        assertThatThrownBy(() -> Workflow.define(
                        "one",
                        Map.class,
                        (flow, input) -> flow.step("a").concurrency(3).run(Long.class, () -> 1L)))
                .hasMessageContaining("step 'a' has a concurrency, which is for 'forEach'; leave it out");
        assertThatThrownBy(() -> Workflow.define(
                        "one",
                        Map.class,
                        (flow, input) ->
                                flow.step("a").onItemError(ItemErrors.SKIP).run(Long.class, () -> 1L)))
                .hasMessageContaining("step 'a' has a rule for failed items");
    }

    @OnEverySchedule
    void numbers_with_and_without_a_fraction_arrive_in_java_as_the_class_of_the_list_says(Schedule schedule) {
        Workflow<Map, Double> workflow = Workflow.define("mixed", Map.class, (flow, input) -> {
            Handle<List<Integer>> numbers = flow.step("numbers").runList(Integer.class, input, any -> List.of(1, 2));
            Handle<List<Double>> halves = flow.forEach(
                    "each", numbers, (inner, n) -> inner.step("half").value(Double.class, "item == 1 ? 0.5 : 2"));
            return flow.step("sum")
                    .run(
                            Double.class,
                            halves,
                            all -> all.stream().mapToDouble(Double::doubleValue).sum());
        });
        try (Lab lab = new Lab(schedule)) {
            assertThat(lab.run(workflow, Map.of()).orElseThrow()).isEqualTo(2.5);
        }
    }

    @OnEverySchedule
    void no_more_items_are_under_way_than_allowed_and_no_fewer(Schedule schedule) {
        for (int concurrency : List.of(1, 3, 16)) {
            AtomicInteger now = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            try (Lab lab = new Lab(schedule)) {
                lab.on("work", (input, context) -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    return lab.later(Duration.ofMillis(3), now::decrementAndGet);
                });
                lab.run("steps: {each: {forEach: '${{ range(40) }}', concurrency: " + concurrency
                                + ", steps: {a: {uses: do.work}}}}")
                        .orElseThrow();
                assertThat(most).hasValueLessThanOrEqualTo(concurrency);
                if (lab.isSimulated()) { // real threads may be too slow to be there all at once
                    assertThat(most).hasValue(concurrency);
                }
            }
        }
    }

    @OnEverySchedule
    void a_failed_item_fails_the_step_and_stops_the_others(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      each:
                        forEach: ${{ [1, 2, 3, 4] }}
                        concurrency: 2
                        steps:
                          wait: {uses: do.held}
                          a: {if: "${{ item == 1 }}", uses: do.fail, with: {code: no}, needs: [wait]}
                          b: {if: "${{ item != 1 }}", uses: do.take, with: {time: 1h}}
                    """);
            lab.untilCalled("each[1]/b");
            lab.release();
            RunResult<Object> result = lab.end(run);
            assertThat(result.failure().map(Failure::code)).contains("no");
            assertThat(Lab.states(run)).containsEntry("each[1]/b", "cancelled").doesNotContainKey("each[2]/b");
        }
    }

    @OnEverySchedule
    void skip_leaves_failed_items_out_and_collect_keeps_their_errors(Schedule schedule) {
        String yaml = """
                steps:
                  each:
                    forEach: ${{ [1, 2, 3] }}
                    onItemError: POLICY
                    steps: {a: {value: "${{ 6 / (item - 2) }}"}}
                    output: ${{ steps.a.output }}
                output: ${{ steps.each.output }}
                """;
        try (Lab lab = new Lab(schedule)) {
            assertThat(lab.run(yaml.replace("POLICY", "skip")).orElseThrow()).isEqualTo(List.of(-6L, 6L));
            List<?> collected =
                    (List<?>) lab.run(yaml.replace("POLICY", "collect")).orElseThrow();
            assertThat(collected).hasSize(3);
            assertThat(collected.get(1)).isInstanceOf(Map.class);
            Map<?, ?> error = (Map<?, ?>) ((Map<?, ?>) collected.get(1)).get("error");
            assertThat(error.get("code")).isEqualTo(Failure.EXPRESSION);
        }
    }

    @OnEverySchedule
    void nothing_to_do_makes_an_empty_list(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result =
                    lab.run("steps: {each: {forEach: '${{ range(size(run.tenant)) }}', steps: {a: {uses: do.echo}}}}\n"
                            + "output: ${{ steps.each.output }}");
            assertThat(result.orElseThrow()).isEqualTo(List.of());
        }
    }

    @OnEverySchedule
    void what_is_no_list_fails_the_step(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      list: {uses: do.echo, with: {value: 7}}
                      each: {forEach: "${{ steps.list.output }}", steps: {a: {uses: do.echo}}}
                    """);
            assertThat(result.failure().map(Failure::code)).contains(Failure.INVALID_INPUT);
            assertThat(lab.run("""
                            steps:
                              list: {uses: do.echo, with: {value: {a: [1, x]}}}
                              each: {forEach: "${{ steps.list.output }}", steps: {a: {uses: do.echo}}}
                            """).failure().map(Failure::message))
                    .contains("forEach takes a list, not {\"a\":[1,\"x\"]}");
        }
    }

    @OnEverySchedule
    void a_cancellation_stops_items_under_way_and_starts_no_others(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(
                    "steps: {each: {forEach: '${{ range(10) }}', concurrency: 2, steps: {a: {uses: do.take, with: {time: 1h}}}}}");
            lab.untilCalled("each[0]/a");
            lab.untilCalled("each[1]/a");
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(lab.calls()).containsExactlyInAnyOrder("each[0]/a", "each[1]/a");
            assertThat(Lab.states(run)).containsEntry("each", "cancelled");
        }
    }

    @OnEverySchedule
    void loops_nest_and_see_outer_items(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      rows:
                        forEach: ${{ [1, 2] }}
                        as: row
                        steps:
                          cells:
                            forEach: ${{ [10, 20] }}
                            as: cell
                            steps: {sum: {value: "${{ row + cell }}"}}
                            output: ${{ steps.sum.output }}
                        output: ${{ steps.cells.output }}
                    output: ${{ steps.rows.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo(List.of(List.of(11L, 21L), List.of(12L, 22L)));
        }
    }

    @Test
    void a_hundred_thousand_items_keep_nothing_of_those_that_have_ended() {
        List<WeakReference<Object>> sample = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger stillThere = new AtomicInteger(-1);
        try (Lab lab = new Lab(Schedule.REAL).deaf().with(builder -> builder.journal(new NoJournal()))) {
            lab.on(
                    "many",
                    (input, context) -> LongStream.range(0, 100_000).boxed().toList());
            lab.on("work", (input, context) -> {
                List<Object> output = new ArrayList<>(List.of("bulky"));
                long item = (Long) input.get("item");
                if (item % 1_000 == 0 && item < 50_000) {
                    sample.add(new WeakReference<>(output));
                } else if (item == 90_000) {
                    stillThere.set(countAfterCollection(sample));
                }
                return output;
            });
            RunResult<Object> result = lab.run("""
                    steps:
                      many: {uses: do.many}
                      each:
                        forEach: ${{ steps.many.output }}
                        concurrency: 32
                        steps:
                          work: {uses: do.work, with: {item: "${{ item }}"}}
                          length: {value: "${{ size(steps.work.output) }}"}
                        output: ${{ steps.length.output }}
                      total: {value: "${{ size(steps.each.output) }}"}
                    output: ${{ steps.total.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo(100_000L);
            assertThat(sample).hasSize(50);
            assertThat(stillThere.get()).isBetween(0, 5);
        }
    }

    private static int countAfterCollection(List<WeakReference<Object>> sample) {
        int left = sample.size();
        for (int i = 0; i < 20 && left > 0; i++) {
            System.gc();
            left = (int)
                    sample.stream().filter(reference -> reference.get() != null).count();
        }
        return left;
    }
}
