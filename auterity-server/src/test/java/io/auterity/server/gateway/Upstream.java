package io.auterity.server.gateway;

import io.auterity.definition.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A provider on a real socket of this machine, which speaks its interfaces byte for byte: each path has a script. */
final class Upstream implements AutoCloseable {

    /** How a request is answered; the connection is closed afterwards. */
    interface Script {
        void answer(Received request, OutputStream out) throws IOException, InterruptedException;
    }

    /** A request. */
    record Received(String path, Map<String, String> headers, Map<String, Object> body) {
        boolean isStream() {
            return Boolean.TRUE.equals(body.get("stream"));
        }
    }

    private final ServerSocket server;
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    Upstream() throws IOException {
        server = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
        daemon(this::accept);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "upstream");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/v1";
    }

    int port() {
        return server.getLocalPort();
    }

    /** Scripts the answers at a path below the base, as {@code /chat/completions}. */
    Upstream on(String path, Script script) {
        scripts.put("/v1" + path, script);
        return this;
    }

    List<Received> received() {
        return received;
    }

    Received last() {
        return received.get(received.size() - 1);
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

    @SuppressWarnings("unchecked")
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
            Received request = new Received(first[1], headers, (Map<String, Object>) Json.read(body));
            received.add(request);
            OutputStream out = socket.getOutputStream();
            scripts.getOrDefault(first[1], status(404, "{}")).answer(request, out);
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

    static Script status(int status, String body, String... headers) {
        return (request, out) -> {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            int length = body.getBytes(StandardCharsets.UTF_8).length;
            write(out, head + "Content-Length: " + length + "\r\nConnection: close\r\n\r\n" + body);
        };
    }

    /** Answers whole requests with one text and streams with the other. */
    static Script answers(String whole, String stream) {
        return (request, out) -> {
            if (request.isStream()) {
                head(out);
                write(out, stream);
            } else {
                status(200, whole).answer(request, out);
            }
        };
    }

    static void head(OutputStream out) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Events without names, as OpenAI sends them. */
    static String events(String... data) {
        StringBuilder text = new StringBuilder();
        for (String one : data) {
            text.append("data: ").append(one.replace('\'', '"')).append("\n\n");
        }
        return text.toString();
    }

    /** Events with the names that are in their data, as Anthropic sends them and OpenAI's responses come. */
    static String named(String... data) {
        StringBuilder text = new StringBuilder();
        for (String one : data) {
            String json = one.replace('\'', '"');
            text.append("event: ")
                    .append(((Map<?, ?>) Json.read(json)).get("type"))
                    .append("\ndata: ")
                    .append(json)
                    .append("\n\n");
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
