package io.auterity.connector.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener that counts who connects, answers with its name, and hangs up. */
final class Canary implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket();
    private final AtomicInteger connections = new AtomicInteger();
    private final String name;

    Canary(InetAddress address, int port, String name) throws IOException {
        this.name = name;
        listener.bind(new InetSocketAddress(address, port), 1_000);
        Thread thread = new Thread(this::listen, "canary");
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                connections.incrementAndGet();
                socket.setSoTimeout(60_000);
                byte[] request = new byte[8192];
                if (socket.getInputStream().read(request) > 0) {
                    String answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + name.length()
                            + "\r\n\r\n" + name;
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                // Closing the canary ends its accept; a client that hangs up early ends one exchange.
            }
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
