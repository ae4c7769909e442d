package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.expression.CelOracle.Outcome;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code format}, {@code sum}, {@code json.encode}, {@code json.decode} and {@code coalesce}, which Google's
 * implementation does not have, against models of their own that share no code with ours: numbers are formatted and added
 * up in exact integers, JSON is judged by Jackson's mapper, and of a choice it is known beforehand what it comes to.
 */
class FunctionsWithoutOracleTest {

    private static final String SEED = "20261122";
    private static final int NIGHTLY_TRIES = 100_000;
    private static final JsonMapper JACKSON = JsonMapper.shared();

    private static final double[] DOUBLES = {
        0,
        1,
        -1,
        0.5,
        2.5,
        -2.5,
        0.25,
        2.25,
        0.1,
        1.005,
        9.995,
        99.5,
        123456.789,
        1e-7,
        1e15,
        1e23,
        4.9e-324,
        Double.MAX_VALUE,
        -1.0 / 3
    };
    private static final long[] LONGS = {
        0, 1, -1, 7, 255, -255, 1_000_000, 1L << 53, (1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE
    };
    private static final String[] TEXTS = {
        "", "a", "Hällo 😀", "\"quoted\" \\ \n\t\r\b\f", "\u2028\u007f\u0001", "%s", "null"
    };

    private static final Environment DATA = Environment.builder()
            .variable("v", 0, Type.ANY)
            .variable("longs", 1, Type.list(Type.INTEGER))
            .variable("doubles", 2, Type.list(Type.NUMBER))
            .variable("times", 3, Type.list(Type.DURATION))
            .build();

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs();
    }

    @Property(tries = 1_000, seed = SEED)
    void agree_with_their_models(@ForAll("seeds") long seed) {
        List<Consumer<Random>> all = List.of(
                FunctionsWithoutOracleTest::format,
                FunctionsWithoutOracleTest::sums,
                FunctionsWithoutOracleTest::json,
                FunctionsWithoutOracleTest::coalesce);
        all.forEach(one -> one.accept(new Random(seed)));
    }

    @Property(tries = NIGHTLY_TRIES)
    @Tag("nightly")
    void agree_with_their_models_on_fresh_samples(@ForAll("seeds") long seed) {
        agree_with_their_models(seed);
    }

    private static Outcome evaluate(String source, Environment environment, Object... values) {
        Expression expression = Expression.compile(source, environment);
        try {
            Object value = expression.evaluate(slot -> values[slot]);
            assertThat(Type.ofValue(value).mismatchWith(expression.type()))
                    .as("%s: %s is %s", source, value, expression.type())
                    .isEmpty();
            return Outcome.of(value);
        } catch (EvaluationException error) {
            return Outcome.error(error.code().name());
        }
    }

    private static double aDouble(Random random) {
        double number = random.nextBoolean()
                ? DOUBLES[random.nextInt(DOUBLES.length)]
                : Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(number) ? number : 1.5;
    }

    private static long aLong(Random random) {
        return random.nextBoolean() ? LONGS[random.nextInt(LONGS.length)] : random.nextLong() >> random.nextInt(64);
    }

    /** Each JDK before 19 shows some with more digits than it takes to tell them from others (JDK-4511638). */
    @Test
    void a_number_has_the_digits_that_it_takes_on_every_jdk() {
        Map<String, String> digits = new LinkedHashMap<>();
        digits.put("2e23", "2.0E23");
        digits.put("1e23", "1.0E23");
        digits.put("8.41e21", "8.41E21");
        digits.put("2.0e-3", "0.002");
        digits.put("9007199254740993.0 * 2.0", "1.8014398509481984E16");
        digits.put("4.9e-324", "4.9E-324");
        digits.put("1.7976931348623157e308", "1.7976931348623157E308");
        digits.put("-0.0", "-0.0");
        digits.put("100.0", "100.0");
        digits.put("1.0e7", "1.0E7");
        digits.forEach((number, text) -> {
            assertThat(value("string(" + number + ")")).as(number).isEqualTo(text);
            assertThat(value("json.encode([" + number + "])")).as(number).isEqualTo("[" + text + "]");
        });
    }

    private static Object value(String source) {
        return Expression.compile(source, Environment.empty()).evaluate(slot -> null);
    }

    // --- format

