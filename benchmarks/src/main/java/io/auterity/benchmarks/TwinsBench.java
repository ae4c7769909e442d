package io.auterity.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A second process of the same program starts while the first is in the middle of a workflow, both with the configuration
 * that the library has by default. Counts how often step bodies were entered, in a file that all of them append to: as
 * often as there are steps if nothing ran twice.
 */
final class TwinsBench implements Bench {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Override
    public String id() {
        return "twins";
    }

    @Override
    public String summary() {
        return "step bodies entered when a second process starts beside a live workflow, against DBOS Transact";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        Path directory = Files.createTempDirectory("twins");
        try (PostgresServer server = new PostgresServer()) {
            Rounds rounds = new Rounds(effort.isQuick() ? 1 : 3);
            for (String library : List.of(Twin.AUTERITY, Twin.DBOS)) {
                int[] number = new int[1];
                rounds.add(library, () -> {
                    String name = library + number[0]++;
                    return java.util.Map.of("bodies of " + Twin.STEPS + " steps", (double)
                            entered(server, library, name, directory.resolve(name)));
                });
            }
            rounds.report(id(), "second-process", figures);
        }
    }

    private static long entered(PostgresServer server, String library, String name, Path effects) throws Exception {
        String url = server.newDatabase("twins_" + name);
        Files.createFile(effects);
        try (Child first = new Child(library, url, server.user(), effects, true)) {
            first.await(first.started);
            try (Child second = new Child(library, url, server.user(), effects, false)) {
                second.await(second.started);
                first.await(first.ended);
                second.await(second.ended);
            }
        }
        try (var lines = Files.lines(effects)) {
            return lines.count();
        }
    }

    /** A {@link Twin} in a process of its own. */
    private static final class Child implements AutoCloseable {

        private final Process process;
        private final CompletableFuture<Void> started = new CompletableFuture<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        private Child(String library, String url, String user, Path effects, boolean isFirst) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Twin.class.getName(),
                            library,
                            url,
                            user,
                            effects.toString(),
                            String.valueOf(isFirst))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Thread reader = new Thread(this::read);
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    if (line.equals("STARTED")) {
                        started.complete(null);
                    } else if (line.equals("ENDED")) {
                        ended.complete(null);
                    }
                }
            } catch (IOException e) {
                started.completeExceptionally(e);
                ended.completeExceptionally(e);
            }
            IllegalStateException gone = new IllegalStateException("the process has ended early");
            started.completeExceptionally(gone);
            ended.completeExceptionally(gone);
        }

        private void await(CompletableFuture<Void> word) throws Exception {
            word.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
