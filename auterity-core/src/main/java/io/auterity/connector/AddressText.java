package io.auterity.connector;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads IP addresses from text in their one plain form, without asking any name service.
 *
 * <p>{@link InetAddress#getByName} is not used for this: it takes {@code 127.1} and {@code 2130706433} for addresses,
 * gives mapped IPv6 addresses back as IPv4, and asks the name service about everything else. Not reading an address here
 * that the platform would read is safe, because {@link HostText} refuses whatever looks numeric and is not plain.
 */
final class AddressText {

    private AddressText() {}

    /** Reads {@code 127.0.0.1}, {@code ::1} or {@code ::ffff:127.0.0.1}; no brackets, zone, or short IPv4 forms. */
    static Optional<InetAddress> parse(String text) {
        byte[] bytes = text.indexOf(':') >= 0 ? ipv6(text) : ipv4(text);
        if (bytes.length == 0) {
            return Optional.empty();
        }
        try {
            boolean isMapped = bytes.length == 16 && isMapped(bytes);
            return Optional.of(isMapped ? Inet6Address.getByAddress(null, bytes, -1) : InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }

    private static byte[] ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[4];
        if (parts.length != bytes.length) {
            return new byte[0];
        }
        for (int i = 0; i < bytes.length; i++) {
            if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
                return new byte[0];
            }
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return bytes;
    }

    /** RFC 4291, section 2.2: eight groups, one run of zeros as {@code ::}, the last two groups perhaps as IPv4. */
    private static byte[] ipv6(String text) {
        int gap = text.indexOf("::");
        if (gap != text.lastIndexOf("::")) {
            return new byte[0];
        }
        byte[] head = groups(gap < 0 ? text : text.substring(0, gap));
        byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2));
        boolean isWrong = head.length > 16
                || tail.length > 16
                || (gap < 0 ? head.length != 16 : head.length + tail.length > 14)
                || (gap >= 0 && text.substring(0, gap).indexOf('.') >= 0);
        if (isWrong) {
            return new byte[0];
        }
        byte[] bytes = new byte[16];
        System.arraycopy(head, 0, bytes, 0, head.length);
        System.arraycopy(tail, 0, bytes, 16 - tail.length, tail.length);
        return bytes;
    }

    /** Reads groups between colons; 17 bytes when they are malformed. */
    private static byte[] groups(String text) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        byte[] wrong = new byte[17];
        String[] parts = text.split(":", -1);
        byte[] bytes = new byte[16];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            byte[] last = i == parts.length - 1 && parts[i].indexOf('.') >= 0 ? ipv4(parts[i]) : new byte[0];
            if (last.length == 4 && length <= 12) {
                System.arraycopy(last, 0, bytes, length, 4);
                length += 4;
            } else if (parts[i].matches("[0-9a-fA-F]{1,4}") && length <= 14) {
                int group = Integer.parseInt(parts[i], 16);
                bytes[length++] = (byte) (group >> 8);
                bytes[length++] = (byte) group;
            } else {
                return wrong;
            }
        }
        return Arrays.copyOf(bytes, length);
    }
}
