package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.definition.Json;
import io.auterity.testkit.ProcessorTime;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** R19: No body that a client sends makes the gateway itself fail: the same as {@code AnyBodyTest}, led by coverage. */
@Tag("isolated")
class RequestBodyFuzzTest {

    private static final List<String> PATHS = List.of(
            "/v1/chat/completions",
            "/v1/messages",
            "/v1/messages/count_tokens",
            "/v1/responses",
            "/v1/embeddings",
            "/v1/scores");

    private static Counter counter;

    @BeforeAll
    static void open() throws Exception {
        counter = Counter.answering();
    }

    @AfterAll
    static void close() throws Exception {
        counter.close();
    }

    /** The first byte chooses the path, the others are the body. */
    @FuzzTest(maxDuration = "1m")
    void no_body_makes_the_gateway_fail(byte @NotNull [] bytes) throws Exception {
        if (bytes.length > 0) {
            ProcessorTime.atMostOnAllThreads(ProcessorTime.OF_A_PARSER, () -> check(bytes));
        }
    }

    private static void check(byte[] bytes) {
        // whatever a body names, nobody but the provider is called
        BugDetectors.allowNetworkConnections(
                (host, port) -> port == counter.upstream.port() || port == counter.gateway.port());
        String path = PATHS.get(Math.floorMod(bytes[0], PATHS.size()));
        counter.now = counter.now.plusSeconds(3_600); // the limits of keys are not what is tested
        HttpResponse<String> response = counter.send(counter.request(path)
                .setHeader("Authorization", "Bearer " + Counter.key("free"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes, 1, bytes.length - 1)));
        assertThat(response.statusCode()).as(path + "\n" + response.body()).isLessThan(500);
        if (response.statusCode() != 200) {
            assertThat(Json.read(response.body())).isNotNull();
            assertThat(response.body()).contains("\"error\"").doesNotContain("java.", "Exception");
        }
    }
}
