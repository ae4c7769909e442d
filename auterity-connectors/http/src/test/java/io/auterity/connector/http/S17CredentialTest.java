package io.auterity.connector.http;

import static io.auterity.connector.http.HttpKit.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.StepException;
import io.auterity.definition.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials go to the hosts they are bound to and nowhere else: not in messages either (S18). */
class S17CredentialTest {

    private static final String SECRET = "tök3n \"x\"/+=&%secret";

    private final MockWebServer server = new MockWebServer();
    private final HttpKit http = HttpKit.local();

    @BeforeEach
    void start() throws Exception {
        server.start(HttpKit.loopback(), 0);
    }

    @AfterEach
    void stop() {
        http.close();
        HttpKit.close(server);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getPort() + path;
    }

    private void credential(String name, String kind, String... values) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i += 2) {
            parts.put(values[i], values[i + 1]);
        }
        http.credential(name, new Credential(kind, parts, Set.of("127.0.0.1")));
    }

    private RecordedRequest sent(String auth, String path) throws Exception {
        server.enqueue(new MockResponse.Builder().build());
        http.send(json("url", url(path), "auth", auth));
        RecordedRequest request = server.takeRequest(60, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        return request;
    }

    @Test
    void each_kind_goes_where_it_belongs() throws Exception {
        credential("a", "bearer", "token", "abc");
        credential("b", "basic", "username", "Aladdin", "password", "open sesame");
        credential("c", "header", "name", "X-Key", "value", "k1");
        credential("d", "query", "name", "key", "value", "a b&c");
        assertThat(sent("a", "/").getHeaders().get("Authorization")).isEqualTo("Bearer abc");
        assertThat(sent("b", "/").getHeaders().get("Authorization")).isEqualTo("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assertThat(sent("c", "/").getHeaders().get("X-Key")).isEqualTo("k1");
        assertThat(sent("d", "/p?x=1").getTarget()).isEqualTo("/p?x=1&key=a%20b%26c");
    }

    @Test
    void a_rotated_credential_is_seen_at_the_next_request() throws Exception {
        credential("a", "bearer", "token", "one");
        assertThat(sent("a", "/").getHeaders().get("Authorization")).isEqualTo("Bearer one");
        credential("a", "bearer", "token", "two");
        assertThat(sent("a", "/").getHeaders().get("Authorization")).isEqualTo("Bearer two");
    }

    @Test
    void a_credential_is_not_sent_to_another_host() throws Exception {
        credential("a", "bearer", "token", SECRET);
        StepException failure = http.fail(json("url", "http://localhost:" + server.getPort() + "/", "auth", "a"));
        assertThat(failure.code()).isEqualTo("credential-refused");
        assertThat(failure).hasMessage("credential 'a' may be sent to 127.0.0.1 only, not to localhost");
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void a_host_pattern_covers_the_names_below_it_only() {
        Credential credential = new Credential("bearer", Map.of(), Set.of("*.example.com", "api.test"));
        assertThat(credential.allows("a.example.com")).isTrue();
        assertThat(credential.allows("A.B.Example.com")).isTrue();
        assertThat(credential.allows("API.test")).isTrue();
        assertThat(credential.allows("example.com")).isFalse();
        assertThat(credential.allows("evilexample.com")).isFalse();
        assertThat(credential.allows("a.example.com.evil.test")).isFalse();
        assertThat(credential.allows("x.api.test")).isFalse();
    }

    @Test
    void an_unknown_or_incomplete_credential_says_so() throws Exception {
        assertThat(http.fail(json("url", url("/"), "auth", "nope")).code()).isEqualTo("credential-missing");
        credential("a", "bearer", "tokn", SECRET);
        assertThat(http.fail(json("url", url("/"), "auth", "a")))
                .hasMessage("credential 'a' of kind 'bearer' has no 'token'");
        credential("b", "oauth", "token", SECRET);
        assertThat(http.fail(json("url", url("/"), "auth", "b"))).hasMessageContaining("of kind 'oauth'");
        credential("c", "bearer", "token", "a\r\nX-Evil: 1");
        assertThat(http.fail(json("url", url("/"), "auth", "c")))
                .hasMessageContaining("cannot stand in a header")
                .hasMessageNotContaining("Evil");
        assertThat(server.getRequestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "json", "url", "url20", "base64", "base64url", "hex", "HEX", "reversed"})
    void a_server_that_echoes_the_secret_does_not_get_it_into_a_message(String encoding) throws Exception {
        String secret = "pa55-w0rd/+=&secret-canary";
        credential("a", "query", "name", "key", "value", secret);
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return new MockResponse.Builder()
                        .code(403)
                        .body("you sent " + encoded(encoding, secret))
                        .build();
            }
        });
        StepException failure = http.fail(json("url", url("/p?k=other-canary"), "auth", "a"));
        assertThat(failure.code()).isEqualTo("http-403");
        assertThat(failure)
                .hasMessageContaining("you sent ***")
                .hasMessageNotContaining(encoded(encoding, secret))
                .hasMessageNotContaining("other-canary");
    }

    private static String encoded(String encoding, String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return switch (encoding) {
            case "json" -> Json.write(secret).replace("\"", "");
            case "url" -> URLEncoder.encode(secret, StandardCharsets.UTF_8);
            case "url20" -> URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20");
            case "base64" -> Base64.getEncoder().encodeToString(bytes);
            case "base64url" -> Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            case "hex" -> HexFormat.of().formatHex(bytes);
            case "HEX" -> HexFormat.of().withUpperCase().formatHex(bytes);
            case "reversed" -> new StringBuilder(secret).reverse().toString();
            default -> secret;
        };
    }

    @Test
    void nothing_secret_is_in_a_failure_of_any_kind_nor_in_its_causes() throws Exception {
        credential("a", "query", "name", "key", "value", SECRET);
        credential("b", "basic", "username", "u", "password", SECRET);
        int port = server.getPort();
        HttpKit.close(server);
        for (String auth : new String[] {"a", "b"}) {
            for (String path : new String[] {"/?q=" + "s3cret-canary", "/#s3cret-canary"}) {
                StepException failure = http.fail(json(
                        "url",
                        "http://127.0.0.1:" + port + path,
                        "auth",
                        auth,
                        "headers",
                        json("X-A", "s3cret-canary")));
                for (Throwable e = failure; e != null; e = e.getCause()) {
                    assertThat(e.toString()).doesNotContain("s3cret-canary").doesNotContain(SECRET);
                }
            }
        }
    }

    @Test
    void user_information_in_an_address_is_refused_and_not_repeated() throws Exception {
        StepException failure = http.fail(json("url", "http://user:s3cret@127.0.0.1:" + server.getPort() + "/"));
        assertThat(failure.code()).isEqualTo("outbound-refused");
        assertThat(failure).hasMessageContaining("use a credential instead").hasMessageNotContaining("s3cret");
    }
}
