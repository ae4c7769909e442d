package io.auterity.connector.http;

import static io.auterity.connector.http.HttpKit.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import io.auterity.connector.TestContext;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okio.Buffer;
import okio.GzipSink;
import okio.Okio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cap on response bodies, at the limit and beside it, and what a hostile server can make of it. */
class LimitsTest {

    private static final int LIMIT = 1_000;

    private final MockWebServer server = new MockWebServer();
    private final HttpKit http = HttpKit.local();

    @BeforeEach
    void start() throws Exception {
        server.start(HttpKit.loopback(), 0);
    }

    @AfterEach
    void stop() {
        http.close();
        HttpKit.close(server);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getPort() + "/";
    }

    @ParameterizedTest
    @CsvSource({
        "999, length",
        "1000, length",
        "1001, length",
        "999, chunked",
        "1000, chunked",
        "1001, chunked",
        "999, gzip",
        "1000, gzip",
        "1001, gzip",
        "999, gzip chunked",
        "1000, gzip chunked",
        "1001, gzip chunked"
    })
    void a_body_may_have_as_many_bytes_as_the_limit_says(int size, String form) throws Exception {
        Buffer content = new Buffer().writeUtf8("a".repeat(size));
        MockResponse.Builder response = new MockResponse.Builder().addHeader("Content-Type", "text/plain");
        if (form.contains("gzip")) {
            response.addHeader("Content-Encoding", "gzip");
            content = gzip(content);
        }
        server.enqueue(
                (form.contains("chunked") ? response.chunkedBody(content, 100) : response.body(content)).build());
        var input = json("url", url(), "maxBytes", (long) LIMIT);
        if (size <= LIMIT) {
            assertThat((String) http.send(input).get("body")).hasSize(size);
        } else {
            StepException failure = http.fail(input);
            assertThat(failure.code()).isEqualTo("too-large");
            assertThat(failure.isRetryable()).isFalse();
            assertThat(failure).hasMessageContaining("more than 1000 bytes").hasMessageContaining("maxBytes");
        }
    }

    @Test
    void the_default_limit_is_10_mebibytes() throws Exception {
        int most = 10 * 1024 * 1024;
        server.enqueue(new MockResponse.Builder()
                .body(new Buffer().write(new byte[most]))
                .build());
        assertThat(http.send(json("url", url())).get("body")).isNotNull();
        server.enqueue(new MockResponse.Builder()
                .body(new Buffer().write(new byte[most + 1]))
                .build());
        assertThat(http.fail(json("url", url())).code()).isEqualTo("too-large");
    }

    @Test
    void the_operators_limit_stands_above_the_steps() throws Exception {
        OutboundGuard guard = OutboundGuard.builder().allow("localhost").build();
        try (HttpKit small = new HttpKit(guard, HttpSettings.DEFAULT.withMaxBytes(100))) {
            server.enqueue(new MockResponse.Builder().body("a".repeat(101)).build());
            assertThat(small.fail(json("url", url())).code()).isEqualTo("too-large");
            assertThat(small.fail(json("url", url(), "maxBytes", 101L)).code()).isEqualTo("invalid-input");
        }
    }

    /** S36: 300 MB of zeros in 300 kB of gzip are cut at the cap. */
    @Test
    void a_decompression_bomb_is_cut_at_the_limit() throws Exception {
        Buffer bomb = new Buffer();
        try (var sink = Okio.buffer(new GzipSink(bomb))) {
            byte[] zeros = new byte[1024 * 1024];
            for (int i = 0; i < 300; i++) {
                sink.write(zeros);
            }
        }
        server.enqueue(new MockResponse.Builder()
                .addHeader("Content-Encoding", "gzip")
                .body(bomb)
                .build());
        assertThat(http.fail(json("url", url())).code()).isEqualTo("too-large");
    }

