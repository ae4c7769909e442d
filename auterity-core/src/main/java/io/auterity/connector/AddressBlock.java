package io.auterity.connector;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A block of addresses that is not the public Internet.
 *
 * <p>From the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), with the blocks that
 * carry an IPv4 address inside an IPv6 one, the multicast blocks, and the addresses where clouds serve metadata.
 *
 * @param what what an address of the block is, for people
 * @param isReachableByName whether allowing a host's name is enough to reach it here; otherwise the address itself must
 *     be allowed
 * @param ipv4At the byte at which an IPv6 address of the block carries an IPv4 address, or {@value #NO_IPV4}
 * @param ranges the block's addresses
 */
record AddressBlock(String what, boolean isReachableByName, int ipv4At, List<AddressRange> ranges) {

    private static final int NO_IPV4 = -1;

    private static final AddressBlock RESERVED =
            special("a reserved address", "192.0.0.0/24", "240.0.0.0/4", "2001::/23");

    /** The blocks; an address belongs to the first that contains it. */
    private static final List<AddressBlock> ALL = List.of(
            special("an unspecified address", "0.0.0.0/8", "::/128"),
            internal("a loopback address", "127.0.0.0/8", "::1/128"),
            special(
                    "a cloud metadata address",
                    "169.254.169.254/32",
                    "169.254.170.2/32",
                    "100.100.100.200/32",
                    "168.63.129.16/32",
                    "192.0.0.192/32",
                    "fd00:ec2::254/128",
                    "fd20:ce::254/128"),
            internal("a private address", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
            internal("a unique local address", "fc00::/7"),
            internal("a carrier-grade NAT address", "100.64.0.0/10"),
            special("a link-local address", "169.254.0.0/16", "fe80::/10", "fec0::/10"),
            special("the broadcast address", "255.255.255.255/32"),
            special("a multicast address", "224.0.0.0/4", "ff00::/8"),
            internal("a benchmarking address", "198.18.0.0/15", "2001:2::/48"),
            internal(
                    "a documentation address",
                    "192.0.2.0/24",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "2001:db8::/32",
                    "3fff::/20"),
            carrier("an IPv4-mapped address", 12, "::ffff:0:0/96"),
            carrier("an IPv4-translated address", 12, "::ffff:0:0:0/96"),
            carrier("an IPv4-compatible address", 12, "::/96"),
            carrier("a NAT64 address", 12, "64:ff9b::/96", "64:ff9b:1::/48"),
            carrier("a 6to4 address", 2, "192.88.99.0/24", "2002::/16"),
            carrier("a Teredo address", 12, "2001::/32"),
            RESERVED);

    /** The only IPv6 block from which public addresses are given out. */
    private static final AddressRange GLOBAL_UNICAST = AddressRange.parse("2000::/3");

    /** RFC 4380: a Teredo address carries the client's address with all bits inverted. */
    private static final AddressRange INVERTED = AddressRange.parse("2001::/32");

    private static AddressBlock internal(String what, String... ranges) {
        return new AddressBlock(what, true, NO_IPV4, parse(ranges));
    }

    private static AddressBlock special(String what, String... ranges) {
        return new AddressBlock(what, false, NO_IPV4, parse(ranges));
    }

    private static AddressBlock carrier(String what, int ipv4At, String... ranges) {
        return new AddressBlock(what, false, ipv4At, parse(ranges));
    }

    private static List<AddressRange> parse(String... ranges) {
        return Arrays.stream(ranges).map(AddressRange::parse).toList();
    }

    /** Returns the block an address lies in, or empty when it is public. */
    static Optional<AddressBlock> of(InetAddress address) {
        for (AddressBlock block : ALL) {
            for (AddressRange range : block.ranges) {
                if (range.contains(address)) {
                    return Optional.of(block);
                }
            }
        }
        boolean isIpv6 = address.getAddress().length == 16;
        return isIpv6 && !GLOBAL_UNICAST.contains(address) ? Optional.of(RESERVED) : Optional.empty();
    }

    /** Returns the IPv4 address that an IPv6 address of this block carries, or empty. */
    Optional<InetAddress> embedded(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (ipv4At == NO_IPV4 || bytes.length != 16) {
            return Optional.empty();
        }
        int inversion = INVERTED.contains(address) ? 0xff : 0;
        byte[] four = new byte[4];
        for (int i = 0; i < four.length; i++) {
            four[i] = (byte) (bytes[ipv4At + i] ^ inversion);
        }
        try {
            return Optional.of(InetAddress.getByAddress(four));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
