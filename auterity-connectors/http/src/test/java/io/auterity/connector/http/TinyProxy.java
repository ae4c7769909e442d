package io.auterity.connector.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy of one request a connection, for destinations that stand on this machine. */
final class TinyProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final Map<String, Integer> ports;
    private final String authorization;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    TinyProxy(Map<String, Integer> ports, String authorization) throws Exception {
        this.ports = ports;
        this.authorization = authorization;
        listener = new ServerSocket(0, 50, HttpKit.loopback());
        run(() -> {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                run(() -> serve(client));
            }
        });
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void run(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        // A closed listener or connection ends its thread.
                    }
                },
                "tiny-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket client) throws Exception {
        try (client) {
            client.setSoTimeout(60_000);
            String head = head(client.getInputStream());
            OutputStream back = client.getOutputStream();
            if (!authorization.isEmpty() && !head.contains("Proxy-Authorization: " + authorization + "\r\n")) {
                write(
                        back,
                        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                                + "Content-Length: 0\r\nConnection: close\r\n\r\n");
                return;
            }
            String line = head.substring(0, head.indexOf("\r\n"));
            requests.add(line);
            String target = line.split(" ")[1].replace("http://", "");
            String host = target.split("[:/]")[0];
            try (Socket server = new Socket(HttpKit.loopback(), ports.get(host))) {
                server.setSoTimeout(60_000);
                if (line.startsWith("CONNECT ")) {
                    write(back, "HTTP/1.1 200 Connection established\r\n\r\n");
                } else {
                    String path = target.substring(host.length());
                    write(
                            server.getOutputStream(),
                            line.split(" ")[0] + " " + path + " HTTP/1.1\r\nConnection: close\r\n"
                                    + head.substring(head.indexOf("\r\n") + 2)
                                            .replaceAll("(?i)(proxy-)?(connection|authorization): .*\r\n", ""));
                }
                run(() -> client.getInputStream().transferTo(server.getOutputStream()));
                server.getInputStream().transferTo(back);
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client has hung up");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Returns the first lines of the requests it has passed on. */
    List<String> requests() {
        return requests;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
