package io.auterity.connector.http;

import static io.auterity.connector.http.HttpKit.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProxyTest {

    private final MockWebServer server = new MockWebServer();
    private TinyProxy proxy;
    private HttpKit http;

    @BeforeEach
    void start() throws Exception {
        server.start(HttpKit.loopback(), 0);
        proxy = new TinyProxy(Map.of("shop.example", server.getPort()), "");
        http = kit(HttpSettings.DEFAULT);
    }

    private static HttpKit kit(HttpSettings settings) {
        OutboundGuard guard = OutboundGuard.builder()
                .resolver(host -> {
                    if (host.equals("shop.example")) {
                        return List.of(InetAddress.getByAddress(new byte[] {8, 8, 8, 8})); // never connected to
                    }
                    return List.of(InetAddress.getByName(host.equals("inner.example") ? "10.0.0.1" : "127.0.0.1"));
                })
                .allow("localhost")
                .allow("allowed.example")
                .build();
        return new HttpKit(guard, settings);
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        proxy.close();
        HttpKit.close(server);
    }

    private Map<String, Object> through(TinyProxy other, String auth) {
        Map<String, Object> settings = json("host", "127.0.0.1", "port", (long) other.port());
        if (!auth.isEmpty()) {
            settings.put("auth", auth);
        }
        return settings;
    }

    @Test
    void a_plain_request_goes_through_the_proxy() throws Exception {
        server.enqueue(new MockResponse.Builder().body("hello").build());
        assertThat(http.send(json("url", "http://shop.example/a?b=1", "proxy", through(proxy, "")))
                        .get("body"))
                .isEqualTo("hello");
        assertThat(proxy.requests()).containsExactly("GET http://shop.example/a?b=1 HTTP/1.1");
    }

    @Test
    void an_encrypted_request_goes_through_a_tunnel() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("shop.example")
                .build();
        HandshakeCertificates ours =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        HandshakeCertificates theirs = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        MockWebServer secure = new MockWebServer();
        try (HttpKit trusting = kit(
                HttpSettings.DEFAULT.withTls(new HttpSettings.Tls(theirs.sslSocketFactory(), theirs.trustManager())))) {
            secure.useHttps(ours.sslSocketFactory());
            secure.start(HttpKit.loopback(), 0);
            secure.enqueue(new MockResponse.Builder().body("secret").build());
            try (TinyProxy tunnel = new TinyProxy(Map.of("shop.example", secure.getPort()), "")) {
                assertThat(trusting.send(json("url", "https://shop.example/", "proxy", through(tunnel, "")))
                                .get("body"))
                        .isEqualTo("secret");
                assertThat(tunnel.requests()).containsExactly("CONNECT shop.example:443 HTTP/1.1");
            }
        } finally {
            HttpKit.close(secure);
        }
    }

    @Test
    void the_operators_proxy_serves_steps_that_name_none() throws Exception {
        server.enqueue(new MockResponse.Builder().body("hello").build());
        try (HttpKit proxied = kit(HttpSettings.DEFAULT.withProxy(HttpProxy.of("127.0.0.1", proxy.port())))) {
            assertThat(proxied.send(json("url", "http://shop.example/")).get("body"))
                    .isEqualTo("hello");
        }
        assertThat(proxy.requests()).hasSize(1);
    }

    @Test
    void a_proxy_gets_its_own_credential_and_the_server_does_not() throws Exception {
        try (TinyProxy guarded = new TinyProxy(Map.of("shop.example", server.getPort()), "Basic dTpw")) {
            http.credential(
                    "p", new Credential("basic", Map.of("username", "u", "password", "p"), Set.of("127.0.0.1")));
            server.enqueue(new MockResponse.Builder().body("hello").build());
            assertThat(http.send(json("url", "http://shop.example/", "proxy", through(guarded, "p")))
                            .get("body"))
                    .isEqualTo("hello");
            assertThat(server.takeRequest().getHeaders().names()).doesNotContain("Proxy-Authorization");
            assertThat(http.fail(json("url", "http://shop.example/", "proxy", through(guarded, "")))
                            .code())
                    .isEqualTo("http-407");
        }
    }

    @Test
    void a_credential_of_the_destination_does_not_pass_a_proxy_in_the_clear() throws Exception {
        http.credential("c", new Credential("bearer", Map.of("token", "canary"), Set.of("shop.example")));
        StepException failure =
                http.fail(json("url", "http://shop.example/", "auth", "c", "proxy", through(proxy, "")));
        assertThat(failure.code()).isEqualTo("credential-refused");
        assertThat(proxy.requests()).isEmpty();
    }

    @Test
    void a_proxy_is_no_way_round_the_guard() throws Exception {
        for (String url : List.of(
                "http://inner.example/", "http://10.0.0.1/", "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/")) {
            assertThat(http.fail(json("url", url, "proxy", through(proxy, ""))).code())
                    .as(url)
                    .isEqualTo("outbound-refused");
        }
        assertThat(http.fail(json("url", "http://shop.example/", "proxy", json("host", "inner.example", "port", 80L)))
                        .code())
                .isEqualTo("outbound-refused");
        assertThat(proxy.requests()).isEmpty();
    }

    @Test
    void a_redirect_behind_a_proxy_is_vetted_too() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(302)
                .addHeader("Location", "http://inner.example/")
                .build());
        assertThat(http.fail(json("url", "http://shop.example/", "proxy", through(proxy, "")))
                        .code())
                .isEqualTo("outbound-refused");
        assertThat(proxy.requests()).hasSize(1);
    }

    @Test
    void a_name_the_operator_allows_is_left_to_the_proxy_to_resolve() throws Exception {
        try (TinyProxy inner = new TinyProxy(Map.of("allowed.example", server.getPort()), "")) {
            server.enqueue(new MockResponse.Builder().body("hello").build());
            assertThat(http.send(json("url", "http://allowed.example/", "proxy", through(inner, "")))
                            .get("body"))
                    .isEqualTo("hello");
        }
    }

    @Test
    void the_platforms_proxy_settings_do_not_count() throws Exception {
        String before = System.getProperty("http.proxyHost");
        try {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", Integer.toString(proxy.port()));
            System.setProperty("http.nonProxyHosts", "");
            server.enqueue(new MockResponse.Builder().body("direct").build());
            try (HttpKit fresh = kit(HttpSettings.DEFAULT)) {
                assertThat(fresh.send(json("url", "http://127.0.0.1:" + server.getPort() + "/"))
                                .get("body"))
                        .isEqualTo("direct");
            }
            assertThat(proxy.requests()).isEmpty();
        } finally {
            assertThat(before).isNull();
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            System.clearProperty("http.nonProxyHosts");
        }
    }
}
