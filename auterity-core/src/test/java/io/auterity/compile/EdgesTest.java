package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.plan.Graph;
import org.junit.jupiter.api.Test;

/** Steps that name other steps, and the edges that come of it. */
class EdgesTest {

    private static Graph graph(String yaml) {
        return Compiling.compile(yaml).plan().graph();
    }

    @Test
    void reading_a_step_makes_an_edge_and_needs_makes_one_without_a_read() {
        Graph graph = graph("""
                steps:
                  c: {value: "${{ steps.a.output }}", needs: [b]}
                  a: {value: 1}
                  b: {value: 2}
                """);
        assertThat(Graphs.edges(graph)).containsExactlyInAnyOrder("a -> c", "b -> c");
        assertThat(Graphs.reads(graph)).containsExactly("a -> c");
    }

    @Test
    void independent_steps_have_no_edge() {
        assertThat(Graphs.edges(graph("steps: {a: {value: 1}, b: {value: 2}}"))).isEmpty();
    }

    @Test
    void several_reads_and_a_need_of_one_step_are_one_edge() {
        Graph graph = graph("""
                steps:
                  a: {value: 1}
                  b: {value: "${{ steps.a.output + steps['a'].output + steps.a.attempts }}", needs: [a]}
                """);
        assertThat(Graphs.edges(graph)).containsExactly("a -> b");
        assertThat(graph.predecessorCounts()).containsExactly(0, 1);
    }

    @Test
    void conditions_inputs_and_fallbacks_make_edges() {
        Graph graph = graph("""
                steps:
                  a: {value: 1}
                  b: {value: x}
                  c: {value: {status: 0, headers: {}, body: 1}}
                  d:
                    if: ${{ steps.a.output > 0 }}
                    uses: http.request
                    with: {url: "${{ steps.b.output }}"}
                    onError: {fallback: "${{ steps.c.output }}"}
                """);
        assertThat(Graphs.edges(graph)).containsExactlyInAnyOrder("a -> d", "b -> d", "c -> d");
    }

    @Test
    void what_a_nested_block_reads_is_an_edge_of_the_enclosing_step() {
        Graph graph = graph("""
                steps:
                  a: {value: 1}
                  each:
                    forEach: [1, 2]
                    steps:
                      in: {repeat: {steps: {x: {value: "${{ steps.a.output + item }}"}}, until: "${{ index > 1 }}"}}
                """);
        assertThat(Graphs.edges(graph)).containsExactly("a -> each");
        assertThat(Graphs.reads(graph)).containsExactly("a -> each");
    }

    @Test
    void what_an_undo_reads_is_kept_but_makes_no_edge() {
        Graph graph = graph("""
                steps:
                  a: {value: x}
                  b: {uses: http.request, with: {url: x}, undo: {uses: http.request, with: {url: "${{ coalesce(steps.a.output, 'y') }}"}}}
                output: 1
                """);
        assertThat(Graphs.edges(graph)).isEmpty();
        assertThat(graph.readerCounts()).containsExactly(1, 1);
    }

    @Test
    void what_the_output_reads_is_kept() {
        assertThat(graph("steps: {a: {value: 1}, b: {value: 2}}\noutput: ${{ steps.a.output }}")
                        .readerCounts())
                .containsExactly(1, 0);
        assertThat(graph("steps: {a: {value: 1}, b: {value: 2}}").readerCounts())
                .containsExactly(1, 1);
    }

    @Test
    void a_step_that_is_not_defined_is_named_with_the_closest_one() {
        assertThat(problems("""
                                steps:
                                  reserve-stock: {value: 1}
                                  charge-card: {value: 2}
                                  ship: {value: "${{ steps['chrage-card'].output }}"}
                                  audit: {value: 1, needs: [reserve-stok]}
                                """)).containsExactly("""
                        AUT-C003 flow/ship/value: names step 'chrage-card', which is not defined
                          fix: use 'charge-card' (closest of: reserve-stock, charge-card, audit)""", """
                        AUT-C003 flow/audit/needs: step 'reserve-stok' is not defined
                          fix: use 'reserve-stock' (closest of: reserve-stock, charge-card, ship)""");
    }

    @Test
    void needs_names_steps_of_the_same_block_only() {
        assertThat(problem("steps: {a: {value: 1}, each: {forEach: [1], steps: {x: {value: 1, needs: [a]}}}}"))
                .isEqualTo("""
                        AUT-C003 flow/each/x/needs: step 'a' is not in this block, but in one around it
                          fix: move it to the 'needs' of the enclosing step""");
    }

    @Test
    void steps_inside_a_block_are_not_seen_from_outside() {
        assertThat(
                        problem(
                                "steps: {each: {forEach: [1], steps: {inner: {value: 1}}}, a: {value: \"${{ steps.inner.output }}\"}}"))
                .startsWith("AUT-C003 flow/a/value: names step 'inner', which is inside the block 'each'\n");
    }

    @Test
    void the_blocks_of_a_try_do_not_see_each_other() {
        assertThat(problem("""
                        steps:
                          safe:
                            try: {steps: {call: {uses: http.request, with: {url: x}}}}
                            catch: {steps: {tell: {value: "${{ steps.call.status }}"}}}
                        """))
                .startsWith(
                        "AUT-C003 flow/safe/catch/tell/value: names step 'call', which is inside the block 'safe'\n");
    }
}
