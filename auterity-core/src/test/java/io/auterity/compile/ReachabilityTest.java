package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Steps, cases and blocks that can never run. */
class ReachabilityTest {

    @Test
    void a_condition_that_is_always_false() {
        assertThat(problem("steps: {a: {value: 1, if: \"${{ 1 > 2 }}\"}, b: {value: \"${{ steps.a.output }}\"}}"))
                .isEqualTo("""
                        AUT-C006 flow/a: the step never runs: its condition is always false
                          fix: remove the step, or mend the condition""");
    }

    @Test
    void a_condition_that_is_always_true_is_fine_and_skips_nothing() {
        assertThat(problems("steps: {a: {value: 1, if: \"${{ true }}\"}}\noutput: ${{ steps.a.output }}"))
                .isEmpty();
    }

    @Test
    void a_step_behind_one_that_always_fails() {
        assertThat(problem("""
                        steps:
                          stop: {fail: "out of stock"}
                          after: {value: 1, needs: [stop]}
                          later: {value: 1, needs: [after]}
                        """)).isEqualTo("""
                        AUT-C006 flow/after: the step never runs: it waits for step 'stop', which always fails
                          fix: add 'join: all-done', or give 'stop' a condition""");
    }

    @Test
    void a_failure_with_a_condition_or_a_remedy_leaves_what_follows_reachable() {
        assertThat(problems("""
                                steps:
                                  stop: {fail: "out of stock", if: "${{ input.stock == 0 }}"}
                                  after: {value: 1, needs: [stop], join: none-failed}
                                  soft: {fail: "never mind", onError: continue}
                                  behind: {value: 1, needs: [soft]}
                                  mended: {fail: "never mind", onError: {fallback: 1}}
                                  sum: {value: "${{ steps.mended.output + 1 }}"}
                                  hard: {fail: "at last"}
                                  cleanup: {value: 1, needs: [hard], join: all-done}
                                """)).isEmpty();
    }

    @Test
    void a_block_that_always_fails_is_a_step_that_always_fails() {
        assertThat(problem("""
                        steps:
                          twice: {repeat: {steps: {x: {fail: "no"}}, until: "${{ index > 0 }}"}}
                          after: {value: 1, needs: [twice]}
                        """))
                .contains("AUT-C006 flow/after: the step never runs: it waits for step 'twice', which always fails");
        assertThat(problem("""
                        steps:
                          both: {race: {x: {fail: "no"}, y: {fail: "no"}}}
                          after: {value: 1, needs: [both]}
                        """)).contains("it waits for step 'both', which always fails");
        assertThat(problem("""
                        steps:
                          safe: {try: {steps: {x: {fail: "no"}}}, finally: {steps: {}}}
                          after: {value: 1, needs: [safe]}
                        """)).contains("it waits for step 'safe', which always fails");
    }

    @Test
    void a_block_that_may_not_run_or_is_mended_does_not_always_fail() {
        assertThat(problems("""
                                steps:
                                  each: {forEach: "${{ input.list }}", steps: {x: {fail: "no"}}}
                                  safe: {try: {steps: {x: {fail: "no"}}}, catch: {steps: {}, output: 1}}
                                  one: {race: {x: {fail: "no"}, y: {value: 1}}}
                                  after: {value: "${{ steps.safe.output + 1 }}", needs: [each, one]}
                                """)).isEmpty();
    }

    @Test
    void a_case_behind_one_that_always_holds() {
        assertThat(problem("""
                        steps:
                          tier:
                            switch:
                              - {if: "${{ input.score > 80 }}", value: hot}
                              - {else: true, value: cold}
                              - {if: "${{ input.score > 50 }}", value: warm}
                        """)).isEqualTo("""
                        AUT-C006 flow/tier/switch/2: the case is never reached: one before it always holds
                          fix: remove the case""");
    }

    @Test
    void a_case_that_never_holds() {
        assertThat(problem("steps: {a: {switch: [{if: \"${{ 1 == 2 }}\", value: 1}, {else: true, value: 2}]}}"))
                .isEqualTo("""
                        AUT-C006 flow/a/switch/0: the case never holds
                          fix: remove the case""");
    }

    @Test
    void a_loop_over_nothing() {
        assertThat(problem("steps: {a: {forEach: [], steps: {x: {value: 1}}}}")).isEqualTo("""
                        AUT-C006 flow/a/forEach: the list is always empty
                          fix: remove the step, or mend the list""");
    }

    @Test
    void a_repetition_that_never_begins() {
        assertThat(problem("steps: {a: {repeat: {steps: {x: {value: 1}}, while: \"${{ 1 > 2 }}\"}}}"))
                .isEqualTo("""
                        AUT-C006 flow/a/repeat: the block never runs: 'while' is always false
                          fix: remove the step""");
    }
}
