package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The names of the workflow's surroundings: variables, the run, secrets, loops, errors. */
class VariablesAndSecretsTest {

    @Test
    void a_variable_sees_the_input_the_run_and_the_other_variables() {
        Compiled compiled = Compiling.compile("""
                input: {n: integer}
                vars: {c: "${{ run.id }}-${{ vars.b }}", a: 1, b: {x: ["${{ vars.a + input.n }}"]}}
                steps: {x: {value: "${{ vars.c + string(vars.b.x[0]) }}"}}
                """);
        assertThat(compiled.plan().vars()).hasSize(3);
        assertThat(compiled.stepTypes().get("x")).hasToString("string");
    }

    @Test
    void variables_do_not_read_each_other_in_a_circle() {
        assertThat(problem("vars: {a: \"${{ vars.b }}\", b: [\"${{ vars.c.x }}\"], c: {x: \"${{ vars.a }}\"}, d: 1}\n"
                        + "steps: {x: {value: \"${{ vars.a + vars.d }}\"}}"))
                .isEqualTo("AUT-C005 flow/vars: variables read each other in a circle: a -> c -> b -> a\n"
                        + "  fix: compute one of them from something else");
        assertThat(problem("vars: {a: \"${{ vars.a }}\"}\nsteps: {x: {value: 1}}"))
                .startsWith("AUT-C005 flow/vars: variables read each other in a circle: a -> a\n");
    }

    @Test
    void a_loop_variable_does_not_have_the_name_of_a_literal() {
        for (String name : List.of("true", "false", "null", "in")) {
            assertThat(problem("steps: {e: {forEach: [1], as: \"" + name + "\", steps: {x: {value: 1}}}}"))
                    .startsWith("AUT-C020 flow/e/as: '" + name + "' cannot name a variable: it means something else");
        }
    }

    @Test
    void a_variable_sees_no_step() {
        assertThat(problem("vars: {a: \"${{ steps.x.output }}\"}\nsteps: {x: {value: 1}}"))
                .isEqualTo("""
                        AUT-C032 flow/vars/a: reads step 'x', which has not run when this is evaluated
                          fix: read only 'input' and what is computed before""");
    }

    @Test
    void an_unknown_variable_is_named() {
        assertThat(problem("vars: {region: eu}\nsteps: {x: {value: \"${{ vars.regoin }}\"}}"))
                .startsWith("AUT-C013 flow/x/value: ")
                .endsWith("fix: use 'region'");
    }

    @Test
    void while_sees_the_index_and_what_is_around_but_not_the_steps_of_the_block() {
        assertThat(problems("""
                                steps:
                                  a: {value: 3}
                                  b: {repeat: {steps: {x: {value: 1}}, while: "${{ index < steps.a.output }}"}}
                                """)).isEmpty();
        assertThat(problem("steps: {b: {repeat: {steps: {x: {value: 1}}, while: \"${{ steps.x.output < 3 }}\"}}}"))
                .startsWith("AUT-C032 flow/b/repeat/while: reads step 'x', which has not run when this is evaluated");
    }

    @Test
    void a_secret_is_only_read_in_the_input_of_an_operation() {
        assertThat(problems(
                        "steps: {a: {uses: notify.send, with: {channel: sms, text: \"key ${{ secrets.token }}\"}}}"))
                .isEmpty();
        for (String elsewhere : new String[] {
            "steps: {a: {value: \"${{ secrets.token }}\"}}",
            "steps: {a: {value: 1, if: \"${{ secrets.token == 'x' }}\"}}",
            "steps: {a: {uses: email.send, with: {to: x}, if: \"${{ secrets.token == 'x' }}\"}}",
            "steps: {a: {emit: {event: e, data: \"${{ secrets.token }}\"}}}",
            "steps: {a: {run: alert-operations, with: {x: \"${{ secrets.token }}\"}}}",
            "vars: {a: \"${{ secrets.token }}\"}\nsteps: {a: {value: 1}}",
            "steps: {a: {value: 1}}\noutput: ${{ secrets.token }}"
        }) {
            assertThat(problem(elsewhere))
                    .contains(
                            "reads 'secrets.token', but secrets are only there in the 'with' of an operation that does not"
                                    + " record it\n"
                                    + "  fix: pass it where the operation is called, so that it is never recorded")
                    .startsWith("AUT-C021 ");
        }
    }

