package io.auterity.connector.http;

import static io.auterity.connector.http.HttpKit.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketPermission;
import java.net.URI;
import java.security.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** S7: however a forbidden address is written, nothing connects to it. */
class S7OutboundEncodingsTest {

    private final OutboundGuard strict =
            OutboundGuard.builder().resolver(Encodings::resolve).build();
    private final List<Canary> canaries = new ArrayList<>();
    private int port;

    @BeforeEach
    void listen() throws Exception {
        canaries.add(new Canary(InetAddress.getByName("0.0.0.0"), 0, "canary"));
        port = canaries.get(0).port();
        onIpv6().ifPresent(canaries::add);
    }

    private Optional<Canary> onIpv6() {
        try {
            return Optional.of(new Canary(InetAddress.getByName("::1"), port, "canary"));
        } catch (IOException e) {
            return Optional.empty(); // a machine without IPv6 cannot be reached by it
        }
    }

    @AfterEach
    void close() throws Exception {
        for (Canary canary : canaries) {
            canary.close();
        }
    }

    private int connections() {
        return canaries.stream().mapToInt(Canary::connections).sum();
    }

    @Test
    void no_encoding_of_a_forbidden_address_reaches_the_canary() throws Exception {
        List<String> urls = Encodings.all(port);
        assertThat(urls).hasSizeGreaterThanOrEqualTo(400).doesNotHaveDuplicates();
        try (HttpKit http = new HttpKit(strict, HttpSettings.DEFAULT)) {
            for (String url : urls) {
                StepException failure = http.fail(json("url", url));
                assertThat(failure.code()).as(url).isIn("outbound-refused", "invalid-input");
                assertThat(failure.isRetryable()).as(url).isFalse();
            }
        }
        assertThat(connections()).isZero();
    }

    /** A canary hears only what comes to this machine; the JDK knows of every connection that is tried to any other. */
    @Test
    @EnabledForJreRange(max = JRE.JAVA_17)
    @SuppressWarnings({"removal", "deprecation"})
    void to_no_other_machine_is_a_connection_tried_either() throws Exception {
        Queue<String> tried = new ConcurrentLinkedQueue<>();
        SecurityManager before = System.getSecurityManager();
        System.setSecurityManager(new SecurityManager() {
            @Override
            public void checkPermission(Permission permission) {
                if (permission instanceof SocketPermission
                        && permission.getActions().contains("connect")) {
                    tried.add(permission.getName());
                }
            }
        });
        try (HttpKit http = new HttpKit(strict, HttpSettings.DEFAULT)) {
            for (String url : Encodings.all(port)) {
                http.fail(json("url", url));
            }
            assertThat(tried).isEmpty();
            OutboundGuard open =
                    OutboundGuard.builder().allow("localhost:" + port).build();
            try (HttpKit other = new HttpKit(open, HttpSettings.DEFAULT)) {
                other.send(json("url", "http://127.0.0.1:" + port + "/"));
            }
            assertThat(tried).contains("127.0.0.1:" + port); // so that silence means something
        } finally {
            System.setSecurityManager(before);
        }
    }

    @Test
    void the_guard_alone_refuses_what_a_url_parser_of_java_makes_of_them() {
        int parsed = 0;
        for (String url : Encodings.all(port)) {
            URI uri;
            try {
                uri = new URI(url);
            } catch (java.net.URISyntaxException e) {
                continue; // no parser of Java will hand this to anybody
            }
            parsed++;
            assertThatThrownBy(() -> {
                        strict.check(uri);
                        strict.resolve(uri.getHost(), port);
                    })
                    .as(url)
                    .isInstanceOf(StepException.class);
        }
        assertThat(parsed).isGreaterThan(300);
    }

    @Test
    void the_same_addresses_are_refused_as_proxies() throws Exception {
        try (HttpKit http = new HttpKit(strict, HttpSettings.DEFAULT)) {
            for (String host : List.of(
                    "127.0.0.1",
                    "2130706433",
                    "::1",
                    "[::1]",
                    "localhost",
                    "evil.example",
                    "127.1",
                    "169.254.169.254",
                    "10.0.0.1",
                    "both.example",
                    "mapped.example")) {
                StepException failure =
                        http.fail(json("url", "http://8.8.8.8/", "proxy", json("host", host, "port", (long) port)));
                assertThat(failure.code()).as(host).isEqualTo("outbound-refused");
            }
        }
        assertThat(connections()).isZero();
    }

    /** The client does not resolve literal addresses: the sockets alone must stop them. */
    @Test
    void a_client_that_forgets_to_vet_literal_addresses_is_stopped_by_its_sockets() {
        OkHttpClient forgetful = new OkHttpClient.Builder()
                .socketFactory(strict.socketFactory())
                .proxy(java.net.Proxy.NO_PROXY)
                .build();
        for (String host : List.of("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "127.0.0.2")) {
            Request request = new Request.Builder()
                    .url("http://" + host + ":" + port + "/")
                    .build();
            assertThatThrownBy(() -> forgetful.newCall(request).execute().close())
                    .as(host)
                    .isInstanceOf(IOException.class);
        }
        assertThat(connections()).isZero();
    }

    @Test
    void with_the_allowance_the_same_request_arrives() throws Exception {
        OutboundGuard open = OutboundGuard.builder()
                .resolver(Encodings::resolve)
                .allow("localhost:" + port)
                .build();
        try (HttpKit http = new HttpKit(open, HttpSettings.DEFAULT)) {
            for (String host : List.of("127.0.0.1", "localhost", "evil.example", "１２７.0.0.1")) {
                assertThat(http.send(json("url", "http://" + host + ":" + port + "/"))
                                .get("body"))
                        .isEqualTo("canary");
            }
            assertThat(http.fail(json("url", "http://127.0.0.2:" + port + "/")).code())
                    .isEqualTo("outbound-refused");
            assertThat(http.fail(json("url", "http://2130706433:" + port + "/")).code())
                    .isEqualTo("outbound-refused");
        }
        assertThat(connections()).isEqualTo(4);
    }

    @Test
    void an_allowance_for_one_port_opens_no_other() throws Exception {
        OutboundGuard other = OutboundGuard.builder()
                .resolver(Encodings::resolve)
                .allow("evil.example:1")
                .build();
        try (HttpKit http = new HttpKit(other, HttpSettings.DEFAULT)) {
            assertThat(http.fail(json("url", "http://evil.example:" + port + "/")))
                    .hasMessageContaining("loopback");
        }
        assertThat(connections()).isZero();
    }
}
