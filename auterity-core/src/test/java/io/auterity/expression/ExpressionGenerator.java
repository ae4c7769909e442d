package io.auterity.expression;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes random well-typed expressions of the language both engines share, and random data for their variables.
 *
 * <p>Times are whole seconds: the oracle gives fractions of negative durations the wrong sign and then refuses them.
 */
final class ExpressionGenerator {
    /** The types the generator aims at. */
    enum Want {
        INT,
        DOUBLE,
        STRING,
        BOOL,
        INTS,
        STRINGS,
        DOUBLES,
        OBJECT,
        OBJECTS,
        MAP,
        TIMESTAMP,
        DURATION,
        ANY
    }

    /** What is wanted where a mistake is made, beside all others. */
    private static final int OPTIONAL = Want.values().length;

    static final Map<String, CelType> CEL_TYPES = celTypes();
    static final List<String> NAMES = List.copyOf(CEL_TYPES.keySet());
    static final Environment ENVIRONMENT = environment();

    private static final String[] TEXTS = {
        "",
        "a",
        "b",
        "abc",
        "a,b,,c",
        "Hällo 😀 wörld",
        "  x\\t ",
        "42",
        "-7",
        "1.5",
        "true",
        "2026-01-31T09:30:00Z",
        "90s"
    };
    private static final long[] LONGS = {
        0, 1, -1, 2, 3, 7, 10, 100, -100, Long.MAX_VALUE, Long.MIN_VALUE + 1, 1L << 53, 4_000_000_000L
    };
    private static final double[] DOUBLES = {0, 1, -1, 0.5, -2.5, 1e3, 1e18, 3.999, 1e-7};
    private static final String[] ZONES = {"UTC", "Europe/Berlin", "America/New_York", "+05:30", "-02:00"};

    private final Random random;
    private final List<String> ints = new ArrayList<>();
    private final List<String> strings = new ArrayList<>();
    private final List<String> objects = new ArrayList<>();
    private final List<String> doubles = new ArrayList<>();
    private final int mistakes;
    private int fresh;

    ExpressionGenerator(Random random) {
        this(random, 0);
    }

    /** A generator that puts an operand of any type where another is wanted, once in so many places. */
    ExpressionGenerator(Random random, int mistakes) {
        this.random = random;
        this.mistakes = mistakes;
    }

    private static Map<String, CelType> celTypes() {
        Map<String, CelType> types = new LinkedHashMap<>();
        types.put("i", SimpleType.INT);
        types.put("j", SimpleType.INT);
        types.put("d", SimpleType.DOUBLE);
        types.put("e", SimpleType.DOUBLE);
        types.put("s", SimpleType.STRING);
        types.put("t", SimpleType.STRING);
        types.put("b", SimpleType.BOOL);
        types.put("li", ListType.create(SimpleType.INT));
        types.put("ls", ListType.create(SimpleType.STRING));
        types.put("ld", ListType.create(SimpleType.DOUBLE));
        types.put("m", MapType.create(SimpleType.STRING, SimpleType.INT));
        types.put("ts", SimpleType.TIMESTAMP);
        types.put("du", SimpleType.DURATION);
        types.put("o", MapType.create(SimpleType.STRING, SimpleType.DYN));
        types.put("os", ListType.create(MapType.create(SimpleType.STRING, SimpleType.DYN)));
        types.put("x", SimpleType.DYN);
        types.put("deep.er.n", SimpleType.INT);
        return types;
    }

    private static Environment environment() {
        Environment.Builder builder = Environment.builder();
        int slot = 0;
        for (Map.Entry<String, CelType> entry : CEL_TYPES.entrySet()) {
            builder.variable(entry.getKey(), slot++, CelOracle.typeOf(entry.getValue()));
        }
        return builder.build();
    }

    private int upTo(int bound) {
        return random.nextInt(bound);
    }

    private String pick(String... choices) {
        return choices[upTo(choices.length)];
    }

    private <T> T pick(List<T> choices) {
        return choices.get(upTo(choices.size()));
    }

