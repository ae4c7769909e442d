package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Block;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Races, switches, repetitions, try blocks and waits that make sense. */
class ControlFlowTest {

    private static final Step ONE = Step.of("one", new StepKind.Value(new Template(1L)));

    @Test
    void a_race_has_two_branches() {
        assertThat(problem(Step.of("r", new StepKind.Race(List.of(ONE)))))
                .isEqualTo("AUT-C025 flow/r/race: the race has only one branch\n"
                        + "  fix: add a branch, or write the step without 'race'");
        assertThat(problem(Step.of("r", new StepKind.Race(List.of()))))
                .isEqualTo("AUT-C025 flow/r/race: the race has no branches\n  fix: add two branches or more");
        assertThat(problems("steps: {r: {race: {a: {value: 1}, b: {value: 2}}}}"))
                .isEmpty();
    }

    @Test
    void the_branches_of_a_race_do_not_wait_for_each_other() {
        assertThat(problem("steps: {r: {race: {a: {value: 1}, b: {value: 2, needs: [a]}}}}"))
                .isEqualTo(
                        "AUT-C025 flow/r/race/b/needs: the branches of a race start together, so that none can need 'a'\n"
                                + "  fix: remove 'needs'");
        assertThat(problem("steps: {r: {race: {a: {value: 1}, b: {value: \"${{ steps.a.output }}\"}}}}"))
                .isEqualTo("AUT-C025 flow/r/race/b/value: reads step 'a', another branch of the same race\n"
                        + "  fix: give the branch its own steps, or move 'a' before the race");
        assertThat(problems(
                        "steps: {x: {value: 1}, r: {race: {a: {value: 1}, b: {value: \"${{ steps.x.output }}\"}}}}"))
                .isEmpty();
    }

    @Test
    void a_switch_has_a_case_for_everything() {
        assertThat(problem("steps: {s: {switch: [{if: \"${{ input.x > 1 }}\", value: 1}]}}"))
                .isEqualTo("AUT-C026 flow/s/switch: no case may hold, and there is no 'else'\n"
                        + "  fix: add '- {else: true, value: ...}' as the last case");
        assertThat(problem(Step.of("s", new StepKind.Switch(List.of()))))
                .startsWith("AUT-C026 flow/s/switch: the switch has no cases");
        assertThat(problems("steps: {s: {switch: [{if: \"${{ true }}\", value: 1}]}}"))
                .isEmpty();
    }

    @Test
    void a_switch_over_every_constant_of_an_enumeration_needs_no_else() {
        String yaml = """
                input: {tier: {type: string, enum: [hot, cold]}}
                steps:
                  s:
                    switch:
                      - {if: "${{ input.tier == 'hot' }}", value: 1}
                      - {if: "${{ input.tier == '%s' }}", value: 2}
                """;
        assertThat(problem(yaml.formatted("hot"))).startsWith("AUT-C026 flow/s/switch: no case may hold");
        assertThat(problems(yaml.formatted("cold"))).isEmpty();
        String steps = """
                steps:
                  tier: {switch: [{if: "${{ input.x > 1 }}", value: hot}, {else: true, value: cold}]}
                  price:
                    switch:
                      - {if: "${{ steps.tier.output == 'hot' }}", value: 1}
                      - {if: "${{ steps.tier.output == 'cold' }}", value: 2}
                """;
        assertThat(problems(steps)).isEmpty();
    }

    @Test
    void a_repetition_can_end() {
        assertThat(problem("steps: {r: {repeat: {steps: {x: {value: 1}}, max: 3}}}"))
                .isEqualTo(
                        "AUT-C027 flow/r/repeat: repeat has neither 'until' nor 'while', so that it could only end by "
                                + "exceeding 'max'\n  fix: add 'until', an expression that holds when it is done");
        assertThat(problem("steps: {r: {repeat: {steps: {x: {value: 1}}, until: \"${{ 1 > 2 }}\"}}}"))
                .isEqualTo("AUT-C027 flow/r/repeat: the repetition never ends well: 'until' is always false\n"
                        + "  fix: mend 'until'");
    }

