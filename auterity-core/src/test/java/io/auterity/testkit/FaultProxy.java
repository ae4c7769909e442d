package io.auterity.testkit;

import io.auterity.testkit.Fault.Direction;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on 127.0.0.1 that breaks connections the way networks do, and, in front of PostgreSQL, between a commit and
 * its reply, where nobody can know whether the commit happened.
 *
 * <p>A fault holds for all connections from {@link #set} to the next {@link #set} or {@link #heal}. Each connection costs
 * two threads, so this is for tests, not for traffic. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

    private static final Fault NONE = new Fault.None();
    private static final int CONNECT_MILLIS = 5_000;
    private static final int PIECES_A_SECOND = 20;

    private final InetSocketAddress server;
    private final boolean isPostgres;
    private final int port;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All below guarded by the lock.
    private Fault fault = NONE;
    private long left; // bytes or replies until a cut
    private long cuts;
    private @Nullable ServerSocket listening;
    private @Nullable Thread acceptor;
    private boolean closed;

    private FaultProxy(InetSocketAddress server, boolean isPostgres) {
        this.server = server;
        this.isPostgres = isPostgres;
        try {
            port = listen(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Puts a proxy in front of any server.
     *
     * @param server where the bytes go
     * @return the proxy, listening
     */
    public static FaultProxy tcp(InetSocketAddress server) {
        return new FaultProxy(server, false);
    }

    /**
     * Puts a proxy in front of a PostgreSQL server, for {@link Fault.CutBeforeReply} beside the other faults. The
     * connections must not be encrypted.
     *
     * @param server where the bytes go
     * @return the proxy, listening
     */
    public static FaultProxy postgres(InetSocketAddress server) {
        return new FaultProxy(server, true);
    }

    /**
     * Returns where clients connect to, on 127.0.0.1.
     *
     * @return the port
     */
    public int port() {
        return port;
    }

    /**
     * Lets a fault take the place of the one before.
     *
     * @param next what goes wrong from now on
     * @throws IllegalArgumentException for {@link Fault.CutBeforeReply} where the server is not PostgreSQL
     */
    public void set(Fault next) {
        if (next instanceof Fault.CutBeforeReply && !isPostgres) {
            throw new IllegalArgumentException("only a proxy made by postgres() knows what a reply is");
        }
        lock.lock();
        try {
            fault = next;
            left = next instanceof Fault.CutAfter cut ? cut.bytes() : 0;
            left = next instanceof Fault.CutBeforeReply cut ? cut.replies() : left;
            if (next instanceof Fault.Refuse) {
                stopListening();
            } else if (listening == null && !closed) {
                listenAgain();
            }
            changed.signalAll();
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port + " is gone", e);
        } finally {
            lock.unlock();
        }
        if (next instanceof Fault.Reset) {
            connections.forEach(Connection::reset);
        }
    }

    /** Lets bytes pass as they come. */
    public void heal() {
        set(NONE);
    }

    /**
     * Returns how many connections {@link Fault.CutAfter} and {@link Fault.CutBeforeReply} have cut.
     *
     * @return the number since the proxy was made
     */
    public long cuts() {
        lock.lock();
        try {
            return cuts;
        } finally {
            lock.unlock();
        }
    }

    /** Resets all connections and stops listening. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            stopListening();
            changed.signalAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
        connections.forEach(Connection::reset);
    }

    // --- connections ---

    private int listen(int at) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
        listening = socket;
        acceptor = start("accept", () -> accept(socket));
        return socket.getLocalPort();
    }

    /** Takes the port back, which a connection of somebody else's may have for a moment. */
    private void listenAgain() throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLIS);
        while (listening == null) {
            try {
                listen(port);
            } catch (BindException taken) {
                if (System.nanoTime() > end) {
                    throw taken;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    private void stopListening() throws IOException {
        if (listening != null) {
            listening.close();
            listening = null;
        }
        if (acceptor != null) {
            try {
                acceptor.join(); // until then the port is still open
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
            acceptor = null;
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                start("connect", () -> connect(client));
            } catch (SocketException e) { // closed, or a client has given up while it waited
                Thread.onSpinWait();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void connect(Socket client) {
        Socket behind = new Socket();
        Connection connection = new Connection(client, behind);
        connections.add(connection);
        try {
            if (now() instanceof Fault.Reset) {
                connection.reset();
                return;
            }
            behind.connect(server, CONNECT_MILLIS);
            behind.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            start("to-client", () -> connection.pump(Direction.TO_CLIENT, behind, client));
            connection.pump(Direction.TO_SERVER, client, behind);
        } catch (IOException e) { // the server is not there: the client shall see the same
            connection.reset();
        }
    }

    private static Thread start(String what, Runnable task) {
        Thread thread = new Thread(task, "fault-proxy-" + what);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private Fault now() {
        lock.lock();
        try {
            return fault;
        } finally {
            lock.unlock();
        }
    }

    /** Waits while a fault lasts, at most for a time; null for as long as it lasts. */
    private void await(Fault lasting, @Nullable Duration time) throws IOException {
        long nanos = time == null ? Long.MAX_VALUE : time.toNanos();
        lock.lock();
        try {
            while (fault == lasting && !closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    /** Counts down to a cut; returns how many of some units still pass, less than asked for when it has come. */
    private long spend(Fault cutting, long units) {
        lock.lock();
        try {
            if (fault != cutting || left >= units) {
                left -= fault == cutting ? units : 0;
                return units;
            }
            fault = NONE;
            cuts++;
            return left;
        } finally {
            lock.unlock();
        }
    }

    private final class Connection {

        private final Socket client;
        private final Socket behind;
        private final @Nullable PostgresReplies replies;
        private volatile boolean sawStartup;

        private Connection(Socket client, Socket behind) {
            this.client = client;
            this.behind = behind;
            this.replies = isPostgres ? new PostgresReplies() : null;
        }

        private void pump(Direction direction, Socket from, Socket to) {
            byte[] buffer = new byte[8192];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (!pass(direction, buffer, count, out)) {
                        reset();
                        return;
                    }
                }
                close(from);
                close(to);
            } catch (IOException e) { // one side has ended the connection, so the other loses it
                reset();
            } finally {
                connections.remove(this);
            }
        }

        private boolean pass(Direction direction, byte[] bytes, int count, OutputStream out) throws IOException {
            if (replies == null) {
                return forward(direction, bytes, count, out);
            }
            if (direction == Direction.TO_SERVER) {
                noticeWishForEncryption(bytes, count);
                return forward(direction, bytes, count, out);
            }
            IOException[] failure = new IOException[1];
            boolean goesOn = replies.add(bytes, count, (piece, endsCommand) -> {
                try {
                    boolean cut = endsCommand && now() instanceof Fault.CutBeforeReply before && spend(before, 1) < 1;
                    return !cut && forward(direction, piece, piece.length, out);
                } catch (IOException e) {
                    failure[0] = e;
                    return false;
                }
            });
            if (failure[0] != null) {
                throw failure[0];
            }
            return goesOn;
        }

        /** A client's first message may be 8 bytes that ask for TLS or GSSAPI; the answer to those is a single letter. */
        private void noticeWishForEncryption(byte[] bytes, int count) {
            if (!sawStartup && replies != null) {
                sawStartup = !(count == 8 && bytes[4] == 0x04 && bytes[5] == (byte) 0xd2);
                if (!sawStartup) {
                    replies.expectEncryptionAnswer();
                }
            }
        }

        private boolean forward(Direction direction, byte[] bytes, int count, OutputStream out) throws IOException {
            Fault fault = now();
            while (fault instanceof Fault.BlackHole
                    || (fault instanceof Fault.Drop drop && drop.direction() == direction)) {
                await(fault, null);
                fault = now();
            }
            if (fault instanceof Fault.Reset) {
                return false;
            }
            if (fault instanceof Fault.Delay delay) {
                await(delay, delay.by());
            }
            if (fault instanceof Fault.Throttle throttle) {
                trickle(throttle, bytes, count, out);
                return true;
            }
            if (fault instanceof Fault.CutAfter cut && cut.direction() == direction) {
                int passing = (int) spend(cut, count);
                out.write(bytes, 0, passing);
                return passing == count;
            }
            out.write(bytes, 0, count);
            return true;
        }

        private void trickle(Fault.Throttle throttle, byte[] bytes, int count, OutputStream out) throws IOException {
            int piece = Math.max(1, throttle.bytesPerSecond() / PIECES_A_SECOND);
            for (int sent = 0; sent < count; sent += piece) {
                int now = Math.min(piece, count - sent);
                await(throttle, Duration.ofNanos(TimeUnit.SECONDS.toNanos(now) / throttle.bytesPerSecond()));
                out.write(bytes, sent, now);
            }
        }

        /** Ends both sides the hard way: they see a reset, not an end. */
        private void reset() {
            for (Socket socket : new Socket[] {client, behind}) {
                try {
                    socket.setSoLinger(true, 0);
                } catch (IOException e) { // closed already
                    continue;
                }
                close(socket);
            }
            connections.remove(this);
        }

        private static void close(Closeable socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
