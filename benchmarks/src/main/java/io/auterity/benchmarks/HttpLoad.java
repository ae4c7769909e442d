package io.auterity.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Load on an HTTP server over kept-alive connections.
 *
 * <p>At a rate the load is open: requests are due at equal distances, whether or not the ones before have been answered, and
 * the time of each counts from when it was due. So a server that stalls is charged for the requests it kept waiting
 * (Tene's coordinated omission).
 */
final class HttpLoad {

    private static final int SOME = 1_000;

    private final int port;
    private final byte[] request;
    private final int connections;

    HttpLoad(int port, String path, List<String> headers, String body, int connections) {
        this.port = port;
        this.connections = connections;
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Type: application/json\r\n"
                + String.join("\r\n", headers) + (headers.isEmpty() ? "" : "\r\n")
                + "Content-Length: " + bytes.length + "\r\n\r\n";
        request = (head + body).getBytes(StandardCharsets.UTF_8);
    }

    /** Sends as fast as answers come. */
    double perSecond(int count) throws Exception {
        long start = System.nanoTime();
        send(count, 0);
        return count / ((System.nanoTime() - start) / 1e9);
    }

    /** Sends as fast as answers come, for some time. */
    void during(Duration time) throws Exception {
        for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end; ) {
            send(SOME, 0);
        }
    }

    /** Sends at a rate; the times in milliseconds, in rising order. */
    double[] millis(int count, double perSecond) throws Exception {
        double[] times = send(count, perSecond);
        Arrays.sort(times);
        return times;
    }

    private double[] send(int count, double perSecond) throws Exception {
        double[] millis = new double[count];
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(perSecond > 0 ? 50 : 0);
            List<Future<?>> workers = new ArrayList<>();
            Callable<Void> work = () -> {
                try (Connection connection = new Connection()) {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        long due = perSecond > 0 ? start + (long) (i * 1e9 / perSecond) : System.nanoTime();
                        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                            LockSupport.parkNanos(wait);
                        }
                        connection.call();
                        millis[i] = (System.nanoTime() - due) / 1e6;
                    }
                    return null;
                }
            };
            for (int i = 0; i < connections; i++) {
                workers.add(threads.submit(work));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("the server at port " + port + " failed: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
        return millis;
    }

    /** One connection, for one thread. */
    private final class Connection implements AutoCloseable {

        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private final byte[] buffer = new byte[16 * 1024];

        Connection() throws IOException {
            socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            in = new Incoming(socket.getInputStream());
            out = socket.getOutputStream();
        }

        void call() throws IOException {
            out.write(request);
            String status = line();
            int length = -1;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(
                            lower.substring("content-length:".length()).strip());
                }
            }
            if (!status.contains(" 200")) {
                throw new IOException(
                        status + " " + (length > 0 ? new String(in.readNBytes(length), StandardCharsets.UTF_8) : ""));
            }
            if (length >= 0) {
                skip(length);
                return;
            }
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                skip(size + 2);
            }
            line();
        }

        private String line() throws IOException {
            String line = Upstream.line(in);
            if (line == null) {
                throw new IOException("the server has closed the connection");
            }
            return line;
        }

        private void skip(int bytes) throws IOException {
            for (int left = bytes; left > 0; ) {
                int read = in.read(buffer, 0, Math.min(left, buffer.length));
                if (read < 0) {
                    throw new IOException("the server has closed the connection in an answer");
                }
                left -= read;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
