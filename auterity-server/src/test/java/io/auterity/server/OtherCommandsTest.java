package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherCommandsTest {

    private static final String GOOD =
            "auterity: 1\nid: good\nsteps: {a: {value: 1}, b: {value: \"${{ steps.a.output }}\"}}\n";
    private static final String BAD = "auterity: 1\nid: bad\nsteps: {a: {vlaue: 1}, b: {uses: core.lgo}}\n";
    private static final String WORSE = "auterity: 1\nid: worse\nsteps: {a: {value: \"${{ nothing }}\"}}\n";

    @TempDir
    private Path directory;

    private CommandLineRun line;

    @BeforeEach
    void setUp() {
        line = new CommandLineRun(directory);
    }

    // --- validate ---

    @Test
    void validate_says_that_nothing_is_wrong() {
        String file = line.file("a.yaml", GOOD);
        var run = line.run("validate", file);
        assertThat(run.code()).isZero();
        assertThat(run.out().strip()).isEqualTo(file + ": workflow 'good', 2 steps, no problems");
        assertThat(line.run("validate", file, "--output", "json").json("problems"))
                .isEqualTo(List.of());
    }

    @Test
    void validate_logs_nothing_about_keywords_of_a_schema_that_are_annotations() {
        String file = line.file(
                "a.yaml",
                "auterity: 1\nid: good\ninput: {n: {type: integer, widget: slider}}\nsteps: {a: {value: 1}}\n");
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            assertThat(line.run("validate", file).code()).isZero();
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void validate_warns_of_what_nears_a_limit_on_standard_error() {
        for (int steps : List.of(999, 1_000, 1_001)) {
            StringBuilder text = new StringBuilder("auterity: 1\nid: long\nsteps:\n");
            for (int i = 0; i < steps; i++) {
                text.append("  s").append(i).append(": {value: 1}\n");
            }
            String file = line.file("long.yaml", text.toString());
            PrintStream before = System.err;
            ByteArrayOutputStream log = new ByteArrayOutputStream();
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            try {
                var run = line.run("validate", file, "--output", "json");
                assertThat(run.code()).isZero();
                assertThat(run.json("problems")).isEqualTo(List.of());
            } finally {
                System.setErr(before);
            }
            List<String> lines = log.toString(StandardCharsets.UTF_8).lines().toList();
            if (steps > 1_000) {
                assertThat(lines)
                        .singleElement()
                        .asString()
                        .contains(
                                "WARN",
                                "workflow long has 1001 steps and is refused beyond 10000 (maxSteps); split it");
            } else {
                assertThat(lines).isEmpty();
            }
        }
    }

    @Test
    void validate_prints_the_problems_of_all_files() {
        String bad = line.file("bad.yaml", BAD);
        String worse = line.file("worse.yaml", WORSE);
        var run = line.run("validate", line.file("a.yaml", GOOD), bad, worse, "--output", "json");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("the set of 3 files has ").contains(bad + ":3", worse + ":3");
        assertThat(((List<?>) run.json("problems")))
                .anySatisfy(problem -> assertThat(problem).asString().contains("vlaue"))
                .anySatisfy(problem -> assertThat(problem).asString().contains("nothing"));
    }

    @Test
    void what_cannot_be_read_does_not_hide_what_does_not_compile() {
        String file = line.file("b.yaml", """
            auterity: 1
            id: both
            input: {n: integer}
            onFailure: {run: nowhere}
            steps:
              a: {value: "${{ input.m }}"}
              b: {vlaue: 1, wait: 1s}
              c: {value: "${{ steps.b.output.x + 1 }}", needs: [d]}
            """);
        String problems = file + ":4:1): names workflow 'nowhere', which is not defined|" + file
                + ":6:14): field 'm' is not defined (column 11)|" + file
                + ":7:7): 'vlaue' is no key that is known here|" + file + ":8:45): step 'd' is not defined";
        for (String command : List.of("validate", "run", "graph")) {
            var run = line.run(command, file);
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).startsWith(file + " has 4 problems:");
            assertThat(run.err().lines().filter(text -> text.startsWith("AUT-")).map(text -> text.split(" \\(", 2)[1]))
                    .containsExactly(problems.split("\\|"));
        }
    }

    @Test
    void steps_that_cannot_be_read_may_share_a_name_in_different_blocks() {
        String file = line.file("t.yaml", """
            auterity: 1
            id: twins
            steps:
              safe:
                try: {steps: {a: {vlaue: 1}}}
                catch: {steps: {a: {vlaue: 2}}}
                finally: {steps: {a: {wait: soon}}}
            """);
        var run = line.run("validate", file);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines().filter(text -> text.startsWith("AUT-")).map(text -> text.substring(0, 8)))
                .containsExactly("AUT-D004", "AUT-D004", "AUT-D007");
    }

    @Test
    void validate_lets_files_refer_to_each_other_in_any_order() {
        String outer = line.file("outer.yaml", "auterity: 1\nid: outer\nsteps: {s: {run: good}}\n");
        String good = line.file("good.yaml", GOOD);
        assertThat(line.run("validate", outer, good).code()).isZero();
        assertThat(line.run("validate", good, outer).code()).isZero();
        assertThat(line.run("validate", outer).code()).isEqualTo(2);
    }

    // --- graph ---

    @Test
    void graph_draws_the_compiled_edges() {
        String file = line.file("a.yaml", GOOD);
        var mermaid = line.run("graph", file);
        assertThat(mermaid.code()).isZero();
        assertThat(mermaid.out()).startsWith("flowchart").contains("-->");
        var dot = line.run("graph", file, "--format", "dot");
        assertThat(dot.code()).isZero();
        assertThat(dot.out()).startsWith("digraph").contains("->");
        assertThat(line.run("graph", file, "--format", "png").code()).isEqualTo(2);
        assertThat(line.run("graph", line.file("bad.yaml", BAD)).code()).isEqualTo(2);
    }

    // --- eval ---

    @Test
    void eval_prints_a_value_as_json() {
        assertThat(line.run("eval", "[1, 'a', null].map(x, x)").out().strip()).isEqualTo("[1,\"a\",null]");
        assertThat(line.run("eval", "input.x * 2", "--input", "{\"x\": 21}")
                        .out()
                        .strip())
                .isEqualTo("42");
        assertThat(line.run("eval", "input.x * 2.0", "-i", "x=21").out().strip())
                .isEqualTo("42.0");
        assertThat(line.run("eval", "${{ input.a }} and ${{ 1 + 1 }}", "-i", "a=one")
                        .out()
                        .strip())
                .isEqualTo("\"one and 2\"");
        assertThat(line.run("eval", "duration('90s')").out().strip()).startsWith("\"");
    }

    @Test
    void eval_checks_types_against_a_schema() {
        String schema = line.file(
                "s.json", "{\"type\":\"object\",\"required\":[\"n\"],\"properties\":{\"n\":{\"type\":\"integer\"}}}");
        assertThat(line.run("eval", "input.n + 1", "--schema", "@" + schema, "-i", "n=1")
                        .out()
                        .strip())
                .isEqualTo("2");
        var unknown = line.run("eval", "input.m + 1", "--schema", "@" + schema, "-i", "n=1");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("column");
        assertThat(line.run("eval", "input.n", "--schema", "@" + schema, "-i", "n=x")
                        .code())
                .isEqualTo(2);
        assertThat(line.run("eval", "1", "--schema", "[]").code()).isEqualTo(2);
        assertThat(line.run("eval", "1", "--schema", "{\"type\":").code()).isEqualTo(2);
        assertThat(line.run("eval", "1", "--schema", "@none.json").code()).isEqualTo(2);
    }

    @Test
    void eval_tells_what_does_not_compile_from_what_cannot_be_evaluated() {
        var syntax = line.run("eval", "1 +");
        assertThat(syntax.code()).isEqualTo(2);
        assertThat(syntax.err())
                .startsWith("the expression has 1 problem:\n"
                        + "AUT-C010 EXPRESSION: expected a value, but found the end (column 4)\n"
                        + "  fix: ");
        var fails = line.run("eval", "1 / input.zero", "-i", "zero=0");
        assertThat(fails.code()).isEqualTo(1);
        assertThat(fails.err()).contains("expression-division-by-zero");
        assertThat(fails.out()).isEmpty();
    }

    // --- schema ---

    @Test
    void schema_prints_the_published_schema_of_workflows() {
        var run = line.run("schema");
        assertThat(run.code()).isZero();
        assertThat(run.json("title")).isEqualTo("Auterity workflow");
        assertThat(run.json("required")).asInstanceOf(LIST).contains("auterity", "id", "steps");
    }

    // --- options that several commands have ---

    @Test
    void every_way_to_ask_for_json_gets_problems_as_json() {
        String bad = line.file("bad.yaml", BAD);
        for (String[] option :
                new String[][] {{"--output", "json"}, {"--output=JSON"}, {"-o", "json"}, {"-o=json"}, {"-ojson"}}) {
            for (String command : List.of("run", "validate", "graph")) {
                List<String> arguments = new ArrayList<>(List.of(command, bad));
                arguments.addAll(List.of(option));
                var run = line.run(arguments.toArray(String[]::new));
                assertThat(run.code()).isEqualTo(2);
                assertThat(run.json("problems", 0, "code")).as("%s", arguments).isEqualTo("AUT-D004");
                assertThat(run.json("problems", 0, "line")).isEqualTo(3L);
            }
        }
        assertThat(line.run("run", bad, "-qo", "json").json("problems", 0, "where"))
                .isEqualTo("bad/a/vlaue");
        assertThat(line.run("run", bad, "-o", "text").out()).isEmpty();
        assertThat(line.run("run", bad, "--input", "json").out()).isEmpty();
        assertThat(line.run("runs", "list", "-o", "json").json("problems", 0, "what"))
                .asString()
                .contains("--journal");
    }

    @Test
    void eval_and_graph_answer_in_json_too() {
        assertThat(line.run("eval", "1 + 1", "-o", "json").out().strip()).isEqualTo("2");
        var problem = line.run("eval", "input.x +\n nothing", "-o", "json");
        assertThat(problem.code()).isEqualTo(2);
        assertThat(problem.json("problems", 0, "code")).isEqualTo("AUT-C013");
        assertThat(problem.json("problems", 0, "what")).asString().contains("line 2");
        var failure = line.run("eval", "1 / input.zero", "-i", "zero=0", "-o", "json");
        assertThat(failure.code()).isEqualTo(1);
        assertThat(failure.json("problems", 0, "code")).isEqualTo("expression-division-by-zero");
        var graph = line.run("graph", line.file("a.yaml", GOOD), "--format", "dot", "-o", "json");
        assertThat(graph.code()).isZero();
        assertThat(graph.json("format")).isEqualTo("dot");
        assertThat(graph.json("graph")).asString().startsWith("digraph");
    }

    @Test
    void words_that_options_take_are_shown_as_one_writes_them() {
        assertThat(line.run("run", "a.yaml", "-o", "jsn").err())
                .contains("--output does not take 'jsn'\n  fix: use 'json' (closest of: text, json)\n");
        assertThat(line.run("graph", "a.yaml", "--format", "png").err())
                .contains("--format does not take 'png'\n  fix: use one of: mermaid, dot\n");
        assertThat(line.run("graph", "--help").out()).contains("text, json; text when not given", "mermaid, dot");
    }

    @Test
    void a_group_of_commands_says_which_there_are() {
        for (String group : List.of("runs", "versions", "relay")) {
            var alone = line.run(group);
            assertThat(alone.code()).isEqualTo(2);
            assertThat(alone.err()).contains("say what to do: ");
            assertThat(line.run(group, "lsit").err()).contains("there is no command 'lsit'\n  fix: ");
            assertThat(line.run(group, "--lsit").err())
                    .contains("there is no option '--lsit' before a command\n  fix: ");
        }
    }

    // --- the program ---

    @Test
    void help_lists_the_commands_there_are() {
        var help = line.run("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("run", "runs", "validate", "graph", "eval", "schema", "serve", "relay", "Exit codes");
        for (String command : List.of("run", "runs", "validate", "graph", "eval", "schema", "serve", "relay")) {
            assertThat(line.run(command, "--help").out()).startsWith("Usage: auterity " + command);
        }
    }

    @Test
    void no_command_and_a_wrong_command_exit_with_2() {
        assertThat(line.run().code()).isEqualTo(2);
        assertThat(line.run().err()).contains("Usage: auterity");
        var wrong = line.run("rnu");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("run");
    }

    @Test
    void the_version_is_told() {
        assertThat(line.run("--version").out()).startsWith("auterity ").contains("Java");
    }
}
