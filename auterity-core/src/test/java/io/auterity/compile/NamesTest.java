package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Names of workflows, steps and variables. */
class NamesTest {

    private static Step step(String name) {
        return Step.of(name, new StepKind.Value(new Template(1L)));
    }

    @Test
    void an_id_has_lower_case_letters_digits_dots_dashes_and_underscores() {
        assertThat(problems(Definition.of("a.b_c-9", step("a")))).isEmpty();
        assertThat(problems(Definition.of("Order", step("a"))))
                .containsExactly(
                        "AUT-C001 Order: the id 'Order' has a character that ids do not have\n"
                                + "  fix: use up to 200 lower-case letters, digits, '.', '_' and '-', beginning with a letter or digit");
        assertThat(problems(Definition.of("-a", step("a")))).hasSize(1);
        assertThat(problems(Definition.of("", step("a")))).hasSize(1);
    }

    @Test
    void an_id_has_at_most_200_characters() {
        assertThat(problems(Definition.of("a".repeat(199), step("a")))).isEmpty();
        assertThat(problems(Definition.of("a".repeat(200), step("a")))).isEmpty();
        assertThat(problems(Definition.of("a".repeat(201), step("a"))))
                .singleElement()
                .asString()
                .contains("the id has 201 characters, more than 200");
    }

    @Test
    void a_step_name_has_letters_digits_dashes_and_underscores() {
        assertThat(problem(step("Charge_card-2"))).isEmpty();
        assertThat(problem(step("charge card")))
                .isEqualTo("AUT-C002 flow/charge card: the name 'charge card' has a character that names do not have\n"
                        + "  fix: use up to 200 letters, digits, '_' and '-', beginning with a letter or digit");
        assertThat(problem(step("a.b"))).startsWith("AUT-C002");
        assertThat(problem(step("_a"))).startsWith("AUT-C002");
        assertThat(problem(step(""))).startsWith("AUT-C002");
    }

    @Test
    void a_step_with_dashes_is_read_by_its_name_as_it_is() {
        String steps = "steps: {charge-card: {value: 7}, step-2: {value: 1}, %s}\n";
        for (String expression : List.of(
                "${{ steps.charge-card.output }}",
                "${{ steps.charge-card.output-steps.step-2.output }}",
                "all of ${{ steps.charge-card.output }}",
                "${{ steps['charge-card'].output + steps.step-2.output-1 }}")) {
            Compiled compiled = Compiling.compile(steps.formatted("next: {value: \"" + expression + "\"}"));
            assertThat(Graphs.edges(compiled.plan().graph()))
                    .as(expression)
                    .contains("charge-card -> next")
                    .allMatch(edge -> edge.endsWith(" -> next"));
        }
        assertThat(problem(steps.formatted("next: {if: steps.charge-crad.output == 7, value: 1}")))
                .isEqualTo("""
                        AUT-C003 flow/next/if: names step 'charge-crad', which is not defined
                          fix: use 'charge-card' (closest of: charge-card, step-2)""");
        assertThat(problem(steps.formatted("next: {value: \"${{ steps.chargecard }}\"}")))
                .startsWith("AUT-C003 flow/next/value: names step 'chargecard', which is not defined\n");
    }

    @Test
    void a_step_inside_a_block_is_not_read_from_outside_and_the_way_is_told() {
        assertThat(problem("""
                        steps:
                          each: {forEach: [1], steps: {greet: {value: "${{ item }}"}}}
                          next: {value: "${{ steps.greet.output }}"}
                        """)).startsWith("""
                        AUT-C003 flow/next/value: names step 'greet', which is inside the block 'each'
                          fix: put it into that block's 'output', and read the step around it;""");
    }

    @Test
    void the_step_that_reads_is_not_proposed_to_itself() {
        assertThat(problem("steps: {sent: {value: \"${{ steps.senz.output }}\"}, send: {value: 1}}"))
                .endsWith("fix: use 'send' (closest of: send)");
    }

    @Test
    void what_a_stranger_wrote_does_not_steer_the_terminal_that_shows_what_is_wrong_with_it() {
        assertThat(problem(step("a\u001b[2J\nb")))
                .startsWith("AUT-C002 flow/a\\u001b[2J\\nb: the name 'a\\u001b[2J\\nb' has a character");
        assertThatThrownBy(() -> Compiling.compiler().build().compile(Definition.of("a\u001b[2J")))
                .hasMessageStartingWith("workflow 'a\\u001b[2J' has 1 problem:\n");
    }