    private static void format(Random random) {
        StringBuilder text = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        List<Object> values = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            text.append("-%");
            expected.append('-');
            int precision = random.nextInt(random.nextBoolean() ? 3 : 20);
            switch (random.nextInt(9)) {
                case 0 -> add(text, "d", values, aLong(random), expected, FunctionsWithoutOracleTest::decimal);
                case 1 -> add(text, "x", values, aLong(random), expected, n -> radix(n, 16));
                case 2 ->
                    add(
                            text,
                            "X",
                            values,
                            aLong(random),
                            expected,
                            n -> radix(n, 16).toUpperCase());
                case 3 -> add(text, "o", values, aLong(random), expected, n -> radix(n, 8));
                case 4 -> add(text, "b", values, aLong(random), expected, n -> radix(n, 2));
                case 5 -> add(text, "." + precision + "f", values, aDouble(random), expected, n -> fixed(n, precision));
                case 6 ->
                    add(text, "." + precision + "e", values, aDouble(random), expected, n -> scientific(n, precision));
                case 7 -> add(text, "s", values, TEXTS[random.nextInt(TEXTS.length)], expected, s -> s);
                default -> {
                    text.append('%');
                    expected.append('%');
                }
            }
        }
        String source = "'" + text + "'.format(v)";
        assertThat(evaluate(source, DATA, values))
                .as("%s of %s", source, values)
                .isEqualTo(Outcome.of(expected.toString()));
    }

    private static <T> void add(
            StringBuilder text,
            String clause,
            List<Object> values,
            T value,
            StringBuilder expected,
            java.util.function.Function<T, String> model) {
        text.append(clause);
        values.add(value);
        expected.append(model.apply(value));
    }

    private static String decimal(long number) {
        return radix(number, 10);
    }

    /** The digits by repeated division. */
    private static String radix(long number, int radix) {
        BigInteger rest = BigInteger.valueOf(number).abs();
        StringBuilder digits = new StringBuilder();
        do {
            BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(radix));
            digits.insert(0, "0123456789abcdef".charAt(parts[1].intValue()));
            rest = parts[0];
        } while (rest.signum() != 0);
        return (number < 0 ? "-" : "") + digits;
    }

    /** A finite double as a fraction of integers, without a sign. */
    private record Fraction(BigInteger above, BigInteger below) {
        static Fraction of(double number) {
            long bits = Double.doubleToLongBits(number);
            int exponent = (int) (bits >> 52 & 0x7ff);
            long mantissa = bits & 0xfffffffffffffL;
            BigInteger digits = BigInteger.valueOf(exponent == 0 ? mantissa : mantissa | 1L << 52);
            int shift = Math.max(1, exponent) - 1075;
            return shift < 0
                    ? new Fraction(digits, BigInteger.ONE.shiftLeft(-shift))
                    : new Fraction(digits.shiftLeft(shift), BigInteger.ONE);
        }

        /** This times a power of ten, rounded to an integer, half to even. */
        BigInteger scaled(int power) {
            BigInteger up = power < 0 ? above : above.multiply(BigInteger.TEN.pow(power));
            BigInteger down = power < 0 ? below.multiply(BigInteger.TEN.pow(-power)) : below;
            BigInteger[] parts = up.divideAndRemainder(down);
            int half = parts[1].shiftLeft(1).compareTo(down);
            boolean isUp = half > 0 || half == 0 && parts[0].testBit(0);
            return isUp ? parts[0].add(BigInteger.ONE) : parts[0];
        }

        boolean isAtLeast(int power) {
            return power < 0
                    ? above.multiply(BigInteger.TEN.pow(-power)).compareTo(below) >= 0
                    : above.compareTo(below.multiply(BigInteger.TEN.pow(power))) >= 0;
        }
    }

    private static String fixed(double number, int precision) {
        String digits = Fraction.of(number).scaled(precision).toString();
        digits = "0".repeat(Math.max(0, precision + 1 - digits.length())) + digits;
        String sign = number < 0 && digits.chars().anyMatch(digit -> digit != '0') ? "-" : "";
        int point = digits.length() - precision;
        return sign + digits.substring(0, point) + (precision == 0 ? "" : "." + digits.substring(point));
    }

    private static String scientific(double number, int precision) {
        Fraction fraction = Fraction.of(number);
        int exponent = 0;
        if (number != 0) {
            exponent = 310;
            while (!fraction.isAtLeast(exponent)) {
                exponent--;
            }
        }
        String digits = fraction.scaled(precision - exponent).toString();
        if (digits.length() > precision + 1) { // rounded up to the next power of ten
            exponent++;
            digits = digits.substring(0, precision + 1);
        }
        digits += "0".repeat(precision + 1 - digits.length());
        return (number < 0 ? "-" : "")
                + digits.charAt(0)
                + (precision == 0 ? "" : "." + digits.substring(1))
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    // --- sum

    private static void sums(Random random) {
        List<Long> longs = new ArrayList<>();
        List<Number> doubles = new ArrayList<>();
        List<String> times = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            longs.add(aLong(random));
            doubles.add(random.nextInt(3) == 0 ? (Number) (long) random.nextInt() : random.nextGaussian());
            times.add(random.nextInt(100_000) + "s");
        }
        boolean leaves = false;
        BigInteger exact = BigInteger.ZERO;
        for (long number : longs) {
            exact = exact.add(BigInteger.valueOf(number));
            leaves |= exact.bitLength() > 63;
        }
        Object[] values = {longs, longs, doubles, times};
        Outcome whole = leaves ? Outcome.error("OVERFLOW") : Outcome.of(exact.longValueExact());
        assertSame(evaluate("longs.sum()", DATA, values), whole, longs);
        assertSame(evaluate("v.sum()", DATA, values), whole, longs);
        assertSame(
                evaluate("doubles.sum()", DATA, values),
                Outcome.of(doubles.stream()
                        .reduce(0.0, (a, b) -> a.doubleValue() + b.doubleValue())
                        .doubleValue()),
                doubles);
        long seconds = times.stream()
                .mapToLong(time -> Long.parseLong(time.substring(0, time.length() - 1)))
                .sum();
        assertSame(evaluate("times.sum() == duration('" + seconds + "s')", DATA, values), Outcome.of(true), times);
    }

    private static void assertSame(Outcome ours, Outcome theirs, Object data) {
        assertThat(ours.isError()).as("%s of %s", ours, data).isEqualTo(theirs.isError());
        if (ours.isError()) {
            assertThat(ours.message()).as("%s", data).isEqualTo(theirs.message());
        } else {
            assertThat(ours.value()).as("%s", data).isEqualTo(theirs.value());
        }
    }

    // --- JSON

    private static Object value(Random random, int depth) {
        switch (random.nextInt(depth > 3 ? 5 : 7)) {
            case 0:
                return null;
            case 1:
                return random.nextBoolean();
            case 2:
                return aLong(random);
            case 3:
                return aDouble(random);
            case 4:
                return TEXTS[random.nextInt(TEXTS.length)];
            case 5:
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth + 1));
                }
                return list;
            default:
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(TEXTS[random.nextInt(TEXTS.length)] + i, value(random, depth + 1));
                }
                return map;
        }
    }

    private static void json(Random random) {
        Object value = value(random, 0);
        Outcome text = evaluate("json.encode(v)", DATA, value);
        assertThat(text.isError()).as("%s", value).isFalse();
        JsonNode read = JACKSON.readTree((String) text.value());
        assertThat(read).as("%s", text).isEqualTo(JACKSON.readTree(JACKSON.writeValueAsString(value)));
        assertThat(evaluate("json.decode(json.encode(v)) == v", DATA, value).value())
                .as("%s", text)
                .isEqualTo(true);
        assertThat(evaluate("json.decode(v)", DATA, JACKSON.writeValueAsString(value))
                        .value())
                .as("%s", text)
                .isEqualTo(value);
        int size = ((String) text.value()).length();
        Expression itself = Expression.compile("[v]", DATA);
        assertThat(itself.evaluate(slot -> value, Budget.DEFAULT.withMaxOutputBytes(size + 2)))
                .isEqualTo(Arrays.asList(value));
        assertThatThrownBy(() -> itself.evaluate(slot -> value, Budget.DEFAULT.withMaxOutputBytes(size + 1)))
                .as("%s", text)
                .hasMessageContaining("the result exceeds");
        byte[] bytes = ((String) text.value()).getBytes(StandardCharsets.UTF_8);
        assertThat(JACKSON.readTree(bytes)).isEqualTo(read);
    }

    // --- coalesce

    /** What a choice comes to: a value, nothing at all, or an error. */
    private record Choice(String source, Object value, boolean isAbsent, String error) {
        static Choice of(String source, Object value) {
            return new Choice(source, value, false, "");
        }

        static Choice absent(String source) {
            return new Choice(source, null, true, "");
        }
    }

    private static final Environment CHOICES = Environment.builder()
            .variable("data", 0, Type.ANY)
            .variable("gone", 1, Type.optional(Type.INTEGER))
            .variable("there", 2, Type.optional(Type.INTEGER))
            .variable("zero", 3, Type.INTEGER)
            .build();
    private static final Map<String, Object> CHOICE_DATA = new HashMap<>();

    static {
        CHOICE_DATA.put("n", 5L);
        CHOICE_DATA.put("nothing", null);
    }

    private static final List<Choice> ALL = List.of(
            Choice.of("1", 1L),
            Choice.of("'a'", "a"),
            Choice.of("false", false),
            Choice.of("null", null),
            Choice.of("data.n", 5L),
            Choice.of("data.n + 1", 6L),
            Choice.of("data.nothing", null),
            Choice.of("there", 7L),
            Choice.of("[data.n]", List.of(5L)),
            Choice.absent("gone"),
            Choice.absent("data.missing"),
            Choice.absent("data.?missing"),
            Choice.absent("data.missing.deeper"),
            Choice.absent("data.missing + 1"),
            Choice.absent("[data.missing]"),
            Choice.absent("optional.none()"),
            new Choice("1 / zero", null, false, "DIVISION_BY_ZERO"),
            new Choice("int(data.n == 5 ? 'x' : '1')", null, false, "ARGUMENT"));

    private static void coalesce(Random random) {
        List<Choice> choices = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            choices.add(ALL.get(random.nextInt(ALL.size())));
        }
        Choice last = choices.get(choices.size() - 1);
        Choice taken = choices.stream()
                .filter(choice -> !choice.error().isEmpty() || choice.value() != null)
                .findFirst()
                .orElse(last);
        Outcome expected = !taken.error().isEmpty()
                ? Outcome.error(taken.error())
                : taken.isAbsent() ? Outcome.error("ABSENT") : Outcome.of(taken.value());
        String source = "coalesce("
                + String.join(", ", choices.stream().map(Choice::source).toList()) + ")";
        Object[] values = {CHOICE_DATA, Bindings.ABSENT, 7L, 0L};
        boolean isRefused =
                List.of("gone", "there", "data.?missing", "optional.none()").contains(last.source());
        if (isRefused) {
            assertThatThrownBy(() -> Expression.compile(source, CHOICES))
                    .as(source)
                    .isInstanceOf(ExpressionException.class)
                    .hasMessageContaining("may be absent");
        } else {
            assertSame(evaluate(source, CHOICES, values), expected, source);
        }
    }

    // --- what the models found

    @Test
    void an_integer_that_data_writes_as_a_double_is_added_as_one() {
        assertThat(evaluate("longs.sum()", DATA, null, List.of(3.0, 4L)).value())
                .isEqualTo(7L);
        assertThat(evaluate("longs.sum()", DATA, null, List.of(3.5)).isError()).isTrue();
    }

    @Test
    void what_is_no_time_is_counted_and_passed_on_all_the_same() {
        List<Object> wrong = List.of("nonsense", "1h");
        assertThat(evaluate("times.size()", DATA, null, null, null, wrong).value())
                .isEqualTo(2L);
        assertThat(evaluate("json.encode(times)", DATA, null, null, null, wrong).value())
                .isEqualTo("[\"nonsense\",\"1h\"]");
        assertThat(evaluate("times.sort()", DATA, null, null, null, wrong).isError())
                .isTrue();
    }

    @Test
    void says_whether_a_text_is_no_json_or_beyond_the_limits() {
        Expression decode = Expression.compile("json.decode(v)", DATA);
        for (String large : List.of("[".repeat(513) + "]".repeat(513), "9".repeat(101))) {
            assertThatThrownBy(() -> decode.evaluate(slot -> large))
                    .hasMessageStartingWith(
                            "the text is nested more than 512 levels deep, or has a number of more than 100");
        }
        for (String wrong : List.of("[", "{]", "nul", "1 2")) {
            assertThatThrownBy(() -> decode.evaluate(slot -> wrong)).hasMessageStartingWith("the text is not JSON");
        }
        assertThat(decode.evaluate(slot -> "[".repeat(512) + "]".repeat(512))).isNotNull();
    }

    @Test
    void no_durations_add_up_to_none_that_computes_with_times() {
        Outcome sum = evaluate("timestamp('2026-01-01T00:00:00Z') + times.sum()", DATA, null, null, null, List.of());
        assertThat(sum.value()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z").toString());
        assertThat(evaluate("times.sum()", DATA, null, null, null, List.of()).value())
                .isEqualTo(Duration.ZERO.toString());
    }

    @Test
    void digits_are_rounded_half_to_even_whatever_the_clause() {
        assertThat(evaluate("'%.1f %.1e %.0e %.2e'.format(v)", DATA, Arrays.asList(2.25, 2.25, 0.15, 0.0))
                        .value())
                .isEqualTo("2.2 2.2e+00 1e-01 0.00e+00");
    }
}