    // ---------------------------------------------------------------- data

    Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("i", number());
        data.put("j", number());
        data.put("d", DOUBLES[upTo(DOUBLES.length)]);
        data.put("e", DOUBLES[upTo(DOUBLES.length)]);
        data.put("s", text());
        data.put("t", text());
        data.put("b", random.nextBoolean());
        data.put("li", many(4, this::number));
        data.put("ls", many(4, this::text));
        data.put("ld", many(4, () -> DOUBLES[upTo(DOUBLES.length)]));
        Map<String, Object> map = new LinkedHashMap<>();
        for (int n = upTo(4); n > 0; n--) {
            map.put(pick("a", "b", "k", ""), number());
        }
        data.put("m", map);
        data.put("ts", Instant.ofEpochSecond(1_769_851_800L + upTo(1_000_000)));
        data.put("du", Duration.ofSeconds(upTo(200_000) - 100_000L));
        data.put("o", object());
        data.put("os", many(4, this::object));
        data.put("x", anything(2));
        data.put("deep.er.n", number());
        return data;
    }

    private Long number() {
        return upTo(3) == 0 ? LONGS[upTo(LONGS.length)] : upTo(20) - 10;
    }

    private String text() {
        return TEXTS[upTo(TEXTS.length)].replace("\\t", "\t");
    }

    private <T> List<Object> many(int most, java.util.function.Supplier<T> source) {
        List<Object> list = new ArrayList<>();
        for (int n = upTo(most + 1); n > 0; n--) {
            list.add(source.get());
        }
        return list;
    }

    private Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("n", (long) upTo(10));
        object.put("name", text());
        object.put("price", DOUBLES[upTo(DOUBLES.length)]);
        object.put("tags", many(3, this::text));
        if (random.nextBoolean()) {
            object.put("maybe", (long) upTo(10));
        }
        object.put("nothing", null);
        return object;
    }

    private Object anything(int depth) {
        return switch (upTo(depth == 0 ? 5 : 7)) {
            case 0 -> number();
            case 1 -> text();
            case 2 -> random.nextBoolean();
            case 3 -> DOUBLES[upTo(DOUBLES.length)];
            case 4 -> null;
            case 5 -> many(3, () -> anything(depth - 1));
            default -> object();
        };
    }

    // ---------------------------------------------------------- expressions

    String expression(int depth) {
        Want[] wants = Want.values();
        return of(wants[upTo(wants.length)], depth);
    }

    String of(Want wanted, int depth) {
        Want want = wanted;
        if (mistakes > 0 && upTo(mistakes) == 0) {
            int other = upTo(OPTIONAL + 1);
            if (other == OPTIONAL) {
                return optional(pickWant(Want.INT, Want.STRING, Want.ANY), depth - 1);
            }
            want = Want.values()[other];
        }
        if (depth > 0 && upTo(8) == 0) {
            return "(" + of(Want.BOOL, depth - 1) + " ? " + of(want, depth - 1) + " : " + of(want, depth - 1) + ")";
        }
        return switch (want) {
            case INT -> depth <= 0 ? intLeaf() : integer(depth - 1);
            case DOUBLE -> depth <= 0 ? doubleLeaf() : real(depth - 1);
            case STRING -> depth <= 0 ? stringLeaf() : string(depth - 1);
            case BOOL -> depth <= 0 ? pick("true", "false", "b") : bool(depth - 1);
            case INTS -> depth <= 0 ? pick("li", "[1, 2, 3]", "[0, -1, 5]") : list(Want.INTS, Want.INT, depth - 1);
            case STRINGS -> depth <= 0 ? pick("ls", "['a', 'b']") : stringList(depth - 1);
            case DOUBLES -> depth <= 0 ? pick("ld", "[1.5, -2.0]") : list(Want.DOUBLES, Want.DOUBLE, depth - 1);
            case OBJECT -> objects.isEmpty() || upTo(2) == 0 ? "o" : pick(objects);
            case OBJECTS ->
                depth <= 0 ? "os" : pick("os", "os.filter(" + lambda(Want.OBJECT, Want.BOOL, depth - 1) + ")");
            case MAP -> depth <= 0 ? "m" : map(depth - 1);
            case TIMESTAMP -> timestamp(depth - 1);
            case DURATION -> duration(depth - 1);
            case ANY -> any(depth - 1);
        };
    }

    private String intLeaf() {
        List<String> leaves = new ArrayList<>(ints);
        leaves.addAll(
                List.of("i", "j", "deep.er.n", "1", "0", "-3", "7", "0x1F", "9223372036854775807", "m.a", "m['k']"));
        return pick(leaves);
    }

    private String doubleLeaf() {
        List<String> leaves = new ArrayList<>(doubles);
        leaves.addAll(List.of("d", "e", "1.5", "-0.25", "2.0", "1e3"));
        return pick(leaves);
    }

    private String stringLeaf() {
        List<String> leaves = new ArrayList<>(strings);
        leaves.addAll(List.of("s", "t"));
        for (String text : TEXTS) {
            leaves.add("'" + text + "'");
        }
        return pick(leaves);
    }

    private String pair(Want want, String operator, int depth) {
        return "(" + of(want, depth) + " " + operator + " " + of(want, depth) + ")";
    }

    private String integer(int depth) {
        return switch (upTo(22)) {
            case 0, 1 -> pair(Want.INT, pick("+", "-", "*"), depth);
            case 2 -> pair(Want.INT, pick("/", "%"), depth);
            case 3 -> "-(" + of(Want.INT, depth) + ")";
            case 4 -> "size(" + of(pickWant(Want.STRING, Want.INTS, Want.STRINGS, Want.MAP), depth) + ")";
            case 5 -> of(pickWant(Want.STRING, Want.INTS), depth) + ".size()";
            case 6 -> of(Want.INTS, depth) + "[" + of(Want.INT, depth) + "]";
            case 7 -> "int(" + of(pickWant(Want.DOUBLE, Want.STRING, Want.TIMESTAMP, Want.INT), depth) + ")";
            case 8 -> of(Want.STRING, depth) + ".indexOf(" + of(Want.STRING, depth) + ")";
            case 9 -> of(Want.STRING, depth) + ".lastIndexOf(" + of(Want.STRING, depth) + ")";
            case 10 -> of(Want.TIMESTAMP, depth) + "." + dateAccessor();
            case 11 ->
                of(Want.DURATION, depth) + "." + pick("getHours", "getMinutes", "getSeconds", "getMilliseconds") + "()";
            case 12 -> "math." + pick("abs", "sign") + "(" + of(Want.INT, depth) + ")";
            case 13 ->
                "math." + pick("greatest", "least") + "(" + of(Want.INT, depth) + ", " + of(Want.INT, depth) + ")";
            case 14 ->
                of(Want.OBJECT, depth) + "." + pick("?n", "?maybe", "?missing") + ".orValue(" + of(Want.INT, depth)
                        + ")";
            case 15 -> "m" + pick("[?'a']", ".?b", ".?k") + ".orValue(" + of(Want.INT, depth) + ")";
            case 16 -> of(Want.INTS, depth) + "[?" + of(Want.INT, depth) + "].orValue(0)";
            case 17 -> optional(Want.INT, depth) + ".orValue(" + of(Want.INT, depth) + ")";
            case 18 -> optional(Want.INT, depth) + ".value()";
            // Of a list the oracle makes a map whose keys are integers.
            case 19 ->
                "size(" + of(Want.STRINGS, depth) + ".transformMap("
                        + macro(List.of(Want.INT, Want.STRING), depth, pickWant(Want.INT, Want.STRING)) + "))";
            default -> intLeaf();
        };
    }

    private String dateAccessor() {
        String accessor = pick(
                "getFullYear",
                "getMonth",
                "getDate",
                "getDayOfMonth",
                "getDayOfWeek",
                "getDayOfYear",
                "getHours",
                "getMinutes",
                "getSeconds",
                "getMilliseconds");
        return accessor + (upTo(2) == 0 ? "()" : "('" + pick(ZONES) + "')");
    }

    private Want pickWant(Want... wants) {
        return wants[upTo(wants.length)];
    }

    private String real(int depth) {
        return switch (upTo(8)) {
            case 0, 1, 2 -> pair(Want.DOUBLE, pick("+", "-", "*", "/"), depth);
            case 3 -> "-(" + of(Want.DOUBLE, depth) + ")";
            case 4 -> "double(" + of(pickWant(Want.INT, Want.DOUBLE, Want.STRING), depth) + ")";
            case 5 ->
                "math." + pick("ceil", "floor", "round", "trunc", "abs", "sign") + "(" + of(Want.DOUBLE, depth) + ")";
            case 6 -> of(Want.DOUBLES, depth) + "[" + of(Want.INT, depth) + "]";
            default -> doubleLeaf();
        };
    }

    private String string(int depth) {
        return switch (upTo(17)) {
            case 0, 1 -> pair(Want.STRING, "+", depth);
            case 2 -> of(Want.STRING, depth) + "." + pick("lowerAscii", "upperAscii", "trim", "reverse") + "()";
            case 3 -> of(Want.STRING, depth) + ".substring(" + of(Want.INT, depth) + ")";
            case 4 -> of(Want.STRING, depth) + ".substring(" + upTo(3) + ", " + upTo(6) + ")";
            case 5 -> of(Want.STRING, depth) + ".charAt(" + of(Want.INT, depth) + ")";
            case 6 ->
                of(Want.STRING, depth) + ".replace(" + of(Want.STRING, depth) + ", " + of(Want.STRING, depth)
                        + pick("", ", " + (upTo(5) - 1)) + ")";
            case 7 -> of(Want.STRINGS, depth) + ".join(" + pick("", "','", of(Want.STRING, depth)) + ")";
            case 8 ->
                "string("
                        + of(
                                pickWant(Want.INT, Want.DOUBLE, Want.BOOL, Want.STRING, Want.TIMESTAMP, Want.DURATION),
                                depth)
                        + ")";
            case 9 -> of(Want.STRINGS, depth) + "[" + of(Want.INT, depth) + "]";
            case 10 -> "string(" + of(Want.OBJECT, depth) + ".name)";
            case 11 ->
                "(" + of(Want.BOOL, depth) + " ? " + of(Want.STRING, depth) + " : " + of(Want.STRING, depth) + ")";
            case 12 -> optional(Want.STRING, depth) + ".orValue(" + of(Want.STRING, depth) + ")";
            case 13 -> optional(Want.STRING, depth) + ".value()";
            default -> stringLeaf();
        };
    }

    private String bool(int depth) {
        return switch (upTo(24)) {
            case 0, 1 -> pair(Want.BOOL, pick("&&", "||"), depth);
            case 2 -> "!" + of(Want.BOOL, depth);
            case 3 -> pair(Want.INT, comparison(), depth);
            case 4 -> pair(Want.DOUBLE, comparison(), depth);
            case 5 -> pair(Want.STRING, comparison(), depth);
            case 6 -> pair(Want.BOOL, comparison(), depth);
            case 7 -> pair(pickWant(Want.TIMESTAMP, Want.DURATION), comparison(), depth);
            case 8 ->
                pair(
                        pickWant(Want.INT, Want.STRING, Want.INTS, Want.STRINGS, Want.MAP, Want.DURATION, Want.ANY),
                        pick("==", "!="),
                        depth);
            case 9 -> "(" + of(Want.INT, depth) + " in " + of(Want.INTS, depth) + ")";
            case 10 -> "(" + of(Want.STRING, depth) + " in " + of(pickWant(Want.STRINGS, Want.MAP), depth) + ")";
            case 11 ->
                of(Want.STRING, depth) + "." + pick("contains", "startsWith", "endsWith") + "(" + of(Want.STRING, depth)
                        + ")";
            case 12 ->
                of(Want.STRING, depth) + ".matches(" + pick("'a.c'", "'[a-z]+'", "r'\\d{2,3}'", "'^$'", "'(x|y)*z?'")
                        + ")";
            case 13 -> "has(o." + pick("n", "maybe", "nothing", "missing") + ")";
            case 14, 15 -> of(Want.INTS, depth) + "." + ask() + lambda(Want.INT, Want.BOOL, depth) + ")";
            case 16 -> of(Want.OBJECTS, depth) + "." + ask() + lambda(Want.OBJECT, Want.BOOL, depth) + ")";
            case 17 -> of(Want.MAP, depth) + "." + ask() + lambda(Want.STRING, Want.BOOL, depth) + ")";
            case 18 -> "(x == " + of(pickWant(Want.INT, Want.STRING, Want.DOUBLE, Want.INTS), depth) + ")";
            case 19 ->
                "(type(" + of(pickWant(Want.INT, Want.STRING, Want.ANY, Want.DOUBLES), depth) + ") == "
                        + pick("int", "string", "list", "double") + ")";
            case 20 -> "bool(" + of(Want.STRING, depth) + ")";
            case 21 -> optional(pickWant(Want.INT, Want.STRING, Want.ANY), depth) + ".hasValue()";
            case 22 ->
                of(Want.MAP, depth) + "." + ask() + macro(List.of(Want.STRING, Want.INT), depth, Want.BOOL) + ")";
            default -> {
                Want element = pickWant(Want.INT, Want.STRING, Want.OBJECT);
                yield listOf(element, depth) + "." + ask() + macro(List.of(Want.INT, element), depth, Want.BOOL) + ")";
            }
        };
    }

    private String ask() {
        return pick("all", "exists", "exists_one", "existsOne") + "(";
    }

    private String listOf(Want element, int depth) {
        return switch (element) {
            case INT -> of(Want.INTS, depth);
            case STRING -> of(Want.STRINGS, depth);
            case DOUBLE -> of(Want.DOUBLES, depth);
            default -> of(Want.OBJECTS, depth);
        };
    }

    private String comparison() {
        return pick("<", "<=", ">", ">=", "==", "!=");
    }

    /** A macro's variable and body. */
    private String lambda(Want element, Want result, int depth) {
        return macro(List.of(element), depth, result);
    }

    /** A macro's variables and the expressions that see them. */
    private String macro(List<Want> variables, int depth, Want... bodies) {
        List<String> parts = new ArrayList<>();
        for (Want variable : variables) {
            String name = "v" + fresh++;
            parts.add(name);
            scope(variable).add(name);
        }
        for (Want body : bodies) {
            parts.add(of(body, depth));
        }
        for (int i = 0; i < variables.size(); i++) {
            scope(variables.get(i)).remove(parts.get(i));
        }
        return String.join(", ", parts);
    }

    private List<String> scope(Want variable) {
        return switch (variable) {
            case INT -> ints;
            case STRING -> strings;
            case DOUBLE -> doubles;
            default -> objects;
        };
    }

    /** A value of the type that may be absent. */
    private String optional(Want want, int depth) {
        if (depth < 0) {
            return switch (want) {
                case INT -> pick("m.?a", "m[?'k']", "li[?1]", "li.first()", "optional.of(" + intLeaf() + ")");
                case STRING -> pick("ls[?0]", "ls.last()", "optional.of(" + stringLeaf() + ")");
                default -> pick("o.?n", "o.?maybe", "o.?nothing", "o.?missing", "x.?name", "optional.none()");
            };
        }
        int next = depth - 1;
        return switch (upTo(8)) {
            case 0, 1 -> optional(want, next) + ".or(" + optional(want, next) + ")";
            case 2 -> "optional.of(" + (want == Want.ANY ? "dyn(" + of(want, next) + ")" : of(want, next)) + ")";
            case 3 -> "(" + of(Want.BOOL, next) + " ? " + optional(want, next) + " : " + optional(want, next) + ")";
            case 4, 5 ->
                switch (want) {
                    case INT -> of(Want.INTS, next) + "." + pick("first()", "last()");
                    case STRING -> of(Want.STRINGS, next) + "." + pick("first()", "last()");
                    default ->
                        of(Want.OBJECTS, next) + "." + pick("first()", "last()", "first().?maybe", "last().name");
                };
            case 6 ->
                switch (want) {
                    case INT -> of(Want.INTS, next) + "[?" + of(Want.INT, next) + "]";
                    case STRING -> of(Want.STRINGS, next) + "[?" + of(Want.INT, next) + "]";
                    default -> of(Want.OBJECT, next) + "." + pick("?n", "?maybe", "?nothing", "?tags", "?tags[?0]");
                };
            default -> optional(want, -1);
        };
    }

    private String map(int depth) {
        return switch (upTo(5)) {
            case 0 -> "{'a': " + of(Want.INT, depth) + "}";
            case 1 -> "{?'k': " + optional(Want.INT, depth) + ", 'a': " + of(Want.INT, depth) + "}";
            case 2 ->
                of(Want.MAP, depth) + ".transformMap(" + macro(List.of(Want.STRING, Want.INT), depth, Want.INT) + ")";
            case 3 ->
                of(Want.MAP, depth) + ".transformMap("
                        + macro(List.of(Want.STRING, Want.INT), depth, Want.BOOL, Want.INT) + ")";
            default -> "m";
        };
    }

    private String list(Want want, Want element, int depth) {
        return switch (upTo(18)) {
            case 0 -> "[" + of(element, depth) + ", " + of(element, depth) + "]";
            case 1 -> pair(want, "+", depth);
            case 2, 3 -> of(want, depth) + ".filter(" + lambda(element, Want.BOOL, depth) + ")";
            case 4, 5 -> of(want, depth) + ".map(" + lambda(element, element, depth) + ")";
            case 6 -> of(Want.STRINGS, depth) + ".map(" + lambda(Want.STRING, element, depth) + ")";
            case 7 -> sortable(want, depth) + "." + pick("sort", "distinct", "reverse") + "()";
            case 8 -> of(want, depth) + ".slice(" + upTo(2) + ", " + upTo(4) + ")";
            case 9 -> "[" + of(want, depth) + ", " + of(want, depth) + "].flatten()";
            case 10 -> want == Want.INTS ? "lists.range(" + upTo(6) + ")" : of(want, depth);
            case 11 -> of(want, depth) + ".map(" + macro(List.of(element), depth, Want.BOOL, element) + ")";
            case 12 -> of(want, depth) + ".transformList(" + macro(List.of(Want.INT, element), depth, element) + ")";
            case 13 ->
                of(want, depth) + ".transformList(" + macro(List.of(Want.INT, element), depth, Want.BOOL, element)
                        + ")";
            case 14 -> "m.transformList(" + macro(List.of(Want.STRING, Want.INT), depth, element) + ")";
            case 15 -> "[[" + of(want, depth) + "], [" + of(want, depth) + "]].flatten(" + (2 + upTo(2)) + ")";
            case 16 ->
                want == Want.DOUBLES
                        ? of(want, depth)
                        : "[?" + optional(element, depth) + ", " + of(element, depth) + ", ?" + optional(element, depth)
                                + "]";
            // The oracle takes the result of sortBy for a list of lists, unless it is told nothing.
            default ->
                "dyn(" + of(want, depth) + ".sortBy(" + lambda(element, element, Math.min(depth, 1))
                        + (want == Want.DOUBLES ? " + 0.0" : "") + "))";
        };
    }

    /** A list without -0.0, which the oracle puts before 0.0 although they are equal. */
    private String sortable(Want want, int depth) {
        String list = of(want, depth);
        return want == Want.DOUBLES ? list + ".map(z, z + 0.0)" : list;
    }

    private String stringList(int depth) {
        return switch (upTo(5)) {
            case 0 -> of(Want.STRING, depth) + ".split(" + of(Want.STRING, depth) + pick("", ", " + upTo(4)) + ")";
            case 1 -> "m.map(" + lambda(Want.STRING, Want.STRING, depth) + ")";
            case 2 -> of(Want.OBJECTS, depth) + ".map(" + lambda(Want.OBJECT, Want.STRING, depth) + ")";
            default -> list(Want.STRINGS, Want.STRING, depth);
        };
    }

    private String timestamp(int depth) {
        return switch (depth < 0 ? 0 : upTo(4)) {
            case 1 -> "timestamp('2026-0" + (1 + upTo(9)) + "-1" + upTo(10) + "T0" + upTo(10) + ":30:00Z')";
            case 2 -> "(" + of(Want.TIMESTAMP, depth) + pick(" + ", " - ") + of(Want.DURATION, depth) + ")";
            case 3 -> "timestamp(" + of(pickWant(Want.INT, Want.STRING), depth) + ")";
            default -> "ts";
        };
    }

    private String duration(int depth) {
        return switch (depth < 0 ? 0 : upTo(6)) {
            case 1 -> "duration('" + pick("1h", "-90m", "0", "45s", "1h30m5s") + "')";
            case 2 -> pair(Want.DURATION, pick("+", "-"), depth);
            case 3 -> pair(Want.TIMESTAMP, "-", depth);
            case 4 -> "duration(" + of(Want.STRING, depth) + ")";
            default -> "du";
        };
    }

    private String any(int depth) {
        if (depth < 0) {
            return pick("x", "null", "o.n", "o.name", "o.nothing", "o.maybe");
        }
        return switch (upTo(7)) {
            case 0 -> "x";
            case 1 -> of(Want.OBJECT, depth) + "." + pick("n", "name", "tags", "maybe", "nothing", "missing");
            case 2 -> "dyn(" + of(pickWant(Want.INT, Want.STRING, Want.INTS, Want.BOOL), depth) + ")";
            case 3 -> "(dyn(" + of(Want.INT, depth) + ") " + pick("+", "-", "*") + " o.n)";
            case 4 -> optional(Want.ANY, depth) + pick(".value()", ".orValue(x)");
            case 5 -> "x" + pick(".name", ".n", "[0]", "['tags']", ".tags[0]");
            default -> "os[" + upTo(3) + "]." + pick("n", "name", "price");
        };
    }
}
