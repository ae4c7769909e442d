package io.auterity.server.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * Notices that a client goes away while nothing is written to it: while a model thinks, or composes a whole answer.
 *
 * <p>The server reads nothing from a connection of HTTP/1.1 while it works on a request, so it does not see the end of it
 * either. This reads instead, after the request's body has been read to its end. A client sends nothing more before it has
 * the answer, but for an empty line perhaps; one that does has its connection closed, since what it sent is lost.
 * Thread-safe.
 */
final class ClientWatch implements AutoCloseable {

    /** Made once, because to fill in where it comes from takes longer than the rest of a watch. */
    private static final IOException READY = new IOException("the answer is ready");

    private final AbstractEndPoint connection;
    private final Runnable onGone;
    private final ByteBuffer unwanted = ByteBuffer.allocate(2);
    private boolean isClosed; // guarded by this

    /** The callback of one wish to read. */
    private final Callback readable = new Callback() {
        @Override
        public void succeeded() {
            read();
        }

        @Override
        public void failed(Throwable why) {
            if (why instanceof TimeoutException) {
                watch(); // silence is what we want
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    };

    private ClientWatch(AbstractEndPoint connection, Runnable onGone) {
        this.connection = connection;
        this.onGone = onGone;
    }

    /**
     * Starts to watch.
     *
     * @param request a request whose body has been read
     * @param onGone what to do when its client goes away; quick
     * @return the watch, which ends before the request does
     */
    static ClientWatch of(Request request, Runnable onGone) {
        EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
        if (!(connection instanceof AbstractEndPoint watched)) {
            throw new IllegalStateException("no connection of this kind is accepted: " + connection);
        }
        ClientWatch watch = new ClientWatch(watched, onGone);
        watch.watch();
        return watch;
    }

    private synchronized void watch() {
        if (!isClosed) {
            connection.tryFillInterested(readable);
        }
    }

    private void read() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            try {
                unwanted.clear().limit(0); // a fill appends
                int count = connection.fill(unwanted);
                if (count >= 0 && isBlank(unwanted)) {
                    watch();
                    return;
                }
            } catch (IOException e) {
                connection.close(e); // as gone as if the client had closed it
            }
            isClosed = true;
        }
        connection.close();
        onGone.run();
    }

    private static boolean isBlank(ByteBuffer bytes) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            if (bytes.get(i) != '\r' && bytes.get(i) != '\n') {
                return false;
            }
        }
        return true;
    }

    /** Ends the watch, so that the server can read the next request. */
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
        }
        connection.getFillInterest().onFail(READY);
    }
}
