package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputOptionsTest {

    private static final String WORKFLOW = """
            auterity: 1
            id: w
            input:
              type: object
              required: [name]
              properties:
                name: {type: string}
                zip: {type: [string, "null"]}
                count: {type: integer}
                price: {type: number}
                big: {type: boolean}
                tags: {type: array, items: {type: string}}
                lead: {type: object, properties: {email: {type: string}, budget: {type: number}}}
                mode: {enum: [fast, slow]}
                any: {}
                dotted.key: {type: integer}
            steps: {s: {value: "${{ input }}"}}
            output: ${{ steps.s.output }}
            """;

    @TempDir
    private Path directory;

    private CommandLineRun line;

    @BeforeEach
    void setUp() {
        line = new CommandLineRun(directory);
    }

    private CommandLineRun.Result run(String... inputs) {
        List<String> arguments = new ArrayList<>(List.of("run", line.file("w.yaml", WORKFLOW), "-q"));
        Arrays.stream(inputs).forEach(input -> arguments.addAll(List.of("--input", input)));
        return line.run(arguments.toArray(new String[0]));
    }

    private Map<?, ?> input(String... inputs) {
        var run = run(inputs);
        assertThat(run.err()).isEmpty();
        return run.json();
    }

    @Test
    void a_text_stays_one_where_a_reference_or_an_alternative_wants_it() {
        String text = """
                auterity: 1
                id: w
                input:
                  type: object
                  $defs: {zip: {type: string}}
                  properties:
                    zip: {$ref: "#/$defs/zip"}
                    code: {anyOf: [{type: string}, {type: "null"}]}
                    all: {allOf: [{type: string}, {minLength: 2}]}
                    either: {anyOf: [{type: string}, {type: integer}]}
                    place: {type: object, properties: {zip: {$ref: "#/$defs/zip"}}}
                  allOf: [{properties: {more: {type: string}}}]
                steps: {s: {value: "${{ input }}"}}
                output: ${{ steps.s.output }}
                """;
        String file = line.file("r.yaml", text);
        var run = line.run(
                "run",
                file,
                "-q",
                "-i",
                "zip=12345",
                "-i",
                "code=12",
                "-i",
                "all=34",
                "-i",
                "either=5",
                "-i",
                "place.zip=678",
                "-i",
                "more=true");
        assertThat(run.err()).isEmpty();
        assertThat(run.json())
                .isEqualTo(Map.of(
                        "zip",
                        "12345",
                        "code",
                        "12",
                        "all",
                        "34",
                        "either",
                        5L,
                        "place",
                        Map.of("zip", "678"),
                        "more",
                        "true"));
        assertThat(line.run("run", file, "-q", "-i", "code=null").json("code")).isNull();
        assertThat(line.run("run", file, "-q", "-i", "all=3").err()).contains("AUT-S003");
    }

    @Test
    void what_has_a_default_need_not_be_given() {
        String text = """
                auterity: 1
                id: w
                input: {type: object, required: [tone], properties: {tone: {type: string, default: warm}}}
                steps: {s: {value: "${{ input.tone }}"}}
                output: ${{ steps.s.output }}
                """;
        var run = line.run("run", line.file("d.yaml", text), "-q");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualToIgnoringWhitespace("warm");
    }

    @Test
    void what_the_schema_wants_as_a_text_is_taken_as_it_stands() {
        assertThat(input("name=12").get("name")).isEqualTo("12");
        assertThat(input("name=").get("name")).isEqualTo("");
        assertThat(input("name=a=b {c} \"d\"").get("name")).isEqualTo("a=b {c} \"d\"");
        assertThat(input("name=x", "mode=fast").get("mode")).isEqualTo("fast");
    }

    @Test
    void anything_else_is_json() {
        Map<?, ?> input = input("name=x", "count=3", "price=1.5", "big=true", "tags=[\"a\"]", "lead={\"budget\": 5}");
        assertThat(input.get("count")).isEqualTo(3L);
        assertThat(input.get("price")).isEqualTo(1.5);
        assertThat(input.get("big")).isEqualTo(true);
        assertThat(input.get("tags")).isEqualTo(List.of("a"));
        assertThat(input.get("lead")).isEqualTo(Map.of("budget", 5L));
    }

    @Test
    void where_a_text_is_one_of_several_types_json_wins_if_its_type_is_wanted() {
        assertThat(input("name=x", "zip=01234").get("zip")).isEqualTo("01234");
        assertThat(input("name=x", "zip=12345").get("zip")).isEqualTo("12345");
        assertThat(input("name=x", "zip=null").get("zip")).isNull();
        assertThat(input("name=x", "any=12").get("any")).isEqualTo(12L);
        assertThat(input("name=x", "any=word").get("any")).isEqualTo("word");
    }

    @Test
    void dots_go_down_into_objects() {
        Map<?, ?> input = input("name=x", "lead.email=a@b.example", "lead.budget=7", "dotted.key=1");
        assertThat(input.get("lead")).isEqualTo(Map.of("email", "a@b.example", "budget", 7L));
        assertThat(input.get("dotted.key")).isEqualTo(1L);
    }

    @Test
    void later_options_lie_on_top_of_earlier_ones() {
        Map<?, ?> input =
                input("{\"name\": \"x\", \"lead\": {\"email\": \"e\", \"budget\": 1}}", "name=y", "lead.budget=2");
        assertThat(input.get("name")).isEqualTo("y");
        assertThat(input.get("lead")).isEqualTo(Map.of("email", "e", "budget", 2L));
    }

    @Test
    void files_hold_the_whole_input_or_one_value() {
        String whole = line.file("in.json", "\uFEFF{\"name\": \"x\", \"count\": 1}");
        String tags = line.file("tags.json", "[\"a\", \"b\"]");
        String text = line.file("name.txt", "from a file");
        assertThat(input("@" + whole).get("count")).isEqualTo(1L);
        assertThat(input("name=x", "tags=@" + tags).get("tags")).isEqualTo(List.of("a", "b"));
        assertThat(input("name=@" + text).get("name")).isEqualTo("from a file");
        assertThat(input("name=@@home").get("name")).isEqualTo("@home");
        line.in("{\"name\": \"piped\"}");
        assertThat(input("@-").get("name")).isEqualTo("piped");
    }

    @Test
    void everything_that_is_wrong_is_said_at_once() {
        var run = run("count=x", "nonsense", "lead..email=1", "@" + directory.resolve("none.json"), "[1]");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("the input of workflow 'w' has 5 problems:")
                .contains("AUT-S002 --input count: expected integer, but this is not JSON: 'x'")
                .contains("'nonsense' is neither a JSON object nor @FILE nor key=value")
                .contains("a part of the key is empty")
                .contains("there is no such file")
                .contains("the input of a workflow is a JSON object, and this is none");
    }

    @Test
    void a_missing_key_an_unknown_key_and_a_wrong_type_are_refused_with_a_fix() {
        var run = run("nmae=x", "lead={\"budget\": \"much\"}");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("AUT-S003 w/input/name: the input 'name' is missing\n  fix: add --input name=<string>")
                .contains("AUT-S004 w/input/nmae: the workflow has no input 'nmae'\n  fix: use 'name'")
                .contains("AUT-S003 w/input/lead/budget: ")
                .contains("the schema is {\"type\":\"number\"}");
    }

    @Test
    void a_schema_may_name_properties_in_its_parts() {
        for (String part : List.of(
                "allOf: [{properties: {b: {type: integer}}}]",
                "anyOf: [{properties: {b: {type: integer}}}]",
                "oneOf: [{properties: {b: {type: integer}}}]",
                "$ref: '#/$defs/more', $defs: {more: {properties: {b: {type: integer}}}}",
                "if: {required: [b]}, then: {properties: {b: {type: integer}}}",
                "if: {required: [a]}, else: {properties: {b: {type: integer}}}",
                "dependentSchemas: {b: {properties: {b: {type: integer}}}}")) {
            String file = line.file("parts.yaml", """
                    auterity: 1
                    id: w
                    input: {type: object, properties: {a: {type: string}}, PART}
                    steps: {s: {value: "${{ input }}"}}
                    output: ${{ steps.s.output }}
                    """.replace("PART", part));
            var run = line.run("run", file, "-q", "--input", "b=1");
            assertThat(run.err()).as(part).isEmpty();
            assertThat(run.json()).as(part).isEqualTo(Map.of("b", 1L));
            var wrong = line.run("run", file, "-q", "--input", "b=x");
            assertThat(wrong.err()).as(part).contains("AUT-S003 w/input/b: string found, integer expected");
        }
    }

    @Test
    void bad_json_is_refused_with_its_place() {
        assertThat(run("{\"name\": }").err()).contains("this is not JSON: ", "line 1, column 10");
        assertThat(run("name=x", "tags=@" + line.file("t.json", "[1,")).err()).contains("this is not JSON");
    }

    @Test
    void a_value_cannot_be_an_object_and_something_else() {
        assertThat(run("any=1", "any.inner=2").err()).contains("'any' has been given a value that is no object");
    }
}
