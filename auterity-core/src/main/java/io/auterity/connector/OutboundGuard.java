package io.auterity.connector;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.net.SocketFactory;

/**
 * The one guard between connectors and the network: vets every address before anything connects to it.
 *
 * <p>A workflow may be written by somebody who must not reach what the host can reach: its own loopback services, the
 * private network around it, a cloud's metadata. The guard lets connections go to public addresses only, unless the
 * operator allows more by name or address.
 *
 * <p>What is vetted is the address that is connected to, and not the text it came from. A host is resolved once, through
 * {@link #resolve}; the addresses returned are the ones to connect to. Resolving again would let a name server answer
 * differently the second time (DNS rebinding). As a second lock {@link #socketFactory()} makes sockets that vet the
 * address once more when they connect, whoever resolved it; clients that can take a socket factory take this one.
 * Redirects are new destinations and vetted like the first.
 *
 * <p>Immutable and thread-safe.
 */
public final class OutboundGuard {

    /** The code of failures for a destination that must not be reached. */
    public static final String REFUSED = "outbound-refused";

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final Resolver resolver;
    private final List<Allowance> allowances;
    private final Set<Integer> ports;

    private OutboundGuard(Builder builder) {
        resolver = builder.resolver;
        allowances = List.copyOf(builder.allowances);
        ports = new TreeSet<>(builder.ports);
    }

    /**
     * Returns a guard that lets connections go to public addresses only.
     *
     * @return the guard
     */
    public static OutboundGuard strict() {
        return builder().build();
    }

    /**
     * Starts a guard that allows public addresses, any port, and resolves with the platform.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Resolves host names; the platform's, or another in tests and behind special name servers. */
    @FunctionalInterface
    public interface Resolver {

        /** Resolves with the platform. */
        Resolver PLATFORM = host -> List.of(InetAddress.getAllByName(host));

        /**
         * Resolves a name.
         *
         * @param host a lower-case ASCII name, never an address
         * @return its addresses, at least one
         * @throws UnknownHostException if the name has none
         */
        List<InetAddress> resolve(String host) throws UnknownHostException;
    }

