package io.auterity.benchmarks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A provider on this machine that answers at once, byte for byte as its script says: a thread a connection, connections kept
 * alive, nothing parsed but the length. It costs the contestants in front of it as little as possible.
 */
final class Upstream implements AutoCloseable {

    /** Answers a request. */
    @FunctionalInterface
    interface Script {

        /**
         * Writes a whole answer.
         *
         * @return whether the connection lives on
         */
        boolean answer(String body, OutputStream out) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Script script;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    Upstream(Script script) throws IOException {
        this.script = script;
        server = new ServerSocket(0, 1_000, InetAddress.getByName("127.0.0.1"));
        daemon(this::accept);
    }

    static void daemon(Runnable work) {
        Thread thread = new Thread(work, "upstream");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new Incoming(socket.getInputStream());
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
            boolean lives = true;
            while (lives) {
                int length = length(in);
                if (length < 0) {
                    return;
                }
                lives = script.answer(new String(in.readNBytes(length), StandardCharsets.UTF_8), out);
                out.flush();
            }
        } catch (IOException e) {
            // the client has gone, which is its right
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(socket);
        }
    }

    /** Reads a head; the length of the body, or -1 at the end of the connection. */
    private static int length(InputStream in) throws IOException {
        int length = 0;
        boolean isFirst = true;
        while (true) {
            String line = line(in);
            if (line == null) {
                return -1;
            }
            if (line.isEmpty() && !isFirst) {
                return length;
            }
            isFirst = false;
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        line.substring("content-length:".length()).strip());
            }
        }
    }

    static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c >= 0 && c != '\n') {
            if (c != '\r') {
                line.append((char) c);
            }
            c = in.read();
        }
        return c < 0 && line.isEmpty() ? null : line.toString();
    }

    static byte[] head(String status, String type, String more) {
        return ("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\n" + more + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** A whole answer in JSON. */
    static byte[] json(String status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return join(head(status, "application/json", "Content-Length: " + bytes.length + "\r\n"), bytes);
    }

    /** A whole stream of events, each in a chunk of its own. */
    static byte[] events(String... events) {
        byte[] all = head("200 OK", "text/event-stream", "Transfer-Encoding: chunked\r\n");
        for (String event : events) {
            all = join(all, chunk("data: " + event + "\n\n"));
        }
        return join(all, "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] chunk(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] framed = join((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII), bytes);
        return join(framed, "\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] join(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
