package io.auterity.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundGuardTest {

    private static InetAddress address(String text) {
        return AddressText.parse(text).orElseThrow();
    }

    private static OutboundGuard.Builder resolvingTo(String... addresses) {
        return OutboundGuard.builder()
                .resolver(host -> List.of(addresses).stream()
                        .map(OutboundGuardTest::address)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, unspecified",
        "0.1.2.3, unspecified",
        "127.0.0.1, loopback",
        "127.255.255.254, loopback",
        "10.0.0.1, private",
        "172.16.0.1, private",
        "172.31.255.255, private",
        "192.168.1.1, private",
        "100.64.0.1, carrier-grade",
        "100.127.255.255, carrier-grade",
        "169.254.1.1, link-local",
        "169.254.169.254, metadata",
        "100.100.100.200, metadata",
        "168.63.129.16, metadata",
        "192.0.0.192, metadata",
        "224.0.0.1, multicast",
        "239.255.255.255, multicast",
        "255.255.255.255, broadcast",
        "240.0.0.1, reserved",
        "192.0.2.1, documentation",
        "198.51.100.1, documentation",
        "203.0.113.1, documentation",
        "198.18.0.1, benchmarking",
        "192.0.0.1, reserved",
        "192.88.99.1, 6to4",
        "::, unspecified",
        "::1, loopback",
        "fe80::1, link-local",
        "fec0::1, link-local",
        "fc00::1, unique local",
        "fdff::1, unique local",
        "fd00:ec2::254, metadata",
        "ff02::1, multicast",
        "::ffff:127.0.0.1, IPv4-mapped",
        "::ffff:8.8.8.8, IPv4-mapped",
        "::7f00:1, IPv4-compatible",
        "64:ff9b::7f00:1, NAT64",
        "64:ff9b:1::1, NAT64",
        "2002:7f00:1::, 6to4",
        "2001:0:1::1, Teredo",
        "2001:db8::1, documentation",
        "3fff::1, documentation",
        "2001:20::1, reserved",
        "100::1, reserved",
        "4000::1, reserved",
        "5f00::1, reserved"
    })
    void special_addresses_are_refused_as_literals_and_as_answers(String text, String what) {
        assertThatThrownBy(() -> resolvingTo(text).build().resolve("a.example", 80))
                .isInstanceOfSatisfying(StepException.class, e -> {
                    assertThat(e.code()).isEqualTo("outbound-refused");
                    assertThat(e.isRetryable()).isFalse();
                })
                .hasMessageContaining(what)
                .hasMessageContaining("--allow-host");
        assertThatThrownBy(() -> OutboundGuard.strict().check("http", text, 80)).hasMessageContaining(what);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "172.15.255.255",
                "172.32.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.1.1.1",
                "128.0.0.1",
                "169.253.1.1",
                "198.17.0.1",
                "198.20.0.0",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00::1"
            })
    void public_addresses_pass(String text) throws Exception {
        assertThat(resolvingTo(text).build().resolve("a.example", 80))
                .extracting(InetAddress::getHostAddress)
                .containsExactly(address(text).getHostAddress());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2130706433",
                "0x7f000001",
                "017700000001",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "127.1",
                "127.0.1",
                "127.0.0.1.",
                "127.0.0.01",
                "0",
                "0x",
                "1.2.3.4.5",
                "8.8.8",
                "256.1.1.1",
                "a.1",
                "[::1",
                "::1%lo",
                "[::1%25lo]",
                "a..b",
                "a b",
                "a\tb",
                "",
                ".",
                "a%2e",
                "[127.0.0.1]",
                "a/b",
                "a@b",
                "a\\b",
                "a:b:c",
                "1::2::3",
                ":::"
            })
    void whatever_is_not_plain_is_refused_without_asking_the_name_service(String host) {
        OutboundGuard guard = OutboundGuard.builder()
                .resolver(name -> {
                    throw new AssertionError("resolved " + name);
                })
                .build();
        assertThatThrownBy(() -> guard.resolve(host, 80))
                .isInstanceOfSatisfying(
                        StepException.class, e -> assertThat(e.code()).isEqualTo("outbound-refused"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "127．0．0．1"})
    void full_width_and_circled_digits_are_read_as_what_they_become(String host) {
        assertThatThrownBy(() -> OutboundGuard.strict().resolve(host, 80)).hasMessageContaining("loopback");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "gopher://example.com/",
                "ftp://example.com/",
                "jar:http://example.com!/",
                "unix:/var/run/docker.sock",
                "/relative",
                "https://user:secret@example.com/",
                "http://example.com@127.0.0.1/",
                "http:///nohost",
                "http://１２７.0.0.1/",
                "http://127%2e0%2e0%2e1/"
            })
    void urls_of_other_schemes_and_with_user_information_are_refused_without_repeating_secrets(String url) {
        assertThatThrownBy(() -> OutboundGuard.strict().check(URI.create(url)))
                .isInstanceOf(StepException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void the_first_answer_is_the_one_that_counts_and_carries_the_name() throws Exception {
        List<InetAddress> vetted = resolvingTo("8.8.8.8", "10.0.0.1").build().resolve("A.Example.", 443);
        assertThat(vetted).hasSize(1);
        assertThat(vetted.get(0).getHostName()).isEqualTo("a.example");
    }

    @Test
    void a_name_is_allowed_with_its_port_only() {
        OutboundGuard guard = resolvingTo("10.0.0.1").allow("db.internal:8080").build();
        assertThatCode(() -> guard.resolve("db.internal", 8080)).doesNotThrowAnyException();
        assertThatCode(() -> guard.resolve("DB.internal.", 8080)).doesNotThrowAnyException();
        assertThatCode(() -> guard.resolve("db.internal")).doesNotThrowAnyException();
        assertThatThrownBy(() -> guard.resolve("db.internal", 81)).hasMessageContaining("--allow-host db.internal:81");
        assertThatThrownBy(() -> guard.resolve("x.db.internal", 8080)).isInstanceOf(StepException.class);
        assertThatThrownBy(() -> guard.resolve("10.0.0.1", 8080)).isInstanceOf(StepException.class);
    }

    @Test
    void a_star_allows_names_below_only() {
        OutboundGuard guard = resolvingTo("10.0.0.1").allow("*.internal").build();
        assertThatCode(() -> guard.resolve("a.internal", 80)).doesNotThrowAnyException();
        assertThatCode(() -> guard.resolve("a.b.internal", 80)).doesNotThrowAnyException();
        assertThatThrownBy(() -> guard.resolve("internal", 80)).isInstanceOf(StepException.class);
        assertThatThrownBy(() -> guard.resolve("evilinternal", 80)).isInstanceOf(StepException.class);
    }

    @Test
    void an_address_is_allowed_under_every_name_and_a_range_covers_its_addresses() {
        OutboundGuard one = resolvingTo("10.1.2.3").allow("10.1.2.3:80").build();
        assertThatCode(() -> one.resolve("a.example", 80)).doesNotThrowAnyException();
        assertThatCode(() -> one.check("http", "10.1.2.3", 80)).doesNotThrowAnyException();
        assertThatThrownBy(() -> one.check("http", "10.1.2.4", 80)).isInstanceOf(StepException.class);
        OutboundGuard range = resolvingTo("10.1.2.3").allow("10.1.0.0/16").build();
        assertThatCode(() -> range.resolve("a.example", 80)).doesNotThrowAnyException();
        assertThatThrownBy(() -> range.check("http", "10.2.0.1", 80)).isInstanceOf(StepException.class);
    }

    @Test
    void localhost_is_this_machine_in_every_form() {
        OutboundGuard guard = OutboundGuard.builder().allow("localhost:9").build();
        assertThatCode(() -> guard.resolve("localhost", 9)).doesNotThrowAnyException();
        assertThatCode(() -> guard.check("http", "127.0.0.1", 9)).doesNotThrowAnyException();
        assertThatCode(() -> guard.check("http", "[::1]", 9)).doesNotThrowAnyException();
        assertThatThrownBy(() -> guard.check("http", "127.0.0.2", 9)).isInstanceOf(StepException.class);
    }

    @Test
    void a_name_never_opens_metadata_or_link_local_addresses() {
        OutboundGuard guard =
                resolvingTo("169.254.169.254").allow("trusted.example").build();
        assertThatThrownBy(() -> guard.resolve("trusted.example", 80))
                .hasMessageContaining("metadata")
                .hasMessageContaining("--allow-host 169.254.169.254:80");
        OutboundGuard byAddress =
                resolvingTo("169.254.169.254").allow("169.254.169.254").build();
        assertThatCode(() -> byAddress.resolve("trusted.example", 80)).doesNotThrowAnyException();
    }

    @Test
    void allowing_a_range_that_carries_ipv4_does_not_open_what_it_carries() {
        OutboundGuard guard = OutboundGuard.builder().allow("64:ff9b::/96").build();
        assertThatCode(() -> guard.check("http", "64:ff9b::808:808", 80)).doesNotThrowAnyException();
        assertThatThrownBy(() -> guard.check("http", "64:ff9b::7f00:1", 80)).hasMessageContaining("loopback");
    }

    @Test
    void ports_may_be_limited() {
        OutboundGuard guard = resolvingTo("8.8.8.8")
                .onlyPorts(Set.of(80, 443))
                .allow("a.example:9200")
                .build();
        assertThatCode(() -> guard.resolve("b.example", 443)).doesNotThrowAnyException();
        assertThatCode(() -> guard.resolve("a.example", 9200)).doesNotThrowAnyException();
        assertThatCode(() -> guard.check("http", "a.example", 9200)).doesNotThrowAnyException();
        assertThatThrownBy(() -> guard.check("http", "b.example", 9200)).hasMessageContaining("[80, 443]");
        assertThatThrownBy(() -> guard.resolve("b.example", 9200)).hasMessageContaining("[80, 443]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "a:0",
                "a:65536",
                "a:x",
                "10.0.0.0/33",
                "10.0.0/8",
                "*.",
                "http://a",
                "a b",
                "2130706433"
            })
    void an_allowance_that_is_none_is_refused_with_the_forms(String text) {
        assertThatThrownBy(() -> OutboundGuard.builder().allow(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HOST[:PORT]");
    }

    @Test
    void an_unknown_host_is_no_refusal() {
        OutboundGuard guard =
                OutboundGuard.builder().resolver(host -> List.of()).build();
        assertThatThrownBy(() -> guard.resolve("a.example", 80)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void sockets_vet_what_they_connect_to_whoever_resolved_it() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = server.getLocalPort();
            InetSocketAddress target = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
            try (Socket refused = OutboundGuard.strict().socketFactory().createSocket()) {
                assertThatThrownBy(() -> refused.connect(target, 1000))
                        .isInstanceOf(SocketException.class)
                        .hasCauseInstanceOf(StepException.class);
            }
            assertThatThrownBy(() -> OutboundGuard.strict().socketFactory().createSocket("localhost", port))
                    .isInstanceOf(SocketException.class);
            OutboundGuard open =
                    OutboundGuard.builder().allow("localhost:" + port).build();
            try (Socket connected = open.socketFactory().createSocket("localhost", port)) {
                assertThat(connected.isConnected()).isTrue();
            }
        }
    }

    @Property(tries = 2000, seed = "20261122")
    void what_java_calls_special_is_never_public(@ForAll @Size(4) byte[] four, @ForAll @Size(16) byte[] sixteen)
            throws Exception {
        for (InetAddress address : List.of(InetAddress.getByAddress(four), InetAddress.getByAddress(sixteen))) {
            boolean special = address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || address.isLinkLocalAddress()
                    || address.isSiteLocalAddress()
                    || address.isMulticastAddress();
            if (special) {
                assertThat(AddressBlock.of(address)).isPresent();
            }
        }
    }

    @Property(tries = 2000, seed = "20261122")
    void reading_the_text_of_an_address_gives_the_address(@ForAll @Size(16) byte[] bytes) throws Exception {
        InetAddress address = InetAddress.getByAddress(bytes);
        assertThat(AddressText.parse(address.getHostAddress())).contains(address);
    }
}
