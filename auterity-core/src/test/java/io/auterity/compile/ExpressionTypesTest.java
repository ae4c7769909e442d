package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The static types of expressions across steps. */
class ExpressionTypesTest {

    @Test
    void a_constant_that_a_switch_never_makes_is_refused() {
        assertThat(problem("""
                        steps:
                          tier: {switch: [{if: "${{ input.score > 80 }}", value: hot}, {else: true, value: cold}]}
                          call: {if: "${{ steps.tier.output == 'hott' }}", value: 1}
                        """)).isEqualTo("""
                        AUT-C011 flow/call/if: 'hott' is not one of 'hot' | 'cold' (column 22)
                          fix: use 'hot'""");
    }

    @Test
    void an_unknown_field_of_an_output_is_refused_with_the_closest_name() {
        assertThat(
                        problem(
                                "steps: {a: {uses: http.request, with: {url: x}}, b: {value: \"${{ steps.a.output.stauts }}\"}}"))
                .isEqualTo("""
                        AUT-C013 flow/b/value: field 'stauts' is not defined (column 20)
                          fix: use 'status'""");
    }

    @Test
    void a_wrong_operand_is_refused() {
        assertThat(
                        problem(
                                "steps: {a: {uses: http.request, with: {url: x}}, b: {value: \"${{ steps.a.output.status + 'x' }}\"}}"))
                .startsWith("AUT-C011 flow/b/value: '+' does not take integer and string (column 27)");
    }

    @Test
    void a_text_that_is_no_expression_is_refused() {
        assertThat(problem("steps: {a: {value: \"${{ 1 + }}\"}}"))
                .startsWith("AUT-C010 flow/a/value: expected a value, but found the end");
    }

    @Test
    void types_flow_through_every_kind_of_step() {
        Compiled compiled = Compiling.compile("""
                input: {type: object, properties: {n: {type: integer}}, required: [n]}
                vars: {base: "${{ input.n + 1 }}"}
                steps:
                  number: {value: "${{ vars.base * 2 }}"}
                  text: {value: "n is ${{ input.n }}"}
                  object: {value: {a: "${{ steps.number.output }}", b: [1, "${{ steps.text.output }}"], c: null}}
                  call: {uses: notify.send, with: {channel: sms, text: "${{ steps.text.output }}"}}
                  choice: {switch: [{if: "${{ input.n > 1 }}", value: 1}, {else: true, value: one}]}
                  each: {forEach: [1, 2], steps: {x: {value: "${{ item + index }}"}}, output: "${{ steps.x.output }}"}
                  collected: {forEach: [1, 2], onItemError: collect, steps: {x: {value: "${{ item > 1 }}"}}, output: "${{ steps.x.output }}"}
                  again: {repeat: {steps: {x: {value: "${{ index }}"}}, until: "${{ steps.x.output > 3 }}", output: "${{ steps.x.output }}"}}
                  perhaps: {repeat: {steps: {x: {value: 1.5}}, while: "${{ index < 3 }}", output: "${{ steps.x.output }}"}}
                  first: {race: {left: {value: 1}, right: {value: two}}}
                  safe: {try: {steps: {x: {value: true}}, output: "${{ steps.x.output }}"}, catch: {steps: {}, output: "${{ error.code }}"}}
                  pause: {wait: 1s}
                  reply: {await: {signal: s, within: 1h, schema: {type: object, properties: {ok: {type: boolean}}, required: [ok]}}}
                  anything: {await: {signal: t, within: 1h}}
                  decision: {approve: {by: [boss], within: 1h, form: {note: string}}}
                  told: {emit: {event: e, data: {n: "${{ input.n }}"}}}
                  mended: {uses: notify.send, with: {channel: sms, text: x}, onError: {fallback: nobody}}
                """);
        assertThat(compiled.stepTypes().get("number")).hasToString("integer");
        assertThat(compiled.stepTypes().get("text")).hasToString("string");
        assertThat(compiled.stepTypes().get("object")).hasToString("object{a: integer, b: list(1 | string), c: null}");
        assertThat(compiled.stepTypes().get("call")).hasToString("object{id: string}");
        assertThat(compiled.stepTypes().get("choice")).hasToString("1 | 'one'");
        assertThat(compiled.stepTypes().get("each")).hasToString("list(integer)");
        assertThat(compiled.stepTypes().get("collected"))
                .hasToString("list(boolean | object{error: object{code: string, message: string}})");
        assertThat(compiled.stepTypes().get("again")).hasToString("integer");
        assertThat(compiled.stepTypes().get("perhaps")).hasToString("1.5 | null");
        assertThat(compiled.stepTypes().get("first"))
                .hasToString("object{winner: 'left' | 'right', output: 1 | 'two'}");
        assertThat(compiled.stepTypes().get("safe")).hasToString("boolean | string");
        assertThat(compiled.stepTypes().get("pause")).hasToString("null");
        assertThat(compiled.stepTypes().get("reply")).hasToString("object{ok: boolean}");
        assertThat(compiled.stepTypes().get("anything")).hasToString("any");
        assertThat(compiled.stepTypes().get("decision"))
                .hasToString("object{approved: boolean, by: string, at: timestamp, form: object{note: string}}");
        assertThat(compiled.stepTypes().get("told")).hasToString("object{n: integer}");
        assertThat(compiled.stepTypes().get("mended")).hasToString("'nobody' | object{id: string}");
    }

