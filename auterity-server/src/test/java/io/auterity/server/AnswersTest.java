package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersTest {

    private static final String APPROVAL = """
            auterity: 1
            id: ask
            steps:
              ok: {approve: {by: [manager], form: {note: string}}}
            output: {approved: "${{ steps.ok.output.approved }}", form: "${{ steps.ok.output.form }}"}
            """;

    private static final String SIGNALS = """
            auterity: 1
            id: wait
            steps:
              one: {await: {signal: reply, schema: {type: integer}}}
              two: {await: {signal: reply, schema: {type: integer}}, needs: [one]}
            output: ["${{ steps.one.output }}", "${{ steps.two.output }}"]
            """;

    @TempDir
    private Path directory;

    private CommandLineRun line;

    @BeforeEach
    void setUp() {
        line = new CommandLineRun(directory);
    }

    @Test
    void an_approval_is_given_in_advance_with_its_form() {
        var run = line.run("run", line.file("a.yaml", APPROVAL), "--approve", "ok={\"note\": \"fine\"}");
        assertThat(run.code()).isZero();
        assertThat(run.json()).isEqualTo(Map.of("approved", true, "form", Map.of("note", "fine")));
    }

    @Test
    void a_rejection_needs_no_form() {
        var run = line.run("run", line.file("a.yaml", APPROVAL), "--reject", "ok");
        assertThat(run.code()).isZero();
        assertThat(run.json("approved")).isEqualTo(false);
    }

    @Test
    void signals_are_sent_in_the_order_given() {
        var run = line.run("run", line.file("a.yaml", SIGNALS), "--signal", "reply=1", "--signal", "reply=2");
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualToIgnoringWhitespace("[1, 2]");
    }

    @Test
    void a_signal_that_nobody_wants_is_told() {
        var run = line.run(
                "run",
                line.file("a.yaml", SIGNALS),
                "--signal",
                "reply=1",
                "--signal",
                "reply=2",
                "--signal",
                "reply=3");
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("note: nobody waited for signal 'reply'");
    }

    @Test
    void answers_that_do_not_fit_are_refused_before_anything_runs() {
        String approval = line.file("a.yaml", APPROVAL);
        String signals = line.file("s.yaml", SIGNALS);
        assertThat(line.run("run", approval, "--approve", "okk").err())
                .contains("no step 'okk' asks for a decision", "use 'ok'");
        assertThat(line.run("run", approval, "--approve", "ok").err()).contains("AUT-S003 --approve ok");
        assertThat(line.run("run", approval, "--approve", "ok=yes").err()).contains("AUT-S002 --approve ok");
        assertThat(line.run("run", signals, "--signal", "replay=1").err())
                .contains("no step waits for signal 'replay'", "use 'reply'");
        assertThat(line.run("run", signals, "--signal", "reply=word").code()).isEqualTo(2);
    }

    @Test
    void a_run_that_waits_for_what_nobody_can_send_says_how_to_send_it_and_ends() {
        var approval = line.run("run", line.file("a.yaml", APPROVAL), "--output", "json");
        assertThat(approval.code()).isEqualTo(1);
        assertThat(approval.json("status")).isEqualTo("cancelled");
        assertThat(approval.err())
                .contains("step 'ok' waits for a decision of manager; decide with --approve 'ok={\"note\": ...}'"
                        + " or --reject ok");

        var signal = line.run("run", line.file("s.yaml", SIGNALS), "--signal", "reply=1", "-q");
        assertThat(signal.code()).isEqualTo(1);
        assertThat(signal.err()).contains("step 'two' waits for signal 'reply'; send it with --signal reply=JSON");
    }

    @Test
    void a_wait_that_ends_by_itself_is_waited_for() {
        String text = """
                auterity: 1
                id: ask
                steps:
                  ok: {approve: {within: 1500ms, else: reject}}
                output: ${{ steps.ok.output.approved }}
                """;
        var run = line.run("run", line.file("a.yaml", text));
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualToIgnoringWhitespace("false");
    }

    @Test
    void as_many_steps_as_there_are_get_their_decision() {
        String text = """
                auterity: 1
                id: ask
                input: {items: array}
                steps:
                  each:
                    forEach: ${{ input.items }}
                    concurrency: 1000
                    steps: {ok: {approve: {}}}
                    output: ${{ steps.ok.output.approved }}
                output: ${{ size(steps.each.output) }}
                """;
        String items = "items=" + IntStream.range(0, 3_000).boxed().toList();
        var run = line.run("run", line.file("a.yaml", text), "-q", "--approve", "each/ok", "-i", items);
        assertThat(run.out()).as(run.err()).isEqualToIgnoringWhitespace("3000");
    }

    @Test
    void decisions_reach_steps_in_loops_and_in_child_runs() {
        String outer = """
                auterity: 1
                id: outer
                steps:
                  each:
                    forEach: ${{ [1, 2] }}
                    steps: {ok: {approve: {}}}
                    output: ${{ steps.ok.output.approved }}
                  child: {run: ask}
                output: {each: "${{ steps.each.output }}", child: "${{ steps.child.output.approved }}"}
                """;
        var run = line.run(
                "run",
                line.file("outer.yaml", outer),
                "--with",
                line.file("ask.yaml", APPROVAL),
                "--reject",
                "each/ok",
                "--approve",
                "each[1]/ok",
                "--approve",
                "ok={\"note\": \"n\"}");
        assertThat(run.err()).contains("+ run succeeded");
        assertThat(run.json()).isEqualTo(Map.of("each", List.of(false, true), "child", true));
    }

    @Test
    void fallbacks_undos_and_blocks_after_a_failure_are_answered_by_their_paths() {
        String text = """
                auterity: 1
                id: ask
                steps:
                  book: {value: 1, undo: {approve: {form: {reason: string}}}}
                  pay:
                    fail: {message: no money}
                    onError: {fallback: {approve: {}}}
                    needs: [book]
                  ship:
                    fail: {message: no road}
                    onError: {fallback: {await: {signal: road, schema: {type: string}}}}
                    needs: [pay]
                  check:
                    try: {steps: {no: {fail: {message: wrong}}}}
                    catch: {steps: {mend: {approve: {}}}}
                    finally: {steps: {tell: {await: {signal: told}}}}
                    needs: [ship]
                  end: {fail: {message: the end}, needs: [check]}
                """;
        var run = line.run(
                "run",
                line.file("a.yaml", text),
                "--approve",
                "pay",
                "--signal",
                "road=12",
                "--approve",
                "check.catch/mend",
                "--signal",
                "told",
                "--approve",
                "book={\"reason\": \"late\"}");
        assertThat(run.err()).contains("book: undone", "run compensated").doesNotContain("waits for what nobody");
    }

    @Test
    void a_fallback_that_asks_for_something_else_than_its_step_takes_its_own_form() {
        String text = """
                auterity: 1
                id: ask
                steps:
                  ok:
                    approve: {within: 10ms, else: fail, form: {note: string}}
                    onError: {fallback: {approve: {form: {amount: integer}}}}
                output: ${{ steps.ok.output.form }}
                """;
        String file = line.file("a.yaml", text);
        assertThat(line.run("run", file, "--approve", "ok={\"amount\": true}").err())
                .contains("AUT-S003 --approve ok");
        assertThat(line.run("run", file, "--approve", "ok={\"amount\": 3}").err())
                .doesNotContain("AUT-S003");
    }
}
