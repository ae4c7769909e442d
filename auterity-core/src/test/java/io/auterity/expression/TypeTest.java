package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Types as schemas say them, as messages show them, and whether one fits another. */
class TypeTest {
    static Map<String, Object> schema(String json) {
        Object value = JsonDecoder.decode(json.replace('`', '"'), new Frame(Bindings.NONE, Budget.DEFAULT, 0));
        @SuppressWarnings("unchecked")
        Map<String, Object> schema = (Map<String, Object>) value;
        return schema;
    }

    static Type type(String json) {
        return Type.of(schema(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "n + 1          | 4",
                "n % 2          | 1",
                "7 / n          | 2",
                "n < 4          | true",
                "range(n)       | [0, 1, 2]",
                "all[0] + n     | 5",
                "all.map(x, -x) | [-2]",
                "'abcd'.substring(n) | d"
            })
    void data_may_write_an_integer_as_a_number_with_a_fraction_of_zero(String source, String result) {
        Environment environment = Environment.builder()
                .variable("n", 0, type("{`type`: `integer`}"))
                .variable("all", 1, type("{`type`: `array`, `items`: {`type`: `integer`}}"))
                .build();
        Object[] values = {3.0, List.of(2.0)};
        assertThat(Expression.compile(source, environment).evaluate(slot -> values[slot]))
                .hasToString(result);
    }

    @ParameterizedTest
    @ValueSource(doubles = {3.5, 0x1p63, -0x1.0000000000001p63})
    void a_number_that_is_no_integer_of_64_bits_is_none(double number) {
        Environment environment = Environment.builder()
                .variable("n", 0, type("{`type`: `integer`}"))
                .build();
        assertThatThrownBy(() -> Expression.compile("n + 1", environment).evaluate(slot -> number))
                .hasMessageContaining("expected integer, but found number");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                                                   | any",
                "{`type`: `null`}                                     | null",
                "{`type`: `boolean`}                                  | boolean",
                "{`type`: `integer`}                                  | integer",
                "{`type`: `number`}                                   | number",
                "{`type`: `string`}                                   | string",
                "{`type`: `string`, `format`: `date-time`}            | timestamp",
                "{`type`: `string`, `format`: `duration`}             | duration",
                "{`type`: `string`, `format`: `email`}                | string",
                "{`type`: `strange`}                                  | any",
                "{`enum`: [`a`, `b`]}                                 | 'a' ! 'b'",
                "{`enum`: [`a`, 1, null]}                             | 1 ! 'a' ! null",
                "{`enum`: [1, 2.5], `type`: `number`}                 | 1.0 ! 2.5",
                "{`const`: `a`}                                       | 'a'",
                "{`const`: null}                                      | null",
                "{`const`: [1]}                                       | any",
                "{`type`: [`string`, `null`]}                         | string ! null",
                "{`type`: [`integer`, `number`]}                      | number",
                "{`type`: `array`}                                    | list(any)",
                "{`type`: `array`, `items`: {`type`: `string`}}       | list(string)",
                "{`items`: {`type`: `string`}}                        | any",
                "{`type`: `array`, `prefixItems`: [{`type`: `string`}], `items`: false}    | list(string)",
                "{`type`: `array`, `prefixItems`: [{`type`: `string`}], `items`: {`type`: `integer`}} | list(integer ! string)",
                "{`allOf`: [{`type`: `array`}, {`items`: {`type`: `string`}}]}             | list(string)",
                "{`type`: `object`}                                   | map(any)",
                "{`type`: `object`, `additionalProperties`: {`type`: `integer`}}           | map(integer)",
                "{`type`: `object`, `additionalProperties`: false}    | object{}",
                "{`type`: `object`, `patternProperties`: {`^x`: {}}}  | object{*: any}",
                "{`properties`: {`a`: {`type`: `string`}}}            | any",
                "{`type`: `object`, `properties`: {`a`: {`type`: `string`}}}               | object{a?: string}",
                "{`type`: `object`, `properties`: {`a`: {`type`: `string`}}, `required`: [`a`]} | object{a: string}",
                "{`type`: `object`, `properties`: {`a`: {}}, `additionalProperties`: {`type`: `string`}} | object{a?: any, *: string}",
                "{`type`: `object`, `properties`: {`a`: {}}, `if`: {}, `then`: {}}         | object{a?: any, *: any}",
                "{`type`: [`object`, `null`], `properties`: {`a`: {`type`: `string`}}}     | object{a?: string} ! null",
                "{`type`: `object`, `required`: [`a`]}                | object{a: any}",
                "{`anyOf`: [{`type`: `string`}, {`type`: `null`}]}    | string ! null",
                "{`oneOf`: [{`type`: `string`}, {}]}                  | any",
                "{`anyOf`: [{`properties`: {`a`: {`type`: `string`}}}, {`type`: `null`}]}  | any",
                "{`properties`: {`a`: {}}, `anyOf`: [{`type`: `object`}, {`type`: `null`}]} | object{a?: any} ! null",
                "{`type`: `object`, `anyOf`: [{`properties`: {`a`: {`type`: `string`}}, `required`: [`a`]}, {`properties`: {`b`: {`type`: `integer`}}}]} | object{a?: string, b?: integer}",
                "{`anyOf`: [{`type`: `string`, `format`: `date-time`}, {`type`: `string`}]} | string",
                "{`type`: `object`, `properties`: {`a`: {`type`: `string`}}, `anyOf`: [{`required`: [`a`]}, {`required`: [`b`]}]} | object{a?: string}",
                "{`allOf`: [{`properties`: {`a`: {`type`: `string`}}}, {`type`: `object`, `properties`: {`b`: {`type`: `integer`}}, `required`: [`b`]}]} | object{b: integer, a?: string}",
                "{`allOf`: [{`properties`: {`a`: {`type`: `string`}}}, {`type`: `string`}]} | string",
                "{`allOf`: [{`type`: `string`}, {`enum`: [`a`]}]}     | 'a'",
                "{`allOf`: [{`type`: `string`}, {`type`: `integer`}]} | any",
                "{`$ref`: `#/$defs/a`, `$defs`: {`a`: {`type`: `string`}}}                 | string",
                "{`$ref`: `#/$defs/a`, `$defs`: {`a`: {`$ref`: `#/$defs/b`}, `b`: {`type`: `string`}}} | string",
                "{`$ref`: `#/$defs/a`, `$defs`: {`a`: {`$ref`: `#/$defs/a`}}}              | any",
                "{`$ref`: `#/$defs/missing`}                          | any",
                "{`$ref`: `other.json`}                               | any",
                "{`$ref`: `#/$defs/a`, `properties`: {`y`: {}}, `$defs`: {`a`: {`type`: `object`, `properties`: {`x`: {}}}}} | object{x?: any, y?: any}",
                "{`$ref`: `#/$defs/a`, `type`: `object`, `$defs`: {`a`: {`properties`: {`x`: {}}}}} | object{x?: any}",
                "{`not`: {}}                                          | any",
            })
    void reads_a_schema(String json, String expected) {
        assertThat(type(json)).hasToString(expected.replace('!', '|'));
    }