    @Test
    void a_difference_of_steps_is_one_where_no_step_has_the_whole_name() {
        assertThat(Graphs.edges(Compiling.compile("""
                        steps:
                          a: {value: 5}
                          b: {value: 3}
                          next: {forEach: [1], as: b, steps: {x: {value: "${{ steps.a.output-b }}"}}}
                        """).plan().graph())).containsExactly("a -> next");
    }

    @Test
    void names_with_dashes_are_read_in_large_workflows_too() {
        List<Step> steps = new ArrayList<>(List.of(step("s-0")));
        for (int i = 1; i < 9_000; i++) {
            String sum = String.join(" + ", Collections.nCopies(6, "steps.s-" + (i - 1) + ".output"));
            steps.add(Step.of("s-" + i, new StepKind.Value(Template.expression(sum + " - " + sum))));
        }
        assertThat(problems(Definition.of("flow", steps.toArray(Step[]::new)))).isEmpty();
    }

    @Test
    void a_step_name_has_at_most_200_characters() {
        assertThat(problem(step("a".repeat(199)))).isEmpty();
        assertThat(problem(step("a".repeat(200)))).isEmpty();
        assertThat(problem(step("a".repeat(201)))).contains("the name has 201 characters, more than 200");
    }

    @Test
    void two_steps_of_a_block_have_different_names() {
        assertThat(problem(step("a"), step("b"), step("a")))
                .isEqualTo("AUT-C004 flow/a: the block has another step 'a'\n"
                        + "  fix: give one of the two another name");
    }

    @Test
    void steps_of_different_blocks_may_have_the_same_name_and_the_inner_one_is_read() {
        Compiled compiled = Compiling.compile("""
                steps:
                  a: {value: outer}
                  each: {forEach: [1, 2], steps: {a: {value: 5}, b: {value: "${{ steps.a.output + 1 }}"}}}
                """);
        assertThat(compiled.stepTypes().get("each/b")).hasToString("integer");
        assertThat(Graphs.edges(compiled.plan().graph())).isEmpty();
    }

    @Test
    void two_java_steps_never_have_the_same_path() {
        Step java = Step.of("code", new StepKind.Java(List.of(), Map.of()));
        StepKind both = new StepKind.Try(Block.of(java), Optional.of(Block.of(java)), Optional.empty());
        assertThat(problem(Step.of("safe", both)))
                .isEqualTo("AUT-C004 flow/safe/catch/code: another Java step has the path 'safe/code'\n"
                        + "  fix: give one of the two another name");
    }

    @Test
    void a_loop_variable_hides_no_name_that_every_expression_has() {
        for (String reserved : List.of("input", "steps", "run", "vars", "secrets", "index", "error")) {
            assertThat(problem("steps: {each: {forEach: [1], as: " + reserved + ", steps: {a: {value: 1}}}}"))
                    .isEqualTo("AUT-C020 flow/each/as: the loop variable '" + reserved + "' hides the name '" + reserved
                            + "' that every expression has\n  fix: choose another name with 'as'");
        }
    }

    @Test
    void a_loop_variable_hides_no_other_loop_variable() {
        String nested = "steps: {each: {forEach: [1], steps: {in: {forEach: [2]%s, steps: {a: {value: 1}}}}}}";
        assertThat(problem(nested.formatted("")))
                .isEqualTo("AUT-C020 flow/each/in/as: the loop variable 'item' hides that of an enclosing loop\n"
                        + "  fix: choose another name with 'as'");
        assertThat(problems(nested.formatted(", as: part"))).isEmpty();
    }

    @Test
    void a_loop_variable_can_be_written_in_an_expression() {
        assertThat(problem("steps: {each: {forEach: [1], as: my-item, steps: {a: {value: 1}}}}"))
                .isEqualTo("AUT-C020 flow/each/as: 'my-item' cannot name a variable\n"
                        + "  fix: use letters, digits and '_', beginning with a letter");
    }

    @Test
    void a_variable_of_the_workflow_can_be_written_in_an_expression() {
        assertThat(problem("vars: {my-var: 1}\nsteps: {a: {value: 1}}"))
                .isEqualTo("AUT-C020 flow/vars/my-var: 'my-var' cannot name a variable\n"
                        + "  fix: use letters, digits and '_', beginning with a letter");
    }
}
