package io.auterity.relay;

import io.auterity.definition.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A provider on a real socket of this machine: it answers each model as scripted, byte for byte, or breaks off. */
public final class StubServer implements AutoCloseable {

    /** How a request is answered; the connection is closed afterwards. */
    public interface Script {
        void answer(Received request, OutputStream out) throws IOException, InterruptedException;
    }

    /** A request. */
    public record Received(String path, Map<String, String> headers, Map<String, Object> body) {
        public boolean isStream() {
            return Boolean.TRUE.equals(body.get("stream"));
        }
    }

    private final ServerSocket server;
    private final Map<String, ConcurrentLinkedDeque<Script>> scripts = new ConcurrentHashMap<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    public StubServer() throws IOException {
        server = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
        daemon(this::accept);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "stub-server");
        thread.setDaemon(true);
        thread.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
    }

    /** Scripts the next answers of a model; the last one stays. */
    public StubServer on(String model, Script... answers) {
        scripts.put(model, new ConcurrentLinkedDeque<>(Arrays.asList(answers)));
        return this;
    }

    public List<Received> received() {
        return received;
    }

    public List<String> models() {
        return received.stream().map(one -> (String) one.body().get("model")).toList();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String[] first = line(in).split(" ");
            Map<String, String> headers = new HashMap<>();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
            @SuppressWarnings("unchecked")
            Map<String, Object> json = (Map<String, Object>) Json.read(body);
            Received request = new Received(first[1], headers, json);
            received.add(request);
            ConcurrentLinkedDeque<Script> left = scripts.get((String) json.get("model"));
            Script script = left == null ? status(404, "{}") : left.size() > 1 ? left.poll() : left.peek();
            OutputStream out = socket.getOutputStream();
            script.answer(request, out);
            out.flush();
        } catch (IOException | InterruptedException | RuntimeException e) {
            // the client went away, which some tests are about
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
            line.append(c == '\r' ? "" : (char) c);
        }
        return line.toString();
    }

    // --- scripts ---

    public static Script status(int status, String body, String... headers) {
        return (request, out) -> write(
                out,
                "HTTP/1.1 " + status + " X\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n"
                        + String.join(
                                "",
                                Arrays.stream(headers)
                                        .map(header -> header + "\r\n")
                                        .toList())
                        + "Connection: close\r\n\r\n" + body);
    }

    /** An answer of OpenAI, whole or as a stream of its words, with its usage. */
    public static Script says(String text, long in, long outTokens) {
        return (request, out) -> {
            String usage = "{\"prompt_tokens\": " + in + ", \"completion_tokens\": " + outTokens + "}";
            if (request.isStream()) {
                List<String> events = new ArrayList<>(openAiDeltas(text));
                events.add("{\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}");
                events.add("{\"choices\": [], \"usage\": " + usage + "}");
                events.add("[DONE]");
                stream(out, events);
            } else {
                String body = "{\"choices\": [{\"message\": {\"content\": " + Json.write(text)
                        + "}, \"finish_reason\": \"stop\"}], \"usage\": " + usage + "}";
                status(200, body, "x-ratelimit-limit-requests: 100", "x-ratelimit-remaining-requests: 40")
                        .answer(request, out);
            }
        };
    }

    static List<String> openAiDeltas(String text) {
        return Arrays.stream(text.split("(?<= )"))
                .map(word -> "{\"choices\": [{\"delta\": {\"content\": " + Json.write(word) + "}}]}")
                .toList();
    }

    /** The beginning of an answer, and then the connection closes. */
    public static Script breaksAfter(String text) {
        return (request, out) -> {
            if (request.isStream()) {
                stream(out, text.isEmpty() ? List.of() : openAiDeltas(text));
            } else {
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"choices\"");
            }
        };
    }

    public static void stream(OutputStream out, List<String> events) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
        for (String event : events) {
            write(out, "data: " + event + "\n\n");
        }
    }

    /** No answer until the test is over, after the beginning of a stream. */
    public Script stalls(String text) {
        return (request, out) -> {
            if (!text.isEmpty()) {
                stream(out, openAiDeltas(text));
            }
            closed.await(60, TimeUnit.SECONDS);
        };
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