    @Test
    void reads_a_recursive_schema_one_level_at_a_time() {
        Type tree = type(
                "{`$ref`: `#/$defs/tree`, `$defs`: {`tree`: {`type`: `object`, `required`: [`name`], `properties`: "
                        + "{`name`: {`type`: `string`}, `parent`: {`anyOf`: [{`$ref`: `#/$defs/tree`}, {`type`: `null`}]}, "
                        + "`children`: {`type`: `array`, `items`: {`$ref`: `#/$defs/tree`}}}}}}");
        assertThat(tree).hasToString("object{name: string, parent?: tree | null, children?: list(tree)}");
        Environment environment = Environment.builder().variable("t", 0, tree).build();
        assertThat(Expression.compile("t.children[0].children.map(c, c.name)", environment)
                        .type())
                .isEqualTo(Type.list(Type.STRING));
        assertThat(Expression.compile("t.parent != null ? t.parent.name : ''", environment)
                        .type())
                .isEqualTo(Type.STRING);
        assertThat(tree.isAssignableTo(tree)).isTrue();
        assertThat(Type.of(SchemaWriter.schemaOf(tree))).hasToString(tree.toString());
        assertThat(Type.of(SchemaWriter.schemaOf(tree)).mismatchWith(tree)).isEmpty();
        assertThat(tree.mismatchWith(Type.of(SchemaWriter.schemaOf(tree)))).isEmpty();
    }

