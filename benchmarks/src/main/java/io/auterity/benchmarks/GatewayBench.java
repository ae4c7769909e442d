package io.auterity.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The gateway beside Portkey's, each in a process of its own, in front of a provider that answers at once.
 *
 * <p>Ours does all it does: keys, decisions, token counts, reservations and the ledger. For each of whole answers and
 * streams there are two measurements, interleaved: requests a second over 64 connections that are never idle, and, at one
 * rate for all (half of what the slower one can do), the time that each adds to that of asking the provider directly, p50
 * and p99, under open load. Before, each is under full load for the same time. Provider and load run in this process, so they
 * cost all contestants the same.
 */
final class GatewayBench implements Bench {

    private static final int CONNECTIONS = 64;

    /** A compiler at run time has few turns beside so many threads; before it is done, it is what is measured. */
    private static final Duration WARM = Duration.ofSeconds(45);

    private static final String PATH = "/v1/chat/completions";
    private static final String KEY = "ak-benchmark-0123456789012345";
    private static final String TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(10);
    private static final byte[] WHOLE = Upstream.json(
            "200 OK",
            "{\"id\":\"c-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,"
                    + "\"message\":{\"role\":\"assistant\",\"content\":\"" + TEXT + "\"},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":120,\"completion_tokens\":100,\"total_tokens\":220}}");
    private static final byte[] STREAM = stream();

