package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Steps that wait for each other. */
class CyclesTest {

    @Test
    void a_cycle_is_reported_with_its_path() {
        assertThat(problem("""
                        steps:
                          reserve-stock: {value: 1, needs: [audit]}
                          ship: {value: "${{ steps['reserve-stock'].output }}"}
                          audit: {value: "${{ steps.ship.output }}"}
                        """)).isEqualTo("""
                        AUT-C005 flow: steps form a cycle: reserve-stock -> ship -> audit -> reserve-stock
                          fix: remove one of these three edges""");
    }

    @Test
    void a_step_does_not_wait_for_itself() {
        assertThat(problem("steps: {a: {value: \"${{ steps.a.output + 1 }}\"}}"))
                .isEqualTo("""
                        AUT-C005 flow/a: the step waits for itself: a -> a
                          fix: remove what it reads of itself, or its own name from 'needs'""");
        assertThat(problem("steps: {a: {value: 1, needs: [a]}}")).contains("a -> a");
    }

    @Test
    void a_step_inside_a_block_does_not_wait_for_the_block() {
        assertThat(problem("steps: {each: {forEach: [1], steps: {x: {value: \"${{ size(steps.each.output) }}\"}}}}"))
                .contains("AUT-C005 flow/each: the step waits for itself: each -> each");
    }

    @Test
    void a_cycle_through_a_nested_block_is_one_of_the_enclosing_steps() {
        assertThat(problem("""
                        steps:
                          each: {forEach: [1], steps: {x: {value: "${{ steps.sum.output }}"}}}
                          sum: {value: "${{ size(steps.each.output) }}"}
                        """))
                .contains("AUT-C005 flow: steps form a cycle: each -> sum -> each")
                .contains("fix: remove one of these two edges");
    }

    @Test
    void cycles_that_share_no_step_are_all_reported() {
        assertThat(problems("""
                                steps:
                                  a: {value: 1, needs: [b]}
                                  b: {value: 1, needs: [a]}
                                  c: {value: 1, needs: [d]}
                                  d: {value: 1, needs: [c]}
                                """))
                .hasSize(2)
                .allMatch(problem -> problem.startsWith("AUT-C005 flow: steps form a cycle: "));
    }

    @Test
    void a_cycle_hides_no_other_problem_and_makes_no_new_one() {
        assertThat(problems("""
                                steps:
                                  a: {value: "${{ steps.b.output.name + 1 }}"}
                                  b: {value: "${{ steps.a.output }}"}
                                  c: {value: "${{ steps.a.output * 2 }}"}
                                  d: {value: "${{ 'x' * 2 }}"}
                                """))
                .hasSize(2)
                .satisfiesExactly(
                        cycle -> assertThat(cycle).startsWith("AUT-C005 flow: steps form a cycle: a -> b -> a"),
                        type -> assertThat(type).startsWith("AUT-C011 flow/d/value"));
    }

    @Test
    void the_shortest_way_round_is_shown() {
        assertThat(problem("""
                        steps:
                          a: {value: 1, needs: [e]}
                          b: {value: 1, needs: [a]}
                          c: {value: 1, needs: [b]}
                          d: {value: 1, needs: [c]}
                          e: {value: 1, needs: [d, a]}
                        """)).contains("steps form a cycle: a -> e -> a");
    }

    @Test
    void a_long_cycle_is_cut_in_the_middle() {
        StringBuilder yaml = new StringBuilder("steps:\n");
        for (int i = 0; i < 100; i++) {
            yaml.append("  s")
                    .append(i)
                    .append(": {value: 1, needs: [s")
                    .append((i + 99) % 100)
                    .append("]}\n");
        }
        assertThat(problem(yaml.toString()))
                .contains("s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> s8 -> s9 -> (80 more) -> s90")
                .endsWith("fix: remove one of these 100 edges");
    }
}
