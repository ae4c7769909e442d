package io.auterity.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.Json;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {

    @Test
    void fills_in_what_is_missing_and_has_a_default() {
        JsonSchema schema = JsonSchema.of(Map.of(
                "type",
                "object",
                "properties",
                Map.of(
                        "n", Map.of("type", "integer", "default", 3L),
                        "s", Map.of("type", "string"),
                        "o", Map.of("type", "object", "properties", Map.of("x", Map.of("default", List.of(1L)))))));
        assertThat(schema.withDefaults(Map.of())).isEqualTo(Map.of("n", 3L));
        assertThat(schema.withDefaults(Map.of("n", 4L, "o", Map.of("y", 1L))))
                .isEqualTo(Map.of("n", 4L, "o", Map.of("y", 1L, "x", List.of(1L))));
        Map<String, Object> whole = Map.of("n", 4L, "s", "a", "o", Map.of("x", 1L));
        assertThat(schema.withDefaults(whole)).isSameAs(whole);
        assertThat(schema.withDefaults("no object")).isEqualTo("no object");
        Map<String, Object> nothing = new HashMap<>();
        nothing.put("n", null);
        assertThat(schema.withDefaults(nothing)).as("null is there").isSameAs(nothing);
    }

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'$ref': '#'}",
                "{'allOf': [{'properties': {'a': {'type': 'null'}}}, {'not': {'$ref': '#'}}]}",
                "{'$ref': '#/$defs/a', '$defs': {'a': {'anyOf': [{'$ref': '#/$defs/b'}]}, 'b': {'$ref': '#/$defs/a'}}}",
                "{'$anchor': 'top', 'if': {'$ref': '#top'}}",
                "{'$dynamicAnchor': 'top', 'dependentSchemas': {'a': {'$dynamicRef': '#top'}}}",
                "{'$ref': '#/else where', 'else where': {'$ref': '#/else where'}}",
            })
    void a_schema_that_applies_itself_to_the_same_value_is_refused(String schema) {
        assertThatThrownBy(() -> JsonSchema.of(read(schema)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("applies itself to the same value again");
    }

    @Test
    void what_a_reference_leads_to_is_checked_as_a_schema_wherever_it_stands() {
        assertThatThrownBy(() -> JsonSchema.of(read("{'$ref': '#/x', 'x': {'$ref': 'https://example.com/a'}}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("at /x/$ref: a reference begins with '#' and leads to a place in this schema");
        assertThatThrownBy(() -> JsonSchema.of(read("{'$ref': '#/x', 'x': {'type': 'txt'}}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("at /x/type: 'txt' is no type");
    }

    @Test
    void a_schema_may_go_into_the_value_and_come_back_to_itself() {
        JsonSchema list = JsonSchema.of(read("{'properties': {'next': {'$ref': '#'}}, 'type': 'object'}"));
        assertThat(list.problems(read("{'next': {'next': {}}}"))).isEmpty();
        assertThat(list.problems(read("{'next': {'next': 1}}"))).hasSize(1);
    }

    @Test
    void two_hundred_schemas_may_apply_to_one_value_in_a_row_and_no_more() {
        assertThat(JsonSchema.of(chained(199)).problems("x")).isEmpty();
        assertThat(JsonSchema.of(chained(200)).problems("x")).isEmpty();
        assertThatThrownBy(() -> JsonSchema.of(chained(201)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 200 schemas apply to one value in a row");
    }

    /** A schema that refers to one that refers to the next, so many in all. */
    private static Map<String, Object> chained(int schemas) {
        Map<String, Object> definitions = new TreeMap<>(); // the last is looked at before the first in some orders
        for (int i = 1; i < schemas; i++) {
            Map<String, Object> last = Map.of("type", "string");
            definitions.put("d" + i, i == schemas - 1 ? last : Map.of("$ref", "#/$defs/d" + (i + 1)));
        }
        return Map.of("$ref", "#/$defs/d1", "$defs", definitions);
    }

    @Test
    void schemas_that_multiply_do_not_take_for_ever() {
        Map<String, Object> twice = read("{'properties': {'a': {'allOf': [{'$ref': '#'}, {'$ref': '#'}]}}}");
        Map<String, Object> value = Map.of();
        for (int i = 0; i < 60; i++) {
            value = Map.of("a", value);
        }
        assertThat(JsonSchema.of(twice).problems(value))
                .singleElement()
                .asString()
                .endsWith("the schema takes more than 161000 steps to check this value");
    }

    @Test
    void a_value_nested_deeper_than_the_limit_is_a_problem() {
        JsonSchema list = JsonSchema.of(read("{'items': {'$ref': '#'}}"));
        assertThat(list.problems(nested(450))).isEmpty();
        assertThat(list.problems(nested(1_200)))
                .singleElement()
                .asString()
                .endsWith("the schema takes more than 1000 levels to check this value");
    }

    private static List<?> nested(int levels) {
        List<?> value = List.of();
        for (int i = 1; i < levels; i++) {
            value = List.of(value);
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> read(String json) {
        return (Map<String, Object>) Json.read(json.replace('\'', '"'));
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
        assertThatThrownBy(() -> JsonSchema.of(read("{'$ref': '#/x', 'x': {'$recursiveAnchor': {}}}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("at /x/$recursiveAnchor: expected true or false");
    }

    /** Keywords that the library reads and this class knows nothing of: with the schema, not with the first value. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'$recursiveAnchor': {}",
                "'$vocabulary': 1",
                "'contains': 1",
                "'minContains': 'a'",
                "'multipleOf': {}",
                "'enum': {}",
                "'required': 'a'",
                "'const': {}",
                "'uniqueItems': 'a'",
                "'minimum': 'a'",
                "'format': {}",
                "'dependentRequired': []",
                "'maxLength': {}",
                "'discriminator': 1",
                "'contentMediaType': {}",
                "'propertyNames': 1",
                "'unevaluatedItems': 1",
                "'$dynamicAnchor': 1",
                "'$anchor': {}",
                "'$comment': {}"
            })
    void what_is_wrong_behind_a_reference_shows_before_the_first_value(String keyword) {
        JsonSchema schema;
        try {
            schema = JsonSchema.of(read("{'$ref': '#/x', 'x': {" + keyword + "}}"));
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThatCode(() -> schema.problems(Map.of("a", List.of(1L)))).doesNotThrowAnyException();
        assertThatCode(() -> schema.problems("a")).doesNotThrowAnyException();
        assertThatCode(() -> schema.problems(1L)).doesNotThrowAnyException();
    }
}