    /**
     * Vets what can be known of a URL without resolving its host: scheme, user information, host, port, and the address
     * if the host is one.
     *
     * @param url an absolute URL
     * @throws StepException with code {@value #REFUSED} if it must not be reached
     */
    public void check(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getRawUserInfo() != null
                || (url.getRawAuthority() != null && url.getRawAuthority().contains("@"))) {
            throw refused("the URL", "it holds user information before '@'; use a credential instead");
        }
        boolean isKnown = scheme.equals("http") || scheme.equals("https");
        if (isKnown && url.getHost() == null) {
            throw refused("the URL", "its host cannot be read");
        }
        int fallback = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
        check(scheme, isKnown ? url.getHost() : "", url.getPort() < 0 ? fallback : url.getPort());
    }

    /**
     * Vets what can be known of a destination without resolving its host.
     *
     * @param scheme the scheme of its URL
     * @param host a name or an address, in any of their forms
     * @param port the port
     * @throws StepException with code {@value #REFUSED} if it must not be reached
     */
    public void check(String scheme, String host, int port) {
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refused("the scheme '" + shortened(scheme) + "'", "only http and https are allowed");
        }
        HostText text = hostText(host);
        if (text.address().isPresent()) {
            vet(text, text.address().get(), port);
        } else {
            List<Allowance> naming =
                    allowances(port).filter(a -> a.covers(text.name())).toList();
            vetPort(text, port, naming);
        }
    }

    private Stream<Allowance> allowances(int port) {
        return allowances.stream().filter(allowance -> allowance.coversPort(port));
    }

    /**
     * Resolves a host and returns the addresses that may be connected to, on at least one port; connecting through
     * {@link #socketFactory()} vets the port.
     *
     * @param host a name or an address, in any of their forms
     * @return the vetted addresses, at least one; they carry the host's name, so that nothing looks it up again
     * @throws UnknownHostException if the name has no address
     * @throws StepException with code {@value #REFUSED} if no address may be reached
     */
    public List<InetAddress> resolve(String host) throws UnknownHostException {
        return resolve(host, 0);
    }

    /**
     * Resolves a host and returns the addresses that may be connected to on a port.
     *
     * @param host a name or an address, in any of their forms
     * @param port the port, or 0 for at least one port
     * @return the vetted addresses, at least one; they carry the host's name, so that nothing looks it up again
     * @throws UnknownHostException if the name has no address
     * @throws StepException with code {@value #REFUSED} if no address may be reached on that port
     */
    public List<InetAddress> resolve(String host, int port) throws UnknownHostException {
        HostText text = hostText(host);
        List<InetAddress> found =
                text.address().isPresent() ? List.of(text.address().get()) : resolver.resolve(text.name());
        List<InetAddress> vetted = new ArrayList<>();
        List<StepException> refusals = new ArrayList<>();
        for (InetAddress address : found) {
            try {
                vet(text, address, port);
                vetted.add(named(text, address));
            } catch (StepException e) {
                refusals.add(e);
            }
        }
        if (vetted.isEmpty() && refusals.isEmpty()) {
            throw new UnknownHostException(text.name());
        }
        if (vetted.isEmpty()) {
            throw refusals.get(0);
        }
        return vetted;
    }

    private static InetAddress named(HostText host, InetAddress address) throws UnknownHostException {
        return host.address().isPresent() ? address : InetAddress.getByAddress(host.name(), address.getAddress());
    }

    /**
     * Vets an address that is about to be connected to.
     *
     * @param address a resolved address; its host name counts for allowances by name only if {@link #resolve} gave it
     * @throws StepException with code {@value #REFUSED} if it must not be reached
     */
    public void check(InetSocketAddress address) {
        Objects.requireNonNull(address, "address");
        InetAddress target = address.getAddress();
        if (target == null) {
            throw refused("'" + shortened(address.getHostString()) + "'", "it has not been resolved");
        }
        vet(hostText(address.getHostString()), target, address.getPort());
    }

    /**
     * Says whether the operator has allowed a host by its very name.
     *
     * @param host a name
     * @param port the port
     * @return whether an allowance names it
     */
    public boolean isAllowedByName(String host, int port) {
        HostText text = hostText(host);
        return allowances(port).anyMatch(allowance -> allowance.covers(text.name()));
    }

    /**
     * Returns a factory of sockets that connect to vetted addresses only.
     *
     * <p>Connecting to a refused address throws a {@link java.net.SocketException} whose cause is the
     * {@link StepException}. An unresolved address is resolved by this guard.
     *
     * @return the factory, thread-safe
     */
    public SocketFactory socketFactory() {
        return new GuardedSocketFactory(this);
    }

    private void vet(HostText host, InetAddress address, int port) {
        Optional<AddressBlock> block = AddressBlock.of(address);
        boolean isNameEnough = block.map(AddressBlock::isReachableByName).orElse(true);
        List<Allowance> covering = allowances(port)
                .filter(a -> a.covers(address) || (isNameEnough && a.covers(host.name())))
                .toList();
        vetPort(host, port, covering);
        if (block.isEmpty()) {
            return;
        }
        if (covering.isEmpty()) {
            String why = "it is " + block.get().what() + hint(host, address, block.get(), port);
            throw refused(destination(host, address, port), why);
        }
        Optional<InetAddress> embedded = block.get().embedded(address);
        if (embedded.isPresent() && covering.stream().noneMatch(a -> a.names(address))) {
            vet(host, embedded.get(), port);
        }
    }

    private void vetPort(HostText host, int port, List<Allowance> covering) {
        boolean isAllowed = ports.isEmpty() || port == 0 || ports.contains(port);
        if (!isAllowed && covering.stream().noneMatch(allowance -> allowance.port() == port)) {
            throw refused(
                    host + " port " + port,
                    "the operator allows the ports " + ports + " and " + host + " on others"
                            + " only with --allow-host " + host + ":" + port);
        }
    }

    private static String destination(HostText host, InetAddress address, int port) {
        String where = host.address().isPresent() ? host.toString() : host + " (" + address.getHostAddress() + ")";
        return port == 0 ? where : where + " port " + port;
    }

    private static String hint(HostText host, InetAddress address, AddressBlock block, int port) {
        String name = block.isReachableByName() || host.address().isPresent()
                ? host.toString()
                : new HostText(address.getHostAddress(), Optional.of(address)).toString();
        return "; if that is meant, the operator allows it with --allow-host " + name + (port == 0 ? "" : ":" + port);
    }

    private static HostText hostText(String host) {
        try {
            return HostText.parse(host);
        } catch (IllegalArgumentException e) {
            throw refused("'" + shortened(host) + "'", String.valueOf(e.getMessage()));
        }
    }

    private static StepException refused(String what, String why) {
        return new StepException(REFUSED, "connecting to " + what + " is refused: " + why, false);
    }

    private static String shortened(String text) {
        String safe = text.replaceAll("[^\\x21-\\x7e]", "?");
        return safe.length() <= 100 ? safe : safe.substring(0, 100) + "...";
    }

    /** Gathers what a guard allows; confined to one thread. */
    public static final class Builder {

        private Resolver resolver = Resolver.PLATFORM;
        private final List<Allowance> allowances = new ArrayList<>();
        private Set<Integer> ports = Set.of();

        private Builder() {}

        /**
         * Allows a host although it is not public.
         *
         * <p>{@code internal.example} allows a name, wherever in private networks or on this machine it leads;
         * {@code *.internal.example} every name below it; {@code 10.1.2.3} an address under whatever name;
         * {@code 10.0.0.0/8} a range; {@code localhost} this machine. With a port at the end it allows that port only.
         * Metadata, link-local and other special addresses are reached by address only, never by name.
         *
         * @param host {@code HOST[:PORT]}
         * @return this builder
         * @throws IllegalArgumentException if it is none of these forms
         */
        public Builder allow(String host) {
            allowances.add(Allowance.parse(host));
            return this;
        }

        /**
         * Allows some ports only; an allowance that names its port adds it for that host.
         *
         * @param allowed the ports; empty for any, the default
         * @return this builder
         */
        public Builder onlyPorts(Set<Integer> allowed) {
            ports = Set.copyOf(allowed);
            return this;
        }

        /**
         * Resolves names in another way.
         *
         * @param other the resolver; the platform's by default
         * @return this builder
         */
        public Builder resolver(Resolver other) {
            resolver = Objects.requireNonNull(other, "other");
            return this;
        }

        /**
         * Makes the guard.
         *
         * @return the guard
         */
        public OutboundGuard build() {
            return new OutboundGuard(this);
        }
    }
}
