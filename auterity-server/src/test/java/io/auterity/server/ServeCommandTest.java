package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.Json;
import io.auterity.event.ProgressStyle;
import io.auterity.relay.LearnedFile;
import io.auterity.relay.Relay;
import io.auterity.relay.RelayRequest;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.Grant;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Offer;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.quality.Example;
import io.auterity.relay.quality.PredictorSettings;
import io.auterity.relay.replay.DecisionFile;
import io.auterity.relay.replay.DecisionLog;
import io.auterity.server.gateway.RelayFile;
import io.auterity.server.gateway.VirtualKey;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeCommandTest {

    private static final String FILE = """
        relay: 1
        providers:
          openai: {speaks: openai, url: "https://api.openai.com/v1", credentials: [openai]}
        models:
          openai/gpt-4o: {context: 128000, max-output: 16384}
        keys:
          - {id: app, tenant: acme, secret: app-key}
        """;

    @TempDir
    private Path directory;

    @Test
    void serves_until_it_is_interrupted() throws Exception {
        Path database = directory.resolve("budgets.db");
        Serving server = Serving.configured(FILE, "--journal", "sqlite:" + database);
        assertThat(server.url).startsWith("http://127.0.0.1:");
        assertThat(server.send(server.request("/v1/models")).body()).contains("openai/gpt-4o");
        assertThat(database).exists();
        server.stop();
    }

    @Test
    void lines_of_the_ledger_that_are_old_enough_are_forgotten() throws Exception {
        String url = "sqlite:" + directory.resolve("budgets.db");
        try (JdbcJournal journal = JdbcJournal.builder().url("jdbc:" + url).open()) {
            Budgets budgets = new Budgets(
                    List.of(),
                    JdbcBudgetStore.in(journal),
                    () -> Instant.now().minus(Duration.ofDays(3)),
                    new BudgetListener() {});
            Price price = new Price(Price.Certainty.KNOWN, Optional.of(Rates.of(1, 1)), "book");
            Offer offer = new Offer(ModelName.of("openai/gpt-4o"), ServiceTier.STANDARD, price, Usage.of(1, 1), 1);
            Grant grant = budgets.reserve(new Budgets.Ask("old", "old", Scope.tenant("acme"), List.of(offer), false));
            budgets.settle(grant, Usage.of(1, 1), LedgerLine.Kind.REPORTED);
        }
        Serving server = Serving.configured(FILE, "--journal", url, "--keep-ledger", "2d");
        assertThat(server.lines.poll(60, TimeUnit.SECONDS)).startsWith("forgot 1 lines of the ledger from before ");
        server.stop();
    }

    /** A server that was started by its command, and a client of it. */
    private static final class Serving {

        private static final String KEY = "ak-0123456789012345678901";

        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final CompletableFuture<Runnable> interrupt = new CompletableFuture<>();
        private final CompletableFuture<Integer> code;
        private final String url;

        /** Starts one whose configuration is a file. */
        Serving(String file, String... options) throws Exception {
            this(file, "", options);
        }

        /** Starts one whose configuration comes from standard input. */
        static Serving configured(String text, String... options) throws Exception {
            return new Serving("-", text, options);
        }

        private Serving(String file, String in, String[] options) throws Exception {
            Shell.Process process = new Shell.Process() {
                @Override
                public void onInterrupt(Runnable action) {
                    interrupt.complete(action);
                }

                @Override
                public void onTermination(Runnable action) {}

                @Override
                public void sendLogsTo(Consumer<String> to) {}
            };
            Shell shell = new Shell(
                    new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                    new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                    new PrintStream(new OwnProcess.Lines(lines::add), true, StandardCharsets.UTF_8),
                    Map.of(
                            "AUTERITY_SECRET_APP_KEY",
                            KEY,
                            "AUTERITY_CREDENTIAL_OPENAI",
                            "{\"kind\": \"bearer\", \"token\": \"sk\", \"hosts\": [\"127.0.0.1\","
                                    + " \"api.openai.com\"]}"),
                    ProgressStyle.PLAIN,
                    process);
            List<String> command = new ArrayList<>(
                    List.of("serve", "--relay-config", file, "--port", "0", "--allow-host", "127.0.0.1"));
            command.addAll(List.of(options));
            code = CompletableFuture.supplyAsync(() -> Main.run(shell, command.toArray(String[]::new)));
            String line = String.valueOf(lines.poll(60, TimeUnit.SECONDS));
            assertThat(line).startsWith("listening at ");
            url = line.substring("listening at ".length());
        }

        HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(Duration.ofSeconds(60))
                    .header("Authorization", "Bearer " + KEY);
        }

        HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
            return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        HttpResponse<String> post(String path, String json) throws Exception {
            return send(request(path).POST(HttpRequest.BodyPublishers.ofString(json)));
        }

        void stop() throws Exception {
            interrupt.get(60, TimeUnit.SECONDS).run();
            assertThat(code.get(60, TimeUnit.SECONDS)).isZero();
        }
    }

    /** A command line with what a server needs in its environment. */
    private CommandLineRun serving() {
        return new CommandLineRun(directory)
                .environment("AUTERITY_SECRET_APP_KEY", "k".repeat(30))
                .environment("AUTERITY_CREDENTIAL_OPENAI", "{\"kind\": \"bearer\", \"token\": \"sk\"}");
    }

    /** A provider that says "hi". */
    private static HttpServer upstream() throws IOException {
        HttpServer upstream = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        upstream.createContext("/", exchange -> {
            byte[] answer =
                    ("{\"id\": \"c\", \"object\": \"chat.completion\", \"created\": 1, \"model\": \"m\", \"choices\":"
                                    + " [{\"index\": 0, \"message\": {\"role\": \"assistant\", \"content\": \"hi\"},"
                                    + " \"finish_reason\": \"stop\"}], \"usage\": {\"prompt_tokens\": 40,"
                                    + " \"completion_tokens\": 2, \"total_tokens\": 42}}")
                            .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        upstream.start();
        return upstream;
    }

    private static String over(HttpServer upstream) {
        return FILE.replace(
                "https://api.openai.com/v1",
                "http://127.0.0.1:" + upstream.getAddress().getPort() + "/v1");
    }

    @Test
    void calls_and_budgets_are_told_to_the_opentelemetry_of_the_process() throws Exception {
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        InMemoryMetricReader metrics = InMemoryMetricReader.create();
        HttpServer upstream = upstream();
        try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .setMeterProvider(
                        SdkMeterProvider.builder().registerMetricReader(metrics).build())
                .build()) {
            GlobalOpenTelemetry.resetForTest();
            GlobalOpenTelemetry.set(sdk);
            Serving server = Serving.configured(over(upstream)
                    + "budgets: [{tenant: acme, period: total, limit: \"10\", at: {1: notify}},"
                    + " {tenant: acme, period: daily, limit: \"0.01\", at: {1: notify}}]\n");
            HttpResponse<String> answer = server.post(
                    "/v1/chat/completions",
                    "{\"model\": \"openai/gpt-4o\", \"max_tokens\": 100,"
                            + " \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            server.stop();
            assertThat(spans.getFinishedSpanItems())
                    .extracting(SpanData::getName)
                    .containsExactly("chat gpt-4o", "relay");
            assertThat(metrics.collectAllMetrics())
                    .extracting(MetricData::getName)
                    .contains("gen_ai.client.token.usage", "auterity.relay.cost", "auterity.relay.budget.thresholds");
        } finally {
            GlobalOpenTelemetry.resetForTest();
            upstream.stop(0);
        }
    }

    @Test
    void what_was_learned_before_a_restart_is_known_after_it() throws Exception {
        HttpServer upstream = upstream();
        try {
            String file = new CommandLineRun(directory).file("relay.yaml", over(upstream));
            Serving first = new Serving(file);
            HttpResponse<String> answer = first.post(
                    "/v1/chat/completions",
                    "{\"model\": \"openai/gpt-4o\", \"messages\": [{\"role\": \"user\", \"content\": \"Why is the sky"
                            + " blue, and why is the sea green although both of them are made of water and air?\"}]}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            first.stop();

            Serving second = new Serving(file);
            String id = answer.headers().firstValue("x-request-id").orElseThrow();
            HttpResponse<String> scored = second.post("/v1/scores", "{\"request\": \"" + id + "\", \"score\": 0.9}");
            assertThat(scored.statusCode()).as(scored.body()).isEqualTo(200);
            second.stop();

            LearnedFile learned = LearnedFile.open(Path.of(file + ".learned"), PredictorSettings.DEFAULT, 10);
            assertThat(learned.learning().predictor().size()).isEqualTo(1);
            assertThat(learned.tokens().write()).hasSize(1);
        } finally {
            upstream.stop(0);
        }
    }

    @Test
    void a_damaged_file_of_what_was_learned_stops_the_server_from_starting_and_stays_as_it_is() throws Exception {
        CommandLineRun run = serving();
        String file = run.file("relay.yaml", FILE);
        String damaged = run.file("relay.yaml.learned", "{\"auterity-learned\":1}\n{\"exam");
        for (List<String> more : List.of(List.<String>of(), List.of("--learned", damaged))) {
            List<String> command = new ArrayList<>(List.of("serve", "--relay-config", file, "--port", "0"));
            command.addAll(more);
            CommandLineRun.Result result = run.run(command.toArray(String[]::new));
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .contains("AUT-S001 " + damaged, "line 2 is damaged", "put a copy back", "--learned none");
            assertThat(Path.of(damaged)).hasContent("{\"auterity-learned\":1}\n{\"exam");
        }
        Serving without = new Serving(file, "--learned", "none");
        without.stop();
        assertThat(Path.of(damaged)).hasContent("{\"auterity-learned\":1}\n{\"exam");
    }

    @Test
    void a_file_for_what_is_learned_that_is_named_must_be_had_and_the_usual_one_need_not() throws Exception {
        CommandLineRun run = serving();
        String file = run.file("relay.yaml", FILE);
        CommandLineRun.Result result =
                run.run("serve", "--relay-config", file, "--learned", "/no/such/folder/learned", "--port", "0");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("AUT-S005 --learned: /no/such/folder/learned cannot be had: there is no such folder\n");

        Serving first = new Serving(file);
        CommandLineRun.Result second =
                run.run("serve", "--relay-config", file, "--learned", file + ".learned", "--port", "0");
        assertThat(second.err()).contains(file + ".learned cannot be had: this process has it already\n");
        first.stop();

        Files.delete(Path.of(file + ".learned.lock"));
        Files.createDirectory(Path.of(file + ".learned.lock"));
        CommandLineRun.Result warned = run.run("serve", "--relay-config", file, "--port", "65536");
        assertThat(warned.err()).contains("a port is between"); // nothing is begun before the options are right
        CompletableFuture<Runnable> interrupt = new CompletableFuture<>();
        CompletableFuture<CommandLineRun.Result> served = CompletableFuture.supplyAsync(
                () -> run.interrupt(interrupt).run("serve", "--relay-config", file, "--port", "0"));
        interrupt.get(60, TimeUnit.SECONDS).run();
        assertThat(served.get(60, TimeUnit.SECONDS).err())
                .contains("what is learned will be forgotten, because " + file
                        + ".learned cannot be had: Is a directory\n")
                .contains("listening at");
    }

    @Test
    void everything_that_is_wrong_with_the_file_is_said_at_once() {
        CommandLineRun run = new CommandLineRun(directory);
        String file = run.file("relay.yaml", """
            relay: 1
            provider: {}
            providers: {openai: {speaks: openia, url: "https://api.openai.com/v1"}}
            models: {openai/no-such-model: {context: 10, max-output: many}}
            keys: [{id: app, tenant: acme}]
            """);
        CommandLineRun.Result result = run.run("serve", "--relay-config", file);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains(
                        "relay.yaml has 5 problems",
                        "AUT-S008 provider: is not known here",
                        "AUT-S008 providers/openai/speaks: is 'openia'",
                        "use 'openai'",
                        "AUT-S008 models/openai/no-such-model/max-output: is many",
                        "AUT-S008 models/openai/no-such-model: the price book",
                        "AUT-S008 keys[0]: a key has either sha256 or secret");
    }

    @Test
    void every_credential_that_providers_need_and_do_not_have_is_named_before_the_server_starts() {
        CommandLineRun run = serving()
                .environment("AUTERITY_CREDENTIAL_BASIC", "{\"kind\": \"basic\", \"username\": \"u\"}")
                .environment(
                        "AUTERITY_CREDENTIAL_ELSEWHERE",
                        "{\"kind\": \"bearer\", \"token\": \"sk\", \"hosts\": [\"example.com\"]}");
        String file = run.file("relay.yaml", FILE.replace("[openai]", "[openai, my-second, third, basic, elsewhere]"));
        CommandLineRun.Result result = run.run("serve", "--relay-config", file, "--port", "0");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains(
                        file + " has 4 problems",
                        "AUT-S008 providers/openai/credentials: there is no credential 'my-second'",
                        "fix: set AUTERITY_CREDENTIAL_MY_SECOND in the environment to {\"kind\": \"bearer\", \"token\":"
                                + " \"...\", \"hosts\": [\"api.openai.com\"]}, or remove 'my-second' here",
                        "there is no credential 'third'",
                        "credential 'basic' has no token",
                        "credential 'elsewhere' may not be sent to api.openai.com")
                .doesNotContain("listening at");
        assertThat(Path.of(file + ".learned")).doesNotExist();
    }

    @Test
    void hedging_that_has_no_second_place_to_go_to_is_warned_of() throws Exception {
        String two = FILE.replace("max-output: 16384}", "max-output: 16384, deployments: [{id: a}, {id: b}]}");
        for (String file : List.of(FILE + "hedge: true\n", two + "hedge: true\n")) {
            CompletableFuture<Runnable> interrupt = new CompletableFuture<>();
            interrupt.thenAccept(Runnable::run);
            CommandLineRun run = serving().interrupt(interrupt);
            CommandLineRun.Result served = run.run(
                    "serve", "--relay-config", run.file("relay.yaml", file), "--port", "0", "--learned", "none");
            assertThat(served.code()).as(served.err()).isZero();
            assertThat(served.err().contains("has no effect: a slow call is made again at another deployment"))
                    .isEqualTo(file.startsWith(FILE));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--port, 65536, a port is between 0 and 65535",
        "--port, -1, a port is between 0 and 65535",
        "--host, 0.0.0.0, without TLS",
        "--host, no.such.host.invalid, is no address",
        "--keep-ledger, 400d, without a database"
    })
    void an_address_that_cannot_be_is_refused(String option, String value, String what) {
        CommandLineRun run = new CommandLineRun(directory);
        CommandLineRun.Result result =
                run.run("serve", "--relay-config", run.file("relay.yaml", FILE), option + "=" + value);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains(what);
    }

    @Test
    void a_ledger_is_kept_for_a_day_at_least() {
        CommandLineRun run = new CommandLineRun(directory);
        for (String age : List.of("23h", "soon")) {
            CommandLineRun.Result result = run.run(
                    "serve",
                    "--relay-config",
                    run.file("relay.yaml", FILE),
                    "--journal",
                    "sqlite:" + directory.resolve("budgets.db"),
                    "--keep-ledger",
                    age);
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err()).contains("'" + age + "' is no duration of a day or more", "write 400d");
        }
    }

    @Test
    void says_where_a_prompt_would_go_and_why() {
        CommandLineRun run = new CommandLineRun(directory);
        String file = run.file("relay.yaml", FILE + """
            rules:
              - {id: secret, when: {field: prompt, contains: IBAN}, then: [{reject: {status: 451, message: No.}}]}
            """);
        CommandLineRun.Result text = run.run("relay", "explain", "--relay-config", file, "--prompt", "hello");
        assertThat(text.code()).as(text.err()).isZero();
        assertThat(text.out())
                .contains(
                        "goes to openai/gpt-4o: up to 4096 tokens, $0.04",
                        "because openai/gpt-4o has the greatest value of 1 models",
                        "model openai/gpt-4o: score ",
                        "rule secret did not match");
        CommandLineRun.Result json =
                run.run("relay", "explain", "--relay-config", file, "--prompt", "my IBAN", "--output", "json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(json.json("refusal")).isEqualTo("No.");
        assertThat(json.json("rules", 0, "matched")).isEqualTo(true);
        CommandLineRun.Result none =
                run.run("relay", "explain", "--relay-config", file, "--prompt", "x", "--model", "nobody");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("there is no model 'nobody'");
        assertThat(run.run("relay", "explain", "--relay-config", file, "--prompt", "x", "--key", "nobody")
                        .err())
                .contains("there is no key 'nobody'; there are [app]");
    }

    @Test
    void an_explanation_tells_the_status_the_propensities_and_what_half_the_budget_would_choose() {
        CommandLineRun run = new CommandLineRun(directory);
        String yaml = """
            relay: 1
            providers: {openai: {speaks: openai, url: "https://api.openai.com/v1", credentials: [openai]}}
            models:
              openai/gpt-4o: {context: 128000, max-output: 16384, deployments: [{id: one}]}
              openai/gpt-4o-mini: {context: 128000, max-output: 16384}
            keys: [{id: app, tenant: acme, secret: app-key, budgets: [{period: daily, limit: "10"}]}]
            rules: [{id: secret, when: {field: prompt, contains: IBAN}, then: [{reject: {status: 451, message: No.}}]}]
            default: [{models: [openai/gpt-4o, openai/gpt-4o-mini]}]
            """;
        String file = run.file("relay.yaml", yaml);
        CommandLineRun.Result text = run.run("relay", "explain", "--relay-config", file, "--prompt", "hello");
        assertThat(text.out().lines()).as(text.err()).contains("with half the budget: openai/gpt-4o");
        String poor = run.file("poor.yaml", yaml.replace("\"10\"", "\"0.0003\""));
        assertThat(run.run("relay", "explain", "--relay-config", poor, "--prompt", "hello")
                        .out())
                .contains("goes to one: ", "with half the budget: openai/gpt-4o-mini");

        CommandLineRun.Result json =
                run.run("relay", "explain", "--relay-config", file, "--prompt", "hello", "-o", "json");
        assertThat(json.json("status")).isNull();
        assertThat(json.json("propensities", "openai/gpt-4o")).isEqualTo(1.0);
        assertThat(run.run("relay", "explain", "--relay-config", file, "--prompt", "my IBAN", "-o", "json")
                        .json("status"))
                .isEqualTo(451L);
    }

    @Test
    void a_whole_request_is_explained_with_all_that_rules_look_at() {
        CommandLineRun run = new CommandLineRun(directory);
        String file = run.file("relay.yaml", FILE + """
            rules:
              - id: all
                when: {all: [{field: metadata.team, equals: red}, {field: user, equals: anna}, {field: stream, equals: true},
                  {field: task, equals: sum}, {field: model, equals: gpt-4o}]}
                then: [{reject: {status: 451, message: No.}}]
            """);
        String request = run.file("request.json", """
            {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}], "metadata": {"team": "red"},
             "user": "anna", "stream": true}
            """);
        String[] command = {"relay", "explain", "--relay-config", file, "--request", request, "--task", "sum"};
        assertThat(run.run(command).out()).contains("refused: 451 No.", "rule all matched");
        command[7] = "other";
        assertThat(run.run(command).out()).contains("rule all did not match", "task = other, equals sum: no");

        command[5] = "-";
        assertThat(run.in("{\"messages\": []}").run(command).err()).contains("messages is required", "mend -");
        assertThat(run.in("[1]").run(command).err()).contains("AUT-S002 -: it is no JSON object");
        assertThat(run.in("{").run(command).err()).contains("AUT-S002 -: it is no JSON: ");
        command[6] = "--prompt";
        assertThat(run.run(command).err()).contains("--request: --prompt says already what is asked");
        assertThat(run.run("relay", "explain", "--relay-config", file).err())
                .contains("--prompt: there is nothing to explain", "add --prompt TEXT, or --request FILE");
        assertThat(run.run("relay", "explain", "--relay-config", "-", "--request", "-")
                        .err())
                .contains("standard input is the file of --relay-config already");
    }

    @Test
    void what_was_learned_is_part_of_an_explanation() throws Exception {
        CommandLineRun run = new CommandLineRun(directory).environment("AUTERITY_SECRET_APP_KEY", "k".repeat(30));
        String file = run.file("relay.yaml", FILE);
        String[] command = {"relay", "explain", "--relay-config", file, "--prompt", "Why is the sky blue?"};
        assertThat(run.run(command).out()).contains("model openai/gpt-4o: score 0.500");
        LearnedFile learned = LearnedFile.open(Path.of(file + ".learned"), PredictorSettings.DEFAULT, 10);
        learned.learning()
                .predictor()
                .learn(new Example(
                        "Why is the sky blue?",
                        Optional.empty(),
                        Map.of(ModelName.of("openai/gpt-4o"), 0.0),
                        Instant.now()));
        learned.save();
        assertThat(run.run(command).out()).contains("model openai/gpt-4o: score 0.135");

        String[] without = Arrays.copyOf(command, command.length + 2);
        without[command.length] = "--learned";
        without[command.length + 1] = "none";
        assertThat(run.run(without).out()).contains("model openai/gpt-4o: score 0.500");
        without[command.length + 1] = file + ".lerned";
        assertThat(run.run(without).err()).contains("AUT-S005 --learned: there is no file " + file + ".lerned");
        run.file("relay.yaml.learned", "{\"auterity-learned\":1}\n{\"exam");
        assertThat(run.run(command).err()).contains("AUT-S001", "line 2 is damaged");
    }

    @Test
    void a_log_of_the_gateway_is_replayed_under_another_policy() throws Exception {
        Path log = directory.resolve("decisions.jsonl");
        String secret = "k".repeat(30);
        CommandLineRun run = new CommandLineRun(directory);
        String file = FILE + "decision-log: {file: " + log + "}\n";
        RelayFile.Content content = RelayFile.read("relay.yaml", file, name -> Optional.of(secret));
        RelayFile.Logging logging = content.options().decisionLog().orElseThrow();
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        try (DecisionFile lines = new DecisionFile(logging.file(), logging.maxBytes())) {
            Relay relay = Relay.builder(content.policy(), clock)
                    .provider(
                            "openai",
                            (call, sink) -> new ProviderAnswer(
                                    "hi",
                                    List.of(),
                                    "stop",
                                    Optional.of(Usage.of(1_000, 1_000)),
                                    Optional.empty(),
                                    Optional.empty()))
                    .listener(new DecisionLog(lines, logging.keepsPrompts()))
                    .build();
            for (int i = 0; i < 5; i++) {
                relay.call(RelayRequest.of("q" + i, Scope.tenant("acme"), Prompt.of("question " + i)));
                relay.score("q" + i, Optional.empty(), i % 2);
            }
        }
        String same = run.file("relay.yaml", file);
        String cheap = run.file("cheap.yaml", FILE + """
            rules: [{id: no, when: {field: prompt, contains: "question 3"}, then: [{reject: {status: 403, message: no}}]}]
            """);

        CommandLineRun.Result text = run.run("relay", "replay", log.toString(), "--policy", same);
        assertThat(text.code()).as(text.err()).isZero();
        assertThat(text.out())
                .contains(
                        "5 calls: 5 are decided the same, byte by byte; 0 are refused",
                        "after: 5 to openai/gpt-4o",
                        "cost of a call, over 5: $0.012500 before",
                        "5 answered chats cost $0.0625",
                        "always-best (openai/gpt-4o): saved $0.000000");
        CommandLineRun.Result json = run.run("relay", "replay", log.toString(), "--policy", cheap, "--output", "json");
        assertThat(json.json("replay", "same")).isEqualTo(4L);
        assertThat(json.json("replay", "refused")).isEqualTo(1L);
        assertThat(json.json("replay", "after", "openai/gpt-4o")).isEqualTo(4L);
        assertThat(json.json("savings", "spentNanoDollars")).isEqualTo(62_500_000L);
        byte[] whole = Files.readAllBytes(log);
        Files.write(log, new byte[] {'{', '"', (byte) 0xc3, '\n'}, StandardOpenOption.APPEND); // half an umlaut
        Files.write(log, whole, StandardOpenOption.APPEND);
        CommandLineRun.Result cut = run.run("relay", "replay", log.toString(), "--policy", same);
        assertThat(cut.code()).as(cut.err()).isZero();
        assertThat(cut.out()).isEqualTo(text.out());
        assertThat(cut.err()).contains("1 line of " + log + " cannot be read and is left out: line 21 is no JSON: ");
        assertThat(run.in("nonsense\nmore")
                        .run("relay", "replay", "-", "--policy", same)
                        .err())
                .contains("AUT-S001 -: line 1 is no JSON");
        assertThat(run.run("relay", "replay", "no-such-file", "--policy", same).err())
                .contains("there is no such file");
    }

    @Test
    void a_decision_log_that_cannot_be_written_stops_the_server_from_starting() {
        CommandLineRun run = serving();
        String file = run.file("relay.yaml", FILE + "decision-log: {file: /no/such/folder/log}\n");
        CommandLineRun.Result result = run.run("serve", "--relay-config", file, "--port", "0");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("AUT-S001 decision-log/file: /no/such/folder/log cannot be written");
        String wrong = run.file("wrong.yaml", FILE + "decision-log: {max-bytes: 0, prompt: false}\n");
        assertThat(run.run("serve", "--relay-config", wrong).err())
                .contains("3 problems", "decision-log/file: is required", "decision-log/prompt: is not known here");
    }

    @Test
    void a_key_comes_with_its_hash() {
        CommandLineRun run = new CommandLineRun(directory);
        List<String> lines = run.run("relay", "key").out().lines().toList();
        String key = lines.get(0).substring("key: ".length());
        assertThat(key).matches("ak-[A-Za-z0-9_-]{43}");
        assertThat(lines.get(1)).isEqualTo("sha256: " + VirtualKey.hash(key));
        assertThat(run.run("relay").code()).isEqualTo(2);
        assertThat(Json.write(lines))
                .isNotEqualTo(Json.write(run.run("relay", "key").out().lines().toList()));
    }
}
