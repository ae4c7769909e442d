package io.auterity.connector.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/**
 * Makes sockets that connect to one address, whatever name is asked for: the address that the outbound guard has vetted,
 * so that a second look-up cannot lead elsewhere, while TLS still checks the certificate against the name. Public because
 * the driver makes it by its name.
 *
 * <p>Immutable and thread-safe.
 */
public final class PinnedSocketFactory extends SocketFactory {

    private final InetAddress address;

    /**
     * Makes the factory.
     *
     * @param address an IP address in its usual form
     * @throws IOException if it is none
     */
    public PinnedSocketFactory(String address) throws IOException {
        this.address = InetAddress.getByName(address);
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public void connect(SocketAddress endpoint, int timeout) throws IOException {
                super.connect(pinned(((InetSocketAddress) endpoint).getPort()), timeout);
            }

            @Override
            public void connect(SocketAddress endpoint) throws IOException {
                connect(endpoint, 0);
            }
        };
    }

    private InetSocketAddress pinned(int port) {
        return new InetSocketAddress(address, port);
    }

    private Socket connected(int port) throws IOException {
        Socket socket = createSocket();
        socket.connect(pinned(port));
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return connected(port);
    }
}