    /** The server may push as much as the sockets' buffers take, and no more. */
    @Test
    void a_body_without_end_stops_when_it_has_reached_the_limit() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (ServerSocket endless = new ServerSocket(0, 5, HttpKit.loopback())) {
            CompletableFuture<Void> serving = serve(() -> {
                try (Socket socket = endless.accept()) {
                    OutputStream out = socket.getOutputStream();
                    out.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    byte[] block = new byte[64 * 1024];
                    while (sent.get() < 1L << 31) {
                        out.write(block);
                        sent.addAndGet(block.length);
                    }
                } catch (SocketException e) {
                    // the client has hung up, as it should
                }
            });
            String url = "http://127.0.0.1:" + endless.getLocalPort() + "/";
            assertThat(http.fail(json("url", url, "maxBytes", 100_000L)).code()).isEqualTo("too-large");
            serving.get(60, TimeUnit.SECONDS);
        }
        assertThat(sent.get()).isLessThan(32L * 1024 * 1024);
    }

    @Test
    void a_large_body_tells_its_progress_in_bounded_steps() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body(new Buffer().write(new byte[1024 * 1024]))
                .build());
        TestContext context = new TestContext();
        http.start(json("url", url()), context).get(60, TimeUnit.SECONDS);
        assertThat(context.progress()).hasSizeBetween(3, 4).allMatch(line -> line.endsWith("/1048576 bytes received"));
    }

    @Test
    void a_header_without_end_is_io() throws Exception {
        try (ServerSocket endless = new ServerSocket(0, 5, HttpKit.loopback())) {
            serve(() -> {
                try (Socket socket = endless.accept()) {
                    OutputStream out = socket.getOutputStream();
                    out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                    byte[] block = "x".repeat(8192).getBytes(StandardCharsets.US_ASCII);
                    for (int i = 0; i < 1_000; i++) {
                        out.write(block);
                    }
                } catch (SocketException e) {
                    // the client has hung up, as it should
                }
            });
            StepException failure = http.fail(json("url", "http://127.0.0.1:" + endless.getLocalPort() + "/"));
            assertThat(failure.code()).isEqualTo("io");
        }
    }

    @Test
    void the_attempts_time_is_the_requests() throws Exception {
        server.enqueue(
                new MockResponse.Builder().headersDelay(30, TimeUnit.SECONDS).build());
        long start = System.nanoTime();
        CompletableFuture<Object> result = http.start(json("url", url()), new TestContext(Duration.ofMillis(300)));
        assertThatThrownBy(() -> result.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(StepException.class, e -> {
                    assertThat(e.code()).isEqualTo("timeout");
                    assertThat(e.isRetryable()).isTrue();
                });
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(290));
    }

    @Test
    void a_body_that_trickles_runs_out_of_time_too() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body("a".repeat(100_000))
                .throttleBody(10, 50, TimeUnit.MILLISECONDS)
                .build());
        CompletableFuture<Object> result = http.start(json("url", url()), new TestContext(Duration.ofMillis(500)));
        assertThatThrownBy(() -> result.get(60, TimeUnit.SECONDS)).hasMessageContaining("time is over");
    }

    @Test
    void progress_gives_a_large_body_more_time() throws Exception {
        AtomicLong nanos = new AtomicLong();
        List<Duration> delays = new CopyOnWriteArrayList<>();
        BlockingQueue<Runnable> timers = new LinkedBlockingQueue<>();
        CountDownLatch late = new CountDownLatch(1);
        CountDownLatch later = new CountDownLatch(1);
        byte[] half = new byte[256 * 1024]; // progress is told
        try (ServerSocket listener = new ServerSocket(0, 5, HttpKit.loopback());
                HttpKit slow = HttpKit.local((delay, task) -> {
                    delays.add(delay);
                    timers.add(task);
                    return () -> {};
                })) {
            serve(() -> {
                try (Socket socket = listener.accept()) {
                    assertThat(socket.getInputStream().read(new byte[8192]))
                            .isPositive(); // left unread, it would reset
                    OutputStream out = socket.getOutputStream();
                    out.write(
                            ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + 2 * half.length + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    assertThat(late.await(60, TimeUnit.SECONDS)).isTrue();
                    out.write(half);
                    assertThat(later.await(60, TimeUnit.SECONDS)).isTrue();
                    out.write(half);
                }
            });
            TestContext context = new TestContext(Duration.ofSeconds(1), nanos::get);
            CompletableFuture<Object> result =
                    slow.start(json("url", "http://127.0.0.1:" + listener.getLocalPort() + "/"), context);
            nanos.set(Duration.ofMillis(900).toNanos());
            late.countDown();
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (context.progress().isEmpty() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(context.progress()).hasSize(1);
            nanos.set(Duration.ofSeconds(1).toNanos());
            timers.remove().run(); // the time that it had at first is over
            assertThat(delays).containsExactly(Duration.ofSeconds(1), Duration.ofMillis(900));
            later.countDown();
            assertThat(result.get(60, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void cancelling_closes_the_connection_and_the_server_sees_it() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 5, HttpKit.loopback())) {
            CompletableFuture<Void> asked = new CompletableFuture<>();
            CompletableFuture<Integer> closed = new CompletableFuture<>();
            serve(() -> {
                try (Socket socket = listener.accept()) {
                    socket.setSoTimeout(60_000);
                    byte[] request = new byte[8192];
                    int first = socket.getInputStream().read(request);
                    assertThat(first).isPositive();
                    asked.complete(null);
                    closed.complete(readOn(socket));
                }
            });
            TestContext context = new TestContext();
            CompletableFuture<Object> result =
                    http.start(json("url", "http://127.0.0.1:" + listener.getLocalPort() + "/"), context);
            asked.get(60, TimeUnit.SECONDS);
            assertThat(result).isNotDone();
            context.cancel();
            assertThat(result).isCompletedExceptionally();
            assertThatThrownBy(result::get).hasMessageContaining("cancelled");
            assertThat(closed.get(60, TimeUnit.SECONDS)).isEqualTo(-1);
        }
    }

    @Test
    void a_step_that_is_cancelled_already_sends_nothing() throws Exception {
        TestContext context = new TestContext();
        context.cancel();
        assertThat(http.start(json("url", url()), context)).isCompletedExceptionally();
        assertThat(server.getRequestCount()).isZero();
    }

    /** Reads until the other side closes: -1, also when it resets. */
    private static int readOn(Socket socket) throws Exception {
        try {
            return socket.getInputStream().read();
        } catch (SocketException e) {
            return -1;
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> serve(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (Exception | AssertionError e) {
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private static Buffer gzip(Buffer content) throws Exception {
        Buffer zipped = new Buffer();
        try (GzipSink sink = new GzipSink(zipped)) {
            sink.write(content, content.size());
        }
        return zipped;
    }
}