    @Test
    void a_step_with_a_problem_makes_no_other_problem() {
        assertThat(problems("""
                                steps:
                                  a: {value: "${{ input.x + }}"}
                                  b: {value: "${{ steps.a.output.name + 1 }}"}
                                  c: {forEach: "${{ steps.b.output }}", steps: {x: {value: "${{ item.y > 1 }}"}}}
                                  d: {uses: notify.send, with: {channel: "${{ steps.b.output }}", text: "${{ steps.a.output }}"}}
                                  e: {value: 1, if: "${{ steps.b.output }}"}
                                """)).singleElement().asString().startsWith("AUT-C010 flow/a/value");
    }

    @Test
    void a_loop_over_an_object_is_told_how_to_make_a_list_of_it() {
        assertThat(problem("input: {prices: {type: object, additionalProperties: {type: number}}}\n"
                        + "steps: {each: {forEach: \"${{ input.prices }}\", steps: {a: {value: 1}}}}"))
                .endsWith("fix: read a list; x.transformList(key, value, {'key': key, 'value': value}) makes one of an"
                        + " object x");
        assertThat(problems("input: {prices: {type: object, additionalProperties: {type: number}}}\n"
                        + "steps: {each: {forEach: \"${{ input.prices.transformList(key, value, {'key': key, 'value':"
                        + " value}) }}\", steps: {a: {value: \"${{ item.key + string(item.value) }}\"}}}}"))
                .isEmpty();
    }

    @Test
    void a_condition_is_true_or_false() {
        assertThat(problem("input: {n: integer}\nsteps: {a: {value: 1, if: \"${{ input.n }}\"}}"))
                .isEqualTo("""
                        AUT-C014 flow/a/if: the condition must be true or false, but this is integer
                          fix: compare it with something, as in 'input.n == ...'""");
        assertThat(problem("steps: {a: {repeat: {steps: {x: {value: 1}}, until: \"${{ index }}\"}}}"))
                .startsWith("AUT-C014 flow/a/repeat/until: ");
        assertThat(problem("steps: {a: {repeat: {steps: {x: {value: 1}}, while: \"${{ index }}\"}}}"))
                .startsWith("AUT-C014 flow/a/repeat/while: ");
        assertThat(
                        problem(
                                "steps: {a: {switch: [{if: \"${{ size(string(input.x)) + 1 }}\", value: 1}, {else: true, value: 2}]}}"))
                .startsWith("AUT-C014 flow/a/switch/0/if: ");
    }

    @Test
    void a_loop_takes_a_list() {
        assertThat(problem("steps: {a: {forEach: \"${{ 1 + 1 }}\", steps: {x: {value: 1}}}}"))
                .isEqualTo("""
                        AUT-C015 flow/a/forEach: forEach needs a list, but this is integer
                          fix: read a list""");
        assertThat(
                        problem(
                                "input: {l: {type: [array, 'null']}}\nsteps: {a: {forEach: \"${{ input.l }}\", steps: {x: {value: 1}}}}"))
                .startsWith("AUT-C015 flow/a/forEach: forEach needs a list, but this is ")
                .endsWith("fix: write coalesce(..., []) around it");
    }

    @Test
    void an_item_has_the_type_of_the_elements() {
        assertThat(problem("""
                        input: {people: {type: array, items: {type: object, properties: {email: {type: string}}}}}
                        steps: {a: {forEach: "${{ input.people }}", as: person, steps: {x: {value: "${{ person.mail }}"}}}}
                        """)).isEqualTo("""
                        AUT-C013 flow/a/x/value: field 'mail' is not defined (column 12)
                          fix: use 'email'""");
    }

    @Test
    void a_wait_takes_a_duration_or_a_timestamp() {
        assertThat(problems("""
                                input: {when: {type: string, format: date-time}, soon: {type: string, format: duration}, text: string}
                                steps:
                                  a: {wait: 10m}
                                  b: {wait: "${{ input.when }}"}
                                  c: {wait: "${{ input.soon }}"}
                                  d: {wait: "${{ input.text }}"}
                                  e: {wait: "${{ run.startedAt + duration('1h') }}"}
                                """)).isEmpty();
        assertThat(problem("steps: {a: {wait: \"${{ 1 + 1 }}\"}}")).isEqualTo("""
                        AUT-C016 flow/a/wait: waits for a time, but this is integer
                          fix: write a duration as in 10m, a timestamp as in 2030-01-31T09:00:00Z, or an expression that makes one""");
    }

    @Test
    void a_failure_message_is_a_text() {
        assertThat(problem("steps: {a: {fail: \"${{ size(string(input.x)) }}\", if: \"${{ input.y == 1 }}\"}}"))
                .startsWith("AUT-C011 flow/a/fail: the message must be a text, but this is ");
    }

    @Test
    void an_expression_that_always_fails_is_refused() {
        assertThat(problem("steps: {a: {value: \"${{ 1 / 0 }}\"}}"))
                .startsWith("AUT-C030 flow/a/value: always fails: an integer is divided by zero");
    }

    @Test
    void a_name_that_does_not_exist_is_refused() {
        assertThat(problem("steps: {a: {value: \"${{ inptu.x }}\"}}")).isEqualTo("""
                        AUT-C013 flow/a/value: variable 'inptu' is not defined (column 5)
                          fix: use 'input'""");
        assertThat(problem("steps: {a: {value: 1}, b: {value: \"${{ steps.a.outptu }}\"}}"))
                .isEqualTo("""
                        AUT-C013 flow/b/value: in 'steps.a' the name 'outptu' is not defined (column 13)
                          fix: use 'output'""");
        assertThat(problem("steps: {a: {value: \"${{ item }}\"}}")).isEqualTo("""
                        AUT-C013 flow/a/value: variable 'item' is not defined (column 5)
                          fix: use one of: input, steps, run""");
    }
}