    private static byte[] stream() {
        List<String> events = new ArrayList<>();
        for (String word : TEXT.split("(?<= )", 30)) {
            events.add("{\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o-mini\","
                    + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + word + "\"},\"finish_reason\":null}]}");
        }
        events.add("{\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o-mini\","
                + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
        events.add("{\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o-mini\","
                + "\"choices\":[],\"usage\":{\"prompt_tokens\":120,\"completion_tokens\":100,\"total_tokens\":220}}");
        events.add("[DONE]");
        return Upstream.events(events.toArray(String[]::new));
    }

    @Override
    public String id() {
        return "gateway";
    }

    @Override
    public String summary() {
        return "the gateway beside Portkey's over a provider that answers at once; the argument is the folder where"
                + " 'npm ci' was run, benchmarks/portkey";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        if (arguments.size() > 1) {
            throw new UsageException("gateway takes the folder of Portkey's gateway and nothing else");
        }
        Path portkey = Path.of(arguments.isEmpty() ? "benchmarks/portkey" : arguments.get(0))
                .resolve("node_modules/@portkey-ai/gateway/build/start-server.js");
        if (!Files.exists(portkey)) {
            throw new UsageException(portkey + " is not there; run 'npm ci --ignore-scripts' in benchmarks/portkey");
        }
        try (Upstream upstream = new Upstream((body, out) -> {
                    out.write(body.contains("\"stream\":true") ? STREAM : WHOLE);
                    return true;
                });
                Server ours = ours(upstream.port());
                Server theirs = theirs(portkey)) {
            for (boolean isStream : List.of(false, true)) {
                Map<String, HttpLoad> loads = new LinkedHashMap<>();
                loads.put("ours", load(ours.port(), List.of("Authorization: Bearer " + KEY), isStream));
                loads.put(
                        "portkey",
                        load(
                                theirs.port(),
                                List.of(
                                        "Authorization: Bearer x",
                                        "x-portkey-provider: openai",
                                        "x-portkey-custom-host: http://127.0.0.1:" + upstream.port() + "/v1"),
                                isStream));
                loads.put("direct", load(upstream.port(), List.of(), isStream));
                compare(effort, isStream ? "stream" : "whole", loads, figures);
            }
        }
    }

    private static HttpLoad load(int port, List<String> headers, boolean isStream) {
        String body = "{\"model\":\"gpt-4o-mini\",\"stream\":" + isStream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + TEXT + "\"}]}";
        return new HttpLoad(port, PATH, headers, body, CONNECTIONS);
    }

    private static void compare(Effort effort, String kind, Map<String, HttpLoad> loads, Consumer<Result> figures)
            throws Exception {
        HttpLoad ours = Objects.requireNonNull(loads.get("ours"));
        HttpLoad portkey = Objects.requireNonNull(loads.get("portkey"));
        HttpLoad direct = Objects.requireNonNull(loads.get("direct"));
        for (HttpLoad load : loads.values()) {
            load.during(effort.isQuick() ? Duration.ofSeconds(1) : WARM);
        }
        int many = effort.isQuick() ? 1_000 : 5_000;
        Interleaved rates = new Interleaved(effort.rounds())
                .add("ours", () -> ours.perSecond(many))
                .add("portkey", () -> portkey.perSecond(many / 5));
        Map<String, Double> medians = rates.medians();
        double slower =
                medians.values().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        figures.accept(new Figure(
                "gateway",
                kind + "-64-connections/portkey",
                Objects.requireNonNull(medians.get("ours")),
                Objects.requireNonNull(medians.get("portkey")),
                "requests/s",
                effort.rounds()));
        double rate = slower / 2;
        int count = (int) Math.max(200, rate * (effort.isQuick() ? 1 : 3));
        double[][] added = new double[4][effort.rounds()];
        for (int round = 0; round < effort.rounds(); round++) {
            double[] alone = direct.millis(count, rate);
            double[] own = ours.millis(count, rate);
            double[] other = portkey.millis(count, rate);
            added[0][round] = at(own, 50) - at(alone, 50);
            added[1][round] = at(other, 50) - at(alone, 50);
            added[2][round] = at(own, 99) - at(alone, 99);
            added[3][round] = at(other, 99) - at(alone, 99);
        }
        String open = kind + "-open-" + Math.round(rate) + "/portkey";
        figures.accept(figure(open, added[0], added[1], "ms added p50"));
        figures.accept(figure(open, added[2], added[3], "ms added p99"));
    }

    private static double at(double[] sorted, int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }

    /** What is lost in the noise counts as a microsecond. */
    private static Figure figure(String workload, double[] ours, double[] peer, String unit) {
        double least = 0.001;
        return new Figure(
                "gateway",
                workload,
                Math.max(least, Interleaved.median(ours)),
                Math.max(least, Interleaved.median(peer)),
                unit,
                ours.length);
    }

    // --- the processes ---

    /** A gateway in a process of its own. */
    private record Server(Process process, int port) implements AutoCloseable {
        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static Server ours(int upstream) throws IOException, InterruptedException {
        Path file = Files.createTempFile("gateway", ".yaml");
        Files.writeString(file, """
            relay: 1
            providers:
              openai: {speaks: openai, url: "http://127.0.0.1:%d/v1"}
            models:
              openai/gpt-4o-mini: {context: 128000, max-output: 16384}
            keys:
              - {id: bench, tenant: acme, secret: bench, concurrent: 1000, requests-per-minute: 1000000, budgets: [{period: daily, limit: "100000"}]}
            """.formatted(upstream));
        int port = free();
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "io.auterity.server.Main",
                "serve",
                "--relay-config",
                file.toString(),
                "--port",
                String.valueOf(port),
                "--allow-host",
                "127.0.0.1:" + upstream);
        command.environment().put("AUTERITY_SECRET_BENCH", KEY);
        return started(command, port);
    }

    private static Server theirs(Path portkey) throws IOException, InterruptedException {
        int port = free();
        ProcessBuilder command = new ProcessBuilder("node", portkey.toString(), "--headless", "--port=" + port);
        command.environment().put("NODE_ENV", "production");
        return started(command, port);
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static Server started(ProcessBuilder command, int port) throws IOException, InterruptedException {
        Process process = command.redirectErrorStream(true).start();
        StringBuilder said = new StringBuilder();
        Upstream.daemon(() -> {
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    synchronized (said) {
                        said.append(said.length() < 10_000 ? line + "\n" : "");
                    }
                }
            } catch (IOException e) {
                // it has ended
            }
        });
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
                return new Server(process, port);
            } catch (IOException e) {
                process.waitFor(50, TimeUnit.MILLISECONDS); // it listens soon
            }
        }
        process.destroyForcibly();
        synchronized (said) {
            throw new IOException(command.command().get(0) + " does not listen:\n" + said);
        }
    }
}
