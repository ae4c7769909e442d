package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.auterity.definition.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that users get, as a process of its own; runs after packaging. */
class PackagedJarIT {

    @TempDir
    private Path directory;

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("auterity.jar")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(directory.toFile()).start();
    }

    private static String read(java.io.InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void runs_a_workflow_from_standard_input() throws Exception {
        Process process = start("run", "-", "--input", "name=\u00c4nne", "--output", "json");
        try (var in = process.getOutputStream()) {
            in.write("""
                auterity: 1
                id: hello
                input: {name: string}
                steps:
                  tell: {uses: core.log, with: {message: "about to greet"}}
                  greet: {value: "Hello ${{ input.name }}", needs: [tell]}
                output: ${{ steps.greet.output }}
                """.getBytes(StandardCharsets.UTF_8));
        }
        Map<?, ?> result = (Map<?, ?>) Json.read(read(process.getInputStream()));
        String err = read(process.getErrorStream());
        assertThat(process.waitFor()).isZero();
        assertThat(result.get("status")).isEqualTo("succeeded");
        assertThat((String) result.get("output")).startsWith("Hello ");
        assertThat(err).contains("about to greet", "+ greet: succeeded").doesNotContain("Exception", "SLF4J");
    }

    /** Kills the program while the second of three calls is under way: the first is not made again. */
    @Test
    void a_run_that_was_killed_goes_on_where_it_was() throws Exception {
        Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch killed = new CountDownLatch(1);
        HttpServer service = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        service.setExecutor(threads);
        service.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            int count = calls.computeIfAbsent(path, key -> new AtomicInteger()).incrementAndGet();
            if (path.equals("/two") && count == 1) {
                second.countDown();
                await(killed);
            }
            byte[] body = ("\"" + path.substring(1) + "\"").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        service.start();
        try {
            String host = "127.0.0.1:" + service.getAddress().getPort();
            Files.writeString(directory.resolve("calls.yaml"), """
                auterity: 1
                id: calls
                steps:
                  one: {uses: http.request, with: {url: "http://HOST/one"}}
                  two: {uses: http.request, with: {url: "http://HOST/two"}, needs: [one]}
                  three: {uses: http.request, with: {url: "http://HOST/three"}, needs: [two]}
                output: ${{ steps.one.output.body + steps.two.output.body + steps.three.output.body }}
                """.replace("HOST", host));
            Process run = start(
                    "run", "calls.yaml", "--run-id", "calls", "--journal", "sqlite:runs.db", "--allow-host", host);
            assertThat(second.await(5, TimeUnit.MINUTES)).isTrue();
            Process locked = start("run", "calls.yaml", "--journal", "sqlite:runs.db", "--allow-host", host);
            assertThat(locked.waitFor()).isEqualTo(2);
            assertThat(read(locked.getErrorStream())).contains("AUT-J105 --journal: the journal ");
            Process list = start("runs", "list", "--journal", "sqlite:runs.db", "--output", "json");
            assertThat(read(list.getInputStream())).contains("\"runId\": \"calls\"", "\"status\": \"running\"");
            run.destroyForcibly().waitFor();
            killed.countDown();

            Process resume = start("runs", "resume", "--journal", "sqlite:runs.db", "--allow-host", host);
            String told = read(resume.getInputStream());
            String err = read(resume.getErrorStream());
            assertThat(resume.waitFor()).as(err).isZero();
            assertThat(told).isEqualTo("calls succeeded\n");
            Process show = start("runs", "show", "calls", "--journal", "sqlite:runs.db", "--output", "json");
            Map<?, ?> shown = (Map<?, ?>) Json.read(read(show.getInputStream()));
            assertThat(shown.get("output")).isEqualTo("onetwothree");
            assertThat(calls.get("/one")).hasValue(1);
            assertThat(calls.get("/two")).hasValue(2);
            assertThat(calls.get("/three")).hasValue(1);
        } finally {
            killed.countDown();
            service.stop(0);
            threads.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void knows_its_version_and_refuses_what_is_not_there() throws Exception {
        Process version = start("--version");
        assertThat(read(version.getInputStream())).startsWith("auterity ").doesNotContain("development");
        assertThat(version.waitFor()).isZero();
        Process missing = start("run", "missing.yaml");
        assertThat(read(missing.getErrorStream())).contains("there is no such file");
        assertThat(missing.waitFor()).isEqualTo(2);
    }

    @Test
    void a_signal_cancels_the_run_which_cleans_up() throws Exception {
        Files.writeString(directory.resolve("long.yaml"), """
            auterity: 1
            id: long
            steps:
              work:
                try: {steps: {wait: {wait: 1h}}}
                finally: {steps: {clean: {emit: cleaned}}}
            """);
        Process process = start("run", "long.yaml");
        String err = terminated(process);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(err).contains("interrupted: cancelling the run", "work.finally/clean", "run cancelled");
    }

    @Test
    void a_signal_to_end_leaves_a_run_to_its_journal() throws Exception {
        Files.writeString(directory.resolve("long.yaml"), "auterity: 1\nid: long\nsteps: {nap: {wait: 1h}}\n");
        Process run = start("run", "long.yaml", "--run-id", "long", "--journal", "sqlite:runs.db");
        assertThat(terminated(run)).contains("it stays in its journal, and goes on with");
        assertThat(run.waitFor()).isEqualTo(3);

        Process cancel = start("runs", "cancel", "long", "--journal", "sqlite:runs.db");
        assertThat(cancel.waitFor()).isZero();
    }

    /** Ends a process (SIGTERM) when it says that its run waits; returns what it has said in the end. */
    private static String terminated(Process process) throws IOException {
        List<String> lines = new ArrayList<>();
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                lines.add(line);
                if (line.contains("waits for")) {
                    process.toHandle().destroy();
                }
            }
        }
        return String.join("\n", lines);
    }

    private Process serve(String... java) throws IOException {
        Files.writeString(
                directory.resolve("relay.yaml"),
                "relay: 1\nproviders: {local: {in-process: minilm}}\nkeys: [{id: app, tenant: acme, secret: app}]\n");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(java));
        command.addAll(List.of("serve", "--relay-config", "relay.yaml", "--port", "0"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("AUTERITY_SECRET_APP", "ak-the-key-of-the-test");
        return builder.start();
    }

    @Test
    void serves_vectors_of_a_model_whose_jars_are_beside_it() throws Exception {
        String beside = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.matches(
                        ".*(auterity-connectors/minilm/target/|auterity-connector-minilm-|minilm-l6|onnxruntime-).*"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = serve(
                "-cp", System.getProperty("auterity.jar") + File.pathSeparator + beside, "io.auterity.server.Main");
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            String line = err.readLine();
            while (line != null && !line.startsWith("listening at ")) {
                line = err.readLine();
            }
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(String.valueOf(line).replace("listening at ", "") + "/v1/embeddings"))
                    .header("Authorization", "Bearer ak-the-key-of-the-test")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"model\": \"local/all-minilm-l6-v2-q\", \"input\": \"hello\"}"))
                    .build();
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            List<?> data = (List<?>) ((Map<?, ?>) Json.read(answer.body())).get("data");
            assertThat((List<?>) ((Map<?, ?>) data.get(0)).get("embedding")).hasSize(384);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void says_that_a_model_is_not_in_the_jar() throws Exception {
        Process process = serve("-jar", System.getProperty("auterity.jar"));
        process.getOutputStream().close();
        String err = read(process.getErrorStream());
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(err)
                .contains(
                        "AUT-S008 providers/local/in-process: there is no embedder 'minilm' on the class path",
                        "fix: add an artifact that has it, as auterity-connector-minilm has 'minilm'")
                .doesNotContain("Exception");
    }
}
