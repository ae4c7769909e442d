package io.auterity.connector;

import java.net.InetAddress;

/**
 * The addresses that begin with the same bits, as in {@code 10.0.0.0/8}.
 *
 * @param first the first address
 * @param bits how many bits are the same
 */
record AddressRange(InetAddress first, int bits) {

    AddressRange {
        int most = first.getAddress().length * 8;
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("a prefix has 0 to " + most + " bits, not " + bits);
        }
    }

    /** Reads {@code address/bits}. */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("a range is written as 10.0.0.0/8, not '" + text + "'");
        }
        InetAddress first = AddressText.parse(text.substring(0, slash))
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' does not begin with an IP address"));
        String bits = text.substring(slash + 1);
        if (!bits.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' does not end with a number of bits");
        }
        return new AddressRange(first, Integer.parseInt(bits));
    }

    boolean contains(InetAddress address) {
        byte[] own = first.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i & 7);
            if (((own[i >> 3] ^ other[i >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether the range is this one address. */
    boolean isOnly(InetAddress address) {
        return bits == address.getAddress().length * 8 && contains(address);
    }

    @Override
    public String toString() {
        return first.getHostAddress() + "/" + bits;
    }
}