    static Stream<Arguments> hostileSchemas() {
        Map<String, Object> definitions = new LinkedHashMap<>();
        for (int i = 0; i < 60; i++) {
            Map<String, Object> next = Map.of("$ref", "#/$defs/d" + (i + 1));
            definitions.put("d" + i, Map.of("allOf", List.of(next, next), "properties", Map.of("x", next, "y", next)));
        }
        Map<String, Object> deep = Map.of("type", "string");
        for (int i = 0; i < 3_000; i++) {
            deep = Map.of("type", "array", "items", deep, "anyOf", List.of(deep));
        }
        Map<String, Object> wide = new LinkedHashMap<>();
        for (int i = 0; i < 12; i++) {
            wide.put("f" + i, Map.of("$ref", "#"));
        }
        List<Object> circle = new ArrayList<>();
        Map<String, Object> self = new LinkedHashMap<>();
        circle.add(self);
        self.put("allOf", circle);
        self.put("properties", Map.of("a", self));
        return Stream.of(
                hostile("doubling", Map.of("$ref", "#/$defs/d0", "$defs", definitions)),
                hostile("deep", deep),
                hostile("wide and recursive", Map.of("type", "object", "properties", wide)),
                hostile("circular objects", self),
                hostile("combined with itself", Map.of("$ref", "#", "allOf", List.of(Map.of("$ref", "#")))),
                hostile("wrong everywhere", Map.of("type", 7, "properties", "x", "anyOf", "y", "$ref", List.of())));
    }

    /** A schema under a name, because nobody lives to see it written out. */
    private static Arguments hostile(String name, Map<String, Object> schema) {
        return Arguments.of(Named.of(name, schema));
    }

    @ParameterizedTest
    @MethodSource("hostileSchemas")
    void a_hostile_schema_neither_hangs_nor_overflows(Map<String, Object> schema) {
        Type type = Type.of(schema);
        Type other = Type.of(schema);
        assertThat(type.isAssignableTo(other)).isTrue();
        assertThat(type.toString()).hasSizeLessThan(1_000);
        Environment environment = Environment.builder()
                .variable("a", 0, type)
                .variable("b", 1, Type.union(type, other, Type.NULL))
                .build();
        assertThat(Expression.compile("a == b || [a, b].distinct().size() > 1 || a in [b]", environment)
                        .type())
                .isEqualTo(Type.BOOLEAN);
    }

    @Test
    void gives_constants_their_exact_type() {
        assertThat(Type.ofValue("a")).hasToString("'a'");
        assertThat(Type.ofValue(1L)).hasToString("1");
        assertThat(Type.ofValue(null)).isEqualTo(Type.NULL);
        assertThat(Type.ofValue(true)).isEqualTo(Type.BOOLEAN);
        assertThat(Type.ofValue(Arrays.asList("a", 1L, null))).hasToString("list(1 | 'a' | null)");
        assertThat(Type.ofValue(Map.of("a", List.of()))).hasToString("object{a: list(any)}");
        assertThat(Type.ofValue(Instant.EPOCH)).isEqualTo(Type.TIMESTAMP);
        assertThat(Type.ofValue(Duration.ZERO)).isEqualTo(Type.DURATION);
        assertThat(Type.ofValue(new StringBuilder())).isEqualTo(Type.ANY);
    }

    @Test
    void what_is_computed_from_a_constant_is_not_of_its_type() {
        Environment environment = Environment.builder()
                .variable("e", 0, Type.union(Type.ofValue(-1L), Type.ofValue("a")))
                .build();
        assertThat(Expression.compile("abs(e)", environment).type()).isEqualTo(Type.INTEGER);
        assertThat(Expression.compile("[e]", environment).type())
                .isEqualTo(Type.list(Type.union(Type.INTEGER, Type.STRING)));
    }

