package io.auterity.connector;

import java.net.InetAddress;
import java.util.List;

/**
 * Hosts and addresses the operator lets connectors reach although they are not public.
 *
 * @param hosts which hosts
 * @param port the one port, or 0 for any
 */
record Allowance(Hosts hosts, int port) {

    /** Which hosts. */
    sealed interface Hosts {}

    /** One name, or with {@code isParent} every name below it. */
    record Named(String name, boolean isParent) implements Hosts {}

    /** The addresses of a range, under whatever name. */
    record Ranges(List<AddressRange> ranges) implements Hosts {}

    /**
     * Reads {@code HOST[:PORT]}: a name, {@code *.} and a name, an address, or a range.
     *
     * @throws IllegalArgumentException if it is none of these; the message says so
     */
    static Allowance parse(String text) {
        try {
            int colon = text.lastIndexOf(':');
            boolean hasPort = colon > 0 && (text.charAt(colon - 1) == ']' || text.indexOf(':') == colon);
            String host = hasPort ? text.substring(0, colon) : text;
            return new Allowance(hosts(host), hasPort ? port(text.substring(colon + 1)) : 0);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cannot allow '" + text + "': " + e.getMessage()
                            + "; write HOST[:PORT], as in internal.example:8080, *.internal.example, 10.1.2.3 or"
                            + " 10.0.0.0/8",
                    e);
        }
    }

    private static Hosts hosts(String text) {
        if (text.indexOf('/') >= 0) {
            return new Ranges(List.of(AddressRange.parse(text.replace("[", "").replace("]", ""))));
        }
        if (text.startsWith("*.")) {
            return new Named(HostText.parse(text.substring(2)).name(), true);
        }
        HostText host = HostText.parse(text);
        if (host.name().equals("localhost")) { // RFC 6761, section 6.3: the name always means these addresses
            return new Ranges(List.of(AddressRange.parse("127.0.0.1/32"), AddressRange.parse("::1/128")));
        }
        return host.address()
                .<Hosts>map(address -> new Ranges(List.of(new AddressRange(address, address.getAddress().length * 8))))
                .orElseGet(() -> new Named(host.name(), false));
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException("a port is a number from 1 to 65535");
        }
        return Integer.parseInt(text);
    }

    /** Whether a port is covered; 0 asks for at least one port. */
    boolean coversPort(int wanted) {
        return port == 0 || wanted == 0 || port == wanted;
    }

    /** Whether a host is covered by its name. */
    boolean covers(String host) {
        return hosts instanceof Named named
                && (named.isParent ? host.endsWith("." + named.name) : host.equals(named.name));
    }

    /** Whether an address is covered, under whatever name. */
    boolean covers(InetAddress address) {
        return hosts instanceof Ranges ranges && ranges.ranges.stream().anyMatch(range -> range.contains(address));
    }

    /** Whether exactly this address is covered. */
    boolean names(InetAddress address) {
        return hosts instanceof Ranges ranges && ranges.ranges.stream().anyMatch(range -> range.isOnly(address));
    }
}
