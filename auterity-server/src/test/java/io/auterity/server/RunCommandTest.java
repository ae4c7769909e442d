package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {

    private static final String HELLO = """
        auterity: 1
        id: hello
        input: {name: string, times: integer}
        steps:
          greet: {value: "Hello ${{ input.name }}"}
          many: {if: "${{ input.times > 1 }}", value: "${{ input.times * 10 }}"}
        output: {text: "${{ steps.greet.output }}", many: "${{ coalesce(steps.many.output, 0) }}"}
        """;

    private static final String BREAKS = """
        auterity: 1
        id: breaks
        steps:
          first: {value: 1}
          second:
            uses: core.fail
            with: {code: no-stock, message: "nothing left of ${{ steps.first.output }}", retryable: true}
            retry: {maxAttempts: 3, delay: 1ms}
          third: {value: "${{ steps.second.output }}"}
        """;

    @TempDir
    private Path directory;

    private CommandLineRun line;

    @BeforeEach
    void setUp() {
        line = new CommandLineRun(directory);
    }

    @Test
    void what_a_failure_says_does_not_steer_the_terminal() {
        var run = line.run(
                "run",
                line.file("a.yaml", "auterity: 1\nid: a\nsteps: {s: {fail: \"a\\e[2Jb\\u202ec\\r\\nd\"}}\n"),
                "-q");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("failed: a [2Jb c \nd").doesNotContain("\u001b", "\r", "\u202e");
    }

    @Test
    void prints_the_output_on_one_stream_and_progress_on_the_other() {
        var run = line.run("run", line.file("a.yaml", HELLO), "--input", "name=Ann", "--input", "times=2");

        assertThat(run.code()).isZero();
        assertThat(run.json()).isEqualTo(Map.of("text", "Hello Ann", "many", 20L));
        assertThat(run.err()).contains("of workflow hello", "+ greet: succeeded in", "+ run succeeded in");
    }

    @Test
    void quiet_shows_no_progress() {
        var run = line.run("run", line.file("a.yaml", HELLO), "-q", "-i", "name=Ann", "-i", "times=2");
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void an_output_that_is_a_text_is_printed_as_it_is() {
        String file =
                line.file("a.yaml", "auterity: 1\nid: a\nsteps: {s: {value: 1}}\noutput: \"a \\\"word\\\" \u00e9\"\n");
        assertThat(line.run("run", file).out()).isEqualTo("a \"word\" \u00e9" + System.lineSeparator());
    }

    @Test
    void json_is_one_object_with_every_step() {
        var run = line.run(
                "run",
                line.file("a.yaml", HELLO),
                "--run-id",
                "r-7",
                "--output",
                "json",
                "-i",
                "name=Ann",
                "-i",
                "times=1");

        assertThat(run.code()).isZero();
        assertThat(run.json().keySet()).asString().isEqualTo("[runId, status, output, error, steps]");
        assertThat(run.json("runId")).isEqualTo("r-7");
        assertThat(run.json("status")).isEqualTo("succeeded");
        assertThat(run.json("output", "many")).isEqualTo(0L);
        assertThat(run.json("error")).isNull();
        Map<?, ?> greet = (Map<?, ?>) run.json("steps", "greet");
        assertThat(greet.keySet()).asString().isEqualTo("[status, attempts, startedAt, endedAt, output, error]");
        assertThat(greet.get("output")).isEqualTo("Hello Ann");
        assertThat(greet.get("attempts")).isEqualTo(1L);
        assertThat(Instant.parse((String) greet.get("startedAt")))
                .isBeforeOrEqualTo(Instant.parse((String) greet.get("endedAt")));
        assertThat(run.json("steps", "many", "status")).isEqualTo("skipped");
        assertThat(run.json("steps", "many", "startedAt")).isNull();
    }

    @Test
    void a_run_that_fails_exits_with_1_and_says_where() {
        var run = line.run("run", line.file("a.yaml", BREAKS), "--output=json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json("status")).isEqualTo("failed");
        assertThat(run.json("output")).isNull();
        assertThat(run.json("error", "code")).isEqualTo("no-stock");
        assertThat(run.json("steps", "second", "attempts")).isEqualTo(3L);
        assertThat(run.json("steps", "second", "error"))
                .isEqualTo(Map.of("code", "no-stock", "message", "nothing left of 1"));
        assertThat(run.json("steps", "third", "output")).isNull();
        assertThat(run.err())
                .contains("! second: attempt 1 failed: no-stock: nothing left of 1")
                .contains("step 'second' failed after 3 attempts: no-stock: nothing left of 1");
    }

    @Test
    void a_run_that_fails_ends_after_the_workflow_that_deals_with_it() {
        String alert = line.file("alert.yaml", """
            auterity: 1
            id: alert
            input: {runId: string, error: any}
            steps:
              rest: {wait: 300ms}
              tell: {needs: [rest], emit: told, with: {run: "${{ input.runId }}"}}
            """);
        String breaks = line.file("a.yaml", BREAKS + "onFailure: {run: alert}\n");
        var run = line.run("run", breaks, "--with", alert, "--run-id", "r-8", "--output=json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json("status")).isEqualTo("failed");
        assertThat(run.err())
                .contains("run r-8:on-failure of workflow alert", "+ r-8:on-failure: tell: succeeded in")
                .contains("+ run r-8:on-failure succeeded in");
    }

    @Test
    void a_bad_definition_exits_with_2_and_every_problem_twice() {
        String text = """
            auterity: 1
            id: bad
            steps:
              a: {value: "${{ steps.c.output }}"}
              b: {uses: http.requst}
            """;
        String file = line.file("bad.yaml", text);
        var run = line.run("run", file, "--output", "json");

        assertThat(run.code()).isEqualTo(2);
        assertThat((List<?>) run.json("problems")).hasSize(2);
        assertThat(run.json("problems", 0, "code")).isEqualTo("AUT-C003");
        assertThat(run.json("problems", 0, "where")).asString().startsWith("bad/a");
        assertThat(run.json("problems", 0, "file")).isEqualTo(file);
        assertThat(run.json("problems", 0, "line")).isEqualTo(4L);
        assertThat(run.json("problems", 1, "fix")).asString().contains("http.request");
        assertThat(run.err())
                .startsWith("workflow 'bad' has 2 problems:\nAUT-C003 bad/a")
                .contains("\n  fix: use ");
    }

    @Test
    void files_that_cannot_be_read_are_refused() {
        assertRefused(line.run("run", directory.resolve("none.yaml").toString()), "there is no such file");
        assertRefused(line.run("run", directory.toString()), "this is a directory");
        assertRefused(line.run("run", ""), "the name is empty");
        assertRefused(line.run("run", "\u0000"), "there is no such file");
        assertRefused(line.run("run", line.file("empty.yaml", "")), "AUT-D00");
        assertRefused(line.run("run", line.file("binary.yaml", "\u0000\u0001\u0002")), "AUT-D001");
        assertRefused(line.run("run", line.file("x.json", "{\"auterity\": 1,")), "AUT-D001");
    }

    @Test
    void a_dash_reads_standard_input() {
        var run = line.in(HELLO).run("run", "-", "-i", "name=Ann", "-i", "times=2", "-q");
        assertThat(run.code()).isZero();
        assertThat(line.in("nonsense: [").run("run", "-").err()).contains("<stdin>:");
    }

    @Test
    void a_workflow_runs_others_that_are_given_with_it() {
        String outer = line.file(
                "outer.yaml",
                "auterity: 1\n"
                        + "id: outer\n"
                        + "steps: {s: {run: hello, with: {name: Bo, times: 3}}}\n"
                        + "output: ${{ steps.s.output }}\n");
        var run = line.run("run", outer, "--with", line.file("hello.yaml", HELLO), "-q");
        assertThat(run.code()).isZero();
        assertThat(run.json("text")).isEqualTo("Hello Bo");

        assertRefused(line.run("run", outer), "AUT-C008");
        assertRefused(line.run("run", outer, "--with", outer), "both define workflow 'outer'");
    }

    @Test
    void options_that_make_no_sense_are_refused() {
        String file = line.file("a.yaml", HELLO);
        assertRefused(line.run("run", file, "--journal", "redis:x"), "write memory, sqlite:PATH or jdbc:URL");
        assertRefused(line.run("run", file, "--run-id", "a b"), "a run id has only");
        assertRefused(line.run("run", file, "--timeout", "soon"), "no duration above zero");
        assertRefused(line.run("run", file, "--timeout", "0s"), "no duration above zero");
        assertRefused(line.run("run", file, "--allow-host", "a b", "--allow-host", "x:99999"), "2 problems");
        assertRefused(line.run("run", file, "--output", "xml"), "'auterity run --help'");
        assertRefused(line.run("run"), "FILE is missing");
        assertRefused(line.run("run", file, "--inptu", "a=1"), "--input");
    }

    @Test
    void a_wrong_command_line_is_told_as_json_too() {
        var run = line.run("run", "a.yaml", "--nonsense", "--output", "json");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.json("problems", 0, "code")).isEqualTo("AUT-S007");
    }

    @Test
    void a_time_limit_cancels_the_run() {
        String file = line.file("a.yaml", "auterity: 1\nid: a\nsteps: {s: {wait: 1h}}\n");
        var run = line.run("run", file, "--timeout", "100ms", "--output", "json");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json("status")).isEqualTo("cancelled");
        assertThat(run.json("error", "message")).asString().contains("--timeout");
    }

    @Test
    void an_interrupt_cancels_the_run_and_cleans_up() {
        String text = """
            auterity: 1
            id: a
            steps:
              s:
                try: {steps: {long: {wait: 1h}}}
                finally: {steps: {clean: {emit: cleaned}}}
            """;
        CompletableFuture<Runnable> interrupt = new CompletableFuture<>();
        var running = CompletableFuture.supplyAsync(
                () -> line.interrupt(interrupt).run("run", line.file("a.yaml", text), "--output", "json"));
        interrupt.join().run();

        assertThat(running.join().code()).isEqualTo(1);
        assertThat(running.join().json("status")).isEqualTo("cancelled");
        assertThat(running.join().err()).contains("interrupted: cancelling the run");
    }

    @Test
    void a_run_that_nobody_can_answer_ends_also_where_it_cleans_up() {
        String cleanup = line.file("cleanup.yaml", """
            auterity: 1
            id: cleanup
            steps: {a: {value: 1}, ask: {await: ok, needs: [a], join: all-done}}
            """);
        assertThat(line.run("run", cleanup, "--output", "json").json("status")).isEqualTo("cancelled");

        String undo = line.file("undo.yaml", """
            auterity: 1
            id: undo
            steps:
              a: {emit: done, undo: {await: ok}}
              b: {fail: no, needs: [a]}
            """);
        var undone = line.run("run", undo, "--output", "json");
        assertThat(undone.json("status")).isEqualTo("failed");
        assertThat(undone.json("error", "message")).isEqualTo("no");

        String child = line.file("child.yaml", """
            auterity: 1
            id: child
            steps: {a: {value: 1}, c: {run: cleanup, needs: [a], join: all-done}}
            """);
        assertThat(line.run("run", child, "--with", cleanup, "--output", "json").json("status"))
                .isEqualTo("cancelled");
    }

    @Test
    void secrets_come_from_the_environment_and_stay_out_of_everything_that_is_written() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        StringBuilder seen = new StringBuilder();
        server.createContext("/", exchange -> {
            seen.append(exchange.getRequestHeaders().getFirst("X-Key")).append(' ');
            seen.append(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        String host = "127.0.0.1:" + server.getAddress().getPort();
        String text = """
            auterity: 1
            id: a
            steps:
              s:
                uses: http.request
                with: {url: "http://HOST/", headers: {X-Key: "${{ secrets['api-key'] }}"}, auth: crm}
            """.replace("HOST", host);
        line.environment("AUTERITY_SECRET_API_KEY", "s3cret")
                .environment("AUTERITY_CREDENTIAL_CRM", "{\"kind\": \"bearer\", \"token\": \"t0ken\"}");
        var run = line.run("run", line.file("a.yaml", text), "--allow-host", host, "--output", "json");
        server.stop(0);

        assertThat(run.err()).contains("+ s: succeeded");
        assertThat(run.code()).isZero();
        assertThat(seen).asString().isEqualTo("s3cret Bearer t0ken");
        assertThat(run.out() + run.err()).doesNotContain("s3cret", "t0ken");

        var broken = line.environment("AUTERITY_CREDENTIAL_BAD", "t0p-secret").run("run", line.file("a.yaml", text));
        assertRefused(broken, "AUTERITY_CREDENTIAL_BAD: this is no credential");
        assertThat(broken.err()).doesNotContain("t0p-secret");
    }

    @Test
    void this_machine_is_out_of_reach_unless_it_is_allowed() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger calls = new AtomicInteger();
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        String file = line.file(
                "a.yaml", "auterity: 1\nid: a\nsteps: {s: {uses: http.request, with: {url: \"" + url + "\"}}}\n");
        var refused = line.run("run", file, "--output", "json");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.json("error", "code")).isEqualTo("outbound-refused");
        assertThat(calls).hasValue(0);

        assertThat(line.run("run", file, "--allow-host", "127.0.0.1").code()).isZero();
        assertThat(calls).hasValue(1);
        server.stop(0);
    }

    @Test
    void steps_work_in_the_journals_own_database_if_that_is_allowed() {
        String url = "sqlite:" + directory.resolve("runs.db");
        change("jdbc:" + url, "create table stock (article text primary key, remaining integer)");
        change("jdbc:" + url, "insert into stock values ('bolt', 3)");
        String file = line.file("stock.yaml", """
                auterity: 1
                id: stock
                steps:
                  take:
                    uses: sql.update
                    with: {connection: {kind: journal}, sql: "update stock set remaining = remaining - 1"}
                  look:
                    uses: sql.query
                    with: {connection: {kind: journal}, sql: "select remaining from stock"}
                    needs: [take]
                output: ${{ steps.look.output.rows }}
                """);

        var refused = line.run("run", file, "--journal", url, "-o", "json");
        assertThat(refused.json("error", "code")).isEqualTo("invalid-input");
        assertThat(refused.err()).contains("the command line with --allow-journal-sql");
        var allowed = line.run("run", file, "--run-id", "r-1", "--journal", url, "--allow-journal-sql", "-o", "json");
        assertThat(allowed.json("output", 0, "remaining"))
                .as(allowed.toString())
                .isEqualTo(2L);
        assertThat(line.run("run", file, "--run-id", "r-1", "--journal", url, "--allow-journal-sql", "-o", "json")
                        .json("output", 0, "remaining"))
                .isEqualTo(2L);
        String waits = line.file("waits.yaml", "auterity: 1\nid: waits\nsteps: {go: {await: {signal: go}}}\n");
        assertThat(line.run("run", waits, "--journal", url, "--allow-journal-sql", "--allow-host", "10.0.0.1")
                        .err())
                .endsWith("auterity runs resume --journal " + url + " --allow-host 10.0.0.1 --allow-journal-sql\n");
        assertRefused(
                line.run("run", file, "--allow-journal-sql"),
                "--allow-journal-sql: a journal in memory is no database");
    }

    @Test
    void a_run_that_is_lost_is_no_defect_and_is_in_its_journal() throws IOException {
        String url = "sqlite:" + directory.resolve("runs.db");
        var run = runWhile( // as if the process had been stopped until its lease had run out
                () -> change("jdbc:" + url, "update auterity_lease set state = 2, open_owner = null"), url);
        assertThat(run.code()).as(run.toString()).isEqualTo(3);
        assertThat(run.err())
                .startsWith("AUT-S010 run r-9: this process no longer has the run: ")
                .contains("fix: 'auterity runs show r-9 --journal " + url + "' tells what became of it")
                .doesNotContain("defect");
        assertThat(run.json("problems", 0, "code")).isEqualTo("AUT-S010");
        assertThat(run.json("problems", 0, "where")).isEqualTo("run r-9");
        assertThat(line.run("runs", "show", "r-9", "--journal", url).out()).contains("status    running");
    }

    /** Each process gets one step done; it is told to end while that step is under way. */
    @Test
    void a_run_whose_process_is_to_end_stays_in_its_journal() throws Exception {
        AtomicReference<CompletableFuture<Runnable>> terminate = new AtomicReference<>(new CompletableFuture<>());
        List<String> calls = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            calls.add(exchange.getRequestURI().getPath());
            terminate.get().join().run();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        String host = "127.0.0.1:" + server.getAddress().getPort();
        String file = line.file("two.yaml", """
            auterity: 1
            id: two
            steps:
              one: {uses: http.request, with: {url: "http://HOST/one"}}
              two: {uses: http.request, with: {url: "http://HOST/two"}, needs: [one]}
              three: {uses: http.request, with: {url: "http://HOST/three"}, needs: [two]}
            """.replace("HOST", host));
        String journal = "sqlite:" + directory.resolve("runs.db");
        try {
            var first = line.terminate(terminate.get())
                    .run("run", file, "--run-id", "r-1", "--allow-host", host, "--journal", journal, "-o", "json");
            assertThat(first.code()).as(first.toString()).isEqualTo(3);
            assertThat(first.json("steps", "one", "status")).isEqualTo("succeeded");
            assertThat(first.json("steps", "two", "status")).isEqualTo("pending");
            assertThat(first.err())
                    .contains("leaving what has not ended to the journal", "run 'r-1' has not ended; it stays in its");

            terminate.set(new CompletableFuture<>());
            String[] resume = {"runs", "resume", "--journal", journal, "--allow-host", host, "-q"};
            var second = line.terminate(terminate.get()).run(resume);
            assertThat(second).isEqualTo(new CommandLineRun.Result(3, "r-1 running\n", second.err()));
            assertThat(second.err()).contains("leaving what has not ended to the journal");

            terminate.set(CompletableFuture.completedFuture(() -> {}));
            assertThat(line.run(resume).out()).isEqualTo("r-1 succeeded\n");
            assertThat(calls).containsExactly("/one", "/two", "/three");
        } finally {
            server.stop(0);
        }
    }

    /** Runs a workflow of one step, in which something happens to its journal. */
    private CommandLineRun.Result runWhile(Runnable change, String journal) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            change.run();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        String host = "127.0.0.1:" + server.getAddress().getPort();
        String file = line.file(
                "a.yaml",
                "auterity: 1\nid: a\nsteps: {s: {uses: http.request, with: {url: \"http://" + host + "/\"}}}\n");
        try {
            return line.run(
                    "run", file, "--allow-host", host, "--journal", journal, "--run-id", "r-9", "-q", "-o", "json");
        } finally {
            server.stop(0);
        }
    }

    private static void change(String url, String statement) {
        try (Connection database = DriverManager.getConnection(url);
                Statement change = database.createStatement()) {
            change.executeUpdate(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_defect_is_told_as_json_too() {
        String file = line.file("a.yaml", HELLO);
        line.process(new Shell.Process() {
            @Override
            public void onInterrupt(Runnable action) {
                throw new IllegalStateException("made by the test");
            }

            @Override
            public void onTermination(Runnable action) {}

            @Override
            public void sendLogsTo(Consumer<String> lines) {}
        });
        var run = line.run("run", file, "-o", "json");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(
                        "this is a defect of auterity, please report it: ", "IllegalStateException: made by the test");
        assertThat(run.json("problems", 0, "code")).isEqualTo("AUT-S009");
        assertThat(run.json("problems", 0, "what")).asString().contains("made by the test");
    }

    private static void assertRefused(CommandLineRun.Result run, String message) {
        assertThat(run.err()).contains(message).doesNotContain("\tat ");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }
}
