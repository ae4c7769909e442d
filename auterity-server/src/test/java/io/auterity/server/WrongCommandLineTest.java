package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a command line is told at once, each with where it is and how to mend it. */
class WrongCommandLineTest {

    @TempDir
    Path directory;

    private CommandLineRun line;

    @BeforeEach
    void begin() {
        line = new CommandLineRun(directory);
    }

    @Test
    void what_looks_like_an_input_or_a_file_is_told_how_to_write() {
        String file = line.file("w.yaml", "auterity: 1\nid: w\nsteps: {}\n");
        assertThat(line.run("run", file, "name=Ann Lee").err()).contains("fix: write --input 'name=Ann Lee'\n");
        assertThat(line.run("run", file, "more").err()).contains("fix: leave it out, or put quotes around a value\n");
        assertThat(line.run("runs", "list", "--journal", "runs.db").err())
                .contains("fix: write sqlite:runs.db if it is the file of a SQLite database, otherwise jdbc:URL\n");
    }

    @Test
    void unknown_options_wrong_values_and_missing_ones_are_told_together() {
        var run = line.run(
                "run",
                "none.yaml",
                "--nonsense",
                "--output",
                "xml",
                "--label",
                "red",
                "--timeout",
                "soon",
                "--run-id",
                "a b",
                "--journal",
                "redis:x",
                "--signal");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).containsExactly("""
                the command line has 8 problems:
                AUT-S007 auterity run: --output does not take 'xml'
                  fix: use one of: text, json
                AUT-S007 auterity run: --label does not take 'red'
                  fix: write --label NAME=VALUE
                AUT-S007 auterity run: --signal has no value
                  fix: write --signal NAME[=JSON]
                AUT-S007 auterity run: there is no option '--nonsense'
                  fix: use one of: --input, --with, --journal, --run-id, --label, --timeout, --allow-host, \
                --allow-journal-sql, --signal, --approve, --reject, --output, 3 more
                AUT-S005 --run-id: a run id has only A-Z a-z 0-9 . _ : -, this one has ' ' at character 2
                  fix: use letters, digits, '.', '_', ':' and '-'
                AUT-S005 --timeout: 'soon' is no duration above zero
                  fix: write 500ms, 30s, 5m or 2h
                AUT-S005 --journal: 'redis:x' names no journal
                  fix: write memory, sqlite:PATH or jdbc:URL
                AUT-S001 none.yaml: there is no such file
                  fix: check the name and the current directory
                'auterity run --help' shows how it is used
                """.split("\n"));
    }

    @Test
    void programs_are_told_the_same() {
        var run = line.run("run", "none.yaml", "--timeout", "soon", "--nonsense", "--output", "json");
        assertThat(run.code()).isEqualTo(2);
        assertThat(problems(run))
                .containsExactly(
                        "auterity run: there is no option '--nonsense'",
                        "--timeout: 'soon' is no duration above zero",
                        "none.yaml: there is no such file");
    }

    /** The words of a command, and how much of it is wrong. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            run --timeout soon --label red --allow-host x:99999 | 4
            validate none.yaml other.yaml --nonsense | 3
            graph none.yaml --format svg --with other.yaml more | 4
            eval --schema [] --input x --output xml | 4
            schema --nonsense more | 2
            serve --port x --host 192.0.2.1 --allow-host x:99999 | 4
            serve --port 99999 --host 192.0.2.1 --relay-config none.yaml | 3
            runs list --limit x --status nope --since never --where a | 5
            runs list --limit 0 --after a/b --until never --journal redis:x | 4
            runs show a/b --nonsense | 3
            runs cancel --status nope --where a=1.5 | 3
            runs pause a/b --workflow a --nonsense | 4
            runs purge --older-than soon --status running | 3
            runs resume --with none.yaml --allow-host x:99999 --journal redis:x | 3
            runs retry --from a --from-beginning --input a=1 --journal redis:x | 4
            runs signal a/b =1 | 3
            versions list | 2
            versions diff a --nonsense | 4
            versions check none.yaml | 2
            versions rollback a --journal redis:x | 2
            versions release --journal redis:x | 2
            relay key --nonsense more | 2
            relay budget --lines --relay-config none.yaml | 3
            relay explain --relay-config none.yaml --learned other | 3
            relay refund --amount x --journal redis:x | 3
            relay replay none.jsonl --policy none.yaml --seed x | 3
            """)
    void every_command_tells_all(String words, int count) {
        var run = line.run(words.split(" "));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("the command line has " + count + " problems:\n");
        assertThat(run.err().lines().filter(each -> each.startsWith("  fix: "))).hasSize(count);
    }

    @Test
    void a_single_problem_is_told_as_such() {
        String file = line.file("a.yaml", "auterity: 1\nid: a\nsteps: {s: {value: 1}}\n");
        assertThat(line.run("run", file, "--timeout", "soon").err())
                .startsWith("the option --timeout has 1 problem:\n")
                .doesNotContain("--help");
    }

    @Test
    void a_file_that_cannot_be_read_does_not_keep_back_what_is_wrong_with_others() {
        String file = line.file("a.yaml", "auterity: 1\nid: a\nsteps: {s: {value: '${{ nope }}'}}\n");
        assertThat(line.run("validate", file, "none.yaml").err()).contains("nope", "there is no such file");
    }

    @Test
    void help_is_given_whatever_else_is_wrong() {
        var run = line.run("run", "--nonsense", "--timeout", "soon", "--help");
        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith("Usage: auterity run");
        assertThat(run.err()).isEmpty();
    }

    // --- expressions that begin with a dash ---

    @ParameterizedTest
    @ValueSource(strings = {"-7 % 3", "-1", "-(1)", "--1 - 2", "- 1", "-size('a')"})
    void an_expression_may_begin_with_a_minus(String expression) {
        var run = line.run("eval", expression);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("-1\n");
    }

    @Test
    void an_unknown_option_is_no_expression() {
        var run = line.run("eval", "--inptu", "a=1", "input.a");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("there is no option '--inptu'", "fix: use '--input'");
        assertThat(line.run("eval", "1", "--nonsense=2").err()).contains("there is no option '--nonsense'");
    }

    @Test
    void where_a_minus_reads_like_an_option_it_is_said_how_to_write_it() {
        assertThat(line.run("eval", "-input.n").err()).contains("add EXPRESSION; behind -- if it begins with a dash");
        var run = line.run("eval", "-i", "n=1", "--", "-input.n");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("-1\n");
    }

    private static List<String> problems(CommandLineRun.Result run) {
        List<String> problems = new ArrayList<>();
        for (Object problem : (List<?>) run.json("problems")) {
            problems.add(((Map<?, ?>) problem).get("where") + ": " + ((Map<?, ?>) problem).get("what"));
        }
        return problems;
    }
}