    @Test
    void a_secret_with_dashes_is_read_like_any_other() {
        for (String read :
                new String[] {"secrets.crm-api-key", "secrets['crm-api-key']", "secrets.crm-api-key + 'x'"}) {
            Compiler.Builder compiler = Compiling.compiler().secrets(java.util.List.of("crm", "crm-api-key"));
            assertThat(problems(
                            compiler,
                            Compiling.read("steps: {a: {uses: email.send, with: {to: \"${{ " + read + " }}\"}}}")))
                    .as(read)
                    .isEmpty();
        }
        assertThat(problems(
                        Compiling.compiler().secrets(java.util.List.of("crm", "crm-token")),
                        Compiling.read("steps: {a: {uses: email.send, with: {to: \"${{ secrets.crm-tokn }}\"}}}")))
                .containsExactly("""
                        AUT-C021 flow/a/with/to: secret 'crm-tokn' is not defined
                          fix: use 'crm-token' (closest of: crm, crm-token)""");
    }

    @Test
    void a_secret_that_is_not_defined_is_named_with_the_closest_one() {
        assertThat(problems(
                        Compiling.compiler().secrets(java.util.List.of("crm-token", "mail-key")),
                        Compiling.read("steps: {a: {uses: email.send, with: {to: \"${{ secrets['crm-tokn'] }}\"}}}")))
                .containsExactly("""
                        AUT-C021 flow/a/with/to: secret 'crm-tokn' is not defined
                          fix: use 'crm-token' (closest of: crm-token, mail-key)""");
    }

    @Test
    void the_index_is_only_there_in_loops() {
        assertThat(problem("steps: {a: {value: \"${{ index }}\"}}")).isEqualTo("""
                        AUT-C032 flow/a/value: reads 'index', which is only there inside 'forEach' and 'repeat'
                          fix: remove it""");
        assertThat(problem("steps: {a: {race: {x: {value: \"${{ index }}\"}, y: {value: 1}}}}"))
                .startsWith("AUT-C032");
        assertThat(
                        problems(
                                "steps: {a: {forEach: [1], steps: {b: {race: {x: {value: \"${{ index }}\"}, y: {value: 1}}}}}}"))
                .isEmpty();
    }

    @Test
    void the_error_is_only_there_in_catch_blocks_and_fallbacks() {
        assertThat(problem("steps: {a: {value: \"${{ error.code }}\"}}")).isEqualTo("""
                        AUT-C032 flow/a/value: reads 'error', which is only there in a 'catch' block and a 'fallback'
                          fix: read 'steps.<name>.error' of a step instead""");
        assertThat(
                        problem(
                                "steps: {a: {try: {steps: {x: {value: 1}}}, finally: {steps: {y: {value: \"${{ error.code }}\"}}}}}"))
                .startsWith("AUT-C032 flow/a/finally/y/value");
        assertThat(problems("""
                                steps:
                                  a: {try: {steps: {x: {value: 1}}}, catch: {steps: {y: {value: "${{ error.code + error.message }}"}}}}
                                  b: {value: 1, onError: {fallback: "${{ error.code }}"}}
                                  c:
                                    value: 1
                                    onError: {fallback: {forEach: [1], steps: {x: {value: "${{ error.message }}"}}}}
                                """)).isEmpty();
    }

    @Test
    void a_macro_variable_may_have_any_name() {
        assertThat(problems("steps: {a: {value: \"${{ [1, 2].map(index, index + 1) }}\"}}"))
                .isEmpty();
    }
}
