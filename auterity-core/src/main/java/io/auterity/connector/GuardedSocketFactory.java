package io.auterity.connector;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import javax.net.SocketFactory;

/** Makes sockets that connect to vetted addresses only. */
final class GuardedSocketFactory extends SocketFactory {

    private final OutboundGuard guard;

    GuardedSocketFactory(OutboundGuard guard) {
        this.guard = guard;
    }

    @Override
    public Socket createSocket() {
        return new GuardedSocket(guard);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(InetSocketAddress.createUnresolved(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(InetSocketAddress.createUnresolved(host, port), localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(address, port), localAddress, localPort);
    }

    private Socket connected(InetSocketAddress target) throws IOException {
        Socket socket = createSocket();
        try {
            socket.connect(target);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Socket connected(InetSocketAddress target, InetAddress local, int localPort) throws IOException {
        Socket socket = createSocket();
        try {
            socket.bind(new InetSocketAddress(local, localPort));
            socket.connect(target);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Vets the address it connects to, and goes through no proxy that the platform may have been told of. */
    private static final class GuardedSocket extends Socket {

        private final OutboundGuard guard;

        GuardedSocket(OutboundGuard guard) {
            super(Proxy.NO_PROXY);
            this.guard = guard;
        }

        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            connect(endpoint, 0);
        }

        @Override
        public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
            if (!(endpoint instanceof InetSocketAddress address)) {
                throw new SocketException("only Internet addresses can be vetted, not " + endpoint.getClass());
            }
            try {
                if (address.isUnresolved()) {
                    List<InetAddress> vetted = guard.resolve(address.getHostString(), address.getPort());
                    super.connect(new InetSocketAddress(vetted.get(0), address.getPort()), timeoutMillis);
                } else {
                    guard.check(address);
                    super.connect(address, timeoutMillis);
                }
            } catch (StepException e) {
                SocketException refusal = new SocketException(e.getMessage());
                refusal.initCause(e);
                throw refusal;
            }
        }
    }
}
