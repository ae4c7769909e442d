package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.auterity.expression.EvaluationException.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every bound on source, stack, work and result holds, at the limit and one beyond it. */
class LimitsTest {
    private static final Environment ANYTHING =
            Environment.builder().variable("x", 0, Type.ANY).build();

    private static Object evaluate(String source, Object x) {
        return Expression.compile(source, ANYTHING).evaluate(slot -> x);
    }

    private static Code failure(String source, Object x, Budget budget) {
        Expression expression = Expression.compile(source, ANYTHING);
        EvaluationException error =
                catchThrowableOfType(EvaluationException.class, () -> expression.evaluate(slot -> x, budget));
        assertThat(error).as("the failure of %s", source).isNotNull();
        return error.code();
    }

    private static Code failure(String source, Object x) {
        return failure(source, x, Budget.DEFAULT);
    }

    private static String refusal(String source) {
        ExpressionException refusal =
                catchThrowableOfType(ExpressionException.class, () -> Expression.compile(source, ANYTHING));
        assertThat(refusal)
                .as("the refusal of a text of %s characters", source.length())
                .isNotNull();
        assertThat(refusal.problems()).anyMatch(problem -> problem.category() == Problem.Category.LIMIT);
        return refusal.getMessage();
    }

    // -------------------------------------------------------------- source

    @Test
    void a_source_has_at_most_8192_characters() {
        assertThat(evaluate("'" + "a".repeat(8189) + "'", null)).isEqualTo("a".repeat(8189));
        assertThat(evaluate("'" + "a".repeat(8190) + "'", null)).isEqualTo("a".repeat(8190));
        assertThat(refusal("'" + "a".repeat(8191) + "'"))
                .contains("the expression has 8193 characters, more than the limit of 8192");
    }

    static Stream<Arguments> nestings() {
        return Stream.of(
                nesting("parentheses", depth -> "(".repeat(depth - 1) + "1" + ")".repeat(depth - 1)),
                nesting("sums", depth -> "1" + " + 1".repeat(depth - 1)),
                nesting("products", depth -> "1" + " * 1".repeat(depth - 1)),
                nesting("comparisons", depth -> "true" + " == true".repeat(depth - 1)),
                nesting("negations", depth -> "!".repeat(depth - 1) + "true"),
                nesting("minus signs", depth -> "- ".repeat(depth) + "1"),
                nesting("lists", depth -> "[".repeat(depth - 1) + "1" + "]".repeat(depth - 1)),
                nesting("maps", depth -> "{'a': ".repeat(depth - 1) + "1" + "}".repeat(depth - 1)),
                nesting("selections", depth -> "x" + ".?y".repeat(depth - 2) + ".hasValue()"),
                nesting("indexes", depth -> "x" + "[?0]".repeat(depth - 2) + ".hasValue()"),
                nesting("calls", depth -> "string(".repeat(depth - 1) + "1" + ")".repeat(depth - 1)),
                nesting("methods", depth -> "'a'" + ".trim()".repeat(depth - 1)),
                nesting("conditions", depth -> "true ? 1 : ".repeat(depth - 1) + "1"),
                nesting("macros", depth -> "[1].map(v, ".repeat(depth - 2) + "1" + ")".repeat(depth - 2)));
    }

