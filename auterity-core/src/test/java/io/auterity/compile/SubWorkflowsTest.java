package io.auterity.compile;

import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Definition;
import io.auterity.expression.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Workflows that run other workflows. */
class SubWorkflowsTest {

    private final Map<String, Signature> workflows = new LinkedHashMap<>();

    private List<String> problemsOf(String id, String yaml) {
        Definition definition = Compiling.read("auterity: 1\nid: " + id + "\n" + yaml);
        return problems(
                Compiler.builder().workflows(name -> Optional.ofNullable(workflows.get(name)), workflows::keySet),
                definition);
    }

    private void define(String id, String... runs) {
        workflows.put(id, new Signature(Map.of(), Type.ANY, Set.of(runs)));
    }

    @Test
    void a_workflow_is_not_proposed_to_itself() {
        define("ship-order");
        define("ship-other");
        assertThat(problemsOf("ship-order", "steps: {a: {run: ship-ordr}}"))
                .singleElement()
                .asString()
                .endsWith("fix: use 'ship-other' (closest of: ship-other)");
    }

    @Test
    void an_unknown_workflow_is_named_with_the_closest_one() {
        define("ship-order");
        assertThat(problemsOf("main", "steps: {a: {run: shop-order}}")).containsExactly("""
            AUT-C008 main/a/run: runs workflow 'shop-order', which is not defined
              fix: use 'ship-order' (closest of: ship-order)\
            """);
    }

    @Test
    void the_failure_workflow_exists_and_is_another_one() {
        define("alert");
        assertThat(problemsOf("main", "onFailure: {run: alert}\nsteps: {a: {value: 1}}"))
                .isEmpty();
        assertThat(problemsOf("main", "onFailure: {run: alrt}\nsteps: {a: {value: 1}}"))
                .containsExactly("""
                    AUT-C008 main/onFailure: names workflow 'alrt', which is not defined
                      fix: use 'alert' (closest of: alert)\
                    """);
        assertThat(problemsOf("main", "onFailure: {run: main}\nsteps: {a: {value: 1}}"))
                .containsExactly("""
                    AUT-C009 main/onFailure: the workflow is started when it fails itself: main -> main
                      fix: name another workflow\
                    """);
    }

    @Test
    void the_failure_workflow_takes_what_it_is_started_with() {
        String main = "onFailure: {run: alert}\nsteps: {a: {value: 1}}";
        Map<String, Object> text = Map.of("type", "string");
        Map<String, Object> object = Map.of("type", "object");
        input("alert", Map.of("runId", text, "workflow", text, "error", object), "runId", "workflow", "error");
        assertThat(problemsOf("main", main)).isEmpty();
        input("alert", Map.of("runId", text, "channel", text), "runId");
        assertThat(problemsOf("main", main)).isEmpty();
        input("alert", Map.of("runId", text, "channel", text), "channel");
        assertThat(problemsOf("main", main)).containsExactly("""
            AUT-C019 main/onFailure: workflow 'alert' does not take what a failure is told with: input \
            'channel' is required, but missing
              fix: let its input be {runId: string, workflow: string, error: any}\
            """);
        input("alert", Map.of("error", text), "error");
        assertThat(problemsOf("main", main)).singleElement().asString().contains("input 'error' ");
    }

    private void input(String id, Map<String, Object> properties, String... required) {
        Map<String, Object> schema = Map.of("type", "object", "properties", properties, "required", List.of(required));
        workflows.put(id, new Signature(schema, Type.ANY, Set.of()));
    }

    @Test
    void an_input_that_is_mistyped_is_not_left_out_in_silence() {
        Map<String, Object> text = Map.of("type", "string");
        input("greet", Map.of("name", text, "note", text), "name");
        assertThat(problemsOf("main", "steps: {a: {run: greet, with: {name: x, nota: y}}}"))
                .singleElement()
                .asString()
                .startsWith("AUT-C018 main/a/with/nota: workflow 'greet' has no input 'nota'\n  fix: use 'note'");
        assertThat(problemsOf("main", "steps: {a: {run: greet, with: {name: x, note: y, notes: z, other: 1, to: 2}}}"))
                .isEmpty();
    }

