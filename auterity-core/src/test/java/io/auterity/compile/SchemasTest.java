package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static io.auterity.compile.Compiling.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.Settings;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** JSON Schemas inside definitions. */
class SchemasTest {

    private static List<String> input(Map<String, Object> schema) {
        Step step = Step.of("a", new StepKind.Value(new Template(1L)));
        return problems(new Definition("flow", "", schema, Settings.DEFAULT, Block.of(step), List.of()));
    }

    private static List<String> property(Map<String, Object> schema) {
        return input(Map.of("type", "object", "properties", Map.of("x", schema)));
    }

    @Test
    void sound_schemas_of_all_kinds_are_fine() {
        assertThat(property(
                        Map.of("type", List.of("string", "null"), "minLength", 1, "maxLength", 5, "pattern", "^a+$")))
                .isEmpty();
        assertThat(property(Map.of("enum", List.of("a", 1L), "description", "x", "x-order", 1)))
                .isEmpty();
        assertThat(property(Map.of("anyOf", List.of(Map.of("type", "string"), true), "not", Map.of("const", 1))))
                .isEmpty();
        assertThat(input(Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of("tree", Map.of("$ref", "#/$defs/tree")),
                        "$defs",
                        Map.of(
                                "tree",
                                Map.of(
                                        "type",
                                        "object",
                                        "properties",
                                        Map.of("left", Map.of("$ref", "#/$defs/tree")))))))
                .isEmpty();
    }

    @Test
    void types_are_known() {
        assertThat(property(Map.of("type", "strng")))
                .containsExactly("AUT-C029 flow/input/properties/x/type: 'strng' is no type\n  fix: use 'string' "
                        + "(closest of: array, boolean, integer, null, number, object, string)");
    }

    @Test
    void keywords_are_spelled_right() {
        assertThat(property(Map.of("type", "object", "requird", List.of("a"))))
                .containsExactly("AUT-C029 flow/input/properties/x/requird: 'requird' is no keyword of JSON Schema\n"
                        + "  fix: use 'required'");
    }

    @Test
    void keywords_have_values_of_the_right_form() {
        assertThat(property(Map.of("minLength", -1)))
                .singleElement()
                .asString()
                .contains("'minLength' takes a whole number");
        assertThat(property(Map.of("minimum", "1"))).singleElement().asString().contains("'minimum' takes a number");
        assertThat(property(Map.of("enum", List.of())))
                .singleElement()
                .asString()
                .contains("'enum' takes a list of constants");
        assertThat(property(Map.of("required", true)))
                .singleElement()
                .asString()
                .contains("'required' takes a list");
        assertThat(property(Map.of("anyOf", List.of())))
                .singleElement()
                .asString()
                .contains("'anyOf' takes a list of schemas");
        assertThat(property(Map.of("items", "string")))
                .singleElement()
                .asString()
                .contains("a schema is an object, true or false");
        assertThat(property(Map.of("properties", List.of())))
                .singleElement()
                .asString()
                .contains("'properties' takes an object");
    }

    @Test
    void patterns_run_in_linear_time() {
        assertThat(property(Map.of("type", "string", "pattern", "(?=a)b")))
                .singleElement()
                .asString()
                .startsWith("AUT-C029 flow/input/properties/x/pattern: '(?=a)b' is no pattern: ")
                .endsWith("fix: write a shorter one in RE2 syntax, which has no look-around and no back references");
    }

    @Test
    void patterns_are_of_limited_size_and_end() {
        for (String endless : List.of("((a{1000}){1000}){1000}", "(?i)[B-\\x{10400}]")) {
            assertThat(property(Map.of("type", "string", "pattern", endless)))
                    .singleElement()
                    .asString()
                    .startsWith("AUT-C029 flow/input/properties/x/pattern: '" + endless + "' is no pattern: ");
            assertThat(property(Map.of("type", "object", "patternProperties", Map.of(endless, Map.of()))))
                    .singleElement()
                    .asString()
                    .startsWith("AUT-C029 flow/input/properties/x/patternProperties");
        }
    }

    @Test
    void references_lead_somewhere() {
        assertThat(property(Map.of("$ref", "#/$defs/nothing")))
                .containsExactly("AUT-C029 flow/input/properties/x/$ref: '#/$defs/nothing' leads nowhere\n"
                        + "  fix: write '#/$defs/<name>' and define it under '$defs'");
        assertThat(property(Map.of("$ref", "https://example.com/schema.json"))).hasSize(1);
    }

    @Test
    void references_go_into_the_value_before_they_come_back() {
        assertThat(input(Map.of("allOf", List.of(Map.of("$ref", "#")))))
                .singleElement()
                .asString()
                .contains("AUT-C029 flow/input: at /: the schema applies itself to the same value again");
    }

    @Test
    void a_default_fits_its_own_schema() {
        assertThat(property(Map.of("type", "integer", "default", 3L))).isEmpty();
        assertThat(property(Map.of("type", "integer", "default", "three")))
                .containsExactly(
                        "AUT-C029 flow/input/properties/x/default: the default does not fit the schema it stands"
                                + " in: /: string found, integer expected\n  fix: change one of the two");
        assertThat(input(Map.of(
                        "type", "object",
                        "$defs", Map.of("small", Map.of("type", "integer", "maximum", 9)),
                        "properties", Map.of("x", Map.of("$ref", "#/$defs/small", "default", 10)))))
                .singleElement()
                .asString()
                .contains("AUT-C029 flow/input/properties/x/default");
    }

    @Test
    void bounds_leave_room() {
        assertThat(property(Map.of("minLength", 3, "maxLength", 2)))
                .containsExactly("AUT-C029 flow/input/properties/x: no value fits: minLength is 3 and maxLength is 2\n"
                        + "  fix: make maxLength the larger of the two");
        assertThat(property(Map.of("minimum", 3, "maximum", 3))).isEmpty();
    }

    @Test
    void a_closed_object_defines_what_it_requires() {
        assertThat(property(Map.of("type", "object", "additionalProperties", false, "required", List.of("a"))))
                .singleElement()
                .asString()
                .contains("property 'a' is required, but not defined, and others are not allowed");
    }

    @Test
    void deep_schemas_are_refused() {
        Map<String, Object> schema = Map.of("type", "string");
        for (int i = 0; i < 100; i++) {
            schema = Map.of("type", "array", "items", schema);
        }
        assertThat(property(schema)).singleElement().asString().contains("the schema is nested more than 64 deep");
    }

    @Test
    void schemas_of_signals_forms_and_java_steps_are_checked_too() {
        assertThat(problem("steps: {a: {await: {signal: s, within: 1h, schema: {type: objct}}}}"))
                .startsWith("AUT-C029 flow/a/await/schema/type: 'objct' is no type");
        assertThat(problem("steps: {a: {approve: {within: 1h, form: {note: {type: strin}}}}}"))
                .startsWith("AUT-C029 flow/a/approve/form/properties/note/type: 'strin' is no type");
        assertThat(problem(Step.of("a", new StepKind.Java(List.of(), Map.of("type", "txt")))))
                .startsWith("AUT-C029 flow/a/java/output/type: 'txt' is no type");
    }

    @Test
    void an_expression_over_a_schema_with_a_problem_makes_no_other_problem() {
        assertThat(problem("input: {type: object, properties: {x: {type: strng}}}\n"
                        + "steps: {a: {value: \"${{ input.y + 1 }}\"}}"))
                .startsWith("AUT-C029 ");
    }
}