    private static Arguments nesting(String name, IntFunction<String> source) {
        return Arguments.of(name, source);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nestings")
    void an_expression_is_at_most_64_levels_deep(String name, IntFunction<String> source) {
        assertThatCode(() -> evaluate(source.apply(63), null)).doesNotThrowAnyException();
        assertThatCode(() -> evaluate(source.apply(64), null)).doesNotThrowAnyException();
        assertThat(refusal(source.apply(65))).contains("nested more than 64 levels deep");
        assertThat(refusal(source.apply(600))).contains("nested more than 64 levels deep");
    }

    @Test
    void operands_of_one_logical_operator_are_one_level() {
        assertThat(evaluate("true" + " && true".repeat(900), null)).isEqualTo(true);
        assertThat(evaluate("false" + " || false".repeat(900), null)).isEqualTo(false);
    }

    // ---------------------------------------------------------------- fuel

    /** The least fuel an expression needs. */
    private static long need(String source, Object x) {
        Expression expression = Expression.compile(source, ANYTHING);
        long low = 0;
        long high = 1 << 24;
        while (high - low > 1) {
            long middle = (low + high) / 2;
            try {
                expression.evaluate(slot -> x, Budget.DEFAULT.withFuel(middle));
                high = middle;
            } catch (EvaluationException error) {
                assertThat(error.code()).isEqualTo(Code.FUEL);
                low = middle;
            }
        }
        return high;
    }

    @Test
    void an_evaluation_has_100_000_units_unless_told_otherwise() {
        // The three nodes of the expression cost a unit each, and each number of the range one more.
        assertThat(evaluate("size(range(99996))", null)).isEqualTo(99_996L);
        assertThat(evaluate("size(range(99997))", null)).isEqualTo(99_997L);
        assertThat(failure("size(range(99998))", null)).isEqualTo(Code.FUEL);
    }

    @Test
    void fuel_ends_an_evaluation_at_the_exact_unit() {
        String source = "range(100).filter(v, v % 2 == 0).map(v, v * v).sum()";
        long need = need(source, null);
        assertThat(failure(source, null, Budget.DEFAULT.withFuel(need - 1))).isEqualTo(Code.FUEL);
        Expression expression = Expression.compile(source, ANYTHING);
        assertThat(expression.evaluate(Bindings.NONE, Budget.DEFAULT.withFuel(need)))
                .isEqualTo(161_700L);
        assertThat(expression.evaluate(Bindings.NONE, Budget.DEFAULT.withFuel(need + 1)))
                .isEqualTo(161_700L);
    }

    static Stream<String> linearFunctions() {
        return Stream.of(
                "size(x)",
                "x.lowerAscii()",
                "x.upperAscii()",
                "x.trim()",
                "x.split('')",
                "x.split('a')",
                "x.replace('', '-')",
                "x.replace('a', 'bb')",
                "x.replace(x, 'b')",
                "'a'.replace('a', x)",
                "x.split(x)",
                "x.contains(x)",
                "x.contains(x + 'b')",
                "x.indexOf(x)",
                "x.lastIndexOf(x)",
                "x.startsWith(x)",
                "x.endsWith(x)",
                "[x, x].join(x)",
                "'ab'.matches('a' + x.substring(0, 100))",
                "x.contains('aaaaaaaaaaaaaaaaaaaaaaaab')",
                "x.indexOf('b')",
                "x.lastIndexOf('aaaaaaaaaaaaaaaaaaaab')",
                "x.substring(1)",
                "x.charAt(0)",
                "x.reverse()",
                "x + x",
                "x == x + ''",
                "x.matches('a*b')",
                "json.encode(x)",
                "json.decode('\"' + x + '\"')",
                "'%s'.format([x])",
                "x.split('').distinct()",
                "x.split('').join('')",
                "x.split('').reverse()",
                "x.split('').map(c, c + c)",
                "[x].flatten()",
                "x.split('').all(c, c == 'a')",
                "'b' in x.split('')");
    }

    @ParameterizedTest
    @MethodSource("linearFunctions")
    void every_function_costs_no_more_than_in_proportion_to_its_data(String source) {
        long small = need(source, "a".repeat(1_000));
        long large = need(source, "a".repeat(8_000));
        assertThat(large).isBetween(small, small * 8 + 64);
    }

    @Test
    void sorting_costs_in_proportion_to_the_comparisons_it_may_make() {
        long small = need("x.sort()", numbers(1_000));
        long large = need("x.sort()", numbers(8_000));
        assertThat(large).isBetween(small * 8, small * 8 * 2);
    }

    private static List<Object> numbers(int count) {
        List<Object> numbers = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            numbers.add(i * 7919 % count);
        }
        return numbers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "x == 1 ? [1, 2, 3].map(v, v + x) : []",
                "x == 2 ? [1, 2, 3].map(v, v + x) : []",
                "x == 2 || [1, 2, 3].exists_one(v, v == x)",
                "x == 1 || [1, 2, 3].exists_one(v, v == x)",
                "coalesce(x, [1, 2, 3].map(v, v + x))",
                "optional.of(x).orValue([1, 2, 3].map(v, v + x))",
                "[1, 2, 3].exists(v, [1, 2, 3].map(w, x) == [x])",
                "[1, 2, 3].map(v, x == 1, [1, 2, 3].map(w, x))",
                "[1, 2, 3].map(v, x == 2, [1, 2, 3].map(w, x))",
                "[1, 2, x].filter(v, [4, 5].map(w, v + w).size() == 3).size()",
                "[?optional.none(), ?optional.of(x), x].sortBy(v, v)",
                "[1, 2].transformList(i, v, [x, x].map(w, w + i))",
                "x.?y[?[1, 2, 3, 4].map(v, v).size()].orValue(0)",
                "has(x.?y[[1, 2, 3, 4].map(v, v).size()])",
                "[[1, 2], [3]].map(v, v.map(w, w + x))"
            })
    void no_evaluation_takes_less_than_its_least_fuel(String source) {
        Expression expression = Expression.compile(source, ANYTHING);

        assertThat(need(source, source.contains("x.?y") ? Map.of() : 1L))
                .isGreaterThanOrEqualTo(expression.leastFuel());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "[1, 2, 3].map(v, x)",
                "[1, 2, 3].map(v, [1, 2, 3, 4].map(w, [x, x].map(y, v + w)))",
                "[1, 2, 3].filter(v, [1, 2].map(w, v) == [1])",
                "{'a': x}.transformMap(k, v, x)"
            })
    void the_steps_of_loops_over_lists_of_known_length_are_counted(String source) {
        long least = Expression.compile(source, ANYTHING).leastFuel();

        assertThat(need(source, 1L)).isBetween(least, least + 4);
    }

    @Test
    void counting_steps_does_not_overflow() {
        String list = "[" + "1,".repeat(599) + "1]";
        String source = (list + ".map(v, ").repeat(6) + "x" + ")".repeat(6);

        assertThat(Expression.compile(source, ANYTHING).leastFuel()).isBetween(1L << 40, 1L << 41);
    }

    @Test
    void nested_macros_end_when_the_fuel_does() {
        assertThat(failure("range(1000).map(a, range(1000).map(b, range(1000).map(c, a * b * c)))", null))
                .isEqualTo(Code.FUEL);
    }

    @Test
    void texts_that_hash_alike_cost_fuel_and_not_time() {
        List<Object> alike = new ArrayList<>(List.of(""));
        for (int round = 0; round < 12; round++) {
            List<Object> longer = new ArrayList<>();
            alike.forEach(text -> longer.addAll(List.of(text + "Aa", text + "BB")));
            alike = longer;
        }
        assertThat(alike.stream().map(Object::hashCode).distinct()).hasSize(1);
        assertThat(failure("size(x.distinct())", alike)).isEqualTo(Code.FUEL);
    }

    @Test
    void a_needle_that_nearly_matches_everywhere_is_found_in_linear_time() {
        String hay = "a".repeat(1_000_000);
        assertThat(evaluate("x.hay.contains(x.needle)", Map.of("hay", hay, "needle", "a".repeat(500_000) + "b")))
                .isEqualTo(false);
        assertThat(evaluate("x.hay.lastIndexOf(x.needle)", Map.of("hay", hay, "needle", "b" + "a".repeat(500_000))))
                .isEqualTo(-1L);
        assertThat(evaluate("x.hay.indexOf(x.needle)", Map.of("hay", hay + "b", "needle", "a".repeat(500_000) + "b")))
                .isEqualTo(500_000L);
    }

    @Test
    void patterns_are_bounded_in_size_and_paid_for_by_size_and_text() {
        assertThat(evaluate("x.matches('^(a|b)*c$')", "ab".repeat(10_000) + "c"))
                .isEqualTo(true);
        assertThat(failure("x.matches('((x{20}){20}){3}y')", "x".repeat(100_000)))
                .isEqualTo(Code.FUEL);
        String growing = "'a'.matches('((((a{9}){9}){9}){9}){9}' + '')";
        assertThat(failure(growing, null)).isEqualTo(Code.ARGUMENT);
        assertThat(failure("'a'.matches(x)", "a".repeat(1001))).isEqualTo(Code.ARGUMENT);
        assertThat(evaluate("'a'.matches(x)", "a".repeat(1000))).isEqualTo(false);
    }

    @Test
    void a_pattern_that_is_data_is_paid_for_when_it_is_compiled_and_once_if_it_stays() {
        String[] patterns = {
            "a".repeat(900),
            "(a{40}){40}",
            "\\pL".repeat(300),
            "(?i)[\\x{2000}-\\x{9fff}]",
            "(?i)[a" + "\u2000-\u2fff".repeat(7) + "]"
        };
        for (String pattern : patterns) {
            assertThat(need("'b'.matches(x)", pattern)).as(pattern).isGreaterThan(pattern.length() + 500L);
            assertThat(failure("range(10000).all(i, !'b'.matches(i % 2 == 0 ? x : x + '|c'))", pattern))
                    .isEqualTo(Code.FUEL);
        }
        assertThat(evaluate("range(100).all(i, !'b'.matches(x))", patterns[0])).isEqualTo(true);
        assertThat(failure("range(10000).exists(i, 'b'.matches(x))", patterns[2] + "("))
                .isEqualTo(Code.FUEL);
    }

    @Test
    void looking_for_a_long_text_is_paid_for_as_far_as_it_is_read() {
        String needle = "a".repeat(100_000);
        for (String call : List.of(
                "contains(x)", "indexOf(x)", "lastIndexOf(x)", "split(x) == []", "replace(x, '')", "startsWith(x)")) {
            long other = need("x." + call.replace("(x", "('b'"), needle);
            assertThat(need("x." + call, needle) - other).as(call).isGreaterThan(1_500);
            assertThat(need("''." + call, needle)).as(call).isLessThan(64);
        }
    }

    @Test
    void the_rounding_of_a_number_is_paid_for() {
        assertThat(need("'%f%f%f%f%f%f%f%f%f%f'.format(range(10).map(i, x))", 5e-324))
                .isGreaterThan(160);
    }

    @Test
    void a_zone_has_at_most_64_characters() {
        assertThat(evaluate("timestamp(0).getHours('Europe/Berlin')", null)).isEqualTo(1L);
        for (int length : List.of(63, 64, 65, 1_000_000)) {
            assertThat(failure("timestamp(0).getHours(x)", "Z".repeat(length))).isEqualTo(Code.ARGUMENT);
        }
    }

    @Test
    void texts_that_are_read_as_something_else_are_short() {
        for (int count : List.of(62, 63)) {
            assertThat(evaluate("duration('" + "0".repeat(count) + "h') == duration('0s')", null))
                    .isEqualTo(true);
        }
        assertThat(failure("duration(x)", "0".repeat(64) + "h")).isEqualTo(Code.ARGUMENT);
        for (int count : List.of(98, 99)) {
            assertThat(evaluate("int(x)", "0".repeat(count) + "1")).isEqualTo(1L);
            assertThat(evaluate("double(x)", "0".repeat(count) + "1")).isEqualTo(1.0);
        }
        assertThat(failure("int(x)", "0".repeat(100) + "1")).isEqualTo(Code.ARGUMENT);
        assertThat(failure("double(x)", "0".repeat(100) + "1")).isEqualTo(Code.ARGUMENT);
    }

    @Test
    void precision_and_the_depth_of_flatten_are_limited() {
        for (int precision : List.of(99, 100)) {
            assertThat((String) evaluate("'%." + precision + "f'.format([1.0])", null))
                    .hasSize(precision + 2);
            assertThat((String) evaluate("'%." + precision + "e'.format([1.0])", null))
                    .hasSize(precision + 6);
        }
        assertThat(failure("'%.101f'.format([1.0])", null)).isEqualTo(Code.ARGUMENT);
        assertThat(failure("'%.101e'.format([1.0])", null)).isEqualTo(Code.ARGUMENT);
        assertThat(evaluate("[[1]].flatten(63)", null)).isEqualTo(List.of(1L));
        assertThat(evaluate("[[1]].flatten(64)", null)).isEqualTo(List.of(1L));
        assertThat(failure("[[1]].flatten(65)", null)).isEqualTo(Code.ARGUMENT);
    }

    // --------------------------------------------------------------- types

    private static Type fields(int count) {
        Map<String, Type> fields = new HashMap<>();
        for (int i = 0; i < count; i++) {
            fields.put("f" + i, Type.STRING);
        }
        return Type.object(fields);
    }

    @Test
    void a_type_that_is_put_together_has_at_most_5000_parts() {
        // The object itself and the type of its other fields, of which there are none, are two parts.
        assertThat(fields(4_997)).isNotEqualTo(Type.ANY);
        assertThat(fields(4_998)).isNotEqualTo(Type.ANY);
        assertThat(fields(4_999)).isEqualTo(Type.ANY);
        assertThat(Type.list(fields(4_997))).isNotEqualTo(Type.ANY);
        assertThat(Type.list(fields(4_998))).isEqualTo(Type.ANY);
        assertThat(Type.map(fields(4_997))).isNotEqualTo(Type.ANY);
        assertThat(Type.map(fields(4_998))).isEqualTo(Type.ANY);
        assertThat(Type.union(fields(4_996), Type.NULL)).isNotEqualTo(Type.ANY);
        assertThat(Type.union(fields(4_997), Type.NULL)).isEqualTo(Type.ANY);
        assertThat(Type.union(fields(4_997), Type.optional(Type.NULL))).isEqualTo(Type.optional(Type.ANY));
        List<String> words =
                IntStream.range(0, 4_998).mapToObj(Integer::toString).toList();
        assertThat(Type.list(Type.enumeration(words))).isNotEqualTo(Type.ANY);
        assertThat(Type.list(Type.list(Type.enumeration(words)))).isEqualTo(Type.ANY);
    }

    @Test
    void a_type_that_is_put_together_has_at_most_512_levels() {
        Type deep = Type.STRING;
        for (int i = 0; i < 512; i++) {
            deep = Type.list(deep);
            assertThat(deep).isNotEqualTo(Type.ANY);
        }
        assertThat(Type.list(deep)).isEqualTo(Type.ANY);
    }

    /** What a type may come to from one step of a workflow to the next. */
    private static Type doubled(int times) {
        Type type = Type.INTEGER;
        for (int i = 0; i < times; i++) {
            type = Type.object(Map.of("a", type, "b", type));
        }
        return type;
    }

    @Test
    void a_type_that_holds_itself_many_times_is_neither_written_out_nor_compared() {
        String doubling = "[1]" + ".map(v, {'a': v, 'b': v})".repeat(40);
        assertThat(evaluate("size([" + doubling + ", " + doubling + "])", null)).isEqualTo(2L);
        assertThat(evaluate("size(true ? " + doubling + " : " + doubling + ")", null))
                .isEqualTo(1L);
        String wide =
                IntStream.range(0, 60).mapToObj(i -> "'a" + i + "': v").collect(Collectors.joining(", ", "{", "}"));
        assertThat(evaluate("size([1]" + (".map(v, " + wide + ")").repeat(8) + ")", null))
                .isEqualTo(1L);
        assertThat(doubled(40)).isEqualTo(doubled(40));
        assertThat(doubled(40).mismatchWith(doubled(40))).isEmpty();
        assertThat(doubled(40).mismatchWith(doubled(39))).isEmpty();
    }

    // -------------------------------------------------------------- output

    @Test
    void a_result_has_at_most_a_mebibyte() {
        int limit = 1 << 20;
        assertThat((String) evaluate("x", "a".repeat(limit - 3))).hasSize(limit - 3);
        assertThat((String) evaluate("x", "a".repeat(limit - 2))).hasSize(limit - 2);
        assertThat(failure("x", "a".repeat(limit - 1))).isEqualTo(Code.OUTPUT);
        assertThat(failure("[x, x]", "a".repeat(limit / 2))).isEqualTo(Code.OUTPUT);
        assertThat(failure("x", "abc", Budget.DEFAULT.withMaxOutputBytes(4))).isEqualTo(Code.OUTPUT);
        assertThat(Expression.compile("x", ANYTHING).evaluate(slot -> "abc", Budget.DEFAULT.withMaxOutputBytes(5)))
                .isEqualTo("abc");
    }

    @Test
    void a_text_on_the_way_to_the_result_has_at_most_a_mebibyte() {
        String half = "a".repeat(1 << 19);
        assertThat(evaluate("size(x + x)", half)).isEqualTo(1L << 20);
        assertThat(failure("size(x + x + 'a')", half)).isEqualTo(Code.OUTPUT);
        assertThat(failure("size([x, x, x].join(''))", half)).isEqualTo(Code.OUTPUT);
        assertThat(failure("size(x.replace('a', 'aaa'))", "a".repeat(400_000), Budget.DEFAULT.withFuel(10_000_000)))
                .isEqualTo(Code.OUTPUT);
        assertThat(failure("size(json.encode([x, x]))", half)).isEqualTo(Code.OUTPUT);
        assertThat(failure("size('%s%s%s'.format([x, x, x]))", half)).isEqualTo(Code.OUTPUT);
    }

    @Test
    void a_result_that_holds_itself_many_times_is_refused_without_writing_it_out() {
        String doubling = "[[0]]" + ".map(v, [v, v])".repeat(40);
        assertThat(failure(doubling, null)).isEqualTo(Code.OUTPUT);
        assertThat(failure("size(json.encode(" + doubling + "))", null)).isIn(Code.OUTPUT, Code.FUEL);
        assertThat(failure(doubling + " == " + doubling, null)).isIn(Code.OUTPUT, Code.FUEL);
        assertThat(failure("(" + doubling + ").distinct()", null)).isIn(Code.OUTPUT, Code.FUEL);
    }

    private static Object nested(int depth) {
        Object value = 1L;
        for (int i = 0; i < depth; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("a", value);
        }
        return value;
    }

    @Test
    void a_value_is_at_most_512_levels_deep() {
        for (String source : List.of("x", "x == x", "json.encode(x)", "[x, [x]].distinct()[0]")) {
            assertThatCode(() -> evaluate(source, nested(510))).as(source).doesNotThrowAnyException();
            assertThat(failure(source, nested(1_000))).as(source).isEqualTo(Code.DEPTH);
            assertThat(failure(source, nested(100_000))).as(source).isEqualTo(Code.DEPTH);
        }
        assertThat(evaluate("x", nested(512))).isEqualTo(nested(512));
        assertThat(failure("x", nested(513))).isEqualTo(Code.DEPTH);
        assertThat(failure("json.decode(x)", "[".repeat(600) + "]".repeat(600))).isEqualTo(Code.ARGUMENT);
    }

    // -------------------------------------------------------- cancellation

    @Test
    void a_cancelled_evaluation_ends_at_once() {
        assertThat(failure("1 + 1", null, Budget.DEFAULT.withCancellation(() -> true)))
                .isEqualTo(Code.CANCELLED);
    }

    @Test
    void cancellation_is_asked_for_at_least_every_256_units() {
        int[] asked = {0};
        String source = "range(10000).all(v, v >= 0)";
        Budget budget = Budget.DEFAULT.withCancellation(() -> {
            asked[0]++;
            return false;
        });
        Expression.compile(source, ANYTHING).evaluate(Bindings.NONE, budget);
        assertThat((long) asked[0]).isGreaterThanOrEqualTo((need(source, null) - 10_000) / 256 - 1);
        asked[0] = 100;
        Budget late = Budget.DEFAULT.withCancellation(() -> asked[0]-- == 0);
        assertThat(failure(source, null, late)).isEqualTo(Code.CANCELLED);
    }

    @Test
    void an_interrupt_of_the_thread_is_left_to_whom_it_is_for() {
        Expression expression = Expression.compile("1 + 1", ANYTHING);
        Thread.currentThread().interrupt();
        try {
            assertThat(expression.evaluate(Bindings.NONE)).isEqualTo(2L);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void no_operator_decides_over_an_evaluation_that_must_end() {
        String endless = "range(1000).all(a, range(1000).all(b, true))";
        assertThat(failure(endless + " || true", null)).isEqualTo(Code.FUEL);
        assertThat(failure("[1].exists(v, " + endless + ") || true", null)).isEqualTo(Code.FUEL);
        assertThat(failure("coalesce(" + endless + ", true)", null)).isEqualTo(Code.FUEL);
    }

    @Test
    void a_budget_without_fuel_or_output_makes_no_sense() {
        assertThatCode(() -> Budget.DEFAULT.withFuel(0)).hasMessageContaining("at least 1");
        assertThatCode(() -> Budget.DEFAULT.withMaxOutputBytes(0)).hasMessageContaining("at least 1");
    }

    // -------------------------------------------------------- host objects

    @Test
    void times_beyond_what_a_text_can_say_are_an_overflow() {
        for (Object time : List.of(
                Duration.ofSeconds(Long.MIN_VALUE), Duration.ofSeconds(Long.MAX_VALUE), Instant.MIN, Instant.MAX)) {
            List<String> sources = time instanceof Instant
                    ? List.of("x.getHours()", "x.getHours('Europe/Berlin')", "x - duration('1h')", "timestamp(x)")
                    : List.of("string(x)", "'%s'.format([x])", "timestamp(0) - x", "duration('1s') - x", "duration(x)");
            for (String source : sources) {
                assertThat(failure(source, time)).as("%s of %s", source, time).isEqualTo(Code.OVERFLOW);
            }
        }
        assertThat(failure("x.getHours()", Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo(Code.OVERFLOW);
    }

    @Test
    void a_list_of_json_numbers_is_handed_on_and_not_copied() {
        List<Object> numbers = List.of(1.5, 2L, 0.1);
        assertThat(evaluate("x", numbers)).isSameAs(numbers);
    }

    @Test
    void what_a_value_is_has_the_right_article() {
        Expression expression = Expression.compile("x.y", ANYTHING);
        assertThatThrownBy(() -> expression.evaluate(slot -> 1L)).hasMessageStartingWith("an integer has no field 'y'");
        assertThatThrownBy(() -> expression.evaluate(slot -> "a")).hasMessageStartingWith("a string has no field 'y'");
        assertThatThrownBy(() -> expression.evaluate(slot -> new StringBuilder()))
                .hasMessageStartingWith("an unsupported Java object has no field 'y'");
        assertThatThrownBy(() -> Expression.compile("x < 1", ANYTHING).evaluate(slot -> null))
                .hasMessageStartingWith("null and an integer have no order");
    }

    @Test
    void a_java_object_that_is_not_a_json_value_never_gets_through() {
        Object stranger = new StringBuilder("stranger");
        assertThat(failure("x", stranger)).isEqualTo(Code.TYPE);
        assertThat(failure("[x]", stranger)).isEqualTo(Code.TYPE);
        assertThat(failure("string(x)", stranger)).isEqualTo(Code.TYPE);
        assertThat(failure("'%s'.format([x])", stranger)).isEqualTo(Code.TYPE);
        assertThat(failure("x.length", stranger)).isEqualTo(Code.TYPE);
        assertThat(failure("json.encode(x)", stranger)).isEqualTo(Code.TYPE);
        assertThat(failure("type(x)", stranger)).isEqualTo(Code.TYPE);
        assertThat(failure("[x].distinct()", stranger)).isEqualTo(Code.TYPE);
        assertThat(failure("x", Map.of(1L, "a key that is no text"))).isEqualTo(Code.TYPE);
        assertThat(evaluate("x == x", stranger)).isEqualTo(false);
    }

    @Test
    void other_java_numbers_are_read_as_the_json_numbers_they_are() {
        assertThat(evaluate("x", 7)).isEqualTo(7L);
        assertThat(evaluate("x + 1", (short) 7)).isEqualTo(8L);
        assertThat(evaluate("[x]", 1.5f)).isEqualTo(List.of(1.5));
    }
}
