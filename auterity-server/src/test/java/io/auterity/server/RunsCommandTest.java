package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Enqueue;
import io.auterity.Workflow;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.RunId;
import io.auterity.journal.RunQueue;
import io.auterity.server.CommandLineRun.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsCommandTest {

    private static final String ADD = """
            auterity: 1
            id: add
            input: {n: integer}
            steps:
              one: {value: "${{ input.n + 1 }}"}
              two: {value: "${{ 100 / steps.one.output }}"}
            output: ${{ steps.two.output }}
            """;

    private record Guest(String name) {}

    @TempDir
    private Path directory;

    private CommandLineRun auterity;
    private String journal;
    private String add;

    @BeforeEach
    void prepare() {
        auterity = new CommandLineRun(directory);
        journal = "sqlite:" + directory.resolve("runs.db");
        add = auterity.file("add.yaml", ADD);
    }

    private Result runs(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "runs";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--journal";
        all[arguments.length + 2] = journal;
        return auterity.run(all);
    }

    private Result add(String id, int n) {
        return auterity.run("run", add, "--input", "n=" + n, "--run-id", id, "--journal", journal, "--quiet");
    }

    /** An engine of an application, which puts runs into a queue and takes none. */
    private static Engine engine(JdbcJournal ofAnEngine, Workflow<?, ?> workflow) {
        return Engine.builder()
                .journal(ofAnEngine)
                .queue(RunQueue.named("mail").perEngine(0))
                .register(workflow)
                .build();
    }

    @Test
    void says_how_to_go_on_when_an_engine_has_the_file() {
        assertThat(add("bad", -1).code()).isEqualTo(1);
        try (JdbcJournal ofAnEngine = JdbcJournal.sqlite(directory.resolve("runs.db"))) {
            Result retry = runs("retry", "bad", "--yes");
            assertThat(retry.code()).isEqualTo(2);
            assertThat(retry.err())
                    .contains("AUT-J105 --journal: the journal ", "runs.db is open in ")
                    .contains("fix: end that process and try again; 'runs list', 'show', 'cancel', 'pause'");
            assertThat(runs("list").out()).contains("bad");
            assertThat(ofAnEngine.catalog().find(RunId.of("bad:retry-1"))).isEmpty();
        }
        assertThat(runs("retry", "bad", "--input", "n=4", "--quiet").code()).isZero();
    }

    @Test
    void shows_what_another_program_has_recorded() {
        assertThat(add("first", 4)).isEqualTo(new Result(0, "20\n", ""));
        assertThat(add("second", -1).code()).isEqualTo(1);

        Result list = runs("list", "--output", "json");
        assertThat(list.json("runs", 0, "runId")).isEqualTo("second");
        assertThat(list.json("runs", 0, "status")).isEqualTo("failed");
        assertThat(list.json("runs", 0, "error", "code")).isEqualTo("expression");
        assertThat(list.json("runs", 1, "runId")).isEqualTo("first");
        assertThat(runs("list").out())
                .startsWith("RUN     WORKFLOW  STATUS     STARTED")
                .contains("\nsecond  add       failed     20", "\nfirst   add       succeeded  20");
        assertThat(runs("list", "--status", "failed", "--workflow", "add").out().lines())
                .hasSize(2);
        assertThat(runs("list", "--status", "cancelled")).isEqualTo(new Result(0, "", "no such runs\n"));

        Result show = runs("show", "first", "--output", "json");
        assertThat(show.json("status")).isEqualTo("succeeded");
        assertThat(show.json("input", "n")).isEqualTo(4L);
        assertThat(show.json("output")).isEqualTo(20L);
        assertThat(show.json("steps", "one", "output")).isEqualTo(5L);
        assertThat(runs("show", "second").out())
                .contains(
                        "status    failed",
                        "error     expression: ",
                        "input     {\"n\":-1}",
                        "  one: succeeded with 0\n");
        assertThat(runs("show", "second", "--entries").out().lines().map(line -> line.replaceAll("20\\S+Z", "T")))
                .containsSubsequence("entries", "  T step-succeeded one 0")
                .anyMatch(line -> line.startsWith("  T run-started {\"workflow\":\"add\","))
                .anyMatch(line -> line.startsWith("  T run-ended {\"status\":\"FAILED\","));
        Result entries = runs("show", "first", "--entries", "--output", "json");
        assertThat(entries.json("entries", 0, "kind")).isEqualTo("run-started");
        assertThat(entries.json("entries", 1, "data")).isEqualTo(5L);
        assertThat(show.out()).doesNotContain("\"entries\"");
    }

    @Test
    void the_same_id_gives_the_recorded_result_and_runs_nothing() {
        assertThat(add("first", 4).out()).isEqualTo("20\n");
        assertThat(add("first", 9)).isEqualTo(new Result(0, "20\n", ""));
    }

    @Test
    void refuses_to_steer_what_has_ended() {
        add("first", 4);
        assertThat(runs("cancel", "first")).isEqualTo(new Result(1, "", "run 'first' has ended: succeeded\n"));
        assertThat(runs("signal", "first", "go={\"a\": 1}").code()).isEqualTo(1);
        assertThat(runs("signal", "first", "go={").err()).contains("AUT-S002 NAME=JSON");
    }

    @Test
    void says_what_is_wrong_with_a_journal_or_a_run() {
        assertThat(runs("list").err()).contains("AUT-J102 --journal: there is no file " + directory.resolve("runs.db"));
        assertThat(runs("list").code()).isEqualTo(2);
        add("first", 4);
        assertThat(runs("show", "frist")).isEqualTo(new Result(2, "", """
                        the journal has 1 problem:
                        AUT-R007 RUN: no run 'frist' is recorded in it
                          fix: see 'auterity runs list --journal %s'
                        """.formatted(journal)));
        assertThat(runs("show", "a b").err()).contains("AUT-S002 RUN: a run id has only");
        assertThat(runs("list", "--status", "succeded").err())
                .contains("'succeded' is no status", "fix: use 'succeeded' (closest of: ");
        assertThat(runs("list", "--limit", "1001").err()).contains("write 1 to 1000");
        for (String bad :
                List.of("memory", "sqlite:", "postgres://x", "sqlite:" + directory, "sqlite:/no/such/place/x.db")) {
            Result refused = auterity.run("runs", "list", "--journal", bad);
            assertThat(refused.code()).as(bad).isEqualTo(2);
            assertThat(refused.err()).as(bad).contains("AUT-S005 --journal: ");
        }
        String text = "sqlite:" + auterity.file("text.db", "this is no database, however long it may be");
        assertThat(auterity.run("runs", "list", "--journal", text).err()).contains("AUT-J10");
        assertThat(auterity.run("runs").err())
                .contains("say what to do: list, show, approve, cancel, pause, purge, reject, resume, retry, signal");
        assertThat(auterity.run("runs", "lst", "--journal", journal).err()).contains("use 'list'");
    }

    @Test
    void goes_on_with_what_waited_when_its_signal_has_come() {
        String ask = auterity.file("ask.yaml", """
                auterity: 1
                id: ask
                steps:
                  first: {value: 1}
                  answer: {await: {signal: go, schema: {type: object}}, needs: [first]}
                output: ${{ steps.answer.output }}
                """);
        Result asked =
                auterity.run("run", ask, "--run-id", "asked", "--journal", journal, "--quiet", "--output", "json");
        assertThat(asked.code()).isEqualTo(3);
        assertThat(asked.json("status")).isEqualTo("waiting");
        assertThat(asked.err()).isEqualTo("""
                step 'answer' waits for signal 'go'; send it with
                    auterity runs signal asked go=JSON --journal %s
                run 'asked' has not ended; it waits in its journal, and when it is answered, goes on with
                    auterity runs resume --journal %s
                """.formatted(journal, journal));
        assertThat(runs("resume", "--quiet").out()).isEqualTo("asked waiting for a signal or a decision\n");
        assertThat(runs("show", "asked").out()).contains("  answer: waiting for signal 'go'\n");
        assertThat(runs("signal", "asked", "og={\"a\": 1}").err())
                .contains("AUT-S005 signal 'og': no step waits for signal 'og'", "fix: use 'go'");
        assertThat(runs("signal", "asked", "go=1").err()).contains("AUT-S003 signal 'go': ");
        assertThat(runs("signal", "asked", "go={\"a\": 1}").code()).isZero();
        assertThat(runs("resume", "--quiet")).isEqualTo(new Result(0, "asked succeeded\n", ""));
        assertThat(runs("show", "asked", "--output", "json").json("output", "a"))
                .isEqualTo(1L);
        assertThat(runs("resume", "--quiet")).isEqualTo(new Result(0, "", "no unfinished runs\n"));
    }

    @Test
    void goes_on_with_a_run_whose_core_run_is_done_without_the_workflow_that_it_named() {
        String child = auterity.file("child.yaml", "auterity: 1\nid: child\nsteps: {}\noutput: 7\n");
        String ask = auterity.file("ask.yaml", """
                auterity: 1
                id: ask
                steps:
                  seven: {uses: core.run, with: {workflow: child, input: {}}}
                  answer: {await: {signal: go}, needs: [seven]}
                output: ${{ steps.seven.output }}
                """);
        assertThat(auterity.run("run", ask, "--run-id", "asked", "--journal", journal, "-q")
                        .err())
                .contains("AUT-C008 ask/seven/with/workflow", "runs workflow 'child', which is not defined");
        Result asked = auterity.run("run", ask, "--with", child, "--run-id", "asked", "--journal", journal, "-q");
        assertThat(asked.code()).as(asked.toString()).isEqualTo(3);
        assertThat(runs("signal", "asked", "go=1").code()).isZero();
        assertThat(runs("resume", "--quiet")).isEqualTo(new Result(0, "asked succeeded\n", ""));
    }

    @Test
    void goes_on_with_what_waited_when_it_has_been_decided() {
        String ask = auterity.file("ask.yaml", """
                auterity: 1
                id: ask
                input: {n: integer}
                steps:
                  each:
                    forEach: ${{ [1, 2] }}
                    steps: {ok: {approve: {by: [manager], form: {note: string}}}}
                    output: ${{ steps.ok.output.approved }}
                output: ${{ steps.each.output }}
                """);
        Result asked = auterity.run(
                "run", ask, "-i", "n=1", "--run-id", "asked", "--journal", journal, "-q", "--reject", "each[0]/ok");
        assertThat(asked.code()).isEqualTo(3);
        assertThat(asked.out()).isEmpty();
        assertThat(asked.err()).contains("""
                step 'each[1]/ok' waits for a decision of manager; decide with
                    auterity runs approve asked 'each[1]/ok={"note": ...}' --journal %1$s
                    auterity runs reject asked 'each[1]/ok' --journal %1$s
                """.formatted(journal));
        assertThat(runs("show", "asked").out()).contains("  each[1]/ok: waiting for a decision of manager\n");
        assertThat(runs("approve", "asked", "each[1]/okk").err()).contains("AUT-S005", "no step 'each[1]/okk' asks");
        assertThat(runs("approve", "asked", "each[1]/ok").err()).contains("AUT-S003 STEP each[1]/ok");
        assertThat(runs("reject", "asked", "each[0]/ok").err())
                .contains(
                        "AUT-R008 STEP: step 'each[0]/ok' of run 'asked' does not wait for a decision; its status is succeeded");
        assertThat(runs("approve", "nobody", "each[1]/ok").code()).isEqualTo(2);
        assertThat(runs("approve", "asked").err()).contains("STEP[=JSON] is missing");

        Result approved = runs("approve", "asked", "each[1]/ok={\"note\": \"fine\"}");
        assertThat(approved.code()).as(approved.toString()).isZero();
        assertThat(approved.err()).contains("run 'asked' will be told of the decision by the engine that has it");
        assertThat(runs("resume", "--quiet").out()).isEqualTo("asked succeeded\n");
        assertThat(runs("show", "asked", "--output", "json").json("output")).isEqualTo(List.of(false, true));
        assertThat(runs("approve", "asked", "each[1]/ok={\"note\": \"again\"}"))
                .isEqualTo(new Result(1, "", "run 'asked' has ended: succeeded\n"));
    }

    @Test
    void tries_runs_again_from_what_failed_with_another_input_or_from_a_step() {
        add("bad", -1);
        Result again = runs("retry", "bad");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.out()).startsWith("bad:retry-1 failed: expression: ");
        assertThat(again.err()).contains("run 'bad' is tried again as 'bad:retry-1'");

        Result mended = runs("retry", "bad", "--input", "n=4", "--quiet", "--output", "json");
        assertThat(mended.code()).as(mended.toString()).isZero();
        assertThat(mended.json("runs", 0, "runId")).isEqualTo("bad:retry-2");
        assertThat(mended.json("runs", 0, "labels", "forked-from")).isEqualTo("bad");
        assertThat(runs("show", "bad:retry-2", "--output", "json").json("output"))
                .isEqualTo(20L);

        assertThat(runs("retry", "bad:retry-2", "--from", "two", "--quiet").out())
                .isEqualTo("bad:retry-3 succeeded\n");
        assertThat(runs("retry", "bad:retry-2", "--quiet").err()).contains("has succeeded, so nothing of it is left");
        assertThat(runs("retry", "bad", "--from", "tow").err()).contains("workflow 'add' has no step 'tow'");
        assertThat(runs("retry", "bad", "--input", "n=x").err()).contains("AUT-S002 --input n");
        assertThat(runs("retry", "bad", "--from", "two", "--from-beginning").code())
                .isEqualTo(2);
        assertThat(runs("retry", "nobody").err()).contains("AUT-R007 RUN: no run 'nobody'");
        assertThat(runs("retry").err()).contains("it is not said which runs are meant");
        assertThat(runs("retry", "bad", "--all").err()).contains("runs are named, and options select others");
        assertThat(runs("retry", "--all", "--input", "n=1").err()).contains("it is for one run only");
    }

    @Test
    void tries_all_failed_runs_again_once_after_a_confirmation() {
        for (int i = 0; i < 3; i++) {
            add("bad" + i, -1);
            add("good" + i, i);
        }
        Result asked = runs("retry", "--workflow", "add");
        assertThat(asked.code()).isEqualTo(2);
        assertThat(asked.out().lines()).hasSize(3).allMatch(line -> line.matches("bad. add failed 20.*Z"));
        assertThat(asked.err()).isEqualTo("3 runs would be tried again; add --yes to do it\n");
        assertThat(runs("retry", "--workflow", "add", "--dry-run"))
                .isEqualTo(new Result(0, asked.out(), "3 runs would be tried again\n"));

        Result done = runs("retry", "--workflow", "add", "--yes", "--quiet");
        assertThat(done.code()).isEqualTo(1); // they fail again
        assertThat(done.out().lines()).hasSize(3);
        Result second = runs("retry", "--where", "n=-1", "--yes", "--quiet", "--output", "json");
        assertThat(second.json("refused")).isEqualTo(3L);
        assertThat((List<?>) second.json("runs")).hasSize(3);
        assertThat(second.json("runs", 0, "runId").toString()).endsWith(":retry-2");
        assertThat(runs("retry", "--since", "2100-01-01", "--yes"))
                .isEqualTo(new Result(0, "", "no runs to try again\n"));
    }

    @Test
    void finds_runs_by_label_time_and_input() {
        auterity.run(
                "run", add, "--input", "n=1", "--run-id", "a", "--label", "team=sales", "--journal", journal, "-q");
        add("b", 2);
        assertThat(runs("list", "--label", "team=sales").out())
                .contains("LABELS", "\na    add       succeeded", "team=sales\n")
                .doesNotContain("\nb ");
        assertThat(runs("list", "--where", "n=2").out()).contains("\nb ").doesNotContain("\na ");
        assertThat(runs("list", "--where", "n=2", "--label", "team=sales").err())
                .isEqualTo("no such runs\n");
        assertThat(runs("list", "--since", "1h").out().lines()).hasSize(3);
        assertThat(runs("list", "--until", "1h").err()).isEqualTo("no such runs\n");
        assertThat(runs("list", "--since", "2000-01-01T00:00:00+01:00").out().lines())
                .hasSize(3);
        assertThat(runs("show", "a").out()).contains("labels    team=sales");
        assertThat(runs("list", "--since", "yesterday").err())
                .contains("AUT-S005 --since: 'yesterday' is neither a duration nor a time");
        assertThat(runs("list", "--where", "n=[1]").err()).contains("is no text, whole number, true or false");
        assertThat(auterity.run("run", add, "--input", "n=1", "--label", "=x").err())
                .contains("AUT-S005 --label: the name of a label has 1 to 200 characters");
    }

    @Test
    void lists_page_by_page() {
        for (String run : List.of("a", "b", "c", "d", "e")) {
            add(run, 1);
        }
        Result first = runs("list", "--limit", "2");
        assertThat(first.out()).containsSubsequence("\ne ", "\nd ").doesNotContain("\nc ");
        assertThat(first.err()).isEqualTo("there may be more; add --after d\n");
        Result second = runs("list", "--limit", "2", "--after", "d");
        assertThat(second.out()).containsSubsequence("\nc ", "\nb ").doesNotContain("\nd ", "\na ");
        Result last = runs("list", "--limit", "2", "--after", "b");
        assertThat(last.out().lines()).hasSize(2);
        assertThat(last.err()).isEmpty();
        assertThat(runs("list", "--after", "nobody")).isEqualTo(new Result(2, "", """
                        the journal has 1 problem:
                        AUT-R007 RUN: no run 'nobody' is recorded in it
                          fix: see 'auterity runs list --journal %s'
                        """.formatted(journal)));
        for (String limit : List.of("0", "1001")) {
            assertThat(runs("list", "--limit", limit).err()).contains("write 1 to 1000");
        }
        assertThat(runs("list", "--limit", "1000").code()).isZero();
        assertThat(runs("list", "--limit", "999").code()).isZero();
    }

    @Test
    void holds_lets_go_on_and_cancels_many_at_once() {
        String ask = auterity.file("ask.yaml", "auterity: 1\nid: ask\nsteps: {answer: {await: go}}");
        for (String id : List.of("x", "y", "z")) {
            auterity.run("run", ask, "--run-id", id, "--journal", journal, "--quiet");
        }
        assertThat(runs("pause", "--workflow", "ask").err()).isEqualTo("3 runs would be paused; add --yes to do it\n");
        assertThat(runs("pause", "--workflow", "ask", "--yes").code()).isZero();
        assertThat(runs("resume", "--quiet").out().lines())
                .containsExactlyInAnyOrder(
                        "x waiting, paused; 'auterity runs resume x' lets it go on",
                        "y waiting, paused; 'auterity runs resume y' lets it go on",
                        "z waiting, paused; 'auterity runs resume z' lets it go on");
        assertThat(runs("signal", "x", "go").code()).isZero();
        assertThat(runs("resume", "x", "y").err()).contains("2 runs will be let go on by the engines that have them");
        assertThat(runs("resume", "--quiet").out())
                .contains("x succeeded", "y waiting for a signal", "z waiting, paused");
        Result cancelled = runs("cancel", "--all", "--yes", "--output", "json");
        assertThat(cancelled.json("runs")).isEqualTo(2L);
        assertThat(runs("resume", "--quiet").out().lines())
                .allMatch(line -> line.matches("[yz] cancelled: .*"))
                .hasSize(2);
        assertThat(runs("cancel", "x", "y").code()).isEqualTo(1);
        assertThat(runs("cancel", "--all", "--yes").err()).startsWith("0 runs will be cancelled");
    }

    @Test
    void leaves_runs_in_their_queue_and_ends() {
        Workflow<Map<String, Object>, Object> add = Workflow.read(ADD, "add.yaml");
        try (JdbcJournal ofAnEngine = JdbcJournal.sqlite(directory.resolve("runs.db"));
                Engine engine = engine(ofAnEngine, add)) {
            engine.enqueue(add, RunId.of("first"), Map.of("n", 4), Enqueue.to("mail"));
            engine.enqueue(
                    add, RunId.of("last"), Map.of("n", 4), Enqueue.to("mail").delay(Duration.ofDays(1)));
        }
        Result resume = runs("resume", "--quiet");
        assertThat(resume.out().lines())
                .containsExactlyInAnyOrder(
                        "first queued; an engine that has declared its queue begins it",
                        "last queued; an engine that has declared its queue begins it");
        assertThat(resume.code()).isEqualTo(3);
        assertThat(runs("resume", "--quiet", "--output", "json").json("runs", 0, "status"))
                .isEqualTo("queued");
        assertThat(runs("cancel", "--all", "--yes").code()).isZero();
        assertThat(runs("resume", "--quiet")).isEqualTo(new Result(0, "", "no unfinished runs\n"));
    }

    @Test
    void leaves_runs_to_others_that_need_code_that_is_not_here_and_ends() {
        Workflow<Guest, String> coded = Workflow.define(
                "coded",
                Guest.class,
                (flow, guest) ->
                        flow.step("greet").runAsync(String.class, guest, (name, context) -> new CompletableFuture<>()));
        try (JdbcJournal ofAnEngine = JdbcJournal.sqlite(directory.resolve("runs.db"));
                Engine engine = engine(ofAnEngine, coded)) {
            engine.start(coded, RunId.of("greeting"), new Guest("Ann"));
        }
        Result resume = runs("resume", "--quiet");
        assertThat(resume.out())
                .isEqualTo("greeting waiting for code that is not here; an engine that has it goes on with it\n");
        assertThat(resume.code()).isEqualTo(3);
    }
}
