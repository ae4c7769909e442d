package io.auterity.connector.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Ways to write addresses that are not public, as they were used to pass guards. */
final class Encodings {

    private static final List<String> IPV4 = List.of(
            "127.0.0.1",
            "127.0.0.2",
            "127.255.255.254",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.5.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.192");

    private static final List<String> IPV6 = List.of(
            "::",
            "::1",
            "0:0:0:0:0:0:0:1",
            "0000:0000:0000:0000:0000:0000:0000:0001",
            "::0001",
            "0::1",
            "fe80::1",
            "fe80::5efe:7f00:1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "FD00:EC2::254",
            "ff02::1",
            "ff0e::1",
            "2001:db8::1",
            "100::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "3fff::1",
            "5f00::1",
            "4000::1",
            "::1%25lo",
            "::1%lo",
            "fe80::1%25eth0");

    private static final List<String> SCHEMES = List.of(
            "file:///etc/passwd",
            "file://127.0.0.1/etc/passwd",
            "gopher://127.0.0.1:PORT/_x",
            "ftp://127.0.0.1:PORT/",
            "jar:http://127.0.0.1:PORT/!/x",
            "unix:///var/run/docker.sock",
            "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
            "dict://127.0.0.1:PORT/x",
            "ldap://127.0.0.1:PORT/x",
            "ldaps://127.0.0.1:PORT/x",
            "netdoc:///etc/passwd",
            "mailto:a@127.0.0.1",
            "data:text/plain,x",
            "javascript:alert(1)",
            "ws://127.0.0.1:PORT/",
            "wss://127.0.0.1:PORT/",
            "tftp://127.0.0.1:PORT/x",
            "sftp://127.0.0.1:PORT/x",
            "smb://127.0.0.1/x",
            "rmi://127.0.0.1:PORT/x",
            "jndi:ldap://127.0.0.1:PORT/x",
            "view-source:http://127.0.0.1:PORT/",
            "\thttp://127.0.0.1:PORT/",
            " http://127.0.0.1:PORT/",
            "http://127.0.0.1:PORT/ ",
            "HTTP://127.0.0.1:PORT/",
            "hTTp://127.0.0.1:PORT/",
            "http:\\\\127.0.0.1:PORT\\",
            "http:/127.0.0.1:PORT/",
            "http:127.0.0.1:PORT/",
            "http:///127.0.0.1:PORT/",
            "http:////127.0.0.1:PORT/",
            "//127.0.0.1:PORT/",
            "127.0.0.1:PORT",
            "ht\ntp://127.0.0.1:PORT/",
            "http://\u0000127.0.0.1:PORT/");

    private Encodings() {}

    static List<String> all(int port) {
        Set<String> urls = new LinkedHashSet<>();
        for (String address : IPV4) {
            hosts(address).forEach(host -> add(urls, host, port));
        }
        IPV6.forEach(address -> add(urls, "[" + address + "]", port));
        SCHEMES.forEach(url -> urls.add(url.replace("PORT", Integer.toString(port))));
        for (String name : List.of(
                "localhost",
                "LOCALHOST",
                "localhost.",
                "ｌｏｃａｌｈｏｓｔ",
                "local%68ost",
                "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
                "evil.example",
                "EVIL.example.",
                "evil。example",
                "mapped.example",
                "compatible.example",
                "sixtofour.example",
                "nat64.example",
                "teredo.example",
                "metadata.example",
                "private.example",
                "ula.example",
                "any.example",
                "linklocal.example",
                "zone.example",
                "cgnat.example",
                "both.example")) {
            add(urls, name, port);
        }
        return new ArrayList<>(urls);
    }

    private static void add(Set<String> urls, String host, int port) {
        urls.add("http://" + host + ":" + port + "/");
        if (host.equals("127.0.0.1") || host.equals("[::1]")) {
            for (String around : List.of(
                    "https://HOST/",
                    "http://public.example@HOST/",
                    "http://public.example:80@HOST/",
                    "http://a:b@HOST/",
                    "http://@HOST/",
                    "http://:@HOST/",
                    "http://public.example%40HOST/",
                    "http://HOST#@public.example/",
                    "http://HOST?@public.example/",
                    "http://HOST\\@public.example/",
                    "http://public.example\\@HOST/",
                    "http://public.example@@HOST/",
                    "http://HOST/..//",
                    "http://HOST./",
                    "http://HOST:0/",
                    "http://HOST%00.public.example/",
                    "http://HOST%20/",
                    "http://HOST%0d%0a/",
                    "http://public.example%23@HOST/",
                    "http://public.example%2f@HOST/")) {
                urls.add(around.replace("HOST", host + ":" + port));
            }
        }
    }

    private static List<String> hosts(String address) {
        int[] parts = new int[4];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Integer.parseInt(address.split("\\.")[i]);
        }
        long whole = ((long) parts[0] << 24) | (parts[1] << 16) | (parts[2] << 8) | parts[3];
        long low24 = whole & 0xffffff;
        long low16 = whole & 0xffff;
        String hex16 = String.format("%02x%02x:%02x%02x", parts[0], parts[1], parts[2], parts[3]);
        String inverted =
                String.format("%02x%02x:%02x%02x", parts[0] ^ 255, parts[1] ^ 255, parts[2] ^ 255, parts[3] ^ 255);
        return List.of(
                address,
                address + ".",
                address + "..",
                Long.toString(whole),
                Long.toString(whole) + ".",
                Long.toString(whole + (1L << 32)),
                "0x" + Long.toHexString(whole),
                "0X" + Long.toHexString(whole).toUpperCase(Locale.ROOT),
                "0x00000000" + Long.toHexString(whole),
                "0" + Long.toOctalString(whole),
                "00000" + Long.toOctalString(whole),
                each(parts, "0x%x"),
                each(parts, "0x%02X"),
                each(parts, "0x000%x"),
                each(parts, "0%o"),
                each(parts, "000%o"),
                each(parts, "%03d"),
                parts[0] + "." + low24,
                parts[0] + "." + parts[1] + "." + low16,
                "0x" + Integer.toHexString(parts[0]) + "." + low24,
                "0" + Integer.toOctalString(parts[0]) + ".0x" + Long.toHexString(low24),
                parts[0] + ".0" + Integer.toOctalString(parts[1]) + ".0x" + Long.toHexString(low16),
                (parts[0] + 256) + "." + parts[1] + "." + parts[2] + "." + parts[3],
                mapped(address, c -> Character.toString('０' + (c.charAt(0) - '0'))),
                mapped(address, c -> c.equals("0") ? "⓪" : Character.toString('①' + (c.charAt(0) - '1'))),
                mapped(address, c -> new String(Character.toChars(0x1d7ce + (c.charAt(0) - '0')))),
                mapped(address, c -> "%3" + c),
                address.replace('.', '。'),
                address.replace('.', '．'),
                address.replace('.', '｡'),
                address.replace(".", "%2e"),
                address.replace(".", "%E3%80%82"),
                "[::ffff:" + address + "]",
                "[::FFFF:" + hex16 + "]",
                "[0:0:0:0:0:ffff:" + hex16 + "]",
                "[::" + address + "]",
                "[::" + hex16 + "]",
                "[::ffff:0:" + hex16 + "]",
                "[64:ff9b::" + address + "]",
                "[64:ff9b::" + hex16 + "]",
                "[64:ff9b:1::" + hex16 + "]",
                "[2002:" + hex16 + "::]",
                "[2002:" + hex16 + "::1]",
                "[2001:0:4136:e378:8000:63bf:" + inverted + "]",
                "[" + address + "]");
    }

