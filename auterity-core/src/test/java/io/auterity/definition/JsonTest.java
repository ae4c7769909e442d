package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void reads_every_type_as_plain_java() {
        assertThat(Json.read("{\"a\":[1,2.0,1e3,true,false,null,\"x\"],\"b\":{}}"))
                .isEqualTo(Map.of("a", Arrays.asList(1L, 2.0, 1000.0, true, false, null, "x"), "b", Map.of()));
    }

    @Test
    void keeps_the_order_of_keys() {
        assertThat(Json.write(Json.read("{\"z\":1,\"a\":2,\"m\":3}"))).isEqualTo("{\"z\":1,\"a\":2,\"m\":3}");
    }

    @Test
    @SuppressWarnings("unchecked")
    void returns_values_that_nobody_can_change() {
        Map<String, Object> object = (Map<String, Object>) Json.read("{\"a\":[1]}");
        assertThatThrownBy(() -> object.put("b", 1L)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((List<Object>) object.get("a")).add(2L))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_whole_number_beyond_64_bits_becomes_the_nearest_double() {
        assertThat(Json.read("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(Json.read("9223372036854775808")).isEqualTo(9.223372036854775807e18);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "{", "[1,]", "{\"a\":}", "nul", "NaN", "Infinity", "01", "'a'", "1 2", "{} x", "\u0000"
            })
    void refuses_what_is_not_json(String text) {
        JsonException refused = catchThrowableOfType(JsonException.class, () -> Json.read(text));
        assertThat(refused.code()).isEqualTo(JsonException.MALFORMED);
        assertThat(refused.line()).isEqualTo(1);
    }

    @Test
    void says_where_a_text_is_wrong() {
        JsonException refused = catchThrowableOfType(JsonException.class, () -> Json.read("{\n  \"a\": 1,\n  oops}"));
        assertThat(refused.line()).isEqualTo(3);
        assertThat(refused).hasMessageStartingWith("AUT-T001 line 3, column ");
    }

    @Test
    void refuses_values_that_java_cannot_hold() {
        for (String text : List.of("{\"a\":1,\"a\":2}", "1e999", "9".repeat(400), "{\"\ud800\":1}")) {
            assertThat(catchThrowableOfType(JsonException.class, () -> Json.read(text))
                            .code())
                    .isEqualTo(JsonException.VALUE);
        }
    }

    @Test
    void reads_and_writes_as_deep_as_the_limit_and_no_deeper() {
        String deepest = "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH);
        assertThat(Json.write(Json.read(deepest))).isEqualTo(deepest);
        assertThat(catchThrowableOfType(JsonException.class, () -> Json.read("[" + deepest + "]"))
                        .code())
                .isEqualTo(JsonException.LIMIT);
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(List.of(Json.read(deepest))));
    }

    @Test
    void refuses_to_write_a_value_that_contains_itself() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.write(list))
                .withMessageContaining("contains itself");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.copyOf((Object) list))
                .withMessageContaining("contains itself");
    }

    @Test
    void every_text_survives_unpaired_surrogates_included() {
        String strange = "\u0000\u001f\"\\\n\r\t\u007f\u0085\u2028\ufeff\ud83d\ude00\ud800 \udc00";
        assertThat(Json.read(Json.write(strange))).isEqualTo(strange);
        assertThat(Json.read(Json.writeBytes(strange))).isEqualTo(strange);
        String key = strange.substring(0, strange.length() - 3);
        assertThat(Json.read(Json.write(Map.of(key, 1L)))).isEqualTo(Map.of(key, 1L));
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Map.of(strange, 1L)));
        assertThatIllegalArgumentException().isThrownBy(() -> Values.copyOf(Map.of(strange, 1L)));
    }

    @Test
    void a_double_stays_a_double() {
        for (double number : new double[] {0.0, -0.0, 1, 1e300, 4.9e-324, 2e23, 0.1, 1e21, 123456789.0}) {
            assertThat(Json.read(Json.write(number))).isEqualTo(number);
        }
        assertThat(Json.write(2e23)).isEqualTo("2.0E23");
    }

    @Test
    void refuses_to_write_what_is_no_json_value() {
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(new Object()));
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Map.of(1, 2)));
    }

    @Test
    void pretty_text_has_a_line_for_each_entry() {
        assertThat(Json.pretty(Json.read("{\"a\":[1,{}],\"b\":[]}")))
                .isEqualTo("{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
    }

    @Test
    void a_copy_names_the_path_of_what_is_no_json_value() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.copyOf(Map.of("a", List.of(1, Map.of("b", new Object())))))
                .withMessage("java.lang.Object is no JSON value (at /a/1/b)");
    }
}
