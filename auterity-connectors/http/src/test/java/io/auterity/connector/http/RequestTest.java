package io.auterity.connector.http;

import static io.auterity.connector.http.HttpKit.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import io.auterity.definition.Json;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {

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

    private void answer(String body, String... headers) {
        answer(200, body, headers);
    }

    private void answer(int status, String body, String... headers) {
        MockResponse.Builder response = new MockResponse.Builder().code(status).body(body);
        for (int i = 0; i < headers.length; i += 2) {
            response.addHeader(headers[i], headers[i + 1]);
        }
        server.enqueue(response.build());
    }

    private RecordedRequest received() throws Exception {
        RecordedRequest request = server.takeRequest(60, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        return request;
    }

    private static String body(RecordedRequest request) {
        return request.getBody() == null ? "" : request.getBody().utf8();
    }

    @Test
    void a_get_takes_the_status_the_headers_and_the_parsed_body() throws Exception {
        answer(
                "{\"visits\": 3, \"tags\": [1.5, null, true]}",
                "Content-Type",
                "application/json",
                "X-A",
                "1",
                "x-a",
                "2");
        Map<String, Object> output = http.send(json(
                "url",
                url("/leads/a%20b?x=1#part"),
                "query",
                json("q", "a&b", "n", 3L, "list", List.of("x", true), "none", null)));
        assertThat(output.get("status")).isEqualTo(200L);
        assertThat(output.get("body")).isEqualTo(json("visits", 3L, "tags", Arrays.asList(1.5, null, true)));
        assertThat(output).extracting("headers").extracting("x-a").isEqualTo("1, 2");
        RecordedRequest request = received();
        assertThat(request.getMethod()).isEqualTo("GET");
        assertThat(request.getTarget()).isEqualTo("/leads/a%20b?x=1&q=a%26b&n=3&list=x&list=true");
        assertThat(request.getHeaders().get("Idempotency-Key")).isEqualTo("run-1/each/3/call");
        assertThat(request.getHeaders().get("User-Agent")).isEqualTo("auterity");
    }

    @Test
    void json_goes_out_as_json() throws Exception {
        answer("");
        http.send(json("method", "POST", "url", url("/"), "json", json("a", 1L, "ü", List.of("x"))));
        RecordedRequest request = received();
        assertThat(body(request)).isEqualTo("{\"a\":1,\"ü\":[\"x\"]}");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void json_keeps_the_content_type_that_is_written() throws Exception {
        answer("");
        http.send(json(
                "method",
                "PATCH",
                "url",
                url("/"),
                "json",
                json("a", 1L),
                "headers",
                json("content-type", "application/merge-patch+json")));
        assertThat(received().getHeaders().values("Content-Type")).containsExactly("application/merge-patch+json");
    }

    @Test
    void a_form_goes_out_url_encoded() throws Exception {
        answer("");
        http.send(json(
                "method",
                "PUT",
                "url",
                url("/"),
                "form",
                json("a b", "1&2=3", "list", List.of(1L, 2.5), "none", null)));
        RecordedRequest request = received();
        assertThat(body(request)).isEqualTo("a+b=1%262%3D3&list=1&list=2.5");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
    }

    @Test
    void a_body_goes_out_as_it_is() throws Exception {
        answer("");
        http.send(json(
                "method",
                "POST",
                "url",
                url("/"),
                "body",
                "<a>ü</a>",
                "headers",
                json("Content-Type", "application/xml")));
        RecordedRequest text = received();
        assertThat(body(text)).isEqualTo("<a>ü</a>");
        assertThat(text.getHeaders().get("Content-Type")).isEqualTo("application/xml");
        answer("");
        http.send(json("method", "POST", "url", url("/"), "body", json("base64", "AAEC/w==")));
        RecordedRequest bytes = received();
        assertThat(bytes.getBody().toByteArray()).containsExactly(0, 1, 2, -1);
        assertThat(bytes.getHeaders().get("Content-Type")).isEqualTo("application/octet-stream");
    }

    @Test
    void multipart_goes_out_part_by_part() throws Exception {
        answer("");
        http.send(json(
                "method",
                "POST",
                "url",
                url("/"),
                "multipart",
                List.of(
                        json("name", "note", "text", "hello"),
                        json("name", "meta", "json", json("a", 1L)),
                        json(
                                "name",
                                "file\r\nX: 1",
                                "filename",
                                "a\"b.bin",
                                "contentType",
                                "image/png",
                                "base64",
                                "AAEC"))));
        RecordedRequest request = received();
        assertThat(request.getHeaders().get("Content-Type")).startsWith("multipart/form-data; boundary=");
        assertThat(body(request))
                .contains("Content-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n")
                .contains("name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}")
                .contains("name=\"file%0D%0AX: 1\"; filename=\"a%22b.bin\"\r\nContent-Type: image/png");
    }

    @Test
    void a_post_without_a_body_says_so() throws Exception {
        answer("");
        http.send(json("method", "POST", "url", url("/")));
        assertThat(received().getHeaders().get("Content-Length")).isEqualTo("0");
    }

    @Test
    void the_steps_own_idempotency_key_wins() throws Exception {
        answer("");
        http.send(json(
                "url",
                url("/"),
                "headers",
                json("Idempotency-Key", "mine", "X-List", List.of("a", "b"), "X-None", null)));
        RecordedRequest request = received();
        assertThat(request.getHeaders().values("Idempotency-Key")).containsExactly("mine");
        assertThat(request.getHeaders().values("X-List")).containsExactly("a", "b");
        assertThat(request.getHeaders().names()).doesNotContain("X-None");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "application/json | {`a`:1} | {a=1}",
                "application/problem+json; charset=utf-8 | [1] | [1]",
                "none | {`a`:1} | {a=1}",
                "none | hello | hello",
                "text/plain | {`a`:1} | {`a`:1}",
                "application/json | {`a`: | {`a`:",
                "text/html; charset=iso-8859-1 | <b> | <b>",
                "image/png | abc | {base64=YWJj}",
            })
    void the_body_is_taken_for_what_it_is(String type, String body, String expected) throws Exception {
        MockResponse.Builder response = new MockResponse.Builder().body(body.replace('`', '"'));
        if (type != null) {
            response.addHeader("Content-Type", type);
        }
        server.enqueue(response.build());
        assertThat(http.send(json("url", url("/"))).get("body")).hasToString(expected.replace('`', '"'));
    }

    @Test
    void bytes_that_are_no_text_in_their_charset_stay_bytes() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .addHeader("Content-Type", "text/plain")
                .body(new Buffer().write(new byte[] {(byte) 0xff, 0}))
                .build());
        assertThat(http.send(json("url", url("/"))).get("body")).isEqualTo(json("base64", "/wA="));
    }

    @Test
    void no_body_is_null() throws Exception {
        answer(204, "");
        assertThat(http.send(json("url", url("/")))).containsEntry("body", null).containsEntry("status", 204L);
        server.enqueue(new MockResponse.Builder()
                .addHeader("Content-Length", "999999999")
                .build());
        assertThat(http.send(json("method", "HEAD", "url", url("/")))).containsEntry("body", null);
    }

    @ParameterizedTest
    @CsvSource({
        "400, false",
        "401, false",
        "403, false",
        "404, false",
        "408, true",
        "409, false",
        "422, false",
        "425, true",
        "429, true",
        "500, true",
        "501, true",
        "502, true",
        "503, true",
        "504, true",
        "599, true"
    })
    void a_status_of_400_and_above_fails_with_its_code_after_one_request(int status, boolean retryable)
            throws Exception {
        answer(status, "{\"error\":\n \"no such lead\"}", "Content-Type", "application/json", "Retry-After", "0");
        StepException failure = http.fail(json("url", url("/leads?token=s3cret")));
        assertThat(failure.code()).isEqualTo("http-" + status);
        assertThat(failure.isRetryable()).isEqualTo(retryable);
        assertThat(failure)
                .hasMessageStartingWith("GET " + url("/leads") + ": it answered " + status)
                .hasMessageContaining("{\"error\": \"no such lead\"}")
                .hasMessageNotContaining("s3cret");
        assertThat(failure.retryAfter()).contains(Duration.ZERO);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void what_retry_after_asks_for_is_passed_on() throws Exception {
        answer(429, "", "Retry-After", "30");
        StepException seconds = http.fail(json("url", url("/")));
        assertThat(seconds.retryAfter()).contains(Duration.ofSeconds(30));
        assertThat(seconds).hasMessageContaining("asks to wait 30 s");
        answer(503, "", "Retry-After", "Thu, 01 Jan 2026 00:02:00 GMT");
        assertThat(http.fail(json("url", url("/"))).retryAfter()).contains(Duration.ofMinutes(2));
        answer(503, "", "Retry-After", "soon");
        assertThat(http.fail(json("url", url("/"))).retryAfter()).isEmpty();
    }

    @Test
    void an_accepted_status_does_not_fail() throws Exception {
        answer(404, "none");
        assertThat(http.send(json("url", url("/"), "acceptStatus", List.of(404L, 410L))))
                .containsEntry("status", 404L)
                .containsEntry("body", "none");
        answer(503, "later");
        assertThat(http.send(json("url", url("/"), "acceptStatus", List.of(503L))))
                .containsEntry("status", 503L);
        answer(500, "none");
        assertThat(http.fail(json("url", url("/"), "acceptStatus", List.of(404L)))
                        .code())
                .isEqualTo("http-500");
    }

    @Test
    void the_body_must_satisfy_the_response_schema() throws Exception {
        Map<String, Object> schema =
                json("type", "object", "required", List.of("id"), "properties", json("id", json("type", "integer")));
        answer("{\"id\": 7}", "Content-Type", "application/json");
        assertThat(http.send(json("url", url("/"), "responseSchema", schema))).containsEntry("body", json("id", 7L));
        answer("{\"id\": \"x\"}", "Content-Type", "application/json");
        StepException failure = http.fail(json("url", url("/"), "responseSchema", schema));
        assertThat(failure.code()).isEqualTo("response-invalid");
        assertThat(failure).hasMessageContaining("\n  /id: ");
        StepException unusable = http.fail(json("url", url("/"), "responseSchema", json("type", "strin")));
        assertThat(unusable.code()).isEqualTo("invalid-input");
        assertThat(unusable).hasMessageContaining("/responseSchema: at /type: 'strin' is no type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "é", "\u2028"})
    void a_value_cannot_become_another_header(String value) throws Exception {
        StepException failure = http.fail(json("url", url("/"), "headers", json("X-A", "secret" + value)));
        assertThat(failure.code()).isEqualTo("invalid-input");
        assertThat(failure).hasMessageContaining("'X-A'").hasMessageNotContaining("secret");
        assertThat(server.getRequestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-A: b\r\nX-B",
                "X A",
                "",
                "Host",
                "content-LENGTH",
                "Transfer-Encoding",
                "Connection",
                "Upgrade",
                "TE",
                "Expect",
                "Proxy-Authorization",
                "Ü"
            })
    void a_name_cannot_be_one_that_carries_the_message(String name) throws Exception {
        assertThat(http.fail(json("url", url("/"), "headers", json(name, "x"))).code())
                .isEqualTo("invalid-input");
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void an_address_with_line_breaks_is_refused() throws Exception {
        assertThat(http.fail(json("url", url("/a\r\nX-Evil: 1"))).code()).isEqualTo("invalid-input");
    }

    @Test
    void contradicting_inputs_are_told_before_anything_is_sent() throws Exception {
        assertThat(http.fail(json("method", "POST", "url", url("/"), "json", 1L, "body", "x")))
                .hasMessageContaining("at most one of json, form, body and multipart");
        assertThat(http.fail(json("url", url("/"), "json", 1L))).hasMessageContaining("a GET request has no body");
        assertThat(http.fail(json("metod", "POST", "url", url("/")))).hasMessageContaining("use 'method'");
        assertThat(http.fail(json("method", "post", "url", url("/")))).hasMessageContaining("use 'POST'");
        assertThat(http.fail(json("url", url("/"), "maxBytes", 10_485_761L)))
                .hasMessageContaining("more than the operator allows, which is 10485760");
        assertThat(http.fail(json("url", "not a url"))).hasMessageContaining("expected an absolute address");
        assertThat(http.fail(json("method", "POST", "url", url("/"), "body", List.of())))
                .hasMessageContaining("use 'json'");
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void cookies_are_not_kept() throws Exception {
        answer("", "Set-Cookie", "session=1; Path=/");
        answer("");
        http.send(json("url", url("/")));
        http.send(json("url", url("/")));
        received();
        assertThat(received().getHeaders().names()).doesNotContain("Cookie");
    }

    @Test
    void a_refused_connection_is_io_and_retryable() throws Exception {
        int port = server.getPort();
        HttpKit.close(server);
        StepException failure = http.fail(json("url", "http://127.0.0.1:" + port + "/"));
        assertThat(failure.code()).isEqualTo("io");
        assertThat(failure.isRetryable()).isTrue();
    }

    @Test
    void an_unknown_host_is_io() throws Exception {
        OutboundGuard guard = OutboundGuard.builder()
                .resolver(host -> {
                    throw new UnknownHostException(host); // a real name server may take longer than the attempt
                })
                .build();
        try (HttpKit nowhere = new HttpKit(guard, HttpSettings.DEFAULT)) {
            StepException failure = nowhere.fail(json("url", "http://no-such-host.invalid/"));
            assertThat(failure.code()).isEqualTo("io");
            assertThat(failure).hasMessageContaining("does not resolve");
        }
    }

    @Test
    void every_request_stops_its_timer() throws Exception {
        answer("");
        http.send(json("url", url("/")));
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (http.timers() > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(http.timers()).isZero();
    }

    @Test
    void the_operation_describes_itself() throws Exception {
        String schema = Json.write(http.description().input());
        assertThat(schema)
                .contains("\"url\":{\"type\":\"string\"")
                .contains("\"required\":[\"url\"]")
                .contains("\"enum\":[\"GET\",\"HEAD\"");
        assertThat(http.description().retryable()).contains("io", "timeout", "http-429", "http-5xx");
    }
}
