package io.auterity.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {

    @Test
    void problems_name_their_place() {
        JsonSchema schema = JsonSchema.of(Map.of(
                "type", "object",
                "required", List.of("id"),
                "properties",
                        Map.of(
                                "id", Map.of("type", "integer"),
                                "tags",
                                        Map.of(
                                                "type",
                                                "array",
                                                "items",
                                                Map.of("type", "string", "pattern", "^a+$")))));
        assertThat(schema.problems(Map.of("id", 3.0, "tags", List.of("aaa")))).isEmpty();
        assertThat(schema.problems(Map.of("id", "x", "tags", List.of("aaa", "b"))))
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem).startsWith("/id: "))
                .anySatisfy(problem -> assertThat(problem).startsWith("/tags/1: "));
        assertThat(schema.problems(null))
                .hasSize(1)
                .allSatisfy(problem -> assertThat(problem).startsWith("/: "));
    }

    @Test
    void references_within_the_schema_are_followed() {
        JsonSchema schema = JsonSchema.of(new JsonTypes().schemaOf(JsonTypesTest.Tree.class));
        Map<String, Object> leaf = Map.of("name", "leaf", "children", List.of());
        assertThat(schema.problems(Map.of("name", "root", "children", List.of(leaf))))
                .isEmpty();
        assertThat(schema.problems(Map.of("name", "root", "children", List.of(Map.of("name", 1L)))))
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).startsWith("/children/0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/hostname",
                "classpath:draft/2020-12/schema",
                "https://example.com/schema.json",
                "#/$defs/none"
            })
    void references_outside_the_schema_are_refused(String reference) {
        assertThatThrownBy(() -> JsonSchema.of(Map.of("properties", Map.of("a", Map.of("$ref", reference)))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void no_reference_makes_a_connection() throws Exception {
        try (ServerSocket canary = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
            canary.setSoTimeout(200);
            String url = "http://127.0.0.1:" + canary.getLocalPort() + "/schema";
            assertThatThrownBy(() -> JsonSchema.of(Map.of("$ref", url))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> JsonSchema.of(Map.of("$schema", url)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(canary::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void a_pattern_that_would_run_away_elsewhere_does_not() {
        JsonSchema schema = JsonSchema.of(Map.of("type", "string", "pattern", "^(a+)+$"));
        assertThat(schema.problems("a".repeat(50_000) + "b")).hasSize(1);
    }

    @Test
    void what_is_no_schema_is_refused() {
        assertThatThrownBy(() -> JsonSchema.of(Map.of("type", "strin"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonSchema.of(Map.of("pattern", "(?=a)")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