    @Test
    void what_the_input_has_a_default_for_need_not_be_passed() {
        Map<String, Object> inner = Map.of(
                "type",
                "object",
                "properties",
                Map.of("size", Map.of("type", "integer", "default", 3L)),
                "required",
                List.of("size"));
        Map<String, Object> tone = Map.of("type", "string", "default", "warm", "minLength", 2L);
        input("greet", Map.of("name", Map.of("type", "string"), "tone", tone, "page", inner), "name", "tone");
        assertThat(problemsOf("main", "steps: {a: {run: greet, with: {name: x, page: {}}}}"))
                .isEmpty();
        assertThat(problemsOf("main", "steps: {a: {run: greet, with: {name: '${{ input.name }}', page: {}}}}"))
                .isEmpty();
        assertThat(problemsOf("main", "steps: {a: {run: greet, with: {}}}"))
                .singleElement()
                .asString()
                .contains("needs input 'name'");
        assertThat(problemsOf("main", "steps: {a: {run: greet, with: {name: x, tone: y}}}"))
                .singleElement()
                .asString()
                .contains("input 'tone' of workflow 'greet'");
        input("greet", Map.of("tone", tone), "tone");
        assertThat(problemsOf("main", "onFailure: {run: greet}\nsteps: {a: {value: 1}}"))
                .isEmpty();
        assertThat(problemsOf("main", """
            input: {type: object, required: [tone, n], properties: {tone: {type: string, default: warm}, n: {type: integer}}}
            triggers: [{schedule: {every: 1h, input: {n: 1}}}]
            steps: {a: {value: 1}}
            """)).isEmpty();
    }

    @Test
    void a_workflow_does_not_run_itself() {
        assertThat(problemsOf("main", "steps: {each: {forEach: [1], steps: {again: {run: main}}}}"))
                .containsExactly("""
                    AUT-C009 main/each/again/run: the workflow runs itself: main -> main
                      fix: use 'repeat' or 'forEach' to do things again, or move the shared part into a workflow of its own\
                    """);
    }

    @Test
    void workflows_do_not_run_each_other_in_a_circle() {
        define("b", "c");
        define("c", "d", "main");
        define("d");
        assertThat(problemsOf("main", "steps: {a: {run: b}}"))
                .singleElement()
                .asString()
                .startsWith("AUT-C009 main/a/run: workflows run each other without end: main -> b -> c -> main");
    }

    @Test
    void a_circle_among_others_does_not_confuse() {
        define("b", "c");
        define("c", "b");
        assertThat(problemsOf("main", "steps: {a: {run: b}}")).isEmpty();
    }

    @Test
    void workflows_run_each_other_16_deep() {
        for (int depth = 2; depth <= 17; depth++) {
            define("w" + depth, "w" + (depth + 1));
        }
        define("w16");
        assertThat(problemsOf("w1", "steps: {a: {run: w2}}")).as("16 deep").isEmpty();
        define("w15");
        assertThat(problemsOf("w1", "steps: {a: {run: w2}}")).as("15 deep").isEmpty();
        define("w15", "w16");
        define("w16", "w17");
        define("w17");
        assertThat(problemsOf("w1", "steps: {a: {run: w2}}")).as("17 deep").containsExactly("""
            AUT-C024 w1/a/run: workflows run each other more than 16 deep (maxCallDepth)
              fix: let one workflow run several others instead of each the next\
            """);
    }

    @Test
    void the_input_fits_the_schema_of_the_workflow_and_its_output_type_is_known() {
        Map<String, Object> schema = Map.of(
                "type",
                "object",
                "properties",
                Map.of("order", Map.of("type", "string")),
                "required",
                List.of("order"),
                "additionalProperties",
                false);
        Type output = Type.object().field("total", Type.INTEGER).build();
        workflows.put("price", new Signature(schema, output, Set.of()));
        assertThat(problemsOf("main", """
            steps:
              a: {run: price, with: {order: "7"}}
              b: {value: "${{ steps.a.output.total + 1 }}"}
            """)).isEmpty();
        assertThat(problemsOf("main", """
            steps:
              a: {run: price, with: {ordr: 7}}
              b: {value: "${{ steps.a.output.totl }}"}
            """))
                .hasSize(3)
                .anyMatch(problem ->
                        problem.startsWith("AUT-C018 main/a/with/ordr: workflow 'price' has no input 'ordr'"))
                .anyMatch(problem -> problem.startsWith("AUT-C017 main/a/with: workflow 'price' needs input 'order'"))
                .anyMatch(problem -> problem.startsWith("AUT-C013 main/b/value: field 'totl' is not defined"));
    }

    @Test
    void a_signature_says_what_the_next_compiler_needs() {
        define("child");
        Compiled compiled = Compiler.builder()
                .workflows(name -> Optional.ofNullable(workflows.get(name)), workflows::keySet)
                .build()
                .check(
                        Compiling.read(
                                "input: {n: integer}\nsteps: {a: {run: child}, b: {value: \"${{ input.n * 2 }}\"}}\n"
                                        + "output: ${{ steps.b.output }}"),
                        io.auterity.definition.Positions.NONE)
                .orElseThrow();
        assertThat(compiled.signature().runs()).containsExactly("child");
        assertThat(compiled.signature().output()).hasToString("integer");
        assertThat(compiled.signature().input()).containsKey("properties");
    }
}
