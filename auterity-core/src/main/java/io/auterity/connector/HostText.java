package io.auterity.connector;

import java.net.IDN;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The host of a destination in its one plain form: a lower-case ASCII name without a dot at its end, or an IP address.
 *
 * <p>Many texts mean the same address to one program and something else to another: {@code 0x7f.1}, {@code 017700000001},
 * {@code 2130706433}, {@code 127.1}, full-width digits, a dot at the end. Guessing which reading the next program
 * takes is how guards are passed, so whatever looks numeric and is not a plain address is refused.
 *
 * @param name the plain form; an IPv6 address stands without brackets
 * @param address the address, when the host is one
 */
record HostText(String name, Optional<InetAddress> address) {

    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_LABEL = 63;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_-]+");
    private static final Pattern NUMERIC = Pattern.compile("[0-9]+|0x[0-9a-f]*");

    /**
     * Reads a host as it stands in a URL or in a setting.
     *
     * @throws IllegalArgumentException if it is no plain host; the message says why
     */
    static HostText parse(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the host is missing");
        }
        if (text.startsWith("[") || text.indexOf(':') >= 0) {
            return ipv6(text);
        }
        String name = ascii(text).toLowerCase(Locale.ROOT);
        boolean isAbsolute = name.endsWith(".");
        if (isAbsolute) {
            name = name.substring(0, name.length() - 1);
        }
        checkName(name);
        String last = name.substring(name.lastIndexOf('.') + 1);
        if (!NUMERIC.matcher(last).matches()) {
            return new HostText(name, Optional.empty());
        }
        Optional<InetAddress> address = isAbsolute ? Optional.empty() : AddressText.parse(name);
        if (address.isEmpty()) {
            throw new IllegalArgumentException(
                    "the host looks like an IP address and is not in the plain form of one," + " as in 192.0.2.1");
        }
        return new HostText(name, address);
    }

    private static HostText ipv6(String text) {
        String inner = text;
        if (text.startsWith("[")) {
            if (!text.endsWith("]")) {
                throw new IllegalArgumentException("the host begins with '[' and does not end with ']'");
            }
            inner = text.substring(1, text.length() - 1);
        }
        if (inner.indexOf('%') >= 0) {
            throw new IllegalArgumentException("an IPv6 address with a zone cannot be a destination");
        }
        InetAddress address = AddressText.parse(inner)
                .filter(parsed -> parsed.getAddress().length == 16)
                .orElseThrow(() -> new IllegalArgumentException("the host is not a plain IPv6 address"));
        return new HostText(address.getHostAddress(), Optional.of(address));
    }

    private static String ascii(String text) {
        if (text.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("the host contains a space or a control character");
        }
        try {
            return IDN.toASCII(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the host is no valid international name", e);
        }
    }

    private static void checkName(String name) {
        if (name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("the host has more than " + LONGEST_NAME + " characters");
        }
        for (String label : name.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > LONGEST_LABEL) {
                throw new IllegalArgumentException("the host has a part without, or with too many characters");
            }
            if (!LABEL.matcher(label).matches()) {
                throw new IllegalArgumentException("the host contains a character that no host name has");
            }
        }
    }

    @Override
    public String toString() {
        return name.indexOf(':') >= 0 ? "[" + name + "]" : name;
    }
}
