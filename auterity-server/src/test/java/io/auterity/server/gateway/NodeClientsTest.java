package io.auterity.server.gateway;

import static io.auterity.server.gateway.Upstream.answers;
import static io.auterity.server.gateway.Upstream.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * OpenAI's and Anthropic's own Node clients, unchanged, against the gateway. Needs Node 20 and, once,
 * {@code npm ci --ignore-scripts} in {@code src/test/node}; without these it is left out, but fails in continuous
 * integration ({@code CI=true}).
 */
@Tag("processes")
class NodeClientsTest {

    private static final Path CLIENTS = Path.of("src/test/node");

    @Test
    void they_chat_stream_call_tools_embed_respond_count_and_read_errors() throws Exception {
        boolean installed = Files.isDirectory(CLIENTS.resolve("node_modules/openai"));
        assumeTrue(installed || "true".equals(System.getenv("CI")), "npm ci was not run in src/test/node");
        assertThat(installed).as("npm ci was run in src/test/node").isTrue();
        try (Counter counter = new Counter()) {
            counter.upstream.on("/chat/completions", Looking.CHAT);
            counter.upstream.on("/messages", answers(GatewayTest.CLAUDE_SAYS, GatewayTest.CLAUDE_STREAMS));
            counter.upstream.on("/messages/count_tokens", status(200, "{\"input_tokens\": 42}"));
            counter.upstream.on("/embeddings", status(200, OpenAiSdkTest.VECTORS));
            counter.upstream.on("/responses", Looking.RESPONSES);
            Process node = new ProcessBuilder(
                            "node",
                            "clients.mjs",
                            counter.url(),
                            Counter.KEY,
                            Counter.key("poor"),
                            Counter.key("narrow"))
                    .directory(CLIENTS.toFile())
                    .redirectErrorStream(true)
                    .start();
            String told = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(told).isEqualTo("all answered\n");
        }
    }
}
