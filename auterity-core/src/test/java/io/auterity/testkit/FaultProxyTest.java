package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.testkit.Fault.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client sees of a server that echoes, through the proxy. */
class FaultProxyTest {

    private static final int PATIENCE_MILLIS = 20_000;
    private static final int MOMENT_MILLIS = 150;

    /** How many bytes the server has received. */
    private final AtomicInteger arrived = new AtomicInteger();

    private ServerSocket echo;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread server = new Thread(this::serve);
        server.setDaemon(true);
        server.start();
        proxy = FaultProxy.tcp((InetSocketAddress) echo.getLocalSocketAddress());
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket client = echo.accept();
                Thread copy = new Thread(() -> {
                    try (client) {
                        byte[] piece = new byte[8192];
                        InputStream in = client.getInputStream();
                        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                            arrived.addAndGet(count);
                            client.getOutputStream().write(piece, 0, count);
                        }
                    } catch (IOException e) { // what the test is about
                        Thread.currentThread().interrupt();
                    }
                });
                copy.setDaemon(true);
                copy.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String receive(Socket socket, int count) throws IOException {
        return new String(socket.getInputStream().readNBytes(count), StandardCharsets.US_ASCII);
    }

    private void awaitArrived(int bytes) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (arrived.get() < bytes) {
            assertThat(System.nanoTime()).as("only %s arrived", arrived).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static void hearsNothing(Socket socket) throws IOException {
        socket.setSoTimeout(MOMENT_MILLIS);
        assertThatThrownBy(() -> receive(socket, 1)).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    @Test
    void passes_bytes_both_ways() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "hello");
            assertThat(receive(socket, 5)).isEqualTo("hello");
        }
    }

    @Test
    void refuses_new_connections_and_leaves_old_ones_alone() throws IOException {
        try (Socket old = connect()) {
            send(old, "a");
            assertThat(receive(old, 1)).isEqualTo("a");
            proxy.set(new Fault.Refuse());
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            send(old, "b");
            assertThat(receive(old, 1)).isEqualTo("b");
        }
        proxy.heal();
        try (Socket next = connect()) {
            send(next, "c");
            assertThat(receive(next, 1)).isEqualTo("c");
        }
    }

    @Test
    void resets_old_and_new_connections() throws IOException {
        try (Socket old = connect()) {
            send(old, "a");
            receive(old, 1);
            proxy.set(new Fault.Reset());
            assertThatThrownBy(() -> receive(old, 1)).isInstanceOf(SocketException.class);
        }
        assertThatThrownBy(() -> {
                    try (Socket next = connect()) {
                        send(next, "b");
                        receive(next, 1);
                    }
                })
                .isInstanceOf(SocketException.class);
    }

    @Test
    void holds_everything_back_until_the_cable_is_mended() throws IOException {
        try (Socket old = connect()) {
            send(old, "a");
            receive(old, 1);
            proxy.set(new Fault.BlackHole());
            send(old, "b");
            hearsNothing(old);
            proxy.heal();
            assertThat(receive(old, 1)).isEqualTo("b");
        }
    }

    @Test
    void holds_one_way_back() throws IOException {
        try (Socket socket = connect()) {
            proxy.set(new Fault.Drop(Direction.TO_CLIENT));
            send(socket, "a");
            awaitArrived(1);
            hearsNothing(socket);
            proxy.set(new Fault.Drop(Direction.TO_SERVER));
            assertThat(receive(socket, 1)).isEqualTo("a");
            send(socket, "b");
            hearsNothing(socket);
        }
    }

    @Test
    void delays_and_throttles() throws IOException {
        try (Socket socket = connect()) {
            proxy.set(new Fault.Delay(Duration.ofMillis(100)));
            long start = System.nanoTime();
            send(socket, "a");
            receive(socket, 1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));

            proxy.set(new Fault.Throttle(1_000));
            start = System.nanoTime();
            send(socket, "0123456789".repeat(20));
            receive(socket, 200);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }
    }

    @Test
    void cuts_once_in_the_middle_of_what_is_sent() throws IOException {
        proxy.set(new Fault.CutAfter(Direction.TO_CLIENT, 3));
        try (Socket socket = connect()) {
            send(socket, "hello");
            assertThatThrownBy(() -> receive(socket, 5)).isInstanceOf(SocketException.class);
        }
        assertThat(proxy.cuts()).isEqualTo(1);
        try (Socket socket = connect()) {
            send(socket, "hello");
            assertThat(receive(socket, 5)).isEqualTo("hello");
        }
    }

    @Test
    void knows_replies_of_postgres_only() {
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.set(new Fault.CutBeforeReply(0)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Fault.CutBeforeReply(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Fault.CutAfter(Direction.TO_CLIENT, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Fault.Throttle(0));
    }
}