    private static String each(int[] parts, String format) {
        return String.format(
                format + "." + format + "." + format + "." + format, parts[0], parts[1], parts[2], parts[3]);
    }

    private static String mapped(String address, UnaryOperator<String> digit) {
        StringBuilder text = new StringBuilder();
        address.chars().forEach(c -> text.append(c == '.' ? "." : digit.apply(Character.toString(c))));
        return text.toString();
    }

    /** What a hostile name server says. */
    static List<InetAddress> resolve(String host) throws UnknownHostException {
        return switch (host) {
            case "localhost" -> List.of(InetAddress.getAllByName("localhost"));
            case "evil.example" -> List.of(InetAddress.getByName("127.0.0.1"));
            case "mapped.example" -> List.of(InetAddress.getByName("::ffff:127.0.0.1"));
            case "compatible.example" -> List.of(InetAddress.getByName("::7f00:1"));
            case "sixtofour.example" -> List.of(InetAddress.getByName("2002:7f00:1::"));
            case "nat64.example" -> List.of(InetAddress.getByName("64:ff9b::7f00:1"));
            case "teredo.example" -> List.of(InetAddress.getByName("2001:0:1::80ff:fffe"));
            case "metadata.example" -> List.of(InetAddress.getByName("169.254.169.254"));
            case "private.example" -> List.of(InetAddress.getByName("10.0.0.1"));
            case "ula.example" -> List.of(InetAddress.getByName("fd00::1"));
            case "any.example" -> List.of(InetAddress.getByName("0.0.0.0"), InetAddress.getByName("::"));
            case "linklocal.example" -> List.of(InetAddress.getByName("fe80::1"));
            case "zone.example" ->
                List.of(Inet6Address.getByAddress(
                        null, InetAddress.getByName("::1").getAddress(), 1));
            case "cgnat.example" -> List.of(InetAddress.getByName("100.64.0.1"));
            case "both.example" -> List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1"));
            default -> throw new UnknownHostException(host);
        };
    }
}