    @Test
    void the_numbers_of_a_repetition_are_in_range() {
        assertThat(repeat(0, Duration.ZERO)).contains("max is 0, but must be 1 to 1000000");
        assertThat(repeat(1, Duration.ZERO)).isEmpty();
        assertThat(repeat(1_000_000, Duration.ZERO)).isEmpty();
        assertThat(repeat(1_000_001, Duration.ZERO)).contains("max is 1000001");
        assertThat(repeat(1, Duration.ofSeconds(-1))).contains("the delay is negative");
    }

    private static String repeat(int max, Duration delay) {
        return problem(Step.of(
                "r", new StepKind.Repeat(Block.of(ONE), Optional.of("index > 1"), Optional.empty(), max, delay)));
    }

    @Test
    void a_try_does_something_after_its_block() {
        assertThat(problem("steps: {t: {try: {steps: {x: {value: 1}}}}}"))
                .isEqualTo("AUT-C031 flow/t/try: the block has neither 'catch' nor 'finally'\n"
                        + "  fix: add one, or write the steps without 'try'");
    }

    @Test
    void a_try_alone_is_a_block_where_just_one_step_can_stand() {
        String block = "{try: {steps: {x: {value: 1}, y: {value: 2}}, output: \"${{ steps.x.output }}\"}}";
        assertThat(problems("steps: {r: {race: {a: " + block + ", b: {wait: 1h}}}}"))
                .isEmpty();
        assertThat(problems("steps: {c: {uses: email.send, with: {to: x}, undo: " + block + ", onError: {fallback: "
                        + block + "}}}"))
                .isEmpty();
        assertThat(problem("steps: {r: {race: {a: {wait: 1h}, b: {try: {steps: {t: " + block
                        + "}}, finally: {steps: {}}}}}}"))
                .startsWith("AUT-C031 flow/r/race/b/try/t/try: ");
    }

    @Test
    void an_approval_that_decides_by_itself_says_when() {
        assertThat(problem("steps: {a: {approve: {by: [boss], else: reject}}}"))
                .isEqualTo(
                        "AUT-C028 flow/a/approve: 'else' says what happens when nobody decides in time, but there is no "
                                + "'within'\n  fix: add 'within: 24h', or remove 'else'");
        assertThat(problems("steps: {a: {approve: {by: [boss], within: 1h, else: approve}}}"))
                .isEmpty();
        assertThat(problems("steps: {a: {approve: {}}}")).isEmpty();
    }

    @Test
    void names_of_signals_events_codes_and_roles_are_not_blank() {
        assertThat(problem(Step.of("a", new StepKind.Await(" ", Optional.empty(), Map.of()))))
                .startsWith("AUT-C031 flow/a/await: the signal has no name");
        assertThat(problem(Step.of("a", new StepKind.Emit("", new Template(1L)))))
                .startsWith("AUT-C031 flow/a/emit: the event has no name");
        assertThat(problem(Step.of("a", new StepKind.Fail("", new Template("x")))))
                .startsWith("AUT-C031 flow/a/fail: the failure has no code");
        assertThat(problem(Step.of(
                        "a",
                        new StepKind.Approve(
                                List.of(""), Optional.empty(), Map.of(), StepKind.Approve.Otherwise.FAIL))))
                .startsWith("AUT-C028 flow/a/approve: 'by' has a role without a name");
    }

    @Test
    void time_limits_of_waits_are_positive() {
        assertThat(problem(Step.of("a", new StepKind.Await("s", Optional.of(Duration.ZERO), Map.of()))))
                .startsWith("AUT-C023 flow/a/await/within: within is PT0S");
        assertThat(problem(Step.of(
                        "a",
                        new StepKind.Approve(
                                List.of(),
                                Optional.of(Duration.ofSeconds(-1)),
                                Map.of(),
                                StepKind.Approve.Otherwise.FAIL))))
                .startsWith("AUT-C023 flow/a/approve/within: ");
    }

    @Test
    void a_constant_wait_is_a_time() {
        assertThat(problem(Step.of("a", new StepKind.Wait(new Template("soon")))))
                .startsWith("AUT-C016 flow/a/wait: waits for 'soon', which is no time");
        assertThat(problem(Step.of("a", new StepKind.Wait(new Template(5L)))))
                .startsWith("AUT-C016 flow/a/wait: waits for 5, which is no time");
        assertThat(problem(Step.of("a", new StepKind.Wait(new Template("2030-01-31T09:00:00+01:00")))))
                .isEmpty();
    }
}