    @Test
    void composes() {
        Type type = Type.object()
                .field("id", Type.STRING)
                .field("n", Type.optional(Type.INTEGER))
                .field("tags", Type.list(Type.enumeration(List.of("a", "b"))))
                .build();
        assertThat(type).hasToString("object{id: string, n?: integer, tags: list('a' | 'b')}");
        assertThat(Type.object(Map.of("x", Type.ANY))).hasToString("object{x: any}");
        assertThat(Type.object().field("x", Type.ANY).buildOpen(Type.STRING)).hasToString("object{x: any, *: string}");
        assertThat(Type.optional(Type.optional(Type.STRING))).hasToString("optional(string)");
        assertThat(Type.union(Type.STRING, Type.optional(Type.INTEGER))).hasToString("optional(integer | string)");
        assertThat(Type.union(Type.list(Type.STRING), Type.list(Type.NULL))).hasToString("list(string | null)");
        assertThat(Type.union(Type.map(Type.STRING), Type.object(Map.of("a", Type.INTEGER))))
                .hasToString("object{a?: integer | string, *: any}");
        assertThat(Type.union(Type.STRING, Type.NULL).withoutNull()).isEqualTo(Type.STRING);
        assertThat(Type.union(Type.STRING, Type.NULL).isNullable()).isTrue();
        assertThat(Type.ANY.isNullable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                // source                                   | target                                      | mismatch
                "{`type`:`string`}                           | {`type`:`string`}                           | fits",
                "{}                                          | {`type`:`string`}                           | fits",
                "{`type`:`string`}                           | {}                                          | fits",
                "{`type`:`integer`}                          | {`type`:`number`}                           | fits",
                "{`type`:`number`}                           | {`type`:`integer`}                          | a number does not fit integer",
                "{`const`: 3.0}                              | {`type`:`integer`}                          | fits",
                "{`type`:`string`}                           | {`type`:`integer`}                          | a string does not fit integer",
                "{`type`:`string`}                           | {`enum`:[`a`,`b`]}                          | fits",
                "{`enum`:[`a`]}                              | {`enum`:[`a`,`b`]}                          | fits",
                "{`const`:`hott`}                            | {`enum`:[`hot`,`cold`]}                     | 'hott' is not one of 'hot' ! 'cold' (closest: 'hot')",
                "{`const`:3}                                 | {`enum`:[1,2]}                              | 3 is not one of 1 ! 2",
                "{`type`:[`string`,`null`]}                  | {`type`:`string`}                           | a null does not fit string",
                "{`type`:`string`}                           | {`type`:[`string`,`null`]}                  | fits",
                "{`type`:`boolean`}                          | {`type`:[`string`,`null`]}                  | a boolean does not fit string ! null",
                "{`type`:`string`}                           | {`type`:`string`,`format`:`date-time`}      | fits",
                "{`const`:`soon`}                            | {`type`:`string`,`format`:`date-time`}      | 'soon' does not fit timestamp",
                "{`const`:`2026-01-31T09:30:00Z`}            | {`type`:`string`,`format`:`date-time`}      | fits",
                "{`const`:`10m`}                             | {`type`:`string`,`format`:`duration`}       | fits",
                "{`type`:`string`,`format`:`date-time`}      | {`type`:`string`}                           | fits",
                "{`type`: `array`, `items`:{`type`:`string`}}                 | {`type`: `array`, `items`:{`type`:`integer`}}                | []: a string does not fit integer",
                "{`type`:`object`}                           | {`type`: `array`, `items`:{}}                                | a map(any) does not fit list(any)",
                "{`type`: `object`, `properties`:{`a`:{`type`:`string`}}}      | {`type`: `object`, `properties`:{`a`:{`type`:`integer`}}}     | a: a string does not fit integer",
                "{`type`: `object`, `properties`:{`a`:{`type`: `object`, `properties`:{`b`:{`type`: `array`, `items`:{`type`:`string`}}}}}} | {`type`: `object`, `properties`:{`a`:{`type`: `object`, `properties`:{`b`:{`type`: `array`, `items`:{`type`:`integer`}}}}}} | a.b[]: a string does not fit integer",
                "{`type`: `object`, `properties`:{`a`:{}}}                     | {`type`: `object`, `properties`:{`b`:{}},`required`:[`b`]}    | b: is required, but missing",
                "{`type`: `object`, `properties`:{`b`:{}}}                     | {`type`: `object`, `properties`:{`b`:{}},`required`:[`b`]}    | fits",
                "{`type`:`object`}                           | {`type`: `object`, `properties`:{`b`:{}},`required`:[`b`]}    | fits",
                "{`type`: `object`, `properties`:{`uri`:{}}}                   | {`type`: `object`, `properties`:{`url`:{}},`additionalProperties`:false} | uri: is not a known field (closest: 'url')",
                "{`type`: `object`, `properties`:{`x`:{`type`:`string`}}}      | {`type`: `object`, `properties`:{`a`:{}},`additionalProperties`:{`type`:`integer`}} | x: a string does not fit integer",
                "{`type`: `object`, `additionalProperties`:{`type`:`string`}}  | {`type`: `object`, `additionalProperties`:{`type`:`integer`}} | {}: a string does not fit integer",
                "{`type`: `object`, `properties`:{`a`:{`type`:`string`}}}      | {`type`: `object`, `additionalProperties`:{`type`:`integer`}} | a: a string does not fit integer",
                "{`type`: `object`, `properties`:{`a`:{`type`:`string`}}}      | {`anyOf`:[{`type`:`null`},{`type`: `object`, `properties`:{`a`:{`type`:`integer`}}}]} | a: a string does not fit integer",
            })
    void says_where_and_why_one_type_does_not_fit_another(String source, String target, String expected) {
        String mismatch = type(source)
                .mismatchWith(type(target))
                .map(Type.Mismatch::toString)
                .orElse("fits");
        assertThat(mismatch).isEqualTo(expected.replace('!', '|'));
        assertThat(type(source).isAssignableTo(type(target))).isEqualTo(expected.equals("fits"));
    }

