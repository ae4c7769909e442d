package io.auterity.connector.http;

import static io.auterity.connector.http.HttpKit.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.OutboundGuard.Resolver;
import io.auterity.connector.StepException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * S8: neither a name server that changes its mind nor a redirect leads past the guard.
 *
 * <p>127.0.0.2 plays the public host, which an allowance opens; 127.0.0.1 is what must not be reached. Both answer on
 * the same port.
 */
class S8RebindingAndRedirectTest {

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(0, resource);
        return resource;
    }

    private Canary canary(String address, int port, String name) throws Exception {
        return closing(new Canary(InetAddress.getByName(address), port, name));
    }

    private HttpKit http(Resolver resolver, HttpSettings settings) {
        OutboundGuard guard =
                OutboundGuard.builder().resolver(resolver).allow("127.0.0.2").build();
        return closing(new HttpKit(guard, settings));
    }

    private MockWebServer server(String address) throws Exception {
        return server(address, 0);
    }

    private MockWebServer server(String address, int port) throws Exception {
        MockWebServer server = new MockWebServer();
        closing(() -> HttpKit.close(server));
        server.start(InetAddress.getByName(address), port);
        return server;
    }

    private interface Opening<T> {
        T at(int port) throws Exception;
    }

    /** What may be reached, at 127.0.0.2, and what may not, at 127.0.0.1, on one port. */
    private record Pair<T>(T allowed, Canary forbidden) {}

    private <T> Pair<T> pair(Opening<T> opening) throws Exception {
        for (int tries = 1; true; tries++) {
            Canary forbidden = canary("127.0.0.1", 0, "forbidden");
            try {
                return new Pair<>(opening.at(forbidden.port()), forbidden);
            } catch (BindException taken) { // by somebody else, at the other address
                if (tries == 10) {
                    throw taken;
                }
            }
        }
    }

    private static List<InetAddress> addresses(String... texts) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            addresses.add(InetAddress.getByName(text));
        }
        return addresses;
    }

    @Test
    void a_name_server_that_flips_at_random_a_thousand_times_gains_nothing() throws Exception {
        Pair<Canary> pair = pair(port -> canary("127.0.0.2", port, "allowed"));
        Canary allowed = pair.allowed();
        Canary forbidden = pair.forbidden();
        long seed = 20_261_122;
        Random random = new Random(seed);
        AtomicInteger lookups = new AtomicInteger();
        HttpKit http = http(
                host -> {
                    lookups.incrementAndGet();
                    return switch (random.nextInt(4)) {
                        case 0 -> addresses("127.0.0.2");
                        case 1 -> addresses("127.0.0.1");
                        case 2 -> addresses("127.0.0.1", "127.0.0.2");
                        default -> addresses("127.0.0.2", "::1", "127.0.0.1");
                    };
                },
                HttpSettings.DEFAULT);
        int arrived = 0;
        int refused = 0;
        for (int i = 0; i < 1_000; i++) {
            try {
                Object body = http.send(json("url", "http://flip.example:" + allowed.port() + "/"))
                        .get("body");
                assertThat(body).as("seed %d, run %d", seed, i).isEqualTo("allowed");
                arrived++;
            } catch (StepException e) {
                assertThat(e.code())
                        .as("seed %d, run %d: %s", seed, i, e.getMessage())
                        .isEqualTo("outbound-refused");
                refused++;
            }
        }
        assertThat(forbidden.connections()).as("seed %d", seed).isZero();
        assertThat(arrived).isGreaterThan(600);
        assertThat(refused).isGreaterThan(150);
        assertThat(allowed.connections()).isEqualTo(arrived);
        assertThat(lookups.get()).as("one lookup a request").isEqualTo(1_000);
    }

    @Test
    void a_pooled_connection_keeps_leading_where_it_was_vetted() throws Exception {
        Pair<MockWebServer> pair = pair(port -> server("127.0.0.2", port));
        MockWebServer server = pair.allowed();
        Canary forbidden = pair.forbidden();
        AtomicInteger lookups = new AtomicInteger();
        HttpKit http = http(
                host -> lookups.getAndIncrement() == 0 ? addresses("127.0.0.2") : addresses("127.0.0.1"),
                HttpSettings.DEFAULT);
        for (int i = 0; i < 20; i++) {
            server.enqueue(new MockResponse.Builder().body("allowed").build());
            assertThat(http.send(json("url", "http://flip.example:" + server.getPort() + "/"))
                            .get("body"))
                    .isEqualTo("allowed");
        }
        assertThat(forbidden.connections()).isZero();
        assertThat(server.takeRequest().getConnectionIndex()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_is_vetted_like_the_first_address(int status) throws Exception {
        MockWebServer server = server("127.0.0.2");
        Canary forbidden = canary("127.0.0.1", 0, "forbidden");
        HttpKit http = http(
                host -> host.equals("evil.example") ? addresses("127.0.0.1") : addresses("127.0.0.2"),
                HttpSettings.DEFAULT);
        for (String host : List.of(
                "127.0.0.1",
                "2130706433",
                "0x7f.1",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "evil.example",
                "user@127.0.0.1",
                "169.254.169.254",
                "１２７.0.0.1")) {
            for (String scheme : List.of("http:", "")) {
                server.enqueue(new MockResponse.Builder()
                        .code(status)
                        .addHeaderLenient("Location", scheme + "//" + host + ":" + forbidden.port() + "/")
                        .build());
                StepException failure = http.fail(json("url", "http://127.0.0.2:" + server.getPort() + "/"));
                assertThat(failure.code()).as(host).isEqualTo("outbound-refused");
            }
        }
        for (String location :
                List.of("file:///etc/passwd", "gopher://127.0.0.1/", "jar:http://127.0.0.1!/", "ftp://127.0.0.1/")) {
            server.enqueue(new MockResponse.Builder()
                    .code(status)
                    .addHeader("Location", location)
                    .build());
            assertThat(http.fail(json("url", "http://127.0.0.2:" + server.getPort() + "/"))
                            .code())
                    .as(location)
                    .isEqualTo("outbound-refused");
        }
        assertThat(forbidden.connections()).isZero();
    }

    @Test
    void a_chain_of_five_is_followed_and_one_more_is_not() throws Exception {
        MockWebServer server = server("127.0.0.2");
        HttpKit http = http(host -> addresses("127.0.0.2"), HttpSettings.DEFAULT);
        String url = "http://127.0.0.2:" + server.getPort() + "/";
        int[] statuses = {302, 307, 308, 301, 303};
        for (int status : statuses) {
            server.enqueue(redirect(status, "/next"));
        }
        server.enqueue(new MockResponse.Builder().body("end").build());
        assertThat(http.send(json("url", url)).get("body")).isEqualTo("end");
        for (int i = 0; i < 6; i++) {
            server.enqueue(redirect(302, "/" + i));
        }
        StepException failure = http.fail(json("url", url));
        assertThat(failure.code()).isEqualTo("too-many-redirects");
        assertThat(failure.isRetryable()).isFalse();
        assertThat(server.getRequestCount()).isEqualTo(12);
        server.enqueue(redirect(302, "/a"));
        assertThat(http.send(json("url", url, "maxRedirects", 0L))).containsEntry("status", 302L);
    }

    private static MockResponse redirect(int status, String location) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("Location", location)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "301, POST, GET, false",
        "302, POST, GET, false",
        "303, POST, GET, false",
        "307, POST, POST, true",
        "308, POST, POST, true",
        "301, PUT, PUT, true",
        "302, PUT, PUT, true",
        "303, PUT, GET, false",
        "303, DELETE, GET, false",
        "307, PATCH, PATCH, true"
    })
    void method_and_body_follow_as_the_status_says(int status, String method, String then, boolean keepsBody)
            throws Exception {
        MockWebServer server = server("127.0.0.2");
        HttpKit http = http(host -> addresses("127.0.0.2"), HttpSettings.DEFAULT);
        server.enqueue(redirect(status, "/next"));
        server.enqueue(new MockResponse.Builder().build());
        http.send(json("method", method, "url", "http://127.0.0.2:" + server.getPort() + "/", "body", "hello"));
        assertThat(server.takeRequest().getBody().utf8()).isEqualTo("hello");
        RecordedRequest second = server.takeRequest(60, TimeUnit.SECONDS);
        assertThat(second.getMethod()).isEqualTo(then);
        assertThat(second.getBody() == null ? "" : second.getBody().utf8()).isEqualTo(keepsBody ? "hello" : "");
        assertThat(second.getHeaders().get("Content-Type") != null).isEqualTo(keepsBody);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 307})
    void what_belongs_to_one_origin_does_not_go_to_another(int status) throws Exception {
        MockWebServer first = server("127.0.0.2");
        MockWebServer second = server("127.0.0.2");
        HttpKit http = http(host -> addresses("127.0.0.2"), HttpSettings.DEFAULT);
        for (String kind : List.of("bearer", "header", "query")) {
            http.credential(
                    "c", new Credential(kind, Map.of("token", "canary", "name", "X-Key", "value", "canary"), Set.of()));
            first.enqueue(redirect(status, "http://127.0.0.2:" + second.getPort() + "/there"));
            second.enqueue(redirect(status, "http://127.0.0.2:" + first.getPort() + "/back"));
            first.enqueue(new MockResponse.Builder().build());
            http.send(json(
                    "url",
                    "http://127.0.0.2:" + first.getPort() + "/",
                    "auth",
                    "c",
                    "headers",
                    json(
                            "Authorization", kind.equals("bearer") ? null : "mine canary",
                            "Cookie", "session=canary",
                            "X-Api-Key", "canary",
                            "Accept", "text/plain")));
            assertThat(all(first.takeRequest())).contains("canary", "session=canary");
            String there = all(second.takeRequest());
            assertThat(there)
                    .doesNotContain("canary")
                    .contains("accept=[text/plain]", "idempotency-key=[run-1/each/3/call]");
            assertThat(all(first.takeRequest())).contains("/back").doesNotContain("canary");
        }
    }

    @Test
    void within_one_origin_the_credential_stays() throws Exception {
        MockWebServer server = server("127.0.0.2");
        HttpKit http = http(host -> addresses("127.0.0.2"), HttpSettings.DEFAULT);
        http.credential("c", new Credential("query", Map.of("name", "key", "value", "canary"), Set.of("127.0.0.2")));
        server.enqueue(redirect(302, "/next?a=1"));
        server.enqueue(new MockResponse.Builder().build());
        http.send(json("url", "http://127.0.0.2:" + server.getPort() + "/?b=2", "auth", "c"));
        assertThat(server.takeRequest().getTarget()).isEqualTo("/?b=2&key=canary");
        assertThat(server.takeRequest().getTarget()).isEqualTo("/next?a=1&key=canary");
    }

    @Test
    void a_redirect_from_https_to_http_needs_the_operators_leave() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("secure.example")
                .build();
        HandshakeCertificates ours =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        HandshakeCertificates theirs = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        HttpSettings trusting =
                HttpSettings.DEFAULT.withTls(new HttpSettings.Tls(theirs.sslSocketFactory(), theirs.trustManager()));
        MockWebServer secure = new MockWebServer();
        closing(() -> HttpKit.close(secure));
        secure.useHttps(ours.sslSocketFactory());
        secure.start(InetAddress.getByName("127.0.0.2"), 0);
        MockWebServer plain = server("127.0.0.2");
        String url = "https://secure.example:" + secure.getPort() + "/";
        MockResponse down = redirect(302, "http://127.0.0.2:" + plain.getPort() + "/");

        secure.enqueue(down);
        StepException failure = http(host -> addresses("127.0.0.2"), trusting).fail(json("url", url));
        assertThat(failure.code()).isEqualTo("outbound-refused");
        assertThat(failure).hasMessageContaining("from https to http");
        assertThat(plain.getRequestCount()).isZero();

        secure.enqueue(down);
        plain.enqueue(new MockResponse.Builder().body("plain").build());
        assertThat(http(host -> addresses("127.0.0.2"), trusting.allowDowngrade())
                        .send(json("url", url))
                        .get("body"))
                .isEqualTo("plain");

        StepException untrusted =
                http(host -> addresses("127.0.0.2"), HttpSettings.DEFAULT).fail(json("url", url));
        assertThat(untrusted.code()).isEqualTo("io");
        assertThat(untrusted.isRetryable()).isFalse();
    }

    private static String all(RecordedRequest request) {
        return request.getTarget() + "\n" + request.getHeaders().toMultimap() + "\n"
                + (request.getBody() == null ? "" : request.getBody().utf8());
    }
}