    @Test
    void what_may_be_absent_does_not_fit_what_must_be_there() {
        assertThat(Type.optional(Type.STRING).mismatchWith(Type.STRING))
                .hasToString("Optional[may be absent, but a string is required]");
        assertThat(Type.optional(Type.STRING).isAssignableTo(Type.optional(Type.STRING)))
                .isTrue();
        assertThat(Type.STRING.isAssignableTo(Type.optional(Type.STRING))).isTrue();
    }

    // ----------------------------------------------------------- properties

    @Provide
    Arbitrary<Type> types() {
        return types(3);
    }

    private static Arbitrary<Type> types(int depth) {
        Arbitrary<Type> leaf = Arbitraries.of(
                Type.ANY,
                Type.NULL,
                Type.BOOLEAN,
                Type.INTEGER,
                Type.NUMBER,
                Type.STRING,
                Type.TIMESTAMP,
                Type.DURATION,
                Type.enumeration(List.of("a", "b")),
                Type.ofValue(1L));
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<Type> part = types(depth - 1);
        return Arbitraries.oneOf(
                leaf,
                part.map(Type::list),
                part.map(Type::map),
                part.list().ofSize(2).map(Type::union),
                Arbitraries.maps(Arbitraries.of("a", "b", "c"), part)
                        .ofMinSize(1)
                        .ofMaxSize(3)
                        .map(Type::object),
                Arbitraries.maps(Arbitraries.of("a", "b"), part)
                        .ofMinSize(1)
                        .ofMaxSize(2)
                        .map(fields -> new Type.ObjectType(fields, Set.of(), Type.Extra.UNSTATED, Type.ANY)));
    }

    @Property(tries = 500, seed = "20261122", edgeCases = EdgeCasesMode.NONE)
    void a_type_reads_back_from_its_schema(@ForAll("types") Type type) {
        Type again = Type.of(SchemaWriter.schemaOf(type));
        assertThat(again.isAssignableTo(type)).as("%s to %s", again, type).isTrue();
        assertThat(type.isAssignableTo(again)).as("%s to %s", type, again).isTrue();
    }

    @Property(tries = 500, seed = "20261122", edgeCases = EdgeCasesMode.NONE)
    void every_type_fits_itself_and_every_union_with_it(@ForAll("types") Type one, @ForAll("types") Type two) {
        assertThat(one.mismatchWith(one)).isEmpty();
        assertThat(one.mismatchWith(Type.union(one, two))).isEmpty();
        assertThat(two.mismatchWith(Type.union(one, two))).isEmpty();
        assertThat(Type.union(one, one)).isEqualTo(one);
    }

    @Property(tries = 500, seed = "20261122", edgeCases = EdgeCasesMode.NONE)
    void equal_types_are_equal_and_hash_alike(@ForAll("types") Type type) {
        Type copy = Type.of(SchemaWriter.schemaOf(type));
        if (copy.equals(type)) {
            assertThat(copy).hasSameHashCodeAs(type);
        }
        assertThat(type).isNotEqualTo(Type.list(type));
    }
}
